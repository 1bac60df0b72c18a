"""Questions of a sign-up: only what was asked, sealed, exported and erased, never in the way."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.model import Shop
from plugin.services import declared, subscriber_list
from plugin.services.context import Context
from plugin.services.declared import Declared
from plugin.services.privacy import erase_person, export_person
from plugin.store.evidence import evidence
from plugin.store.subscribers import subscriber_by_identity, subscribers
from tests.conftest import KeptMail
from tests.services.sign_up_stage import MAIL, Stage, plain

_NO_WORDS = {"de": "", "en": ""}
FIELDS: dict[str, Any] = {
    "name": {"enabled": True, "reason": _NO_WORDS},
    "birth_month": {"enabled": True, "reason": {"de": "Für eine Karte.", "en": "For a card."}},
    "interests": {
        "enabled": True,
        "reason": _NO_WORDS,
        "topic_1": {"de": "Bretter", "en": "Boards"},
        "topic_3": {"de": "Leinen", "en": "Linen"},
    },
}
ANSWERS = {"name": " Marlene  Ost ", "birth_month": "5", "interests": ["topic_3"]}


@pytest.fixture
def stage(context: Context, shop: Shop) -> Stage:
    return Stage(context, shop, fields=FIELDS)


def _said(stage: Stage, row: int = 0) -> Declared:
    found = stage.rows(subscribers)[row]
    with stage.context.db.read() as connection:
        person = subscriber_by_identity(connection, stage.shop.id, found.identity)
    assert person is not None
    return declared.declared_of(stage.context, person)


def test_answers_are_kept_sealed_and_topics_by_their_name_in_the_shops_first_language(
    stage: Stage,
) -> None:
    stage.ask(fields=ANSWERS, language="en")
    assert _said(stage) == Declared("Marlene Ost", 5, ("Leinen",))
    assert "Marlene" not in stage.rows(subscribers)[0].declared_sealed


def test_who_answers_nothing_signs_up_all_the_same_and_leaves_nothing(stage: Stage) -> None:
    stage.ask(fields={"name": "", "birth_month": "", "interests": []})
    assert stage.rows(subscribers)[0].declared_sealed is None
    assert _said(stage) == Declared()


def test_what_the_form_did_not_ask_is_not_kept(context: Context, shop: Shop) -> None:
    stage = Stage(context, shop)
    stage.ask(fields=ANSWERS)
    assert _said(stage) == Declared()


@pytest.mark.parametrize(
    "entered",
    [
        {"name": "Gewinn: https://evil.example", "birth_month": "13", "interests": ["topic_2"]},
        {"name": "evil.example", "birth_month": "0", "interests": "topic_1"},
        {"name": "x" * 61, "birth_month": 5, "interests": None},
        {"name": "{unsubscribe}", "birth_month": "٣", "interests": [["topic_1"], 1]},
        {"name": ["Marlene"], "birth_month": ["5"], "interests": {"topic_1": True}},
        {"name": "www.evil", "birth_month": "", "interests": []},
    ],
)
def test_what_is_no_name_and_no_choice_of_the_form_is_left_out(
    stage: Stage, entered: dict[str, Any]
) -> None:
    stage.ask(fields=entered)
    found = _said(stage)
    assert (found.name, found.birth_month) == ("", None)
    assert found.interests in ((), ("Bretter",))


@pytest.mark.parametrize("name", ["Zoë", "Müller-Lüdenscheidt", "O'Neill", "Dr. Ost", "李"])
def test_names_are_as_people_write_them(stage: Stage, name: str) -> None:
    stage.ask(fields={"name": name})
    assert _said(stage).name == name


def test_the_proof_repeats_questions_and_reasons_but_no_answer(stage: Stage) -> None:
    stage.ask(fields=ANSWERS)
    wording = stage.rows(evidence)[0].wording
    assert "Vorname (freiwillig)\nFür die Anrede in den Mails." in wording
    assert "Geburtsmonat (freiwillig)\nFür eine Karte." in wording
    assert "Themen (freiwillig): Bretter, Leinen" in wording
    assert "Marlene" not in wording
    assert wording.index("Themen") < wording.index("[x] Ja")


def test_nothing_that_was_typed_is_in_the_confirmation_mail(
    stage: Stage, kept_mail: KeptMail
) -> None:
    stage.ask(fields=ANSWERS)
    stage.work()
    assert "Marlene Ost" not in plain(kept_mail.sent[0][0])


def test_nobody_changes_what_a_confirmed_person_said(stage: Stage, kept_mail: KeptMail) -> None:
    stage.confirmed(kept_mail, fields=ANSWERS)
    stage.ask(fields={"name": "Somebody"})
    assert _said(stage).name == "Marlene Ost"


def test_answers_are_exported_in_words_and_erased_with_the_person(stage: Stage) -> None:
    stage.ask(fields=ANSWERS)
    exported = export_person(stage.context, stage.shop, MAIL)
    assert "Marlene Ost" in exported["data"]["subscribers"][0]["declared"]
    erase_person(stage.context, stage.shop, MAIL)
    assert stage.rows(subscribers) == []


def test_answers_stand_in_the_merchants_list(stage: Stage, kept_mail: KeptMail) -> None:
    stage.confirmed(kept_mail, fields=ANSWERS)
    head, row = "".join(subscriber_list.as_csv(stage.context, stage.shop)).splitlines()
    assert head.endswith(";purposes;first_name;birth_month;interests")
    assert row.endswith(";newsletter;Marlene Ost;5;Leinen")
