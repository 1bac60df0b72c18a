"""Carriers: who is meant, whose number it is, what their words mean, and how one is added."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.model import ParcelKind
from plugin.services.parcels import carriers
from plugin.services.parcels.carriers import (
    FILE,
    book,
    guess,
    kind_of,
    known,
    proper_name,
    read,
    tracking_link,
)
from plugin.services.parcels.check_digits import CHECKS

#: Numbers that carriers or their standards give as examples, by the check they carry.
EXAMPLES = [
    ("s10", "RB123456785GB"),
    ("mod10", "00340434161094042557"),
    ("mod10", "00340433836442636597"),
    ("mod10", "09133131530724"),
    ("mod10", "568283610012734"),
    ("identcode", "201298452277"),
    ("ups", "1Z5R89390357567127"),
    ("ups", "1Z023E2X0214323462"),
    ("fedex", "986578788855"),
    ("fedex", "799531274483"),
    ("mod37_36", "008182709980000020033350276C"),
    ("mod37_36", "01015026003653C"),
    ("mod7", "3318810025"),
]
KINDS = set(get_args(ParcelKind))
DOCUMENTATION = Path(__file__).parents[3] / "docs" / "carriers.md"


@pytest.mark.parametrize(("check", "number"), EXAMPLES)
def test_a_number_that_was_given_out_passes_and_a_mistyped_one_does_not(
    check: str, number: str
) -> None:
    assert CHECKS[check](number)
    place = 10 if check == "s10" else len(number) - 2
    other = "1" if number[place] != "1" else "2"
    assert not CHECKS[check](number[:place] + other + number[place + 1 :])


@settings(deadline=None, max_examples=50)
@given(st.from_regex(re.compile(r"[A-Z]{2}[0-9]{8}", re.ASCII), fullmatch=True))
def test_one_check_digit_of_ten_is_right(start: str) -> None:
    assert sum(CHECKS["s10"](f"{start}{digit}DE") for digit in range(10)) == 1
    serial = f"00{start[2:]}123"
    assert sum(CHECKS["mod10"](f"{serial}{digit}") for digit in range(10)) == 1
    assert sum(CHECKS["mod37_36"](f"0101{start[2:]}00{sign}") for sign in "0123456789ABCDEFG"
               "HIJKLMNOPQRSTUVWXYZ") == 1  # fmt: skip


@pytest.mark.parametrize(
    ("number", "carrier"),
    [
        ("0034 0434-1610.9404 2557", "dhl"),
        ("JJD000390012345678901", "dhl"),
        ("CB123456785DE", "dhl"),
        ("rb 1234 5678 5 de", "deutsche_post"),
        ("3318810025", "dhl_express"),
        ("01015026003653c", "dpd"),
        ("H1000620220042021045", "hermes"),
        ("1Z 5R8 939 03 5756 712 7", "ups"),
        ("568283610012734", "fedex"),
        ("RB123456785AT", "austrian_post"),
        ("99.12.345612.34567890", "swiss_post"),
        ("TBA010000000000", "amazon"),
    ],
)
def test_a_number_that_fits_one_carrier_only_is_known_to_be_theirs(
    number: str, carrier: str
) -> None:
    found = guess(number)
    assert found is not None
    assert found.key == carrier


@pytest.mark.parametrize(
    "number",
    [
        "201298452277",  # DHL by its check digit, and GLS by its length
        "09133131530724",  # Hermes by its check digit, and DPD by its length
        "01015026003653",  # fourteen digits without any check
        "00340434161094042558",  # mistyped
        "ZX81",
        "١٢٣٤٥٦٧٨٩٠",
        "",
        None,
    ],
)
def test_a_number_that_fits_none_or_several_is_nobodys(number: str | None) -> None:
    assert guess(number) is None


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=300))
def test_no_number_and_no_name_brings_anything_down(text: str) -> None:
    guess(text)
    known(text)
    assert kind_of("dhl", text, text) in KINDS
    link = tracking_link("DHL", text)
    assert link is None or re.fullmatch(r"https://www\.dhl\.de/[!-~]*", link)


def test_what_the_shop_names_comes_before_the_number() -> None:
    number = "1Z5R89390357567127"
    assert (tracking_link("GLS", number) or "").startswith("https://gls-group.eu/")
    assert (tracking_link("Other", number) or "").startswith("https://www.ups.com/")
    assert (tracking_link(None, number) or "").startswith("https://www.ups.com/")
    assert tracking_link("Brieftaube", number) is None
    named = [proper_name(name, number) for name in ("GLS", "Other", None, "Brieftaube")]
    assert named == ["GLS", "UPS", "UPS", "Brieftaube"]
    assert proper_name("Other", "4711") is None


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("DHL Express International", "dhl_express"),
        ("dhl-germany", "dhl"),
        ("DHL_PAKET", "dhl"),
        ("Deutsche Post DHL", "dhl"),
        ("Deutsche Post", "deutsche_post"),
        ("FedEx Priority", "fedex"),
        ("Amazon Logistics", "amazon"),
        ("swiss_post", "swiss_post"),
    ],
)
def test_carriers_are_known_by_the_names_that_shops_write(written: str, key: str) -> None:
    found = known(written)
    assert found is not None
    assert found.key == key


def test_every_carrier_has_a_page_of_its_own_and_is_known_by_its_name() -> None:
    assert len({carrier.key for carrier in book().carriers}) >= 11
    for carrier in book().carriers:
        assert carrier.link.startswith("https://")
        assert carrier.link.count("{number}") == 1
        assert all(form.check is None or form.check in CHECKS for form in carrier.forms)
        assert carriers.known(carrier.name) is carrier
        assert set(carrier.asks) <= {"dhl", "ups", "aftership"}
    assert known("amazon") is not None
    assert dict(next(one for one in book().carriers if one.key == "amazon").asks) == {}


@pytest.mark.parametrize(
    ("speaker", "word", "kind"),
    [
        ("shopify", "LABEL_PRINTED", "announced"),
        ("shopify", "Out For Delivery", "out_for_delivery"),
        ("shopify", "NOT_DELIVERED", "returning"),
        ("script_tag", "in_transit", "in_transit"),
        ("ups", "I:OT", "out_for_delivery"),
        ("ups", "I:ZZ", "in_transit"),
        ("ups", "RS", "returning"),
        ("aftership", "Exception:013", "lost"),
        ("aftership", "InTransit:099", "in_transit"),
        ("dhl", "pre-transit", "announced"),
        (None, "delivered", "delivered"),
        ("anybody", "quantum_state", "unknown"),
    ],
)
def test_words_of_platforms_and_carriers_have_one_meaning(
    speaker: str | None, word: str, kind: str
) -> None:
    assert kind_of(speaker, word) == kind


@pytest.mark.parametrize(
    ("word", "text", "kind"),
    [
        ("transit", "Die Sendung wurde in das Zustellfahrzeug geladen.", "out_for_delivery"),
        ("transit", "The shipment is ready for pick-up at the retail outlet.", "ready_for_pickup"),
        ("failure", "Der Empfänger wurde nicht angetroffen.", "attempted"),
        ("failure", "Die Sendung wird zurück an den Absender geschickt.", "returning"),
        ("failure", "Etwas ganz anderes", "held"),
        ("delivered", "Empfänger zunächst nicht angetroffen, dann zugestellt", "delivered"),
        ("pre-transit", "Zoll: elektronisch angekündigt", "announced"),
    ],
)
def test_a_sentence_makes_an_open_word_clearer_and_leaves_a_clear_one(
    word: str, text: str, kind: str
) -> None:
    assert kind_of("dhl", word, text) == kind


def test_a_word_can_only_mean_a_kind_that_there_is() -> None:
    wrong = FILE.read_text(encoding="utf-8").replace("[words.ups]", '[words.ups]\nflown = ["f"]')
    with pytest.raises(ValueError, match="flown"):
        read(wrong)


def test_a_carrier_is_added_by_the_entry_that_the_documentation_shows() -> None:
    page = DOCUMENTATION.read_text(encoding="utf-8").partition("\n## Adding a carrier\n")[2]
    entry = page.partition("```toml\n")[2].partition("```")[0]
    found = read(f"{FILE.read_text(encoding='utf-8')}\n{entry}")
    parcel = found.guess("KS 12345 67890")
    assert parcel is not None
    assert parcel.name == "Kurier Süd"
    assert parcel.asks == {"aftership": "kurier-sued"}
    assert found.known("Kurier Süd Express") is found.known("kurier-sued") is parcel
    assert found.known("kurier_sued") is parcel
    assert found.meant(None, "KS1234567890") is parcel
    assert found.known("DHL") is not None


def test_the_documentation_lists_every_carrier_with_those_who_are_asked() -> None:
    table = DOCUMENTATION.read_text(encoding="utf-8").partition("\n## ")[0]
    rows = dict(re.findall(r"^\| ([^|]+?) \| \S+ \| ([^|]+?) \|", table, re.M))
    called = {"dhl": "DHL", "ups": "UPS", "aftership": "AfterShip"}
    for carrier in book().carriers:
        asked = ", else ".join(called[name] for name in called if name in carrier.asks)
        assert rows["DHL (Paket)" if carrier.key == "dhl" else carrier.name] == (asked or "–")
