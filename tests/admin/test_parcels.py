"""The pages of parcels and their figures, as a merchant reads and fills them in."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.parcels import visits
from plugin.services.parcels.figures import ASSUMPTION, Assumption
from tests.conftest import START
from tests.fakes.things import a_parcel
from tests.services.parcels.test_shipments import take

if TYPE_CHECKING:
    from tests.admin.conftest import Browser

FIGURES = "/admin/figures/parcels"


@pytest.fixture
def here(installed: Callable[..., Shop]) -> Shop:
    return installed()


@pytest.fixture
def merchant(sign_in: Callable[[Shop], Browser], here: Shop) -> Browser:
    return sign_in(here)


def test_a_late_parcel_stands_on_the_page_and_beside_the_menu(
    context: Context, here: Shop, merchant: Browser
) -> None:
    assert "Noch keine Sendung" in merchant.get("/admin/parcels").text
    take(context, here, shipments=(a_parcel(expected_on=(START - timedelta(days=2)).date()),))
    page = merchant.get("/admin/parcels").text
    assert "2 Tage zu spät" in page
    assert "mara@<wbr>post.example" in page
    assert '<b class="badge">1</b>' in merchant.get("/admin/law").text
    assert "/admin/parcels/notices/late" in page


def test_the_list_ends_with_a_way_to_all_of_it(
    context: Context, here: Shop, merchant: Browser
) -> None:
    late = (START - timedelta(days=2)).date()
    for number in range(7):
        parcel = a_parcel(number, expected_on=late)
        take(context, here, id=f"Order/{number}", number=f"#{number}", shipments=(parcel,))
    assert merchant.get("/admin/parcels").text.count("2 Tage zu spät") == 5
    assert "Alle 7 zeigen" in merchant.get("/admin/parcels").text
    assert merchant.get("/admin/parcels?all=1").text.count("2 Tage zu spät") == 7


def test_the_assumption_is_kept_and_reckoned_with(
    context: Context, here: Shop, merchant: Browser
) -> None:
    for number in range(20):
        order = take(context, here, id=f"Order/{number}", number=f"#{number}")
        with context.db.write() as connection:
            visits.visited(connection, context, here, order.id)
    answer = merchant.post(FIGURES, percent="50", seen="5")
    assert answer.status_code == 303
    assert "etwa 10" in merchant.get(FIGURES).text


@pytest.mark.parametrize("given", ["", "viele", "51", "-1", "2,5"])
def test_a_share_that_is_none_is_said_beside_the_field(
    context: Context, here: Shop, merchant: Browser, given: str
) -> None:
    answer = merchant.post(FIGURES, percent=given, seen="5")
    assert answer.status_code == 422
    assert "Bitte eine ganze Zahl von 0 bis 50." in answer.text
    assert ASSUMPTION.get(context, here) == Assumption()


def test_what_somebody_else_set_meanwhile_is_not_overwritten(
    context: Context, here: Shop, merchant: Browser
) -> None:
    assert merchant.post(FIGURES, percent="7", seen="5").status_code == 303
    answer = merchant.post(FIGURES, percent="9", seen="5")
    assert answer.status_code == 409
    assert "Jetzt gesichert: 7\xa0%. Ihre Eingabe: 9\xa0%." in answer.text
    assert 'name="seen" value="7"' in answer.text
    assert 'value="9"' in answer.text
    assert ASSUMPTION.get(context, here).percent == 7


def test_every_counted_number_is_handed_out(
    context: Context, here: Shop, merchant: Browser
) -> None:
    parcel = a_parcel(status="DELIVERED", delivered_at=START - timedelta(hours=1))
    take(context, here, shipments=(parcel,))
    rows = list(
        csv.DictReader(io.StringIO(merchant.get(f"{FIGURES}.csv?days=28").text), delimiter=";")
    )
    assert {(row["what"], row["carrier"], row["country"], row["count"]) for row in rows} == {
        ("delivered", "DHL", "DE", "1"),
        ("promised", "DHL", "DE", "1"),
        ("on_time", "DHL", "DE", "1"),
    }
