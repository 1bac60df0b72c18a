"""No mail about an order overtakes a later one, whatever the mail server, workers or parcels do."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest

from plugin.errors import UnavailableError
from plugin.model import ParcelEvent, ParcelKind, Shop
from plugin.services.context import Context
from plugin.services.parcels import notice_wishes, notices, taking
from plugin.services.parcels.links import token_of
from plugin.services.steps import Runner
from tests.conftest import START, KeptMail, MovingClock
from tests.fakes.things import a_parcel
from tests.services.parcels.notice_stage import PARCEL, Stage

ORDER = "gid://shopify/Order/1007"


@pytest.fixture
def stage(context: Context, shop: Shop) -> Stage:
    return Stage(context, shop)


def _unreachable(*_: object) -> None:
    raise UnavailableError("mail_unreachable")


def test_that_an_order_came_in_is_not_said_after_its_parcel_left(
    stage: Stage, kept_mail: KeptMail, monkeypatch: pytest.MonkeyPatch, moving_clock: MovingClock
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(kept_mail, "send", _unreachable)
        stage.announced(created_at=START)
        for _ in range(5):
            moving_clock.move(hours=1)
            stage.work()
    stage.report("in_transit")
    moving_clock.move(hours=7)
    stage.work()
    assert stage.mails() == ["received cancelled", "on_its_way"]


def test_who_ends_the_mails_gets_none_that_still_waits_either(
    stage: Stage, kept_mail: KeptMail, monkeypatch: pytest.MonkeyPatch, moving_clock: MovingClock
) -> None:
    stage.announced()
    with monkeypatch.context() as broken:
        broken.setattr(kept_mail, "send", _unreachable)
        stage.report("in_transit")
    token = token_of(stage.context.keys, stage.shop.id, ORDER)
    notice_wishes.take(stage.context, token, "quiet")
    moving_clock.move(hours=7)
    stage.work()
    assert stage.mails() == ["on_its_way cancelled"]
    assert kept_mail.sent == []


def test_parcels_that_turn_out_to_be_one_are_told_of_once(stage: Stage) -> None:
    first = a_parcel(1, tracking_number=None, expected_on=None, status="LABEL_PRINTED")
    second = a_parcel(
        2,
        created_at=first.created_at + timedelta(hours=1),
        status="LABEL_PRINTED",
        expected_on=None,
    )
    stage.order(shipments=(first, second))
    stage.report("in_transit", parcel=second.id)
    assert stage.mails() == ["on_its_way"]
    joined = a_parcel(1, tracking_number=second.tracking_number, expected_on=None)
    stage.order(shipments=(joined, second), updated_at=START)
    stage.work()
    assert stage.mails() == ["on_its_way"]
    stage.report("delivered", parcel=second.id)
    assert stage.mails() == ["on_its_way", "delivered"]


def test_of_two_workers_the_one_that_read_first_does_not_write_last(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.announced()
    _report(stage, "in_transit")
    read, go = Event(), Event()
    write: Callable[..., None] = notices._write

    def slow(*given: object) -> None:
        if "on_its_way" in given:
            read.set()
            go.wait(2)
        write(*given)

    monkeypatch.setattr(notices, "_write", slow)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(Runner(stage.context, notices.HANDLERS, "one").run_due)
        assert read.wait(20)
        second = pool.submit(_delivered, stage, go)
        for done in (first, second):
            done.result()
    stage.work()
    told = [mail for mail in stage.mails() if not mail.endswith("cancelled")]
    assert told in (["on_its_way", "delivered"], ["delivered"])
    assert stage.mails()[-1] == "delivered"


def _report(stage: Stage, kind: ParcelKind) -> None:
    event = ParcelEvent(kind, stage.context.now(), "carrier")
    with stage.context.db.write() as connection:
        taking.add_events(connection, stage.context, stage.shop, PARCEL, [event])


def _delivered(stage: Stage, go: Event) -> None:
    _report(stage, "delivered")
    Runner(stage.context, notices.HANDLERS, "two").run_due()
    go.set()
