"""Subscribers: found by the whole address, shown with the proof, handed out; and the rules."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from plugin.contracts.shopwide import Consent
from plugin.model import Shop
from plugin.services import consent_rules, evidence, evidence_file, person_requests, privacy
from plugin.services.context import Context
from plugin.services.identity import identity_of
from plugin.services.steps import Step
from plugin.store import blocked, evidence_triggers
from plugin.store.evidence import evidence as table
from plugin.store.subscribers import subscribers
from plugin.store.vouchers import vouchers
from tests.conftest import KeptMail
from tests.services.sign_up_stage import MAIL, Stage

if TYPE_CHECKING:
    from tests.admin.conftest import Browser

PAGE = "/admin/people"


@pytest.fixture
def stage(context: Context, fresh: Shop, kept_mail: KeptMail) -> Stage:
    """Somebody who confirmed, and somebody who is waited for."""
    stage = Stage(context, fresh)
    stage.confirmed(kept_mail)
    stage.ask("waiting@post.example")
    return stage


def _id(stage: Stage, at: int = 0) -> int:
    return int(stage.rows(subscribers)[at].id)


def test_without_anybody_the_page_says_what_to_do(browser: Browser) -> None:
    assert "Noch hat sich niemand angemeldet." in browser.get(PAGE).text


def test_the_lists_hold_each_person_once(browser: Browser, stage: Stage) -> None:
    assert MAIL in browser.get(PAGE).text
    assert "waiting@post.example" not in browser.get(PAGE).text
    assert "waiting@post.example" in browser.get(f"{PAGE}?list=waiting").text
    assert browser.get(f"{PAGE}?list=nobody").status_code == 404


def test_long_lists_go_on_over_pages(browser: Browser, context: Context, fresh: Shop) -> None:
    values = {
        "shop_id": fresh.id, "state": "confirmed", "language": "de", "purposes": ["newsletter"],
        "campaign_id": 1, "campaign_version": 1, "widget": "newsletter", "mails_sent": 1,
        "requested_at": context.now(), "confirmed_at": context.now(),
    }  # fmt: skip
    with context.db.write() as connection:
        for number in range(60):
            sealed = context.keys.seal(fresh.id, "email", f"p{number}@post.example")
            connection.execute(
                sa.insert(subscribers).values(
                    identity=f"{number:064}", email_sealed=sealed, **values
                )
            )
    first = browser.get(PAGE).text
    assert ("p59@" in first, "p9@" in first) == (True, False)
    onward = first.split("before=")[1].split('"')[0]
    second = browser.get(f"{PAGE}?before={onward}").text
    assert ("p59@" in second, "p9@" in second, "p0@" in second) == (False, True, True)
    oldest = browser.get(f"{PAGE}?sort=oldest").text
    assert ("p0@" in oldest, "p59@" in oldest) == (True, False)
    assert 'aria-sort="ascending"' in oldest
    last = oldest.split("before=")[-1].split('"')[0].replace("&amp;", "&")
    assert "p59@" in browser.get(f"{PAGE}?before={last}").text
    assert "p59@" in browser.get(f"{PAGE}?before=nothing").text


@pytest.mark.parametrize("wanted", [MAIL, " Marlene.Ost+zwei@Post.Example "])
def test_a_person_is_found_by_the_whole_address(
    browser: Browser, stage: Stage, wanted: str
) -> None:
    found = browser.post(PAGE, PAGE, wanted=wanted)
    assert found.headers["Location"] == f"{PAGE}/{_id(stage)}"
    missed = browser.post(PAGE, PAGE, wanted="marlene")
    assert "Nichts gefunden zu „marlene“" in missed.text


def test_the_net_address_stands_where_it_is_kept(
    browser: Browser, context: Context, fresh: Shop, kept_mail: KeptMail
) -> None:
    consent_rules.save(context, fresh, Consent(net_address=True), seen=Consent())
    stage = Stage(context, fresh)
    stage.confirmed(kept_mail)
    assert "IP-Adresse 203.0.113.7" in browser.get(f"{PAGE}/{_id(stage)}").text


def test_a_person_stands_beside_the_whole_proof(browser: Browser, stage: Stage) -> None:
    page = browser.get(f"{PAGE}/{_id(stage)}").text
    for said in ("Angemeldet", "Bestätigungsmail verschickt", "Mit Knopf bestätigt",
                 "[Newsletter anfordern]", "Alle 3 Einträge passen zur Kette.",
                 "IP-Adressen speichern Sie nicht."):  # fmt: skip
        assert said in page, said
    assert browser.get(f"{PAGE}/99999").status_code == 404


@pytest.mark.parametrize("form", ["pdf", "json"])
def test_the_proof_is_handed_out_as_a_file(browser: Browser, stage: Stage, form: str) -> None:
    answer = browser.get(f"{PAGE}/{_id(stage)}/proof.{form}")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="bleib-nachweis.{form}"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert evidence_file.verify(answer.data).problems == ()
    assert browser.get(f"{PAGE}/{_id(stage)}/proof.xml").status_code == 400


def test_of_an_erased_person_the_locked_proof_is_still_there(
    browser: Browser, stage: Stage
) -> None:
    privacy.erase_person(stage.context, stage.shop, email=MAIL)
    found = browser.post(PAGE, PAGE, wanted=MAIL)
    assert "Nicht in den Listen, aber 3 Einträge im Nachweis." in found.text
    answer = browser.post(f"{PAGE}/proof", PAGE, email=MAIL, form="json")
    assert evidence_file.verify(answer.data).address == MAIL


def test_a_broken_chain_is_said_at_the_record_and_at_everybody_elses(
    browser: Browser, stage: Stage
) -> None:
    with stage.context.db.write() as connection:
        evidence_triggers.lift(connection)
        connection.execute(sa.update(table).where(table.c.number == 2).values(wording="Ja"))
    assert "Eintrag 2 passt nicht zur Kette." in browser.get(f"{PAGE}/{_id(stage)}").text
    other = f"{PAGE}/{_id(stage, 1)}"
    assert "Unverändert." in browser.get(other).text
    evidence.check_daily(stage.context, Step(1, stage.shop.id, "evidence.check", "e", {}, 1))
    assert "Eintrag 2 passt nicht zur Kette." in browser.get(other).text


def test_who_asked_the_merchant_is_unsubscribed(browser: Browser, stage: Stage) -> None:
    one = f"{PAGE}/{_id(stage)}"
    for _ in range(2):
        assert browser.post(f"{one}/unsubscribe", one).status_code == 303
    assert "Abgemeldet" in browser.get(one).text
    assert [row.kind for row in stage.rows(table)].count("unsubscribed") == 1


def test_the_rules_are_shown_saved_and_asked_for_when_two_people_save(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    page = "/admin/law/consent"
    assert "Gilt jetzt: Deutschland." in browser.get(page).text
    saved = browser.post(
        page, page, country="CH", confirm_days="10", net_address="1", seen="country=auto"
    )
    assert saved.status_code == 303
    assert consent_rules.get(context, fresh) == Consent(
        country="CH", confirm_days=10, net_address=True
    )
    late = browser.post(page, page, country="AT", seen="country=auto")
    assert late.status_code == 409
    wrong = browser.post(page, page, country="AT", confirm_days="30")
    assert wrong.status_code == 422
    assert "Zwischen 2 und 14" in wrong.text
    assert "10 Tagen" in browser.get("/admin/law").text


def test_who_is_blocked_is_asked_about_once_and_then_stands_on_the_list(
    browser: Browser, stage: Stage
) -> None:
    one = f"{PAGE}/{_id(stage)}"
    assert f'href="{one}/block"' in browser.get(one).text
    asked = browser.get(f"{one}/block").text
    for said in (f"{MAIL} nie wieder anschreiben?", "Auch die Bestätigungsmail kommt dann nicht"):
        assert said in asked, said
    answer = browser.post(f"{one}/block", f"{one}/block")
    assert answer.location == f"{one}?done=blocked"
    after = browser.get(answer.location).text
    assert "Bleib schickt keine Mail mehr an diese Adresse." in after
    assert f'href="{one}/block"' not in after
    assert browser.get(f"{one}/block").location == one
    listed = browser.get(f"{PAGE}?list=blocked").text
    for said in ('Sperrliste <span class="count">1</span>', MAIL, "von Hand"):
        assert said in listed, said


def test_of_who_was_erased_the_block_list_shows_a_check_value_and_by_whom(
    browser: Browser, stage: Stage
) -> None:
    person = person_requests.Person(MAIL, None)
    person_requests.erase(stage.context, stage.shop, person, "Kim", "operator", never_again=True)
    listed = browser.get(f"{PAGE}?list=blocked").text
    assert MAIL not in listed
    mark = identity_of(stage.context.keys, stage.shop.id, MAIL)[:8]
    for said in (mark, "beim Löschen", "Betreiber der Installation"):
        assert said in listed, said
    found = browser.post(PAGE, PAGE, wanted=MAIL).text
    assert "Gesperrt: Bleib schickt keine Mail an diese Adresse." in found
    assert "Nichts gefunden" not in found


def test_a_long_block_list_goes_on_over_pages(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    with context.db.write() as connection:
        for number in range(51):
            blocked.add(connection, fresh.id, f"{number:08}" + 56 * "f", context.now())
    first = browser.get(f"{PAGE}?list=blocked").text
    assert ("00000050" in first, "00000000" in first) == (True, False)
    assert "before=50" in first
    assert "00000000" in browser.get(f"{PAGE}?list=blocked&before=50").text


def test_what_can_be_done_with_a_person_stands_in_one_row_and_asks_first(
    browser: Browser, stage: Stage
) -> None:
    page = browser.get(f"{PAGE}/{_id(stage)}").text
    row = page[page.index('class="button first"') : page.index("Nachweis der Einwilligung")]
    said = ["Nachweis als PDF", "<summary", "Abmelden", "Jetzt abmelden", "Sperren", "JSON"]
    assert [row.index(word) for word in said] == sorted(row.index(word) for word in said)
    assert page.count('class="button first"') == 1


def test_the_proof_shows_the_voucher_with_its_worth_and_redemption(
    browser: Browser, stage: Stage
) -> None:
    page = f"{PAGE}/{_id(stage)}"
    with stage.context.db.write() as connection:
        ours = connection.execute(sa.select(subscribers.c.identity)).scalars().first()
        values = {
            "shop_id": stage.shop.id, "identity": ours, "code": "WILLKOMMEN-7K2F",
            "campaign_id": 1, "widget": "newsletter", "kind": "percent", "value": Decimal(15),
            "currency": "EUR", "reserved": Decimal(10), "state": "redeemed",
            "planned_at": stage.context.now(), "issued_at": stage.context.now(),
            "ends_at": stage.context.now() + timedelta(days=60),
            "redeemed_at": stage.context.now(), "redeemed_amount": Decimal("19.65"),
        }  # fmt: skip
        connection.execute(sa.delete(vouchers))
        connection.execute(sa.insert(vouchers).values(**values))
    shown = browser.get(page).text
    trail = shown[shown.index('class="trail"') : shown.index("</ol>")]
    assert trail.index("Mit Knopf bestätigt") < trail.index("Gutschein ausgestellt")
    for said in ("WILLKOMMEN-7K2F", "15\u202f%", "gültig bis", "Eingelöst am", "−19,65"):
        assert said in trail, said
    assert "Alle 3 Einträge passen zur Kette." in shown
    times = re.findall(r"<time[^>]*>([^<]+)</time>", trail)
    assert [len(time) for time in times[1:]] == [8, 8, 8], "the day stands once"
