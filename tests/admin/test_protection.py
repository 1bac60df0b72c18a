"""Protection of sign-ups: the block list takes an address and shows none, the breaker says why."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from plugin.model import Shop
from plugin.services import protection as service
from plugin.services.context import Context
from plugin.store import protection as store
from tests.services.sign_up_stage import Stage

if TYPE_CHECKING:
    from tests.admin.conftest import Browser

PAGE = "/admin/protection"
MAIL = "marlene.ost@post.example"


def held(context: Context, shop: Shop) -> store.Protection:
    with context.db.read() as connection:
        return store.protection_of(connection, shop.id)


def trip(context: Context, shop: Shop, reason: str = "flood") -> None:
    now = context.now()
    until = now + timedelta(hours=1)
    with context.db.write() as connection:
        tripped = replace(store.Protection(), reason=reason, tripped_at=now, tripped_until=until)
        store.put_protection(connection, shop.id, tripped)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([("block", MAIL)], "blocked"),
        ([("block", MAIL), ("block", "Marlene.Ost+x@post.example")], "blocked_before"),
        ([("block", MAIL), ("unblock", MAIL)], "unblocked"),
        ([("unblock", MAIL)], "not_blocked"),
    ],
)
def test_an_address_is_blocked_and_allowed_again_and_only_a_count_is_shown(
    browser: Browser, given: list[tuple[str, str]], said: str
) -> None:
    for do, email in given:
        answer = browser.post(f"{PAGE}/people", PAGE, do=do, email=email, sure="1")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PAGE}?said={said}")
    shown = browser.get(answer.headers["Location"]).text
    assert ("1 Person ist gesperrt" in shown) == ("unblocked" not in said and said[0] == "b")
    assert "marlene" not in shown.lower()


def test_blocking_an_address_asks_once_and_says_what_it_means(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    asked = browser.post(f"{PAGE}/people", PAGE, do="block", email=f" {MAIL}").text
    assert f"{MAIL} nie wieder anschreiben?" in asked
    assert "Auch die Bestätigungsmail kommt dann nicht mehr." in asked
    assert not service.is_blocked(context, fresh, MAIL)
    fields = dict(re.findall(r'name="(do|email|sure)" value="([^"]*)"', asked))
    assert browser.post(f"{PAGE}/people", PAGE, **fields).location == f"{PAGE}?said=blocked"
    assert service.is_blocked(context, fresh, MAIL)
    log = browser.get("/admin/law/access-log").text
    assert "gesperrt: eine Person" in log


def test_what_is_no_address_is_said_at_the_field_and_kept(browser: Browser) -> None:
    answer = browser.post(f"{PAGE}/people", PAGE, do="block", email="<b>marlene</b>")
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert "&lt;b&gt;marlene&lt;/b&gt;" in answer.text


def test_the_merchant_chooses_what_happens_to_throw_away_addresses(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    assert held(context, fresh).throwaway == "flag"
    browser.post(f"{PAGE}/rule", PAGE, rule="refuse")
    assert held(context, fresh).throwaway == "refuse"
    assert browser.post(f"{PAGE}/rule", PAGE, rule="keep").status_code == 400
    browser.post(f"{PAGE}/rule", PAGE, rule="flag")
    assert held(context, fresh).throwaway == "flag"


@pytest.mark.parametrize("reason", ["flood", "nobody_confirms"])
def test_a_tripped_breaker_is_explained_on_the_overview_too_and_can_be_let_go(
    browser: Browser, context: Context, fresh: Shop, reason: str
) -> None:
    assert "Anmeldungen werden gebremst" not in browser.get("/admin/").text
    trip(context, fresh, reason)
    assert "Anmeldungen werden gebremst" in browser.get("/admin/").text
    assert "Gebremst seit" in browser.get(PAGE).text
    answer = browser.post(f"{PAGE}/release", PAGE)
    assert answer.headers["Location"] == f"{PAGE}?said=released"
    assert "Gebremst seit" not in browser.get(PAGE).text
    assert "Zuletzt gebremst" in browser.get(PAGE).text


def test_a_flagged_person_is_marked_in_the_list_of_subscribers(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    stage = Stage(context, fresh)
    stage.ask("code@mailinator.com")
    assert "Wegwerf-Adresse" in browser.get("/admin/people?list=waiting").text
    assert "1 Person damit angemeldet" in browser.get(PAGE).text
