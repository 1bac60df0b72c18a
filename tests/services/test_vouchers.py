from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from plugin.errors import PlatformRefusedError
from plugin.model import Order, Shop, VoucherOrder
from plugin.services import insight, mailing, subscriptions, vouchers
from plugin.services.context import Context
from plugin.store import subscribers as subscribers_store
from plugin.store import vouchers as store
from plugin.store.guard import guard_decisions
from tests.conftest import KeptMail, MovingClock
from tests.fakes.platform import FakePlatform
from tests.services.sign_up_stage import Stage


class Killed(BaseException):
    """Stands for kill -9: nothing in between may catch it."""


@pytest.fixture
def stage(context: Context, shop: Shop) -> Stage:
    return Stage(context, shop)


def _order(stage: Stage, *codes: str, **values: object) -> Order:
    now = stage.context.now()
    order = Order(
        id="gid://shopify/Order/1",
        number="#1001",
        email="marlene.ost@post.example",
        postcode="78462",
        country="DE",
        customer_id=None,
        currency="EUR",
        total=Decimal("48.20"),
        discount=Decimal("5.00"),
        codes=codes,
        paid=True,
        created_at=now,
        updated_at=now,
        cancelled_at=None,
        lines=(),
    )
    return replace(order, **values)  # type: ignore[arg-type]


def _redeem(stage: Stage, order: Order) -> None:
    with stage.context.db.write() as connection:
        vouchers.redeem_from_order(connection, stage.context, stage.shop, order, None)


def _figures(stage: Stage) -> tuple[int, Decimal, Decimal]:
    today = insight.day_of(stage.shop, stage.context.now())
    found = insight.overview(stage.context, stage.shop, today - timedelta(days=40), today)
    widget = found.of("newsletter")
    return widget.total("redeemed"), widget.amount("redeemed"), widget.amount("discount")


def _issued(stage: Stage, kept_mail: KeptMail) -> store.Voucher:
    stage.confirmed(kept_mail)
    stage.work()
    row = stage.rows(store.vouchers)[0]
    assert row.state == "issued"
    with stage.context.db.read() as connection:
        found = store.voucher_by_id(connection, stage.shop.id, row.id)
    assert found is not None
    return found


def test_codes_cannot_be_guessed_or_misread() -> None:
    codes = {vouchers.new_code("Uferhaus") for _ in range(500)}
    assert len(codes) == 500
    bits = 13 * math.log2(len(vouchers.ALPHABET))
    assert bits >= 60
    for code in codes:
        word, *groups = code.split("-")
        assert word == "UFERHAUS"
        assert [len(group) for group in groups] == [5, 4, 4]
        assert not set("".join(groups)) & set("01OIL")


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("Haus Amsel", "AMSEL"),
        ("steigwohl", "STEIG"),
        ("Müller & Söhne", "MULLER"),
        ("東京", "HALLO"),
        ("", "HALLO"),
    ],
)
def test_a_code_begins_with_a_word_of_the_shop(name: str, word: str) -> None:
    assert vouchers.new_code(name).split("-")[0] == word
    assert len(vouchers.new_code(name)) <= 40


def test_the_shop_is_asked_for_exactly_what_was_promised(
    stage: Stage, kept_mail: KeptMail, fake_platform: FakePlatform
) -> None:
    voucher = _issued(stage, kept_mail)
    order: VoucherOrder = fake_platform.vouchers[voucher.code]
    assert (order.kind, order.value, order.currency) == ("amount", Decimal(5), "EUR")
    assert order.minimum == Decimal(40)
    assert order.title == f"Bleib {voucher.code}"
    # 30 days, to the end of that day where the shop is.
    assert order.ends_at.isoformat() == "2026-12-21T22:59:59+00:00"


@pytest.mark.parametrize("point", ["before the platform", "after the platform", "before the mail"])
def test_a_crash_anywhere_in_issuing_ends_in_one_code_and_one_mail(
    stage: Stage,
    kept_mail: KeptMail,
    fake_platform: FakePlatform,
    moving_clock: MovingClock,
    monkeypatch: pytest.MonkeyPatch,
    point: str,
) -> None:
    stage.confirmed(kept_mail)

    def die(*_: object, **__: object) -> None:
        raise Killed

    real = fake_platform.issue_voucher

    def issue_and_die(access: object, order: VoucherOrder) -> str:
        real(access, order)  # type: ignore[arg-type]
        raise Killed

    with monkeypatch.context() as patch:
        if point == "before the platform":
            patch.setattr(fake_platform, "issue_voucher", die)
        elif point == "after the platform":
            patch.setattr(fake_platform, "issue_voucher", issue_and_die)
        else:
            patch.setattr(mailing, "queue", die)
        with pytest.raises(Killed):
            stage.work()
    code = stage.rows(store.vouchers)[0].code
    moving_clock.move(minutes=10)  # the dead worker's lease runs out
    stage.work()
    assert list(fake_platform.vouchers) == [code]
    assert stage.rows(store.vouchers)[0].state == "issued"
    assert sum(code in mail.as_string() for mail, _ in kept_mail.sent) == 1


def test_a_crash_while_confirming_confirms_nothing_half(
    stage: Stage, kept_mail: KeptMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.ask()
    stage.work()
    token = stage.link_in(kept_mail.sent[0][0])

    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(vouchers, "plan", die)
        with pytest.raises(Killed):
            subscriptions.confirm(stage.context, token)
    assert subscriptions.peek(stage.context, token).state == "pending"
    assert stage.rows(store.vouchers) == []
    assert subscriptions.confirm(stage.context, token).outcome == "voucher"


def test_a_person_erased_before_the_voucher_was_made_gets_none_and_the_budget_is_free(
    stage: Stage, kept_mail: KeptMail, fake_platform: FakePlatform
) -> None:
    stage.confirmed(kept_mail)
    with stage.context.db.write() as connection:
        person = subscribers_store.subscriber_by_id(connection, stage.shop.id, 1)
        assert person is not None
        vouchers.enqueue_issue(connection, stage.context, stage.shop.id, person)
        connection.execute(sa.delete(subscribers_store.subscribers))
    stage.work()
    assert fake_platform.vouchers == {}
    assert stage.rows(store.vouchers)[0].state == "refused"
    assert stage.rows(guard_decisions)[-1].verdict == "release"
    assert stage.dead() == []


def test_a_code_that_the_merchant_uses_already_is_replaced(
    stage: Stage, kept_mail: KeptMail, fake_platform: FakePlatform, moving_clock: MovingClock
) -> None:
    stage.confirmed(kept_mail)
    first = stage.rows(store.vouchers)[0].code
    fake_platform.fail("issue_voucher", PlatformRefusedError("voucher_code_taken"))
    stage.work()
    moving_clock.move(minutes=1)
    stage.work()
    (voucher,) = stage.rows(store.vouchers)
    assert voucher.state == "issued"
    assert voucher.code != first
    assert list(fake_platform.vouchers) == [voucher.code]


def test_an_order_with_the_code_redeems_it_once_however_often_it_comes_in(
    stage: Stage, kept_mail: KeptMail
) -> None:
    voucher = _issued(stage, kept_mail)
    for code in (voucher.code, voucher.code.lower(), f" {voucher.code} "):
        _redeem(stage, _order(stage, code))
    (row,) = stage.rows(store.vouchers)
    assert (row.state, row.order_total, row.redeemed_amount) == (
        "redeemed",
        Decimal("48.20"),
        Decimal("5.00"),
    )
    assert _figures(stage) == (1, Decimal("48.20"), Decimal("5.00"))


def test_a_changed_order_changes_the_revenue_but_not_the_count(
    stage: Stage, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    voucher = _issued(stage, kept_mail)
    order = _order(stage, voucher.code)
    _redeem(stage, order)
    moving_clock.move(days=2)
    _redeem(stage, replace(order, total=Decimal("40.00"), discount=Decimal("4.00")))
    assert _figures(stage) == (1, Decimal("40.00"), Decimal("4.00"))


def test_a_cancelled_order_takes_everything_back_and_the_code_stays_used(
    stage: Stage, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    voucher = _issued(stage, kept_mail)
    order = _order(stage, voucher.code)
    _redeem(stage, order)
    moving_clock.move(days=3)
    for _ in range(2):
        _redeem(stage, replace(order, cancelled_at=stage.context.now()))
    assert stage.rows(store.vouchers)[0].state == "cancelled"
    assert _figures(stage) == (0, Decimal(0), Decimal(0))


def test_an_order_that_was_cancelled_before_we_saw_it_counts_nothing(
    stage: Stage, kept_mail: KeptMail
) -> None:
    voucher = _issued(stage, kept_mail)
    _redeem(stage, _order(stage, voucher.code, cancelled_at=stage.context.now()))
    assert stage.rows(store.vouchers)[0].state == "issued"
    assert _figures(stage) == (0, Decimal(0), Decimal(0))


def test_a_second_order_with_the_same_code_is_not_counted(
    stage: Stage, kept_mail: KeptMail
) -> None:
    voucher = _issued(stage, kept_mail)
    _redeem(stage, _order(stage, voucher.code))
    _redeem(stage, _order(stage, voucher.code, id="gid://shopify/Order/2"))
    assert _figures(stage)[0] == 1


def test_codes_of_the_merchant_and_of_other_shops_are_none_of_ours(
    stage: Stage, kept_mail: KeptMail, make_shop: Callable[..., Shop]
) -> None:
    voucher = _issued(stage, kept_mail)
    other = make_shop("andere.myshopify.com")
    with stage.context.db.write() as connection:
        order = _order(stage, "SOMMER10", voucher.code)
        vouchers.redeem_from_order(connection, stage.context, other, order, None)
    assert stage.rows(store.vouchers)[0].state == "issued"


def test_an_unused_voucher_is_removed_from_the_shop_after_its_end(
    stage: Stage, kept_mail: KeptMail, fake_platform: FakePlatform, moving_clock: MovingClock
) -> None:
    _issued(stage, kept_mail)
    moving_clock.move(days=32)
    stage.work()
    assert stage.rows(store.vouchers)[0].state == "expired"
    assert fake_platform.vouchers == {}


def test_a_used_voucher_is_not_removed(
    stage: Stage, kept_mail: KeptMail, fake_platform: FakePlatform, moving_clock: MovingClock
) -> None:
    voucher = _issued(stage, kept_mail)
    _redeem(stage, _order(stage, voucher.code))
    moving_clock.move(days=32)
    stage.work()
    assert stage.rows(store.vouchers)[0].state == "redeemed"
    assert "withdraw_voucher" not in fake_platform.calls
