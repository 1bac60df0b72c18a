"""What a shopper reads about an order: the answer first, and nothing that is not known."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from plugin.model import Milestone, ShippedLine, Shop
from plugin.services.context import Context
from plugin.services.parcels.words import Told, told
from tests.conftest import START
from tests.fakes.things import a_line, a_parcel
from tests.services.parcels.test_shipments import status

MARK = Milestone("1", "in_transit", START - timedelta(hours=2), "Köln")
OTHER = "00340434161094000018"
DELIVERED = {"status": "DELIVERED", "delivered_at": START}


@pytest.fixture(params=["sqlite"])
def db_url(sqlite_template: Path, tmp_path: Path) -> str:
    """One database is enough here: what is tested are words."""
    path = tmp_path / "bleib.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


def words(context: Context, shop: Shop, language: str = "de", **values: Any) -> Told:
    return told(shop, status(context, shop, **values), language, context.now())


@pytest.mark.parametrize(
    ("values", "title", "below"),
    [
        ({"paid": False}, "Ihre Bestellung ist eingegangen", ""),
        ({}, "Ihre Bestellung ist in Bearbeitung", ""),
        (
            {"shipments": (a_parcel(expected_on=None),)},
            "Ihr Paket ist in Lieferung",
            "",
        ),
        (
            {"shipments": (a_parcel(status="DELAYED", expected_on=None),)},
            "Ihr Paket kommt später",
            "Das tut uns leid; Sie müssen nichts tun.",
        ),
        ({"shipments": (a_parcel(**DELIVERED),)}, "Zugestellt am Samstag, 21.\xa0November", "Um "),
        (
            {"shipments": (a_parcel(status="LOST"),)},
            "Das Paket ist verloren gegangen",
            "Wir schicken Ihnen Ersatz",
        ),
        (
            {"shipments": (a_parcel(status="NOT_DELIVERED"),)},
            "Das Paket ist auf dem Weg zurück zu uns",
            "Wir schreiben Ihnen, wie es weitergeht.",
        ),
        (
            {"cancelled_at": START},
            "Diese Bestellung ist storniert",
            "Bezahltes kommt zurück auf Ihr Konto.",
        ),
        (
            {"shipments": (a_parcel(1, **DELIVERED), a_parcel(2, tracking_number=OTHER))},
            "Ihre Bestellung kommt in zwei Paketen",
            "",
        ),
    ],
)
def test_the_title_is_the_answer(
    context: Context, shop: Shop, values: dict[str, Any], title: str, below: str
) -> None:
    found = words(context, shop, **values)
    assert found.title == title
    assert below in found.lead + found.note


def test_a_parcel_that_nobody_scanned_says_so(context: Context, shop: Shop) -> None:
    found = words(context, shop, shipments=(a_parcel(status="LABEL_PRINTED"),))
    assert [(stage.state, stage.when) for stage in found.stages][1] == (
        "now",
        "angekündigt, noch nicht gescannt",
    )


def test_of_several_parcels_each_has_a_title_and_only_those_on_the_way_have_stages(
    context: Context, shop: Shop
) -> None:
    parcels = (a_parcel(1, **DELIVERED), a_parcel(2, tracking_number=OTHER, milestones=(MARK,)))
    found = words(context, shop, shipments=parcels)
    assert found.stages == ()
    assert [(parcel.title, parcel.badge) for parcel in found.parcels] == [
        ("Paket 1", "Zugestellt"),
        ("Paket 2: Montag, 23.\xa0November", ""),
    ]
    assert [len(parcel.stages) for parcel in found.parcels] == [0, 4]


def test_each_parcel_tells_what_lies_in_it_and_what_is_not_sent_yet_is_told_apart(
    context: Context, shop: Shop
) -> None:
    lines = (a_line(1, title="Teeschale", quantity=2), a_line(2, title="Leinentuch", quantity=1))
    inside = (ShippedLine(lines[0].id, 1),)
    found = words(context, shop, lines=lines, shipments=(a_parcel(lines=inside),))
    assert [(item.title, item.note) for item in found.parcels[0].items] == [
        ("Teeschale", "Menge 1")
    ]
    assert found.items_title == "Noch nicht verschickt"
    assert [(item.title, item.note) for item in found.items] == [
        ("Teeschale", "Menge 1"),
        ("Leinentuch", "Menge 1"),
    ]


def test_a_late_parcel_is_regretted_once_and_says_what_we_do_by_when(
    context: Context, shop: Shop
) -> None:
    late = a_parcel(expected_on=START.date() - timedelta(days=1), milestones=(MARK,))
    found = words(context, shop, shipments=(late,))
    assert found.title == "Ihr Paket kommt später"
    assert found.note.count("Das tut uns leid") == 1
    assert "Angekündigt war Freitag, 20.\xa0November." in found.note
    assert found.follow == (
        "Bewegt sich bis Montag, 23.\xa0November nichts, suchen wir das Paket und schreiben Ihnen."
    )
    assert found.disturbed
    assert found.products == ()


@pytest.mark.parametrize(
    "values", [{"cancelled_at": START}, {"shipments": (a_parcel(status="LOST"),)}]
)
def test_what_is_over_shows_no_stages(context: Context, shop: Shop, values: dict[str, Any]) -> None:
    assert words(context, shop, **values).stages == ()


def test_english_readers_get_english_words(context: Context, shop: Shop) -> None:
    found = words(context, shop, "en", shipments=(a_parcel(milestones=(MARK,)),))
    assert found.order == "Order #1007"
    assert found.parcels[0].seen.startswith("Last report")
