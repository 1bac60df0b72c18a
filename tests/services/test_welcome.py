from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from plugin.contracts.welcome import Welcome
from plugin.errors import ConflictError, InvalidFieldError, PlatformError
from plugin.model import Shop
from plugin.services import installing, privacy, subscriptions, unsubscribing, welcome
from plugin.services.context import Context
from plugin.services.orders import ingest
from plugin.store.outbox import outbox
from plugin.store.shops import shop_by_id, shops
from plugin.store.steps import steps
from plugin.store.vouchers import vouchers
from tests.conftest import KeptMail, MovingClock
from tests.fakes.things import an_order
from tests.services import sign_up_stage
from tests.services.sign_up_stage import MAIL, Stage, plain

ALL = Welcome(first=True, second=True, third=True)


@pytest.fixture
def db_url(sqlite_template: Path, tmp_path: Path) -> str:
    """One database is enough here: the store's own test covers both."""
    path = tmp_path / "bleib.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def stage(context: Context, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Stage:
    handlers = {**sign_up_stage.HANDLERS, **welcome.HANDLERS}
    monkeypatch.setattr(sign_up_stage, "HANDLERS", handlers)
    return Stage(context, shop)


@pytest.fixture
def reader(stage: Stage, kept_mail: KeptMail) -> str:
    """Somebody who confirmed while the whole series is on; returns the unsubscribe token."""
    welcome.save(stage.context, stage.shop, ALL, seen=Welcome())
    token = stage.confirmed(kept_mail)
    stage.work()
    kept_mail.sent.clear()
    found = subscriptions.peek(stage.context, token).unsubscribe_token
    assert found is not None
    return found


def _through(stage: Stage, clock: MovingClock, days: int = 30) -> list[str]:
    """Let the days pass; returns the kinds of mail that went out, in their order."""
    for _ in range(days):
        clock.move(days=1)
        stage.work()
    sent = [row for row in stage.rows(outbox) if row.kind.startswith("welcome_")]
    return [row.kind for row in sorted(sent, key=lambda row: row.queued_at) if row.state == "sent"]


def _buy(stage: Stage, context: Context) -> None:
    moment = context.now()
    order = an_order(1, email=MAIL, codes=(), created_at=moment, updated_at=moment)
    with context.db.write() as connection:
        ingest(connection, context, stage.shop, order)


def test_nobody_gets_anything_until_it_is_switched_on(
    stage: Stage, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    stage.confirmed(kept_mail)
    assert _through(stage, moving_clock) == []
    assert [row for row in stage.rows(steps) if row.kind == "welcome.mail"] == []


def test_the_three_mails_come_on_their_days(
    stage: Stage, reader: str, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    assert _through(stage, moving_clock, 1) == []
    assert _through(stage, moving_clock, 1) == ["welcome_1"]
    assert _through(stage, moving_clock, 4) == ["welcome_1", "welcome_2"]
    assert _through(stage, moving_clock, 30) == ["welcome_1", "welcome_2", "welcome_3"]
    mail = kept_mail.sent[-1][0]
    (voucher,) = stage.rows(vouchers)
    assert voucher.code in plain(mail)
    assert "ab 40 € Warenwert" in " ".join(plain(mail).split())
    assert mail["X-Bleib-Class"] == "marketing"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_it_ends_with_the_subscription(
    stage: Stage, reader: str, moving_clock: MovingClock
) -> None:
    assert _through(stage, moving_clock, 3) == ["welcome_1"]
    unsubscribing.unsubscribe(stage.context, reader)
    assert _through(stage, moving_clock) == ["welcome_1"]


def test_it_ends_with_an_erasure(stage: Stage, reader: str, moving_clock: MovingClock) -> None:
    privacy.erase_person(stage.context, stage.shop, MAIL)
    assert _through(stage, moving_clock) == []


def test_it_ends_with_an_uninstall_and_does_not_come_back(
    stage: Stage, reader: str, context: Context, moving_clock: MovingClock
) -> None:
    with context.db.write() as connection:
        shop = shop_by_id(connection, stage.shop.id)
        assert shop is not None
        installing.uninstall(connection, context, shop)
    with context.db.write() as connection:
        connection.execute(sa.update(shops).values(state="installed"))
    assert _through(stage, moving_clock) == []


def test_who_bought_is_asked_and_reminded_no_more(
    stage: Stage, reader: str, context: Context, moving_clock: MovingClock
) -> None:
    _buy(stage, context)
    assert _through(stage, moving_clock) == ["welcome_1"]


@pytest.mark.parametrize("state", ["redeemed", "expired", "cancelled"])
def test_nobody_is_reminded_of_a_voucher_that_is_gone(
    stage: Stage, reader: str, context: Context, moving_clock: MovingClock, state: str
) -> None:
    with context.db.write() as connection:
        connection.execute(sa.update(vouchers).values(state=state))
    assert _through(stage, moving_clock) == ["welcome_1", "welcome_2"]


def test_nobody_is_reminded_on_the_last_day(
    stage: Stage, reader: str, context: Context, moving_clock: MovingClock
) -> None:
    ends = context.now() + timedelta(days=20, hours=12)
    with context.db.write() as connection:
        connection.execute(sa.update(vouchers).values(ends_at=ends))
    assert _through(stage, moving_clock) == ["welcome_1", "welcome_2"]


def test_a_mail_that_was_switched_off_or_moved_meanwhile_obeys(
    stage: Stage, reader: str, moving_clock: MovingClock
) -> None:
    later = ALL.model_copy(update={"first": False, "second_days": 9})
    welcome.save(stage.context, stage.shop, later, seen=ALL)
    assert _through(stage, moving_clock, 8) == []
    assert _through(stage, moving_clock, 2) == ["welcome_2"]


def test_while_everything_is_stopped_it_waits_and_a_late_greeting_is_dropped(
    stage: Stage, reader: str, context: Context, moving_clock: MovingClock
) -> None:
    _stop(context, context.now())
    assert _through(stage, moving_clock, 10) == []
    _stop(context, None)
    assert _through(stage, moving_clock, 1) == ["welcome_2"]


def _stop(context: Context, at: Any) -> None:
    with context.db.write() as connection:
        connection.execute(sa.update(shops).values(stopped_at=at))


def test_who_comes_again_does_not_get_the_series_again(
    stage: Stage, reader: str, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    first = _through(stage, moving_clock)
    unsubscribing.unsubscribe(stage.context, reader)
    stage.confirmed(kept_mail)
    assert _through(stage, moving_clock) == first


def test_advertising_is_never_sent_again_when_nobody_knows_whether_it_arrived(
    stage: Stage, reader: str, moving_clock: MovingClock
) -> None:
    lost = KeptMail()
    lost.failure = PlatformError("mail_unknown")
    stage.context = replace(stage.context, mail=lost)
    moving_clock.move(days=3)
    stage.work()
    lost.failure = None
    moving_clock.move(hours=2)
    stage.work()
    (row,) = [row for row in stage.rows(outbox) if row.kind == "welcome_1"]
    assert row.state == "unknown"
    assert lost.sent == []


def test_the_days_stand_in_order_and_two_merchants_see_each_other(stage: Stage) -> None:
    context, shop = stage.context, stage.shop
    with pytest.raises(InvalidFieldError):
        welcome.save(context, shop, Welcome(first_days=9), seen=Welcome())
    welcome.save(context, shop, ALL, seen=Welcome())
    with pytest.raises(ConflictError):
        welcome.save(context, shop, Welcome(first=True), seen=Welcome())
    assert welcome.get(context, shop) == ALL
