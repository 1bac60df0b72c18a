"""The seeded shop: campaigns fit their widgets, mails have their day, arms their share."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from plugin.app import load_widgets
from plugin.contracts.mail import RecipientRefusedError
from plugin.demo.database import Database
from plugin.demo.settings import Settings
from plugin.demo.shop import Shop
from plugin.model import Shop as BleibShop
from plugin.seeds import selling, setting_up
from plugin.seeds.past import GONE_DOMAIN, Past
from plugin.services import guard_limits
from plugin.services.campaign_drafts import clean
from plugin.services.context import Context

THEN = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)


def test_every_campaign_fits_its_widget() -> None:
    folder = Path(setting_up.__file__).parent
    for wanted in json.loads((folder / "campaigns.json").read_text("utf-8")).values():
        widget = load_widgets()[wanted["widget"]]
        draft = widget.settings().model_dump(mode="json")
        merged = setting_up.merged(draft, wanted["settings"])
        assert clean(widget, merged)["experiment" if "experiment" in merged else "title"]


def test_a_mail_of_the_past_lies_in_the_mailbox_with_its_day(
    context: Context, tmp_path: Path
) -> None:
    settings = Settings(tmp_path, "http://127.0.0.1:1", "http://localhost:2", "-" * 32)
    demo = Shop(settings, Database(tmp_path / "shop.sqlite3"))
    past = Past(context, {}, demo, 90)
    past.set(THEN)
    message = EmailMessage()
    message["Subject"] = "Bitte bestätigen"
    message.set_content("http://127.0.0.1:1/c/abc.DEF-1")
    past.context.mail.send(message, "from@example.com", "lena@example.com")
    row = demo.db.one("SELECT received_at, recipient FROM mails")
    assert row is not None
    assert tuple(row) == ("2026-09-01T12:00:00+00:00", "lena@example.com")
    assert past.confirm_link("lena@example.com") == "abc.DEF-1"
    assert past.confirm_link("jo@example.com") is None


def test_a_mail_to_a_mailbox_that_is_gone_comes_back(context: Context, tmp_path: Path) -> None:
    settings = Settings(tmp_path, "http://127.0.0.1:1", "http://localhost:2", "-" * 32)
    past = Past(context, {}, Shop(settings, Database(tmp_path / "shop.sqlite3")), 90)
    past.set(THEN)
    with pytest.raises(RecipientRefusedError):
        past.context.mail.send(EmailMessage(), "from@example.com", f"lena@{GONE_DOMAIN}")


@pytest.mark.parametrize("day", [date(2026, 11, 22), date(2026, 12, 5), date(2027, 1, 1)])
def test_quiet_times_lie_behind_and_ahead_but_today_vouchers_are_given(
    context: Context, shop: BleibShop, tmp_path: Path, day: date
) -> None:
    settings = Settings(tmp_path, "http://127.0.0.1:1", "http://localhost:2", "-" * 32)
    past = Past(context, {}, Shop(settings, Database(tmp_path / "shop.sqlite3")), 90)
    setting_up.limit(past, shop, day)
    limits = guard_limits.limits_of(context, shop).limits
    assert limits.floor_on
    assert limits.quiet_on_day(day) is None
    month_before = (day.replace(day=1) - timedelta(days=1)).replace(day=3)
    assert limits.quiet_on_day(month_before) is not None
    assert limits.quiet_on_day(day - timedelta(days=10)) is not None
    assert any(one.start > day for one in limits.quiet)


def test_the_planted_effect_is_what_is_to_be_found() -> None:
    held, orders = selling.Held(), 10_000
    without = sum(held.next() for _ in range(orders))
    shares = selling.HOLDOUT, 100 - selling.HOLDOUT
    found = ((orders - without) / shares[1]) / (without / shares[0])
    assert abs(found - 1 - selling.EFFECT) < 0.01


def test_the_days_of_the_past_end_today() -> None:
    days = setting_up.days_of(date(2026, 3, 1), 2)
    assert days == [date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1)]
