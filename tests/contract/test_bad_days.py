"""A platform on a bad day: one clear error in time, few requests, and all is well afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import get_args

import pytest

from plugin.contracts.platform import (
    IssuesVouchers,
    ReadsCatalogue,
    ReadsOrders,
    ReadsShop,
    SyncsConsent,
)
from plugin.errors import AccessRevokedError, PlatformError
from plugin.model import Access, Shop
from tests.contract.moves import (
    capable,
    every_page,
    ids,
    put_products,
    rows,
    settle,
    token,
    voucher,
)
from tests.contract.stage import Stage, Trouble

#: For these the same call may be made again later; what the platform says is not believed.
PASSING: tuple[Trouble, ...] = tuple(
    kind for kind in get_args(Trouble) if kind not in ("empty_page", "elsewhere", "stuck")
)
#: Requests that one call may cost when nothing comes of it.
MOST_TRIES = 6
#: Seconds that one call may wait, all its pauses together.
LONGEST_WAIT = 10.0
FOR_EVER = 200
SHORT = 0.6


def calls(stage: Stage, shop: Shop) -> dict[str, Callable[[Access], object]]:
    """Return one call of each capability that asks the platform something."""
    found: dict[str, Callable[[Access], object]] = {}
    facts = capable(stage, shop, ReadsShop)
    catalogue = capable(stage, shop, ReadsCatalogue)
    orders = capable(stage, shop, ReadsOrders)
    vouchers = capable(stage, shop, IssuesVouchers)
    consent = capable(stage, shop, SyncsConsent)
    now = stage.context.now()
    if facts:
        found["facts"] = facts.shop_facts
    if catalogue:
        found["products"] = lambda held: catalogue.products(held, None, None)
    if orders:
        found["orders"] = lambda held: orders.orders(held, None, None)
    if vouchers:
        found["voucher"] = lambda held: vouchers.issue_voucher(held, voucher(stage))
    if consent:
        found["consent"] = lambda held: consent.record_consent(held, "a@example.com", "de", now)
    return found


@pytest.mark.parametrize("kind", PASSING)
def test_every_call_ends_in_time_with_one_error_of_ours(
    stage: Stage, shop: Shop, kind: Trouble
) -> None:
    put_products(stage, 2)
    stage.place_order(email="anne@example.com", products=[stage.put_product(3)])
    held = token(stage, shop)
    for name, call in calls(stage, shop).items():
        before, waited = stage.requests(), sum(stage.pauses)
        stage.seconds = SHORT
        stage.trouble(kind, FOR_EVER)
        begun = time.monotonic()
        outcome = _outcome(call, held)
        took, tried = time.monotonic() - begun, stage.requests() - before
        stage.calm()
        stage.seconds = 10.0
        if tried == 0:
            continue  # answered from what the app holds itself
        assert isinstance(outcome, PlatformError), name
        assert not isinstance(outcome, AccessRevokedError), name
        # Far from any real deadline, with room for a busy machine.
        assert took < SHORT * 10, (name, took)
        assert tried <= MOST_TRIES, (name, tried)
        assert sum(stage.pauses) - waited <= LONGEST_WAIT, name
        call(held)


@pytest.mark.parametrize("kind", ["throttled", "too_many", "failed"])
def test_a_short_trouble_is_waited_out_or_given_up_politely(
    stage: Stage, shop: Shop, kind: Trouble
) -> None:
    reader = capable(stage, shop, ReadsShop)
    if reader is None:
        return
    held, before, waited = token(stage, shop), stage.requests(), len(stage.pauses)
    stage.trouble(kind)
    error = None
    try:
        reader.shop_facts(held)
    except PlatformError as caught:
        error = caught
    if error is None:  # whoever asks again has waited first
        assert len(stage.pauses) > waited
    else:
        assert error.advice == "retry"
        assert error.retry_after is not None or kind == "failed"
    assert stage.requests() <= before + 4


@pytest.mark.parametrize("kind", [kind for kind in PASSING if kind != "silent"])
def test_a_trouble_in_the_middle_of_the_first_synchronisation_loses_nothing(
    stage: Stage, shop: Shop, kind: Trouble
) -> None:
    products = put_products(stage, 110)
    orders = [
        stage.place_order(email=f"anne{number}@example.com", products=[products[number]])
        for number in range(3)
    ]
    stage.seconds = SHORT
    stage.trouble(kind, 5)
    stage.run_steps()
    stage.calm()
    stage.seconds = 10.0
    for _ in range(4):  # the pauses between tries double
        stage.clock.move(minutes=3)
        stage.run_steps()
    if kind in ("half", "wrong_types", "html"):
        _nothing_dead_but_refusals(stage, shop)
    settle(stage, shop)
    if capable(stage, shop, ReadsCatalogue):
        kept = [row.product_id for row in rows(stage, shop, "products") if not row.gone]
        assert sorted(kept) == sorted(products)
    if capable(stage, shop, ReadsOrders):
        assert sorted(row.order_id for row in rows(stage, shop, "orders")) == sorted(orders)


def test_a_platform_that_stays_away_is_asked_ever_more_rarely(stage: Stage, shop: Shop) -> None:
    settle(stage, shop)
    if not stage.requests() or not capable(stage, shop, ReadsOrders):
        return
    order = stage.place_order(email="anne@example.com", products=[stage.put_product(1)])
    for message in stage.deliveries(order):
        stage.send(message)
    before = stage.requests()
    stage.trouble("failed", 5000)
    for _ in range(60):
        stage.clock.move(minutes=1)
        stage.run_steps()
    # An hour, one order: about ten tries of the step, each at most three requests.
    assert 0 < stage.requests() - before < 45
    stage.calm()
    stage.clock.move(hours=2)
    stage.run_steps()
    assert [row.order_id for row in rows(stage, shop, "orders")] == [order]


def test_empty_pages_end_a_listing_or_are_walked_over(stage: Stage, shop: Shop) -> None:
    catalogue = capable(stage, shop, ReadsCatalogue)
    if catalogue is None:
        return
    put_products(stage, 110)
    held, before = token(stage, shop), stage.requests()
    stage.trouble("empty_page", FOR_EVER)
    try:
        pages = every_page(lambda after: catalogue.products(held, after, None), most=20)
    except PlatformError:
        pages = []
    assert ids(pages) == []
    assert stage.requests() - before <= 20


def test_a_listing_that_stands_still_is_noticed_and_not_read_for_ever(
    stage: Stage, shop: Shop
) -> None:
    if capable(stage, shop, ReadsCatalogue) is None:
        return
    products = put_products(stage, 110)
    before = stage.requests()
    stage.trouble("stuck", FOR_EVER)
    stage.run_steps()
    assert stage.requests() - before < 40
    stage.calm()
    stage.clock.move(minutes=5)
    settle(stage, shop)
    kept = [row.product_id for row in rows(stage, shop, "products") if not row.gone]
    assert sorted(kept) == sorted(products)


def test_a_redirect_to_another_host_is_not_followed(stage: Stage, shop: Shop) -> None:
    held = token(stage, shop)
    for name, call in calls(stage, shop).items():
        before = stage.requests()
        stage.trouble("elsewhere", FOR_EVER)
        outcome = _outcome(call, held)
        stage.calm()
        if stage.requests() > before:
            assert isinstance(outcome, PlatformError), name
    assert stage.strangers() == []


def _outcome(call: Callable[[Access], object], held: Access) -> object:
    try:
        return call(held)
    except PlatformError as error:
        return error


def _nothing_dead_but_refusals(stage: Stage, shop: Shop) -> None:
    dead = [(row.kind, row.error) for row in rows(stage, shop, "steps") if row.state == "dead"]
    assert dead == []
