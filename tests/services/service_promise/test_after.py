"""After a delivery: first whether all is good; nothing is asked for where something went wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from plugin.contracts.service import NextVoucher, Service
from plugin.errors import InvalidFieldError
from plugin.model import Milestone, Shop
from plugin.services import next_order, voucher_removal
from plugin.services.context import Context
from plugin.services.parcels.beginning import begun
from plugin.services.parcels.blocks import Block
from plugin.services.parcels.finding import Found
from plugin.services.service_promise import after, messages, reporting, settings, thanking
from plugin.services.service_promise.messages import Wanted
from plugin.services.steps import Runner
from plugin.services.withdrawals import handling, telling
from plugin.store.service_messages import answer_of
from plugin.store.vouchers import Voucher
from plugin.store.withdrawals import of_order
from tests.conftest import START, MovingClock
from tests.fakes.platform import FakePlatform
from tests.fakes.things import a_line, a_parcel
from tests.services.on_sqlite import db_url  # noqa: F401 - a fixture
from tests.services.parcels.test_shipments import status, take
from tests.services.service_promise.test_messages import ORDER, PAGE, found
from tests.services.sign_up_stage import Stage
from tests.services.test_withdrawals import withdraw

REVIEW = "https://reviews.example/uferhaus"


@pytest.fixture
def serving(context: Context, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setattr(thanking, "arm", lambda _: "a")
    Stage(context, shop)
    thanks = NextVoucher(enabled=True, value=Decimal(5), minimum=Decimal(40))
    seen = settings.both(context, shop)
    wanted = Service(review=REVIEW, thanks=thanks)
    settings.save(context, shop, (wanted, seen[1]), seen=seen)
    return shop


def delivered(**values: Any) -> dict[str, Any]:
    parcel = a_parcel(status="DELIVERED", delivered_at=START, expected_on=START.date())
    return {"shipments": (replace(parcel, **values),)}


def shown(context: Context, shop: Shop, **values: Any) -> list[Block]:
    known = status(context, shop, **(values or delivered()))
    order = found(context, shop)
    with begun(context, Found(shop, order, known, PAGE), "de") as drawing:
        return list(after.blocks(drawing))


def keys(blocks: list[Block]) -> list[str]:
    return [block.key for block in blocks]


def test_nothing_is_asked_before_it_has_arrived(context: Context, serving: Shop) -> None:
    assert shown(context, serving, shipments=(a_parcel(),)) == []


def test_first_comes_whether_all_is_good(context: Context, serving: Shop) -> None:
    (first,) = shown(context, serving)
    assert first.first
    assert not first.advertises
    assert first.form is not None
    assert [send.label for send in first.form.sends] == ["Alles gut", "Es fehlt etwas"]


def test_then_one_question_a_review_and_once_its_code_is_there_the_voucher(
    context: Context, serving: Shop
) -> None:
    assert keys(shown(context, serving)) == ["good"]
    after.all_good(context, serving, found(context, serving))
    assert keys(shown(context, serving)) == ["question", "review"]
    runner = Runner(context, next_order.HANDLERS, "test")
    while runner.run_due():
        pass
    question, thanks, review = shown(context, serving)
    assert question.form is not None
    assert [choice.value for choice in question.form.fields[0].choices] == list("54321")
    assert thanks.lead == "5\u00a0€ für Ihre nächste Bestellung."
    assert thanks.lines[0].startswith("Ab 40\u00a0€ Warenwert, gültig bis 20.")
    assert review.button == ("Bewertung schreiben", REVIEW)
    assert (question.advertises, thanks.advertises, review.advertises) == (False, True, True)


@pytest.mark.parametrize("score", ["1", "5"])
def test_a_review_is_asked_for_whatever_the_answer_was(
    context: Context, serving: Shop, score: str
) -> None:
    shown(context, serving)
    after.say(context, serving, found(context, serving), score, "Die Schachtel war schön.")
    assert keys(shown(context, serving))[-1] == "review"


def test_who_went_through_trouble_is_asked_for_no_review_and_gets_no_voucher(
    context: Context, serving: Shop
) -> None:
    late = Milestone("m1", "delayed", START - timedelta(hours=3))
    troubled = delivered(milestones=(late,))
    known = status(context, serving, **troubled)
    assert known.disturbed
    after.all_good(context, serving, found(context, serving))
    assert keys(shown(context, serving, **troubled)) == ["question"]
    with context.db.read() as connection:
        order_id = known.order_id
        assert next_order.of_order(connection, serving.id, order_id, "thanks") is None


def test_who_wrote_that_something_is_missing_is_asked_nothing(
    context: Context, serving: Shop
) -> None:
    shown(context, serving)
    wanted = Wanted("missing", "Der Deckel fehlt")
    messages.take(context, serving, found(context, serving), wanted, "192.0.2.1", "de")
    assert shown(context, serving) == []


def test_after_a_month_nobody_is_asked_any_more(
    context: Context, serving: Shop, moving_clock: MovingClock
) -> None:
    shown(context, serving)
    moving_clock.move(days=31)
    assert shown(context, serving) == []


def test_who_sees_the_page_without_anything_that_sells_gets_no_voucher(
    context: Context, serving: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thanking, "arm", lambda _: "h")
    known = status(context, serving, **delivered())
    after.all_good(context, serving, found(context, serving))
    with context.db.read() as connection:
        assert next_order.of_order(connection, serving.id, known.order_id, "thanks") is None


def test_only_the_five_answers_are_taken(context: Context, serving: Shop) -> None:
    shown(context, serving)
    with pytest.raises(InvalidFieldError, match="score_invalid"):
        after.say(context, serving, found(context, serving), "6", "")


def thanked(context: Context, shop: Shop) -> Voucher | None:
    with context.db.read() as connection:
        return next_order.of_order(connection, shop.id, ORDER, "thanks")


def work(context: Context) -> None:
    handlers = {**next_order.HANDLERS, **voucher_removal.HANDLERS, **telling.HANDLERS}
    while Runner(context, handlers, "test").run_due():
        pass


def test_nobody_says_how_it_was_before_it_came(context: Context, serving: Shop) -> None:
    take(context, serving, shipments=(a_parcel(),))
    after.all_good(context, serving, found(context, serving))
    after.say(context, serving, found(context, serving), "1", "")
    with context.db.read() as connection:
        assert answer_of(connection, serving.id, ORDER) is None


def test_who_misses_something_is_not_thanked_with_a_voucher(
    context: Context, serving: Shop
) -> None:
    take(context, serving, **delivered())
    order = found(context, serving)
    messages.take(context, serving, order, Wanted("missing", "Deckel"), "192.0.2.1", "de")
    after.all_good(context, serving, order)
    assert thanked(context, serving) is None


@pytest.mark.parametrize("settled", [False, True])
def test_who_withdrew_is_neither_asked_nor_thanked(
    context: Context, serving: Shop, settled: bool
) -> None:
    withdraw(context, serving, take(context, serving, **delivered()))
    with context.db.read() as connection:
        (declared,) = of_order(connection, serving.id, ORDER)
    handling.settle(context, serving, declared.id, handled=settled)
    after.all_good(context, serving, found(context, serving))
    assert thanked(context, serving) is None
    assert shown(context, serving) == []


@pytest.mark.parametrize("late", [False, True])
def test_the_thanks_for_an_order_that_is_given_back_are_taken_back(
    context: Context, serving: Shop, fake_platform: FakePlatform, late: bool
) -> None:
    order = take(context, serving, **delivered())
    after.all_good(context, serving, found(context, serving))
    if not late:
        work(context)
    withdraw(context, serving, order)
    work(context)
    voucher = thanked(context, serving)
    assert voucher is not None
    assert voucher.state == "expired"
    assert fake_platform.vouchers == {}


def test_who_keeps_a_part_keeps_the_thanks(context: Context, serving: Shop) -> None:
    lines = (a_line(1007, 1), a_line(1007, 2))
    order = take(context, serving, lines=lines, **delivered())
    after.all_good(context, serving, found(context, serving))
    work(context)
    withdraw(context, serving, order, whole=False, chosen={lines[0].id: 1})
    work(context)
    voucher = thanked(context, serving)
    assert voucher is not None
    assert voucher.state == "issued"


def test_a_shop_without_hours_can_look_at_its_report(context: Context, shop: Shop) -> None:
    seen = settings.both(context, shop)
    settings.save(context, shop, (Service(hours=40), seen[1]), seen=seen)
    assert reporting.report(context, shop, "de").target
