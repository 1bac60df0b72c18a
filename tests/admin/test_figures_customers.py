"""The pages of customers: what is drawn, what stays empty, and costs that are stated by hand."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from plugin.admin.customer_charts import doubling_scale, heat_map
from plugin.admin.wording import Words
from plugin.model import Shop
from plugin.services import orders
from plugin.services.context import Context
from plugin.services.customers_over_time import costs
from plugin.services.customers_over_time.repeating import Cell, Month
from plugin.services.statistics import Interval
from tests.admin.conftest import Browser
from tests.conftest import START, MovingClock
from tests.fakes.things import an_order

MARCH, SEPTEMBER = date(2026, 3, 1), date(2026, 9, 1)


def cell(days: int, again: int, *, customers: int = 100, ripe: bool = True) -> Cell:
    return Cell(days, customers, again, date(2026, 11, 29), ripe)


def test_a_shade_is_a_quarter_of_the_cells_and_unripe_ones_have_none() -> None:
    early = Month(MARCH, 100, (cell(30, 8), cell(60, 14), cell(90, 18), cell(180, 24)))
    late = Month(SEPTEMBER, 100, (cell(30, 10), cell(60, 50, ripe=False), cell(90, 9, customers=9)))
    found = heat_map([early, late])
    assert [(shade.low, shade.high) for shade in found.shades] == [
        (None, 10),
        (10, 14),
        (14, 18),
        (18, None),
    ]
    assert [[one.shade for one in cells] for _, cells in found.rows] == [[1, 3, 4, 4], [2, 0, 0]]


def test_without_a_ripe_month_there_are_no_shades() -> None:
    assert heat_map([]).shades == ()


@pytest.mark.parametrize(
    ("locale", "whole", "bare"), [("de-DE", "16,0\u202f%", "3,3"), ("en-GB", "16.0%", "3.3")]
)
def test_every_cell_of_the_map_has_one_decimal_place(locale: str, whole: str, bare: str) -> None:
    words = Words(locale[:2], locale, "Europe/Berlin", "EUR")
    assert words.tenths_percent(Decimal("0.16")) == whole
    assert words.tenths(Decimal(1) / 30) == bare


def test_each_step_of_the_scale_doubles_and_no_range_is_cut_off() -> None:
    scale = doubling_scale([Interval(10.0, 7.9, 12.4), Interval(1.3, 0.9, 1.7), None])
    assert [mark for mark, _ in scale.marks] == [Decimal("0.5"), 1, 2, 4, 8, 16]
    places = [place for _, place in scale.marks]
    assert {round(right - left, 1) for left, right in itertools.pairwise(places)} == {18.4}
    gain, unclear, none = scale.ratios
    assert none is None
    assert gain is not None
    assert unclear is not None
    assert (gain.verdict, unclear.verdict) == ("gain", "unclear")
    assert (gain.value, gain.low, gain.high) == (Decimal("10.0"), Decimal("7.9"), Decimal("12.4"))
    wide = doubling_scale([Interval(0.2, -1.0, 40.0)])
    drawn = wide.ratios[0]
    assert drawn is not None
    assert drawn.left > 0
    assert drawn.left + drawn.width < 100


@pytest.fixture
def shop(context: Context, installed: Callable[..., Shop]) -> Shop:
    shop = installed()
    found = [
        an_order(
            number,
            email=f"kunde{number}@post.example",
            channel="<b>Newsletter</b>",
            created_at=START - timedelta(days=70),
        )
        for number in range(40)
    ]
    found.append(an_order(99, email="kunde1@post.example", created_at=START - timedelta(days=50)))
    with context.db.write() as connection:
        orders.ingest_many(connection, context, shop, found)
    return shop


def test_a_ripe_month_is_a_number_and_an_unripe_one_a_date(
    sign_in: Callable[[Shop], Browser], shop: Shop
) -> None:
    page = sign_in(shop).get("/admin/figures/customers").text
    assert "<span>2,5\u202f%</span>" in page
    assert "reift bis 29. Nov." in page
    assert "&lt;b&gt;newsletter&lt;/b&gt;" in page
    assert "<b>newsletter" not in page
    lines = sign_in(shop).get("/admin/figures/customers.csv").text.splitlines()
    assert lines[1:3] == ["2026-09;40;30;1;2026-10-30", "2026-09;40;60;;2026-11-29"]


def test_costs_are_stated_taken_back_and_refused_where_they_were_typed(
    sign_in: Callable[[Shop], Browser], context: Context, shop: Shop
) -> None:
    client = sign_in(shop)
    typed = {"channel_0": "<b>Newsletter</b>", "amount_0_0": "1.200,50", "amount_0_1": "viel"}
    refused = client.post("/admin/figures/costs", **typed)
    assert refused.status_code == 422
    assert 'value="viel"' in refused.text
    assert costs.stated(context, shop).amounts == {}
    asked = client.post("/admin/figures/costs", **(typed | {"amount_0_1": "1.20"})).text
    assert "Meinten Sie 1,20\xa0€ oder 1.200\xa0€?" in asked
    no_money = client.post("/admin/figures/costs", **(typed | {"amount_0_1": "12 %"}))
    assert no_money.status_code == 422
    assert costs.stated(context, shop).amounts == {}
    client.post("/admin/figures/costs", **(typed | {"amount_0_1": ""}))
    assert list(costs.stated(context, shop).amounts.values()) == [Decimal("1200.50")]
    client.post("/admin/figures/costs", channel_0="google / cpc", amount_0_0="7")
    known = client.get("/admin/figures/costs").text
    assert 'aria-label="Kosten von Google, bezahlt im ' in known
    assert "google / cpc · " in known
    client.post("/admin/figures/costs", channel_0="google / cpc", amount_0_0="")
    client.post("/admin/figures/costs", channel_0="<b>newsletter</b>", amount_0_0="")
    assert costs.stated(context, shop).amounts == {}


def test_what_somebody_else_stated_meanwhile_is_neither_overwritten_nor_lost(
    sign_in: Callable[[Shop], Browser], context: Context, shop: Shop
) -> None:
    channel, month = "<b>newsletter</b>", date(2026, 10, 1)
    opened = {"channel_0": channel, "month_0": "2026-10", "month_1": "2026-09"}
    opened |= {"seen_0_0": "", "seen_0_1": ""}
    anna, jonas = sign_in(shop), sign_in(shop)
    anna.post("/admin/figures/costs", **opened, amount_0_0="40", amount_0_1="")

    def stands() -> dict[date, Decimal]:
        return {at: amount for (_, at), amount in costs.stated(context, shop).amounts.items()}

    other = jonas.post("/admin/figures/costs", **opened, amount_0_0="", amount_0_1="9")
    assert other.status_code == 303
    assert stands() == {month: Decimal(40), SEPTEMBER: Decimal(9)}
    asked = jonas.post("/admin/figures/costs", **opened, amount_0_0="55,50", amount_0_1="")
    assert asked.status_code == 409
    assert "Jemand hat inzwischen 40\xa0€ gesichert." in asked.text
    assert 'value="55,50"' in asked.text
    assert 'name="seen_0_1" value="9"' in asked.text
    assert stands() == {month: Decimal(40), SEPTEMBER: Decimal(9)}
    meant = opened | {"seen_0_0": "40", "seen_0_1": "9"}
    jonas.post("/admin/figures/costs", **meant, amount_0_0="55,50", amount_0_1="9")
    assert stands() == {month: Decimal("55.50"), SEPTEMBER: Decimal(9)}


def test_a_page_that_was_open_over_the_turn_of_a_month_means_the_months_that_it_showed(
    sign_in: Callable[[Shop], Browser],
    context: Context,
    shop: Shop,
    moving_clock: MovingClock,
) -> None:
    moving_clock.move(days=10)
    sent = {"channel_0": "direct", "month_0": "2026-10", "amount_0_0": "40"}
    browser = sign_in(shop)
    assert browser.post("/admin/figures/costs", **sent).status_code == 303
    assert [at for _, at in costs.stated(context, shop).amounts] == [date(2026, 10, 1)]


def test_a_file_without_the_columns_is_refused_with_the_reason(
    sign_in: Callable[[Shop], Browser], shop: Shop
) -> None:
    browser = sign_in(shop)
    sent = {
        "csrf_token": browser.token("/admin/figures/costs"),
        "file": (io.BytesIO(b"a;b\r\n1;2\r\n"), "kosten.csv"),
    }
    answer = browser.client.post("/admin/figures/costs/file", data=sent)
    assert answer.status_code == 422
    assert "Kanal" in answer.text
