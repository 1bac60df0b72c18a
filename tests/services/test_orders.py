"""Orders come in any order and any number of times; the newest state wins, once."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from plugin.errors import AccessRevokedError, PlatformError
from plugin.model import Order, Shop
from plugin.services import insight, order_history, orders
from plugin.services.context import Context
from plugin.services.identity import identity_of
from plugin.services.steps import Postpone, Step
from plugin.store import orders as store
from plugin.store import sync
from tests.conftest import START, MovingClock
from tests.fakes.platform import FakePlatform
from tests.fakes.things import a_line, an_order
from tests.services.connected import connect

DAY = date(2026, 11, 20)


def take(context: Context, shop: Shop, *found: Order) -> list[bool]:
    with context.db.write() as connection:
        return [orders.ingest(connection, context, shop, order) for order in found]


def stored(context: Context) -> list[sa.Row[tuple[object, ...]]]:
    with context.db.read() as connection:
        return list(connection.execute(sa.select(store.orders).order_by(store.orders.c.order_id)))


def bought(context: Context, shop: Shop) -> tuple[int, Decimal]:
    figures = insight.overview(context, shop, DAY, DAY).of("cross_sell")
    return figures.total("bought"), figures.amount("bought")


def test_nothing_readable_of_the_person_is_stored(context: Context, shop: Shop) -> None:
    take(context, shop, an_order())
    text = repr(stored(context))
    assert "mara" not in text
    assert "78462" not in text


def test_older_state_never_overwrites_newer(context: Context, shop: Shop) -> None:
    older = an_order(total=Decimal("60.00"))
    newer = replace(older, total=Decimal("55.00"), updated_at=older.updated_at + timedelta(hours=1))
    assert take(context, shop, newer, older) == [True, False]
    assert stored(context)[0].total == Decimal("55.00")


@pytest.mark.parametrize("sequence", list(itertools.permutations(range(3))))
def test_duplicates_in_any_order_end_the_same(
    context: Context, shop: Shop, sequence: tuple[int, ...]
) -> None:
    line = a_line(source="cross_sell:3", quantity=2)
    first = an_order(lines=(a_line(place=2),))
    second = replace(first, lines=(line,), updated_at=first.updated_at + timedelta(minutes=1))
    third = replace(second, paid=False, updated_at=first.updated_at + timedelta(minutes=2))
    states = [first, second, third]
    for place in [*sequence, *sequence]:
        take(context, shop, states[place])
    assert bought(context, shop) == (1, Decimal("38.00"))
    assert [row.paid for row in stored(context)] == [False]


def test_a_cancelled_order_takes_back_what_was_bought(context: Context, shop: Shop) -> None:
    order = an_order(lines=(a_line(source="cross_sell:3"),))
    later = order.updated_at + timedelta(hours=1)
    take(context, shop, order, replace(order, cancelled_at=later, updated_at=later))
    assert bought(context, shop) == (0, Decimal("0.00"))


def test_an_export_without_marks_does_not_forget_them(context: Context, shop: Shop) -> None:
    order = an_order(lines=(a_line(source="cross_sell:3"),))
    take(context, shop, order)
    unmarked = replace(order, lines=(a_line(),), updated_at=order.updated_at + timedelta(minutes=1))
    take(context, shop, unmarked)
    assert bought(context, shop) == (1, Decimal("19.00"))


def test_a_person_has_ordered_unless_the_order_was_cancelled(context: Context, shop: Shop) -> None:
    order = an_order()
    take(context, shop, order)
    identity = identity_of(context.keys, shop.id, "MARA+shop@post.example")
    with context.db.read() as connection:
        assert orders.has_ordered(connection, shop.id, identity)
    later = order.updated_at + timedelta(hours=1)
    take(context, shop, replace(order, cancelled_at=later, updated_at=later))
    with context.db.read() as connection:
        assert not orders.has_ordered(connection, shop.id, identity)


def test_of_a_very_old_order_no_person_is_kept(context: Context, shop: Shop) -> None:
    past = START - timedelta(days=4000)
    take(context, shop, an_order(created_at=past, updated_at=past))
    row = stored(context)[0]
    assert (row.identity, row.email_check, row.postcode_check, row.email_sealed) == (None,) * 4


def step(kind: str, **payload: object) -> Step:
    return Step(1, 1, kind, kind, dict(payload), 1)


@pytest.fixture
def connected(context: Context, shop: Shop) -> Shop:
    connect(context, shop)
    return shop


def fill(platform: FakePlatform, count: int) -> None:
    for number in range(count):
        order = an_order(number + 1)
        platform.orders_held[order.id] = order


def test_history_comes_in_with_progress(
    context: Context, connected: Shop, fake_platform: FakePlatform
) -> None:
    fill(fake_platform, 450)
    order_history.sync_orders(context, step("sync.orders", generation=1))
    with context.db.read() as connection:
        run = sync.run_of(connection, connected.id, "orders")
    assert run is not None
    assert (run.state, run.done, run.total) == ("done", 450, 450)
    assert run.watermark == START
    assert len(stored(context)) == 450


def test_a_crash_in_the_middle_of_the_history_loses_nothing(
    context: Context,
    connected: Shop,
    fake_platform: FakePlatform,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fill(fake_platform, 450)
    real, seen = orders.ingest_many, []

    def dies_in_third_batch(*args: object, **extra: object) -> int:
        seen.append(1)
        if len(seen) == 3:
            raise KeyboardInterrupt
        return real(*args, **extra)  # type: ignore[arg-type]

    monkeypatch.setattr(orders, "ingest_many", dies_in_third_batch)
    with pytest.raises(KeyboardInterrupt):
        order_history.sync_orders(context, step("sync.orders", generation=1))
    assert len(stored(context)) == 400
    monkeypatch.setattr(orders, "ingest_many", real)
    order_history.sync_orders(context, step("sync.orders", generation=1))
    assert len(stored(context)) == 450
    assert fake_platform.calls.count("start_history") == 1


def test_a_long_history_gives_others_a_turn(
    context: Context,
    connected: Shop,
    fake_platform: FakePlatform,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fill(fake_platform, 450)
    monkeypatch.setattr(order_history, "_TURN_SECONDS", -1.0)
    for _ in range(3):
        with pytest.raises(Postpone):
            order_history.sync_orders(context, step("sync.orders", generation=1))
    order_history.sync_orders(context, step("sync.orders", generation=1))
    assert len(stored(context)) == 450


def test_a_step_of_an_earlier_installation_does_nothing(
    context: Context, connected: Shop, fake_platform: FakePlatform
) -> None:
    order_history.sync_orders(context, step("sync.orders", generation=7))
    assert fake_platform.calls == []


def test_reconciling_fetches_what_no_message_told(
    context: Context, connected: Shop, fake_platform: FakePlatform, moving_clock: MovingClock
) -> None:
    fill(fake_platform, 3)
    order_history.sync_orders(context, step("sync.orders", generation=1))
    missed = an_order(9, updated_at=START + timedelta(hours=1))
    fake_platform.orders_held[missed.id] = missed
    moving_clock.move(hours=2)
    orders.reconcile(context, step("orders.reconcile"))
    orders.reconcile(context, step("orders.reconcile"))
    with context.db.read() as connection:
        waiting = [
            row.payload["order_id"]
            for row in connection.execute(
                sa.text("SELECT payload FROM steps WHERE kind = 'order.refresh'").columns(
                    payload=sa.JSON
                )
            )
        ]
        run = sync.run_of(connection, connected.id, "orders")
    assert waiting == [missed.id]
    assert run is not None
    assert run.watermark == missed.updated_at


def test_an_order_that_is_gone_at_the_platform_is_no_error(
    context: Context, connected: Shop
) -> None:
    orders.refresh_order(context, step("order.refresh", order_id="gid://shopify/Order/404"))
    assert stored(context) == []


def test_a_refused_token_is_not_tried_again(
    context: Context, connected: Shop, fake_platform: FakePlatform
) -> None:
    fake_platform.fail("order", AccessRevokedError("access_revoked"))
    for _ in range(3):
        with pytest.raises(AccessRevokedError):
            orders.refresh_order(context, step("order.refresh", order_id="gid://shopify/Order/1"))
    assert fake_platform.calls.count("order") == 1


def test_a_failure_of_the_platform_is_shown_and_tried_again(
    context: Context, connected: Shop, fake_platform: FakePlatform
) -> None:
    fill(fake_platform, 1)
    fake_platform.fail("history", PlatformError("platform_busy"))
    with pytest.raises(PlatformError):
        order_history.sync_orders(context, step("sync.orders", generation=1))
    with context.db.read() as connection:
        run = sync.run_of(connection, connected.id, "orders")
    assert run is not None
    assert (run.state, run.error) == ("running", "platform_busy")
    order_history.sync_orders(context, step("sync.orders", generation=1))
    assert len(stored(context)) == 1


def test_regular_work_rests_while_the_connection_is_taken_back(
    context: Context, connected: Shop, fake_platform: FakePlatform
) -> None:
    order_history.sync_orders(context, step("sync.orders", generation=1))
    fake_platform.fail("orders", AccessRevokedError("access_revoked"))
    with pytest.raises(AccessRevokedError):
        orders.reconcile(context, step("orders.reconcile"))
    orders.reconcile(context, step("orders.reconcile"))
    assert fake_platform.calls.count("orders") == 1
