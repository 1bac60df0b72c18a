"""Withdrawals in the admin: what waits, what is settled, and rules that can only be made longer."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import pytest

from plugin.admin.carried import packed
from plugin.contracts.withdrawal import Withdrawal
from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.withdrawals import handling, settings
from tests.fakes.things import a_line
from tests.services.on_sqlite import db_url  # noqa: F401 - a fixture
from tests.services.parcels.test_shipments import take
from tests.services.test_withdrawals import withdraw

if TYPE_CHECKING:
    from tests.admin.conftest import Browser

PAGE = "/admin/parcels/withdrawals"
RULES = f"{PAGE}/rules"


def test_a_declaration_waits_until_it_is_settled_and_can_be_opened_again(
    browser: Browser, fresh: Shop, context: Context
) -> None:
    order = take(context, fresh, lines=(a_line(1007, 1, title="Kanne & Sieb"),))
    withdraw(context, fresh, order, name="<b>Mara</b>")
    page = browser.get(PAGE).text
    for words in ("W-1007-1", "&lt;b&gt;Mara", "Kanne &amp; Sieb", "In der Frist"):
        assert words in page, words
    (line,) = handling.listed(context, fresh, handled=False)
    browser.post(f"{PAGE}/{line.id}", PAGE, do="settle")
    assert "Nichts offen" in browser.get(PAGE).text
    assert "W-1007-1" in browser.get(f"{PAGE}?list=done").text
    browser.post(f"{PAGE}/{line.id}", f"{PAGE}?list=done", do="reopen")
    assert handling.count_open(context, fresh) == 1
    assert "W-1007-1" in browser.get(f"{PAGE}.csv").text


@pytest.mark.parametrize(("days", "status"), [("30", 303), ("13", 422), ("x", 422)])
def test_the_period_can_be_made_longer_and_never_shorter(
    browser: Browser, fresh: Shop, context: Context, days: str, status: int
) -> None:
    form = {
        "days": days,
        "voluntary_days": "0",
        "pays": "shop",
        "how.de": "An das Lager.",
        "how.en": "",
        "excluded": "/products/kanne\nMass 7",
        "excluded_why.de": "",
        "excluded_why.en": "",
        "seen": packed(settings.get(context, fresh)),
    }
    answer = browser.post(RULES, RULES, **form)
    assert answer.status_code == status
    kept = settings.get(context, fresh)
    assert kept.days == (30 if status == 303 else 14)
    if status == 303:
        assert kept.excluded == ("/products/kanne", "Mass 7")
        assert kept.how.de == "An das Lager."
        assert "Mass 7" in html.unescape(browser.get(RULES).text)


def test_rules_that_somebody_else_changed_meanwhile_are_not_overwritten(
    browser: Browser, fresh: Shop, context: Context
) -> None:
    seen = settings.get(context, fresh)
    settings.save(context, fresh, Withdrawal(days=60, excluded=("a",)), seen=seen)
    form = {"days": "30", "voluntary_days": "0", "pays": "shop", "seen": packed(seen)}
    assert browser.post(RULES, RULES, **form).status_code == 409
    assert settings.get(context, fresh).days == 60
