"""Numbers as merchants write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from plugin.admin.amounts import NumberProblemError, Point, read_amount, read_whole
from plugin.admin.charts import running_totals
from plugin.admin.wording import Words


@pytest.mark.parametrize(
    ("text", "point", "value"),
    [
        ("1.200", ",", "1200"),
        ("1200", ",", "1200"),
        ("1.200,50", ",", "1200.50"),
        (" 40 € ", ",", "40"),
        ("4,5", ",", "4.5"),
        ("1’200,50", ",", "1200.50"),
        ("1,200.50", ".", "1200.50"),
        ("4.5", ".", "4.5"),
        ("89.00", "either", "89"),
        ("89,50", "either", "89.50"),
        ("CHF 1’180.–", "either", "1180"),
        ("1'180.50 CHF", "either", "1180.50"),
        ("€1,180", ".", "1180"),
        ("EUR 12,–", ",", "12"),
    ],
)
def test_amounts_are_read(text: str, point: Point, value: str) -> None:
    assert read_amount(text, point) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("1.20", ","),
        ("1,20", "."),
        ("4.5", ","),
        ("1,200", ","),
        ("1.200", "."),
        ("1.200", "either"),
        ("1,200", "either"),
    ],
)
def test_a_number_that_could_be_two_is_asked_about(text: str, point: Point) -> None:
    with pytest.raises(NumberProblemError) as caught:
        read_amount(text, point)
    assert caught.value.kind == "ambiguous"
    assert len(caught.value.readings) == 2


@pytest.mark.parametrize(
    "words",
    [
        Words("de", "de-DE", "Europe/Berlin", "EUR"),
        Words("de", "de-AT", "Europe/Vienna", "EUR"),
        Words("de", "de-CH", "Europe/Zurich", "CHF"),
        Words("en", "en-GB", "Europe/Zurich", "CHF"),
    ],
    ids=lambda words: f"{words.locale}",
)
@pytest.mark.parametrize("value", ["0", "4.50", "89", "1180", "1180.05", "25000.10"])
def test_what_stands_in_a_field_is_read_back_as_it_was(words: Words, value: str) -> None:
    amount = Decimal(value)
    assert read_amount(words.amount_input(amount), words.point) == amount
    for shown in (words.money(amount), words.exact(amount), words.number(amount)):
        assert read_amount(shown, words.point) == amount


@pytest.mark.parametrize(
    "text", ["", "abc", "-5", "0.125", "1,2,3", "1.2.3", "1e9", "NaN", "٣", "5 €uro"]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(NumberProblemError):
        read_amount(text, ",")


@pytest.mark.parametrize("text", ["", "1.5", "٣", "1e3", "9" * 10])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(NumberProblemError):
        read_whole(text)


def test_money_days_and_times_follow_the_country() -> None:
    german = Words("de", "de-DE", "Europe/Berlin", "EUR")
    english = Words("en", "en-GB", "Europe/Berlin", "EUR")
    assert german.money(Decimal(1180)) == "1.180\xa0€"
    assert german.money(Decimal("89")) == "89\xa0€"
    assert german.money(Decimal("-2100")) == "−2.100\xa0€"
    assert english.money(Decimal(1180)) == "€1,180"
    assert english.exact(Decimal(89)) == "€89.00"
    assert german.day(date(2026, 11, 19)) == "19. Nov. 2026"
    noon = datetime(2026, 11, 19, 13, 2, tzinfo=UTC)
    assert german.time(noon) == "14:02\xa0Uhr"
    assert english.time(noon) == "14:02"
    assert german.ago(noon, noon + timedelta(minutes=4)) == "vor 4 Minuten"


def test_ratios_of_one_column_have_one_place() -> None:
    german = Words("de", "de-DE", "Europe/Berlin", "EUR")
    assert [german.ratio(Decimal(text)) for text in ("5", "3.7", "-1.2")] == ["5,0", "3,7", "−1,2"]


def test_letters_of_a_currency_never_touch_its_digits() -> None:
    english = Words("en", "en-GB", "Europe/Zurich", "CHF")
    swiss = Words("de", "de-CH", "Europe/Zurich", "CHF")
    assert english.money(Decimal(-1180)) == "−CHF\xa01,180"
    assert english.exact(Decimal(89)) == "CHF\xa089.00"
    assert swiss.money(Decimal(-2100)) == "CHF\xa0−2’100"


def test_swiss_german_has_no_sharp_s() -> None:
    swiss = Words("de", "de-CH", "Europe/Zurich", "CHF")
    assert "ß" not in swiss.t("stop.stays_status_text") + swiss.t("check.claim.text")
    assert "„" not in swiss.t("check.claim.title", claim="5 %")


def test_a_chart_starts_at_zero_holds_its_highest_value_and_keeps_labels_apart() -> None:
    days = [date(2026, 11, 1) + timedelta(days=n) for n in range(28)]
    chart = running_totals(days, [3] * 28, [3] * 28)
    assert chart.grid[0].value == 0
    assert chart.grid[-1].value >= 84
    assert len(chart.grid) <= 6
    assert abs(chart.first.label_y - chart.second.label_y) >= 39


def test_a_chart_of_one_day_can_be_drawn() -> None:
    chart = running_totals([date(2026, 11, 1)], [1], [2])
    assert chart.second.total == 2
