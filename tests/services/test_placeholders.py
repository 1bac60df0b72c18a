from __future__ import annotations

import pytest

from plugin.services.mails.placeholders import fill, name_of, shown, unknown_in

WORDS = {"first_name": "Marlene", "shop": "Uferhaus", "newsletter": "Seebrief"}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Hallo {vorname}, hier ist {shop}", "Hallo Marlene, hier ist Uferhaus"),
        ("Hello {first_name}", "Hello Marlene"),
        ("{ Vorname }!", "Marlene!"),
        ("Nichts", "Nichts"),
        ("{{vorname}}", "{{vorname}}"),
        ("{code} {unbekannt} {", "{code} {unbekannt} {"),
    ],
)
def test_placeholders_are_filled_and_everything_else_stays(text: str, filled: str) -> None:
    assert fill(text, WORDS) == filled


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Hallo {vorname}, schön.", "Hallo, schön."),
        ("{vorname}, schön dass es klappt", "Schön dass es klappt"),
        ("{vorname}", ""),
        ("Erste Zeile\n{vorname}, zweite", "Erste Zeile\nZweite"),
    ],
)
def test_a_name_that_nobody_gave_goes_with_what_leans_on_it(text: str, filled: str) -> None:
    assert fill(text, {**WORDS, "first_name": ""}) == filled


def test_a_value_is_one_line_and_is_never_looked_at_again() -> None:
    hostile = {"first_name": "a\r\nBcc: x\u2028{shop}\x00", "shop": "{vorname}"}
    assert fill("{vorname} {shop}", hostile) == "a Bcc: x {shop} {vorname}"


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("Hallo {vorname}", []),
        ("{name} {name} {code}", ["{name}", "{code}"]),
        ("{{ 7*7 }}", ["{ 7*7 }", "{", "}"]),
        ("{vorname", ["{"]),
        ("vorname}", ["}"]),
        ("{gueltig_bis}", ["{gueltig_bis}"]),
        ("{shop.email}", ["{shop.email}"]),
    ],
)
def test_what_is_not_on_the_list_is_named(text: str, unknown: list[str]) -> None:
    assert unknown_in(text, ("first_name", "shop")) == unknown


def test_without_umlauts_it_is_the_same_placeholder() -> None:
    assert unknown_in("{gueltig_bis} {Gültig_bis}", ("ends",)) == []
    assert name_of("ends", "de") == "{gültig_bis}"
    assert shown("Bis {ends} am {date}", "de") == "Bis {gültig_bis} am {date}"
