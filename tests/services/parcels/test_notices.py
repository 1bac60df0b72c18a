"""Shoppers are told of each milestone once, never out of order, and never twice by two systems."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugin.contracts.shopwide import Notices
from plugin.errors import ConflictError, UnavailableError
from plugin.model import Expected, ParcelEvent, ParcelKind, Shop
from plugin.services import privacy
from plugin.services.context import Context
from plugin.services.mails.parcel_letters import MILESTONES
from plugin.services.parcels import late_notices, notice_settings, notice_wishes
from plugin.services.parcels.links import page_link, token_of
from plugin.store import notices as store
from tests.conftest import START, KeptMail, MovingClock
from tests.fakes.things import a_parcel
from tests.services.on_sqlite import db_url  # noqa: F401 - a fixture
from tests.services.parcels.notice_stage import PARCEL, Stage
from tests.services.sign_up_stage import plain

ORDER = "gid://shopify/Order/1007"
TODAY = START.date()


@pytest.fixture
def stage(context: Context, shop: Shop) -> Stage:
    return Stage(context, shop)


def test_a_parcel_is_told_of_from_order_to_doorstep(
    stage: Stage, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    stage.order(created_at=START, shipments=(a_parcel(status="LABEL_PRINTED", expected_on=None),))
    stage.work()
    assert stage.mails() == ["received"]
    for kind in ("handed_over", "out_for_delivery", "delivered"):
        moving_clock.move(hours=5)
        stage.report(kind, place="Konstanz")
    assert stage.mails() == ["received", "on_its_way", "arriving", "delivered"]
    subjects = [mail["Subject"] for mail, _ in kept_mail.sent]
    assert subjects == [
        "Ihre Bestellung #1007 ist eingegangen",
        "Ihr Paket ist unterwegs",
        "Ihr Paket kommt heute",
        "Ihr Paket ist da",
    ]
    for mail, _ in kept_mail.sent:
        assert page_link(stage.context, stage.shop, ORDER) in plain(mail)
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert mail["X-Bleib-Class"] == "service"


def test_until_the_question_is_answered_nobody_is_written_to(context: Context, shop: Shop) -> None:
    quiet = Stage.__new__(Stage)
    quiet.context, quiet.shop = context, shop
    quiet.order(created_at=START, shipments=(a_parcel(),))
    quiet.report("delivered")
    quiet.look()
    assert quiet.mails() == []


def test_what_the_shop_sends_itself_is_left_to_it(context: Context, shop: Shop) -> None:
    stage = Stage(context, shop, shop_sends=True)
    assert notice_settings.get(context, shop) == Notices(answered=True, delayed=True, pick_up=True)
    stage.announced()
    stage.report("in_transit")
    stage.report("held", place="Depot")
    stage.report("delivered")
    assert stage.mails() == ["delayed"]


def test_a_label_alone_is_no_parcel_on_its_way(stage: Stage) -> None:
    stage.announced()
    stage.report("announced")
    assert stage.mails() == []


def test_each_is_said_once_however_often_it_is_reported(stage: Stage) -> None:
    stage.announced()
    for _ in range(3):
        stage.report("in_transit")
        stage.report("ready_for_pickup", place="Postfiliale 471")
        stage.report("in_transit", "delivered")
    assert stage.mails() == ["on_its_way", "pick_up", "delivered"]


def test_of_reports_that_come_late_only_the_last_is_told(stage: Stage) -> None:
    stage.announced()
    old = START - timedelta(hours=4)
    stage.report("delivered")
    stage.tell([ParcelEvent("in_transit", old, "carrier"), ParcelEvent("held", old, "carrier")])
    assert stage.mails() == ["delivered"]


_KINDS: tuple[ParcelKind, ...] = (
    "announced", "handed_over", "in_transit", "customs", "delayed", "held", "address_problem",
    "out_for_delivery", "attempted", "ready_for_pickup", "delivered", "returning", "lost",
)  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(_KINDS), st.integers(0, 90)), max_size=6))
@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_mail_ever_follows_one_that_came_later_on_the_way(
    stage: Stage, told: list[tuple[ParcelKind, int]]
) -> None:
    place = test_no_mail_ever_follows_one_that_came_later_on_the_way.__dict__
    number = place["number"] = place.get("number", 2000) + 1
    before = len(stage.mails())
    parcel = a_parcel(number, status="LABEL_PRINTED", expected_on=None, tracking_number=str(number))
    stage.order(id=f"order/{number}", number=f"#{number}", shipments=(parcel,))
    for kind, hours in told:
        event = ParcelEvent(kind, START - timedelta(hours=hours), "carrier")
        stage.tell([event], parcel.id)
    mails = stage.mails()[before:]
    assert len(mails) == len(set(mails))
    if "delivered" in mails:
        assert mails[-1] == "delivered"
    if "pick_up" in mails:
        assert set(mails[mails.index("pick_up") + 1 :]) <= {"delivered"}
    if "on_its_way" in mails:
        assert mails[0] == "on_its_way"


def test_a_mail_that_waits_is_dropped_once_a_later_one_is_written(
    stage: Stage, kept_mail: KeptMail, monkeypatch: pytest.MonkeyPatch, moving_clock: MovingClock
) -> None:
    stage.announced()
    with monkeypatch.context() as broken:
        broken.setattr(kept_mail, "send", _unreachable)
        stage.report("in_transit")
        moving_clock.move(hours=1)
        stage.report("delivered")
    assert stage.mails() == ["on_its_way cancelled", "delivered queued"]
    moving_clock.move(hours=7)
    stage.work()
    assert stage.mails() == ["on_its_way cancelled", "delivered"]
    assert len(kept_mail.sent) == 1


def test_a_worker_killed_between_report_and_mail_loses_and_doubles_nothing(
    stage: Stage, kept_mail: KeptMail, monkeypatch: pytest.MonkeyPatch, moving_clock: MovingClock
) -> None:
    stage.announced()
    with monkeypatch.context() as dying:
        dying.setattr("plugin.services.parcels.notices.queue", _killed)
        with pytest.raises(SystemExit):
            stage.report("in_transit")
    assert stage.mails() == []
    moving_clock.move(hours=2)
    stage.work()
    stage.work()
    assert stage.mails() == ["on_its_way"]
    assert len(kept_mail.sent) == 1


def _unreachable(*_: object) -> None:
    raise UnavailableError("mail_unreachable")


def _killed(*_: object) -> None:
    raise SystemExit


@pytest.mark.parametrize(
    "values",
    [
        {"created_at": START - timedelta(days=2)},
        {"created_at": START, "cancelled_at": START},
        {"created_at": START, "email": None},
    ],
)
def test_an_order_is_confirmed_only_when_it_has_just_been_placed(
    stage: Stage, values: dict[str, Any]
) -> None:
    stage.order(**values)
    assert stage.mails() == []


def test_what_is_a_week_old_is_no_news(stage: Stage) -> None:
    stage.announced(created_at=START - timedelta(days=30))
    stage.tell([ParcelEvent("delivered", START - timedelta(days=8), "carrier")])
    assert stage.mails() == []


def test_the_morning_of_the_day_and_the_day_after_are_told_by_the_calendar(
    stage: Stage, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    stage.announced()
    window = Expected(TODAY + timedelta(days=2), window=(time(10), time(14)))
    stage.report("in_transit", expected=window)
    moving_clock.move(hours=40)  # 2 o'clock at night
    stage.look()
    assert stage.mails() == ["on_its_way"]
    moving_clock.move(hours=5)
    stage.look()
    assert stage.mails() == ["on_its_way", "arriving"]
    assert "zwischen 10 und 14 Uhr" in plain(kept_mail.sent[-1][0])
    moving_clock.move(days=1)
    for _ in range(2):
        stage.look()
    assert stage.mails() == ["on_its_way", "arriving", "delayed"]
    text = " ".join(plain(kept_mail.sent[-1][0]).split())
    assert "Angekündigt war Montag, 23. November." in text.replace("\u00a0", " ")
    # Three open days after Tuesday.
    assert "Bewegt sich bis Freitag, 27. November nichts" in text.replace("\u00a0", " ")


def test_the_shops_own_promise_is_no_news_of_a_parcel(
    stage: Stage, moving_clock: MovingClock
) -> None:
    stage.announced()
    stage.report("in_transit", expected=Expected(TODAY, confidence="promise"))
    moving_clock.move(hours=3)
    stage.look()
    assert stage.mails() == ["on_its_way"]


def test_who_wants_no_mails_about_an_order_gets_none_until_they_do(
    stage: Stage, context: Context, shop: Shop
) -> None:
    stage.announced()
    token = token_of(context.keys, shop.id, ORDER)
    for _ in range(2):
        notice_wishes.take(context, token, "quiet")
    stage.report("in_transit")
    assert stage.mails() == []
    notice_wishes.take(context, token, "again")
    stage.report("delivered")
    assert stage.mails() == ["delivered"]


def test_a_ticked_box_brings_the_mail_of_the_day_where_the_shop_sends_none(
    context: Context, shop: Shop
) -> None:
    stage = Stage(context, shop, shop_sends=True)
    stage.announced()
    token = token_of(context.keys, shop.id, ORDER)
    notice_wishes.take(context, token, "day")
    stage.report("out_for_delivery")
    stage.report("delivered")
    assert stage.mails() == ["arriving"]


def test_two_merchants_do_not_overwrite_each_other(context: Context, shop: Shop) -> None:
    seen = notice_settings.get(context, shop)
    notice_settings.save(context, shop, Notices(answered=True, delayed=True), seen=seen)
    with pytest.raises(ConflictError, match="notices_changed"):
        notice_settings.save(context, shop, Notices(answered=True, received=True), seen=seen)


def test_everybody_who_waits_for_a_late_parcel_is_told_once(context: Context, shop: Shop) -> None:
    stage = Stage(context, shop)
    off = notice_settings.get(context, shop)
    only = Notices(answered=True)
    notice_settings.save(context, shop, only, seen=off)
    for number in (1, 2, 3):
        parcel = a_parcel(number, tracking_number=str(number), expected_on=None)
        stage.order(id=f"o{number}", number=f"#{number}", shipments=(parcel,))
        stage.report("held", parcel=parcel.id)
    assert [one.order.number for one in late_notices.waiting(context, shop)] == ["#1", "#2", "#3"]
    assert late_notices.tell_all(context, shop) == 3
    stage.report("delivered", parcel=a_parcel(2).id)  # before the mails are written
    stage.work()
    assert stage.mails() == ["delayed", "delayed"]
    assert late_notices.waiting(context, shop) == []
    assert late_notices.tell_all(context, shop) == 0


def test_every_milestone_has_its_switch() -> None:
    assert set(MILESTONES) == set(Notices.model_fields) - {"answered"}


def test_wishes_leave_with_the_person(stage: Stage, context: Context, shop: Shop) -> None:
    stage.announced()
    notice_wishes.take(context, token_of(context.keys, shop.id, ORDER), "quiet")
    privacy.erase_person(context, shop, "mara@post.example")
    with context.db.read() as connection:
        assert store.wishes_of(connection, shop.id, ORDER) == store.Wishes()
        assert PARCEL not in str(store.due_parcels(connection, shop.id, START, TODAY))
