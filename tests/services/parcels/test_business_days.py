"""A promised day is one on which parcels are packed and brought, region by region."""

from __future__ import annotations

from datetime import date

import pytest

from plugin.services.parcels import business_days


@pytest.mark.parametrize(
    ("day", "country", "region", "open_"),
    [
        (date(2026, 11, 21), "DE", None, False),  # a Saturday
        (date(2026, 11, 23), "DE", None, True),
        (date(2026, 12, 25), "DE", None, False),
        (date(2026, 6, 4), "DE", "BY", False),  # Corpus Christi
        (date(2026, 6, 4), "DE", "BE", True),
        (date(2026, 6, 4), "DE", None, True),
        (date(2026, 12, 8), "AT", None, False),
        (date(2026, 12, 8), "DE", "BY", True),
        (date(2027, 8, 2), "CH", "ZH", True),
        (date(2026, 5, 1), "CH", "ZH", False),
        (date(2026, 5, 1), "CH", "BE", True),
        (date(2026, 12, 25), "FR", None, True),  # no calendar: weekends only
    ],
)
def test_a_day_is_open_unless_it_is_a_weekend_or_a_holiday_there(
    day: date, country: str, region: str | None, open_: bool
) -> None:
    assert business_days.is_open(day, country, region) is open_


def test_parcels_come_on_saturdays_and_never_on_holidays() -> None:
    assert business_days.is_delivery_day(date(2026, 11, 21), "DE")
    assert not business_days.is_delivery_day(date(2026, 11, 22), "DE")
    assert business_days.next_delivery_day(date(2026, 12, 25), "DE") == date(2026, 12, 28)


def test_days_are_counted_over_weekends_and_holidays() -> None:
    assert business_days.add(date(2026, 12, 23), 1, "DE", "BE") == date(2026, 12, 24)
    assert business_days.add(date(2026, 12, 23), 2, "DE", "BE") == date(2026, 12, 28)
    assert business_days.add(date(2026, 11, 21), 0, "DE") == date(2026, 11, 23)
    with pytest.raises(ValueError, match="-1"):
        business_days.add(date(2026, 12, 23), -1, "DE")


def test_each_country_has_its_regions() -> None:
    assert {country: len(some) for country, some in business_days.REGIONS.items()} == {
        "AT": 9,
        "CH": 26,
        "DE": 16,
    }
