from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from plugin.contracts.shopwide import Look
from plugin.errors import ConflictError, NotFoundError, TooManyError
from plugin.model import Shop
from plugin.services import look, mail_texts
from plugin.services.context import Context
from plugin.services.mails.parts import EDITABLE
from plugin.store.mail_texts import mail_texts as table
from plugin.store.shops import shops
from tests.conftest import KeptMail
from tests.services.sign_up_stage import Stage, html, plain


@pytest.fixture
def db_url(sqlite_template: Path, tmp_path: Path) -> str:
    """One database is enough here: the store's own test covers both."""
    path = tmp_path / "bleib.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def stage(context: Context, shop: Shop) -> Stage:
    return Stage(context, shop)


Write = Callable[..., list[mail_texts.Problem]]


@pytest.fixture
def write(context: Context, shop: Shop) -> Write:
    """Return a function that saves a draft as a merchant who changes some parts of what stands."""

    def save(kind: str, language: str = "de", **parts: str) -> list[mail_texts.Problem]:
        found = mail_texts.find(context, shop, kind, language)
        typed = {**found.shown, **parts}
        return mail_texts.save_draft(context, shop, kind, language, typed, seen=found.seen)

    return save


def _publish(context: Context, shop: Shop, kind: str, language: str = "de") -> None:
    seen = mail_texts.find(context, shop, kind, language).seen
    mail_texts.publish(context, shop, kind, language, seen=seen)


def test_nothing_is_stored_while_the_text_is_bleibs(stage: Stage, write: Write) -> None:
    for kind in EDITABLE:
        assert write(kind) == []
    found = mail_texts.find(stage.context, stage.shop, "voucher", "de")
    assert found.shown["subject"] == "Ihr Gutschein über {wert}"
    assert (found.draft, found.live, found.changed, found.version) == ({}, {}, False, 0)


def test_a_draft_is_not_sent_and_a_version_is(
    stage: Stage, write: Write, kept_mail: KeptMail
) -> None:
    context, shop = stage.context, stage.shop
    write("confirmation", subject="Ein Klick noch für {newsletter}", button="Ja, das war ich")
    stage.ask()
    stage.work()
    assert kept_mail.sent[-1][0]["Subject"] != "Ein Klick noch für Newsletter"
    _publish(context, shop, "confirmation")
    stage.ask("somebody.else@post.example")
    stage.work()
    mail = kept_mail.sent[-1][0]
    assert mail["Subject"] == "Ein Klick noch für Newsletter"
    assert "Ja, das war ich:" in plain(mail)
    # What proves where the address was entered is Bleib's in any case.
    assert "wurde auf uferhaus.myshopify.com" in " ".join(plain(mail).split())


def test_every_version_stays_and_an_earlier_one_or_bleibs_becomes_the_draft(
    stage: Stage, write: Write
) -> None:
    context, shop = stage.context, stage.shop
    for heading in ("Erste", "Zweite"):
        write("voucher", heading=heading)
        _publish(context, shop, "voucher")
    found = mail_texts.find(context, shop, "voucher", "de")
    assert [(one.version, one.texts) for one in found.versions] == [
        (2, {"heading": "Zweite"}),
        (1, {"heading": "Erste"}),
    ]
    mail_texts.reuse(context, shop, "voucher", "de", 1)
    found = mail_texts.find(context, shop, "voucher", "de")
    assert (found.draft["heading"], found.live["heading"]) == ("Erste", "Zweite")
    mail_texts.reuse(context, shop, "voucher", "de", 0)
    _publish(context, shop, "voucher")
    found = mail_texts.find(context, shop, "voucher", "de")
    assert (found.live, found.version) == ({}, 3)
    with pytest.raises(NotFoundError):
        mail_texts.reuse(context, shop, "voucher", "de", 9)


def test_of_two_people_the_second_is_asked(stage: Stage) -> None:
    context, shop = stage.context, stage.shop
    seen = mail_texts.find(context, shop, "voucher", "de").seen
    mail_texts.save_draft(context, shop, "voucher", "de", {"heading": "Anna"}, seen=seen)
    with pytest.raises(ConflictError):
        mail_texts.save_draft(context, shop, "voucher", "de", {"heading": "Ben"}, seen=seen)
    with pytest.raises(ConflictError):
        mail_texts.publish(context, shop, "voucher", "de", seen=seen)
    assert mail_texts.find(context, shop, "voucher", "de").draft == {"heading": "Anna"}


def test_each_language_and_form_of_address_has_its_own_text(
    stage: Stage, write: Write, context: Context
) -> None:
    write("voucher", heading="Bitte sehr, für Sie")
    with context.db.write() as connection:
        connection.execute(sa.update(shops).values(address="du"))
    informal = replace(stage.shop, address="du")
    assert mail_texts.find(context, informal, "voucher", "de").draft == {}
    assert mail_texts.find(context, stage.shop, "voucher", "en").draft == {}
    assert {row.voice for row in stage.rows(table)} == {"de-sie"}


@pytest.mark.parametrize(
    ("kind", "part", "text", "code", "named"),
    [
        ("voucher", "subject", "Hallo {name}", "placeholder", {"unknown": "{name}"}),
        ("voucher", "text", "{{ 7*7 }}", "placeholder", {"unknown": "{ 7*7 }"}),
        ("voucher", "heading", "Hallo {vorname", "brace", {"unknown": "{"}),
        ("voucher", "subject", "x" * 79, "too_long", {"most": 78, "now": 79}),
        ("confirmation", "heading", "Hallo {vorname}", "placeholder", {"unknown": "{vorname}"}),
        ("confirmation", "subject", "5 € für dich", "advertising", {"word": "€"}),
        ("confirmation", "button", "Zum Rabatt", "advertising", {"word": "rabatt"}),
        ("welcome_1", "page", "https://evil.example/", "page", {}),
        ("welcome_1", "page", "javascript:alert(1)", "page", {}),
        ("welcome_1", "page", "//evil.example", "page", {}),
    ],
)
def test_what_cannot_be_sent_is_refused_with_its_reason(
    stage: Stage, write: Write, kind: str, part: str, text: str, code: str, named: dict[str, Any]
) -> None:
    (problem,) = write(kind, **{part: text})
    assert (problem.part, problem.code, problem.values) == (part, code, named)
    assert mail_texts.find(stage.context, stage.shop, kind, "de").draft == {}


def test_what_is_written_is_text_and_a_button_stays_in_the_shop(stage: Stage, write: Write) -> None:
    context, shop = stage.context, stage.shop
    write("welcome_1", text="Erstens <b>fett</b>\n\nZweitens", page="/collections/tee?a=1&b=2")
    found = mail_texts.find(context, shop, "welcome_1", "de")
    shown = mail_texts.preview(context, shop, found, light="light")
    assert "&lt;b&gt;fett&lt;/b&gt;" in shown.html
    assert shown.html.count('<p class="text"') == 2
    assert f"{shop.storefront_url}/collections/tee?a=1&b=2" in shown.text


def test_mails_wear_the_look_of_the_shop(stage: Stage, kept_mail: KeptMail) -> None:
    context, shop = stage.context, stage.shop
    fixed = Look(accent="#1e5b43", on="#ffffff", radius=11, font="Georgia, serif")
    look.save(context, shop, fixed, seen=Look())
    stage.ask()
    stage.work()
    source = html(kept_mail.sent[-1][0])
    assert "background-color: #1e5b43" in source
    assert "border-radius: 11px" in source
    assert "font-family: Georgia, serif" in source


def test_a_trial_goes_to_the_shop_itself_and_ends_nothing(
    stage: Stage, write: Write, kept_mail: KeptMail
) -> None:
    context, shop = stage.context, stage.shop
    write("voucher", heading="Hallo {vorname}")
    mail_texts.send_sample(context, shop, mail_texts.find(context, shop, "voucher", "de"))
    stage.work()
    mail, recipient = kept_mail.sent[-1]
    assert recipient == shop.email
    assert mail["Subject"].replace("\u00a0", " ") == "Probe: Ihr Gutschein über 5 €"
    assert "Hallo Marlene" in plain(mail)
    assert mail["List-Unsubscribe"] is None
    assert "/u/" not in plain(mail)


def test_nobody_is_sent_trials_without_end(stage: Stage) -> None:
    context, shop = stage.context, stage.shop
    found = mail_texts.find(context, shop, "confirmation", "en")
    with pytest.raises(TooManyError):
        for _ in range(30):
            mail_texts.send_sample(context, shop, found)
