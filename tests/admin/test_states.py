"""What stands above a page while somebody outside does not answer, or a right is missing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from plugin.model import Shop
from plugin.services import outages, rights
from plugin.services.context import Context
from plugin.store.steps import steps

if TYPE_CHECKING:
    from tests.admin.conftest import Browser

Fail = Callable[..., None]


@pytest.fixture
def fail(context: Context, fresh: Shop) -> Fail:
    """Return what writes down a step that failed."""

    def make(kind: str, error: str, *, state: str = "waiting", **more: Any) -> None:
        now = context.now()
        row = {
            "shop_id": fresh.id,
            "kind": kind,
            "key": f"{kind}:{error}:{state}",
            "payload": {},
            "state": state,
            "due_at": now + timedelta(minutes=2),
            "attempts": 3,
            "error": error,
            "created_at": now,
            "finished_at": now if state != "waiting" else None,
            **more,
        }
        with context.db.write() as connection:
            connection.execute(sa.insert(steps).values(row))

    return make


def test_a_platform_that_is_silent_is_named_with_since_when_and_the_next_try(
    browser: Browser, fail: Fail
) -> None:
    fail("order.refresh", "platform_timeout")
    for path in ("/admin/", "/admin/parcels"):
        text = browser.get(path).text
        assert "Shopify antwortet gerade nicht" in text
        assert "das nächste Mal in 2 Minuten." in text
        assert "Ihre Kunden merken davon nichts." in text
        assert "Jetzt versuchen" in text


def test_try_now_asks_again_at_once_and_stays_on_the_page(
    browser: Browser, fail: Fail, context: Context, fresh: Shop
) -> None:
    fail("order.refresh", "platform_timeout")
    answer = browser.post("/admin/try-now", "/admin/parcels", back="parcels")
    assert answer.location == "/admin/parcels?done=tried"
    found = outages.outages(context, fresh)
    assert [one.next_at for one in found] == [context.now()]


def test_one_failed_attempt_or_another_reason_is_no_outage(browser: Browser, fail: Fail) -> None:
    fail("order.refresh", "platform_timeout", attempts=1)
    fail("order.refresh", "order_unknown")
    assert "antwortet gerade nicht" not in browser.get("/admin/").text


def test_a_mail_server_that_is_silent_says_that_nothing_is_lost(
    browser: Browser, fail: Fail
) -> None:
    fail("mail.send", "mail_unavailable")
    text = browser.get("/admin/").text
    assert "Ihr Mailserver antwortet gerade nicht" in text
    assert "keine geht verloren" in text


def test_a_missing_right_says_what_follows_and_leads_to_the_consent_page(
    browser: Browser, fail: Fail
) -> None:
    fail("voucher.issue", "platform_scope_missing", state="dead")
    text = browser.get("/admin/").text
    assert "Bleib darf keine Rabatte mehr anlegen" in text
    assert "Anmeldungen gehen weiter, Gutscheine folgen nach." in text
    assert "Ein Recht fehlt seit" in text
    assert "1 Aufgabe blieb liegen" not in text
    answer = browser.get("/admin/grant")
    assert answer.location is not None
    assert "/oauth/authorize" in answer.location
    assert "bleib-state=" in answer.headers["Set-Cookie"]


def test_a_right_is_not_missing_any_more_once_the_same_work_succeeded(
    context: Context, fresh: Shop, fail: Fail
) -> None:
    fail("voucher.issue", "platform_scope_missing", state="dead")
    later = context.now() + timedelta(minutes=1)
    fail("voucher.issue", "", state="done", finished_at=later)
    assert rights.lacking(context, fresh) == []


def test_an_address_of_nothing_leads_to_the_overview(browser: Browser) -> None:
    for path in ("/admin/gone", "/admin/widgets/x/y", "/admin/guard/trial"):
        answer = browser.get(path)
        assert answer.status_code == 404
        assert "Diese Seite gibt es nicht mehr" in answer.text
        assert 'href="/admin/">Zur Übersicht' in answer.text
        assert "<nav" in answer.text
