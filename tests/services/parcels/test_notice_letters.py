"""Mails about an order say what happened, in every voice, and refuse to sell anything."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Literal

import pytest

from plugin.errors import GiveUpError
from plugin.services.mails.kinds import KINDS
from plugin.services.mails.letter import Code, Letter, Link
from plugin.services.mails.message import compose
from plugin.services.mails.parcel_letters import LETTERS, MILESTONES, refuse_advertising
from plugin.services.mails.parts import _ADVERTISING, EDITABLE
from plugin.services.wording import Voice
from tests.fakes.letters import NOW, SHOP, VALUES
from tests.services.sign_up_stage import html, plain

WAYS_OUT = {
    "unsubscribe": "https://bleib.example/s/abc/notices",
    "withdraw": "https://bleib.example/s/abc/withdrawal",
}
VOICES = [("de", "du"), ("de", "sie"), ("en", "sie")]


def letter(
    kind: str, language: str = "de", address: Literal["du", "sie"] = "sie", **values: Any
) -> Letter:
    shop = replace(SHOP, address=address)
    return LETTERS[kind](Voice("mail", shop, language), shop, VALUES[kind] | WAYS_OUT | values)


def said(found: Letter) -> str:
    parts = (found.subject, found.preheader, found.heading, *found.paragraphs, *found.notes)
    return " ".join((*parts, found.button.label, found.why or "")).replace("\u00a0", " ")


@pytest.mark.parametrize("kind", MILESTONES)
@pytest.mark.parametrize(("language", "address"), VOICES)
def test_nothing_in_them_sells(kind: str, language: str, address: str) -> None:
    found = letter(kind, language, address)
    refuse_advertising(found)
    words = said(found).casefold()
    assert [word for word in _ADVERTISING if re.search(rf"\b{re.escape(word)}", words)] == []
    leads = {found.button.address, *(link.address for link in found.footer)}
    assert leads == {VALUES[kind]["link"], WAYS_OUT["withdraw"]}
    assert KINDS[kind].mail_class == "service"
    # Nor can a merchant write something into them.
    assert kind not in EDITABLE


@pytest.mark.parametrize("kind", MILESTONES)
@pytest.mark.parametrize(
    "block",
    [
        {"code": Code("SALE-1", "10 %")},
        {"added": ("Das passt dazu: Teekanne",)},
        {"preferences": Link("Newsletter", "https://bleib.example/u/x")},
    ],
)
def test_what_would_sell_is_refused_when_the_mail_is_put_together(
    kind: str, block: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    selling = replace(KINDS[kind], build=lambda *_: replace(letter(kind), **block))
    monkeypatch.setitem(KINDS, kind, selling)
    with pytest.raises(GiveUpError, match="mail_with_advertising"):
        compose(
            kind,
            SHOP,
            "de",
            {},
            recipient="marlene.ost@post.example",
            sender="bleib@shop.example",
            message_id="<fixed@shop.example>",
            at=NOW,
        )


@pytest.mark.parametrize("kind", MILESTONES)
def test_only_what_is_known_is_said(kind: str) -> None:
    names = ("carrier", "number", "expected_on", "promised_on", "search_on", "window", "where")
    nothing: dict[str, Any] = dict.fromkeys(names)
    text = said(letter(kind, **nothing, items=[]))
    assert "None" not in text
    assert "  " not in text
    assert not re.search(r"\{(?!unsubscribe)", text)


@pytest.mark.parametrize(
    ("kind", "values", "sentence"),
    [
        ("received", {}, "Voraussichtlich ist sie am Montag, 23. November bei Ihnen."),
        ("on_its_way", {"place": 1, "count": 2}, "Sendung 0034. Das ist Paket 1 von 2."),
        ("on_its_way", {"window": ["09:00", "12:30"]}, "zwischen 9 und 12:30 Uhr. Zusteller: DHL"),
        ("delayed", {}, "Angekündigt war Freitag, 20. November. Das tut uns leid; Sie müssen"),
        ("delayed", {}, "Bewegt sich bis Donnerstag, 26. November nichts, suchen wir das Paket"),
        ("delayed", {"reason": "customs"}, "Es liegt beim Zoll."),
        ("delayed", {"reason": "held"}, "Der Zusteller hält es gerade fest."),
        ("delayed", {"reason": "address"}, "Antworten Sie bitte auf diese Mail mit der"),
        ("pick_up", {}, "Es liegt hier: Postfiliale 471, Konstanz. Nehmen Sie"),
        ("delivered", {}, "Zugestellt am Freitag, 20. November um 12:31 Uhr: im Briefkasten."),
    ],
)
def test_what_is_known_is_said(kind: str, values: dict[str, Any], sentence: str) -> None:
    assert sentence in said(letter(kind, **values))


def test_words_of_a_carrier_stay_text() -> None:
    hostile = {"where": "<script>alert(1)</script>", "carrier": '"><b>DHL</b>', "number": "</p>1"}
    mail = compose(
        "pick_up",
        SHOP,
        "de",
        VALUES["pick_up"] | WAYS_OUT | hostile,
        recipient="marlene.ost@post.example",
        sender="bleib@shop.example",
        message_id="<fixed@shop.example>",
        at=NOW,
    )
    assert "<script" not in html(mail)
    assert "<b>" not in html(mail)
    assert "&lt;script&gt;" in html(mail)
    assert WAYS_OUT["withdraw"] in plain(mail)
    assert mail["List-Unsubscribe"] == f"<{WAYS_OUT['unsubscribe']}>"
