"""What comes of an arm: sign-ups, confirmations and redeemed vouchers, each with who was drawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from plugin.errors import BadInputError
from plugin.model import Order, Shop
from plugin.services import insight, redeeming, tickets
from plugin.services.attribution import Told
from plugin.services.context import Context
from plugin.store.subscribers import subscribers
from plugin.store.vouchers import vouchers
from tests.beacons import NET, TRIAL, exposures
from tests.conftest import START, KeptMail
from tests.fakes.things import an_order
from tests.services.sign_up_stage import Stage

TODAY = START.date()


@pytest.fixture
def stage(context: Context, shop: Shop) -> Stage:
    """A shop with a form in the footer, and a window that some are held out of."""
    return Stage(context, shop)


@pytest.fixture
def window(stage: Stage) -> int:
    return stage.publish("exit_intent", **TRIAL)


def told(stage: Stage, **values: Any) -> Told:
    ticket = tickets.issue(stage.context, stage.shop, NET)
    return Told(**{"ticket": ticket, "arm": "a", **values})


def test_who_signs_up_in_an_arm_confirms_and_buys_in_it(
    stage: Stage, window: int, context: Context, kept_mail: KeptMail
) -> None:
    stage.confirmed(kept_mail, campaign=window, told=told(stage, arm="b"))
    stage.work()
    (voucher,) = stage.rows(vouchers)
    order = an_order(1, codes=(voucher.code,), discount=Decimal("5.00"))
    for bought in (order, order):
        _arrived(context, stage.shop, bought)
    real_b = {("real", "b", kind): 1 for kind in ("sign_up", "confirmed", "redeemed")}
    assert exposures(context) == real_b
    _arrived(context, stage.shop, replace(order, cancelled_at=START))
    assert exposures(context) == {**real_b, ("real", "b", "redeemed"): 0}


def test_a_sign_up_in_the_footer_is_an_outcome_of_the_window_that_was_withheld(
    stage: Stage, window: int, context: Context, kept_mail: KeptMail
) -> None:
    stage.confirmed(kept_mail, told=told(stage, others={window: "-"}))
    assert exposures(context) == {
        ("real", arm, kind): 1 for arm in "a-" for kind in ("sign_up", "confirmed")
    }


def test_arms_and_campaigns_that_do_not_exist_are_not_counted(
    stage: Stage, window: int, context: Context
) -> None:
    stage.ask(told=told(stage, arm="b", others={window: "c", 10**6: "a"}))
    assert exposures(context) == {}
    assert (
        insight.overview(context, stage.shop, TODAY, TODAY).of("newsletter").total("sign_up") == 1
    )


def test_one_view_of_a_page_signs_up_once_whatever_addresses_are_typed(
    stage: Stage, window: int, context: Context
) -> None:
    same = told(stage, arm="a")
    for name in ("eva", "eve"):
        stage.ask(f"{name}@post.example", campaign=window, told=same)
    assert len(stage.rows(subscribers)) == 2
    assert exposures(context) == {("real", "a", "sign_up"): 1}


@pytest.mark.parametrize("ticket", ["", "made.up"])
def test_without_a_ticket_a_sign_up_is_taken_and_counts_for_no_arm(
    stage: Stage, window: int, context: Context, ticket: str
) -> None:
    stage.ask(campaign=window, told=told(stage, ticket=ticket))
    (person,) = stage.rows(subscribers)
    assert person.arms is None
    assert exposures(context) == {}


def test_a_page_that_stayed_open_all_day_still_signs_up(
    stage: Stage, window: int, context: Context
) -> None:
    old = told(stage)
    with time_machine.travel(context.now() + timedelta(hours=7)):
        with pytest.raises(BadInputError, match="ticket_expired"):
            tickets.number_of(context, stage.shop, old.ticket)
        stage.ask(campaign=window, told=old)
    assert len(stage.rows(subscribers)) == 1
    assert exposures(context) == {}


def test_a_robots_sign_up_is_kept_apart(stage: Stage, window: int, context: Context) -> None:
    stage.ask(campaign=window, told=told(stage, robot=True))
    assert exposures(context) == {("robot", "a", "sign_up"): 1}


def _arrived(context: Context, shop: Shop, order: Order) -> None:
    with context.db.write() as connection:
        redeeming.redeem_from_order(connection, context, shop, order, None)
