from __future__ import annotations

import re
from dataclasses import replace
from email.message import EmailMessage
from typing import Any, Literal

import pytest

from bench.hostile_mails import INJECTIONS, changed
from plugin.model import Shop
from plugin.services.mails.kinds import KINDS
from plugin.services.mails.message import compose
from plugin.texts import LANGUAGES, area_texts
from tests.fakes.letters import NOW, SHOP, UNSUBSCRIBE, VALUES
from tests.services.sign_up_stage import html, plain


def _mail(mail: str, shop: Shop = SHOP, language: str = "de", **values: Any) -> EmailMessage:
    return compose(
        mail,
        shop,
        language,
        VALUES[mail] | values,
        recipient="marlene.ost@post.example",
        sender="bleib@shop.example",
        message_id="<fixed@shop.example>",
        at=NOW,
    )


def _spaces(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", ["du", "sie"])
def test_every_kind_is_complete_in_every_voice(
    kind: str, language: str, address: Literal["du", "sie"]
) -> None:
    mail = _mail(kind, replace(SHOP, address=address), language)
    for text in (plain(mail), html(mail), mail["Subject"]):
        assert not re.search(r"\{\w+\}", text), text
    assert len(plain(mail)) > 200
    link = VALUES[kind].get("link", SHOP.storefront_url)
    assert link in plain(mail)
    assert link.replace("&", "&amp;") in html(mail)
    assert SHOP.imprint in _spaces(plain(mail))
    assert mail["Content-Language"] == language


def test_both_languages_have_the_same_texts() -> None:
    for area in ("mail", "pages"):
        texts = area_texts(area)
        assert texts.keys("de") == texts.keys("en")


def test_a_confirmation_holds_no_word_of_advertising() -> None:
    mail = _mail("confirmation")
    for text in (plain(mail), html(mail)):
        assert "Gutschein" not in text
        assert "€" not in text
        assert "<img" not in text
    assert mail["List-Unsubscribe"] is None
    assert mail["X-Bleib-Class"] == "confirmation"


def test_a_parcel_mail_proposes_nothing() -> None:
    mail = _mail("on_its_way")
    assert "Gutschein" not in html(mail)
    assert mail["List-Unsubscribe"] is None
    assert mail["X-Bleib-Class"] == "service"
    assert "Ihr Paket kommt am Montag, 23. November" in _spaces(plain(mail))


def test_a_parcel_mail_says_only_what_is_known() -> None:
    mail = _mail("on_its_way", carrier=None, number=None, expected_on=None, items=[])
    assert "None" not in plain(mail) + html(mail)
    assert "Ihr Paket ist unterwegs" in plain(mail)


def test_a_voucher_stands_with_its_conditions_and_the_way_out() -> None:
    mail = _mail("voucher")
    text = _spaces(plain(mail))
    assert mail["Subject"].replace("\u00a0", " ") == "Ihr Gutschein über 5 €"
    assert "ab 40 € Warenwert" in text
    assert "Gültig bis 21. Dezember 2026." in text
    assert "Nicht auf: Bücher" in text
    assert "Abmelden; der Gutschein gilt weiter." in text
    assert UNSUBSCRIBE in text


def test_the_unsubscribe_headers_stand_on_one_line_and_unencoded() -> None:
    raw = _mail("voucher").as_bytes().decode("ascii")
    assert f"\nList-Unsubscribe: <{UNSUBSCRIBE}>\r\n" in raw
    assert "\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw


def test_a_percentage_and_swiss_francs_are_written_as_people_there_do() -> None:
    percent = _mail("voucher", kind="percent", value="10.00", minimum=None)
    assert percent["Subject"].replace("\u00a0", " ") == "Ihr Gutschein über 10 %"
    swiss = _mail(
        "voucher", replace(SHOP, locale="de-CH"), currency="CHF", value="12.40", minimum="80"
    )
    assert "CHF 12.40" in swiss["Subject"].replace("\u00a0", " ")
    assert "ß" not in plain(swiss).replace(SHOP.imprint, "")


def test_times_are_those_of_the_shop_and_not_of_the_server() -> None:
    assert "Am 21. November 2026 um 19:42 Uhr" in _spaces(plain(_mail("confirmation")))
    in_english = _spaces(plain(_mail("confirmation", language="en")))
    assert "On 21 November 2026 at 19:42" in in_english


def test_template_syntax_stays_what_it_is_in_every_value_and_every_text() -> None:
    assert len(INJECTIONS) == 60
    assert [place for text in INJECTIONS[::7] for place in changed(text)] == []


def test_a_code_that_no_link_can_use_is_to_be_typed_in() -> None:
    text = _spaces(plain(_mail("voucher", typed=True)))
    assert "Geben Sie den Code an der Kasse ein." in text
    assert "Warenkorb" not in text


def test_markup_in_names_is_text_in_the_mail() -> None:
    hostile = '<script>alert(1)</script><a href="https://evil.example">'
    shop = replace(SHOP, name=hostile, imprint=hostile)
    source = html(_mail("confirmation", shop, newsletter=hostile))
    assert "<script" not in source
    assert '<a href="https://evil.example"' not in source


def test_a_mail_loads_nothing_from_anywhere() -> None:
    for kind in KINDS:
        source = html(_mail(kind))
        assert "<link" not in source
        assert "@import" not in source
        assert "url(" not in source
        assert not re.search(r'src="http', source)
