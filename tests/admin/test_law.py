"""Law and data in the admin: requests with deadlines, receipts, papers from the ledgers."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from plugin.model import Shop
from plugin.services import consent_rules, law_documents, person_requests
from plugin.services.context import Context
from plugin.services.person_requests import Person
from plugin.store import holdings
from plugin.store.blocked import blocked_people
from plugin.store.personal import personal_columns
from tests.services.test_privacy import MARA, live

if TYPE_CHECKING:
    from tests.admin.conftest import Browser

FIND = "/admin/law/person"


def who(page: str) -> str:
    found = re.search(r'name="who" value="([^"]+)"', page)
    assert found
    return unescape(found.group(1))


def test_a_request_counts_down_is_answered_and_leaves_a_receipt(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    live(context, fresh, MARA, 1)
    with context.db.write() as connection:
        asked = Person(MARA, None)
        number = person_requests.note(
            connection, context, fresh, "access", asked, source="platform"
        )
    listed = browser.get("/admin/law").text
    assert "über Shopify, 21. Nov." in listed
    assert "30 Tage übrig" in listed
    page = browser.get(f"/admin/law/requests/{number}").text
    handed = browser.post("/admin/law/person/file", FIND, who=who(page))
    assert handed.get_json()["email"] == MARA
    assert "erledigt am 21. Nov." in browser.get("/admin/law").text
    assert "subscribers" in browser.get(f"/admin/law/receipts/{number}").text
    assert browser.get(f"/admin/law/receipts/{number}.pdf").data.startswith(b"%PDF")


@pytest.mark.parametrize("never_again", [True, False])
def test_erasing_asks_once_says_what_stays_and_hands_out_a_receipt(
    browser: Browser, context: Context, fresh: Shop, *, never_again: bool
) -> None:
    live(context, fresh, MARA, 1)
    found = browser.post(FIND, FIND, wanted=MARA).text
    asked = browser.post("/admin/law/person/erase", FIND, who=who(found)).text
    assert "Nachweis der Einwilligung" in asked.partition("Das bleibt, und warum")[2]
    chosen = {"never_again": "on"} if never_again else {}
    done = browser.post("/admin/law/person/erase", FIND, who=who(asked), do="erase", **chosen)
    page = browser.get(done.location).text
    assert "Person gelöscht." in page
    assert ("nur noch als Prüfwert" in page) is never_again
    receipt = re.search(r"/admin/law/receipts/\d+", page)
    assert receipt
    assert MARA not in browser.get(receipt.group()).text
    with context.db.read() as connection:
        assert len(connection.execute(sa.select(blocked_people)).all()) == int(never_again)


def test_what_is_no_address_is_asked_for_again_and_kept(browser: Browser) -> None:
    answer = browser.post(FIND, FIND, wanted="mara")
    assert answer.status_code == 422
    assert 'value="mara"' in answer.text
    assert "aria-invalid" in answer.text


def test_whom_a_form_is_about_cannot_be_made_up(browser: Browser) -> None:
    assert browser.post("/admin/law/person/file", FIND, who="x").status_code == 400
    assert browser.post("/admin/law/person/erase", FIND, do="erase").status_code == 400


def test_the_strictest_of_the_countries_holds(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    assert browser.post("/admin/law/countries", FIND, country="CH").status_code == 303
    found = consent_rules.rules(consent_rules.get(context, fresh), fresh)
    assert found.countries == ("DE", "CH")
    assert found.to_year_end


def test_every_kind_of_data_is_counted_and_named(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    live(context, fresh, MARA, 1)
    with context.db.read() as connection:
        counted = holdings.rows_by_datum(connection, fresh.id, 10)
    assert set(counted) == {column.datum for column in personal_columns()}
    assert counted["order"] == counted["subscription"] == 1
    assert "1 Bestellung<" in browser.get("/admin/law").text


def test_the_papers_hold_the_ledgers(context: Context, fresh: Shop) -> None:
    for language in ("de", "en"):
        papers = {
            name: repr(law_documents.document(context, fresh, name, language))
            for name in law_documents.NAMES
        }
        assert "bleib.no" in papers["privacy"]
        assert fresh.domain in papers["processing"]
        assert context.config.smtp_host in papers["processors"]
        assert papers["accessibility"].count("9.2.1.1") == len(context.widgets)
        # Each of them asks for something: an address, an order, a size.
        assert "enthält keine Eingaben" not in papers["accessibility"]
        assert "no input" not in papers["accessibility"]
        assert not re.search(r"\{\w+\}", " ".join(papers.values()))


def test_kinds_that_are_rarely_needed_are_folded_and_each_stands_once(browser: Browser) -> None:
    page = browser.get("/admin/law").text
    stored = page[page.index(">Gespeichert<") : page.index("Länder, in die Sie verkaufen")]
    always, _, folded = stored.partition("<details")
    assert always.count("<tr>") == 1 + 7
    assert "Anmeldung zum Newsletter" in always
    names = re.findall(r'<th scope="row" class="wordy">([^<]+)<', folded)
    assert not [name for name in names if name in always]
