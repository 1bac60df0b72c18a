"""Files of merchants: whatever a spreadsheet writes, named faults, and slices that survive."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from plugin.errors import BadInputError
from plugin.services import any_shop, csv_import, csv_reading, voucher_pool
from plugin.services.context import Context
from plugin.services.csv_kinds import KINDS, template
from plugin.services.csv_reading import CellError
from plugin.store import imports as store
from plugin.store.orders import order_lines, orders
from tests.conftest import MovingClock
from tests.own_shop import OwnShop, a_shipment, an_order, with_script_tag
from tests.services.csv_files import ORDERS

ZONE = ZoneInfo("Europe/Berlin")


@pytest.fixture
def own(context: Context) -> OwnShop:
    return OwnShop(with_script_tag(context))


def hand_in(own: OwnShop, kind: str, text: str | bytes, *, start: bool = True) -> Any:
    raw = text.encode() if isinstance(text, str) else text
    return csv_import.hand_in(own.context, own.shop, KINDS[kind], raw, start=start)


def after(own: OwnShop, found: Any) -> Any:
    own.work()
    return csv_import.look(own.context, own.shop, found.id)


def test_an_order_file_comes_in_with_german_numbers_and_days(own: OwnShop) -> None:
    found = after(own, hand_in(own, "orders", ORDERS))
    assert (found.state, found.rows, found.good, found.taken) == ("done", 3, 2, 2)
    order = any_shop.order(own.context, own.shop, "1007")
    assert order["total"] == Decimal("1234.50")
    assert order["placed_at"].isoformat() == "2026-11-21T08:30:00+00:00"
    assert [line["title"] for line in order["lines"]] == ["Teeschale Ruß", "Löffel"]
    assert order["number"] == "#1007"
    assert not any_shop.order(own.context, own.shop, "1008")["paid"]


def test_the_same_file_twice_changes_nothing(own: OwnShop) -> None:
    for _ in range(2):
        after(own, hand_in(own, "orders", ORDERS))
    with own.context.db.read() as connection:
        count = sa.select(sa.func.count())
        assert connection.execute(count.select_from(orders)).scalar() == 2
        assert connection.execute(count.select_from(order_lines)).scalar() == 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_encodings_separators_and_line_ends_do_not_matter(
    encoding: str, separator: str, ends: str
) -> None:
    text = 'Artikelnummer;Artikel;Adresse;Preis\n31;"Teeschale; Ruß";/t;"19,00"\n'
    body = text.replace('"Teeschale; Ruß"', "@").replace('"19,00"', "%")
    body = body.replace(";", separator).replace("@", '"Teeschale; Ruß"').replace("%", '"19,00"')
    raw = body.replace("\n", ends).encode(encoding)
    table = csv_reading.read_table(raw, KINDS["products"].columns)
    assert [row.cells["title"] for row in table.rows] == ["Teeschale; Ruß"]
    assert table.rows[0].cells["price"] == "19,00"


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("19", "19"), ("19,90", "19.90"), ("19.90", "19.90"), ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"), ("1'234.50", "1234.50"), ("1.234.567", "1234567"),
        ("19,90 €", "19.90"), ("EUR 5", "5"), ("0,5", "0.5"), ("0.125", "0.125"),
        ("12,5000", "12.5"),
    ],
)  # fmt: skip
def test_amounts_are_read_as_they_are_meant(text: str, amount: str) -> None:
    assert csv_reading.as_amount(text, ZONE) == Decimal(amount)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.234", "ambiguous"), ("1,234", "ambiguous"), ("12.345", "ambiguous"), ("-5", "amount"),
        ("fünf", "amount"), ("1,2,3", "amount"), ("1.23.456,00", "amount"), ("1e5", "amount"),
        ("٣", "amount"), (",", "amount"), ("NaN", "amount"),
    ],
)  # fmt: skip
def test_what_is_no_amount_or_could_be_two_is_said(text: str, code: str) -> None:
    with pytest.raises(CellError) as caught:
        csv_reading.as_amount(text, ZONE)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("21.11.2026", "2026-11-20T23:00:00+00:00"),
        ("1.7.2026 9:05", "2026-07-01T07:05:00+00:00"),
        ("21.11.2026, 09:30 Uhr", "2026-11-21T08:30:00+00:00"),
        ("2026-11-21", "2026-11-20T23:00:00+00:00"),
        ("2026-11-21T09:30:00Z", "2026-11-21T09:30:00+00:00"),
        ("2026-11-21 09:30", "2026-11-21T08:30:00+00:00"),
    ],
)
def test_days_and_times_are_those_of_the_shop(text: str, moment: str) -> None:
    assert csv_reading.as_moment(text, ZONE).isoformat() == moment


@pytest.mark.parametrize("text", ["31.02.2026", "gestern", "11/21/2026", "1.1.0000", "99.99.9999"])
def test_what_is_no_day_is_said(text: str) -> None:
    with pytest.raises(CellError):
        csv_reading.as_moment(text, ZONE)


def test_faults_are_named_by_row_and_column_and_the_rest_comes_in(own: OwnShop) -> None:
    text = (
        "Bestellnummer;Bestelldatum;Summe;Artikel;Menge;Einzelpreis;E-Mail\n"
        "1;21.11.2026;10,00;A;1;10,00;\n"
        "2;21.11.2026;zehn;A;1;10,00;\n"
        "3;;10,00;A;1;10,00;\n"
        "4;21.11.2026;10,00;A;0;10,00;\n"
        "5;21.11.2026;10,00;A;1;10,00;keine\n"
        "6;21.11.2026;10,00;A;1;10,00;\n"
        "6;21.11.2026;10,00;B;eins;10,00;\n"
    )
    found = after(own, hand_in(own, "orders", text))
    assert [(p["row"], p["column"], p["code"]) for p in found.problems] == [
        (3, "Summe", "amount"),
        (4, "Bestelldatum", "missing"),
        (5, "Menge", "too_small"),
        (6, "E-Mail", "email_invalid"),
        (8, "Menge", "whole"),
    ]
    assert (found.good, found.taken) == (1, 1)


def test_nothing_of_the_cells_is_kept_in_the_list_of_faults(own: OwnShop) -> None:
    text = "Code;Wert;Gültig bis\nSECRET CODE WITH SPACES;5;nie\n"
    found = hand_in(own, "voucher_codes", text)
    assert "SECRET" not in str(found)
    with own.context.db.read() as connection:
        assert "SECRET" not in str(connection.execute(sa.select(store.import_slices)).all())


def test_a_checked_file_waits_for_its_yes_and_can_be_dropped(own: OwnShop) -> None:
    found = hand_in(own, "orders", ORDERS, start=False)
    assert after(own, found).state == "checked"
    csv_import.drop_import(own.context, own.shop, found.id)
    assert after(own, found).state == "dropped"
    with own.context.db.read() as connection:
        assert connection.execute(sa.select(store.import_slices)).all() == []


class Killed(BaseException):
    """Stands for kill -9."""


def test_a_crash_in_the_middle_costs_nothing(
    own: OwnShop, moving_clock: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f"CODE-{n};5,00\n" for n in range(250))
    found = hand_in(own, "voucher_codes", "Code;Wert\n" + rows)
    real, calls = voucher_pool.add_within, []

    def dies_the_second_time(*arguments: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise Killed
        return real(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(voucher_pool, "add_within", dies_the_second_time)
        with pytest.raises(Killed):
            own.work()
    assert csv_import.look(own.context, own.shop, found.id).taken == 100
    moving_clock.move(minutes=10)
    done = after(own, found)
    assert (done.state, done.taken) == ("done", 250)
    assert voucher_pool.stock(own.context, own.shop).free == 250


def test_parcels_join_those_that_are_there(own: OwnShop) -> None:
    own.call("PUT", "/orders", {"orders": [an_order(shipments=[a_shipment()])]})
    text = (
        "Bestellnummer;Versanddienst;Sendungsnummer;Versandt am;Zugestellt am\n"
        "1007;DHL;0034 0434;20.11.2026;21.11.2026 14:00\n"
        "9999;DHL;1;20.11.2026;\n"
    )
    found = after(own, hand_in(own, "shipments", text))
    assert (found.good, found.taken) == (2, 1)
    shown = any_shop.order_shipments(own.context, own.shop, "1007")
    assert {(item["id"], item["status"]) for item in shown} == {
        ("p1", "in_transit"),
        ("0034-0434", "delivered"),
    }


def test_variants_of_a_product_stand_in_rows_of_their_own(own: OwnShop) -> None:
    text = (
        "Artikelnummer;Artikel;Adresse;Variantennummer;Variante;Preis;Lieferbar\n"
        "31;Schale;/schale;31-a;klein;19,00;ja\n31;Schale;/schale;31-b;groß;29,00;nein\n"
    )
    after(own, hand_in(own, "products", text))
    product = any_shop.product(own.context, own.shop, "31")
    assert [(v["id"], v["available"]) for v in product["variants"]] == [
        ("31-a", True),
        ("31-b", False),
    ]


def test_a_product_says_what_it_belongs_to_goes_with_and_measures(own: OwnShop) -> None:
    text = (
        "Artikelnummer;Artikel;Adresse;Kategorie;Preis;Schlagwörter;Weitere Kategorien;Merkmale;"
        "Inhalt;Grundpreis für;Bewertung;Zubehör;Alternativen\n"
        "31;Öl;/oel;Pflege;12,00;Holz, Pflege;Haushalt;Inhalt: 0,25 l, Duft: ohne;250 ml;1 l;"
        "4,80;32, 33;34\n"
        "35;Seife;/seife;Pflege;4,00;;;;100 g;1 l;;;\n"
    )
    found = hand_in(own, "products", text)
    assert found.problems[0]["code"] == "units_differ"
    after(own, found)
    product = any_shop.product(own.context, own.shop, "31")
    assert (product["tags"], product["categories"]) == (["Holz", "Pflege"], ["Pflege", "Haushalt"])
    assert (product["accessories"], product["alternatives"]) == (["32", "33"], ["34"])
    assert product["rating"] == Decimal("4.80")
    (form,) = product["variants"]
    assert form["options"] == [
        {"name": "Inhalt", "value": "0,25 l"}, {"name": "Duft", "value": "ohne"}
    ]  # fmt: skip
    assert form["measure"] == {"amount": "0.25", "unit": "l", "per": "1", "per_unit": "l"}


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_template_is_a_file_that_fits(own: OwnShop, kind: str, language: str) -> None:
    found = hand_in(own, kind, template(KINDS[kind], language))
    assert found.problems == []
    assert found.good > 0


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "file_empty"),
        (b"Code;Wert\n", "file_empty"),
        (b"Code\nX\n", "columns_missing"),
        (b"PK\x03\x04\x00\x00", "file_unreadable"),
        (b"\xff\xfeA", "file_unreadable"),
        (b"Code;Wert" + b";" * 1_000 + b"\nA;5\n", "file_unreadable"),
        (b"x" * (10 * 1024 * 1024 + 1), "body_too_large"),
        (b'Code;Wert\n"' + b"x" * 200_000 + b'";5\n', "file_unreadable"),
    ],
)
def test_a_file_that_is_none_is_refused_as_a_whole(own: OwnShop, raw: bytes, code: str) -> None:
    with pytest.raises(BadInputError) as caught:
        hand_in(own, "voucher_codes", raw)
    assert caught.value.code == code


def test_a_file_comes_in_by_the_api_too(own: OwnShop) -> None:
    handed = own.call("POST", "/imports/orders", ORDERS.encode(), **{"Content-Type": "text/csv"})
    assert handed.status_code == 202
    told: Any = handed.json
    own.work()
    state: Any = own.call("GET", f"/imports/{told['id']}").json
    assert (state["state"], state["taken"]) == ("done", 2)
    assert own.call("POST", "/imports/nonsense", b"x").status_code == 404
