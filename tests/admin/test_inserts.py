"""Flyers are printed from a list of orders; what they say and who finds a present is set."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape
from typing import TYPE_CHECKING

import pytest

from plugin.contracts.inserts import Inserts
from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.inserts import settings as inserts
from tests.fakes.things import an_order
from tests.services.parcels.test_shipments import take

if TYPE_CHECKING:
    from tests.admin.conftest import Browser

LIST = "/admin/parcels/inserts"
SETTINGS = "/admin/parcels/inserts/settings"
TYPED = {
    "size": "A5",
    "heading_de": "Schön, dass Sie da sind",
    "offers": "1",
    "kind": "amount",
    "value": "7,50",
    "minimum": "0",
    "days": "60",
    "gift": "Leinentuch",
    "cost": "2",
    "budget": "100",
    "one_in": "10",
    "first": "1",
}


def test_the_flyers_of_ticked_orders_come_as_a_file(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    take(context, fresh)
    page = browser.get(LIST).text
    assert 'value="gid://shopify/Order/1007" checked' in page
    drawn = browser.post(f"{LIST}/print", LIST, order=an_order().id)
    assert (drawn.status_code, drawn.mimetype) == (200, "application/pdf")
    assert drawn.data.startswith(b"%PDF-")
    none = browser.post(f"{LIST}/print", LIST)
    assert none.status_code == 422
    assert "mindestens eine Bestellung" in none.text


def test_codes_that_are_still_being_made_are_waited_for_and_the_ticks_stay(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    take(context, fresh)
    browser.post(SETTINGS, SETTINGS, **TYPED)
    answer = browser.post(f"{LIST}/print", LIST, order=an_order().id)
    assert answer.status_code == 503
    assert "in einer halben Minute noch einmal" in answer.text
    assert 'value="gid://shopify/Order/1007" checked' in answer.text


def test_texts_offer_and_surprise_are_saved_together(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    assert browser.post(SETTINGS, SETTINGS, **TYPED).status_code == 303
    kept = inserts.get(context, fresh)
    assert (kept.size, kept.heading.de, kept.voucher.value) == (
        "A5",
        "Schön, dass Sie da sind",
        Decimal("7.50"),
    )
    assert (kept.surprise.gift, kept.surprise.one_in, kept.surprise.first) == (
        "Leinentuch",
        10,
        True,
    )
    assert "7,50\u00a0€ für das nächste Mal" in browser.get(LIST).text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"heading_de": "x" * 61}, "Höchstens 60 Zeichen"),
        ({"greeting_en": "x" * 401}, "Höchstens 400 Zeichen"),
        ({"gift": "x" * 61}, "Höchstens 60 Zeichen"),
        ({"kind": "percent", "value": "51"}, "Zwischen 0"),
        ({"days": "bald"}, "Zahl"),
    ],
)
def test_what_does_not_fit_is_named_and_kept(
    browser: Browser, context: Context, fresh: Shop, wrong: dict[str, str], said: str
) -> None:
    answer = browser.post(SETTINGS, SETTINGS, **{**TYPED, **wrong})
    assert answer.status_code == 422
    assert said in answer.text
    assert "Leinentuch" in answer.text or "gift" in wrong
    assert inserts.get(context, fresh) == Inserts()


def test_an_amount_of_thirty_digits_is_refused_where_it_was_typed(browser: Browser) -> None:
    answer = browser.post(SETTINGS, SETTINGS, **{**TYPED, "value": "9" * 30})
    assert answer.status_code == 422
    assert 'value="' + "9" * 30 in answer.text


def test_who_saves_what_somebody_else_changed_meanwhile_is_asked(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    opened = browser.get(SETTINGS).text
    seen = re.search(r'name="seen" value="([^"]*)"', opened)
    assert seen is not None
    inserts.save(context, fresh, Inserts(size="A5"), seen=Inserts())
    answer = browser.post(SETTINGS, SETTINGS, **TYPED, seen=unescape(seen[1]))
    assert answer.status_code == 409
    assert inserts.get(context, fresh) == Inserts(size="A5")
