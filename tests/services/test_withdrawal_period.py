"""The period of a withdrawal: from the last parcel, over weekends and holidays, never too short."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from plugin.contracts.withdrawal import Withdrawal
from plugin.model import Shop
from plugin.services.withdrawals.period import Period, period_of
from tests.fakes.letters import SHOP as FAKE

SHOP = replace(FAKE, locale="de-DE", zone="Europe/Berlin")
PLACED = datetime(2026, 11, 17, 8, 12, tzinfo=UTC)


def at(day: str, hour: int = 11) -> datetime:
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC)


def period(
    shop: Shop, *delivered: datetime | None, country: str | None = "DE", **rules: int
) -> Period:
    return period_of(shop, Withdrawal.model_validate(rules), country, PLACED, delivered)


@pytest.mark.parametrize(
    ("country", "received", "ends"),
    [
        ("DE", "2026-11-20", "2026-12-04"),
        # The fourteenth day is a Saturday, a Sunday, Christmas, a holiday of Austria alone.
        ("DE", "2026-11-21", "2026-12-07"),
        ("DE", "2026-11-22", "2026-12-07"),
        ("DE", "2026-12-11", "2026-12-28"),
        ("AT", "2026-11-24", "2026-12-09"),
        ("DE", "2026-11-24", "2026-12-08"),
    ],
)
def test_it_ends_on_the_fourteenth_day_or_the_next_one_with_open_offices(
    country: str, received: str, ends: str
) -> None:
    found = period(SHOP, at(received), country=country)
    assert (found.ends, found.received) == (
        date.fromisoformat(ends),
        date.fromisoformat(received),
    )
    assert found.kind_on(date.fromisoformat(ends)) == "statutory"
    assert found.kind_on(date.fromisoformat(ends).replace(day=31)) is None


def test_the_day_is_that_of_the_shop() -> None:
    late = at("2026-11-19", hour=23)
    assert period(replace(SHOP, zone="Europe/Berlin"), late).received == date(2026, 11, 20)


def test_it_begins_with_the_last_of_several_parcels() -> None:
    both = period(SHOP, at("2026-11-18"), at("2026-11-25"))
    assert both.received == date(2026, 11, 25)
    one = period(SHOP, at("2026-11-18"), None)
    assert (one.received, one.ends) == (None, None)
    assert one.kind_on(date(2027, 6, 1)) == "statutory"


def test_of_what_nobody_told_it_ends_after_a_year_and_fourteen_days() -> None:
    untold = period(SHOP)
    assert untold.kind_on(date(2027, 12, 1)) == "statutory"
    assert untold.kind_on(date(2027, 12, 2)) is None


def test_what_a_shop_takes_back_by_itself_comes_after_it() -> None:
    found = period(SHOP, at("2026-11-20"), voluntary_days=30)
    assert found.kind_on(date(2026, 12, 4)) == "statutory"
    assert found.kind_on(date(2026, 12, 5)) == "voluntary"
    assert found.kind_on(date(2026, 12, 20)) == "voluntary"
    assert found.kind_on(date(2026, 12, 21)) is None


def test_switzerland_knows_only_what_the_shop_takes_back_by_itself() -> None:
    swiss = replace(SHOP, locale="de-CH", zone="Europe/Zurich")
    assert period(swiss, at("2026-11-20"), country=None).kind_on(date(2026, 11, 21)) is None
    kept = period(swiss, at("2026-11-20"), country=None, voluntary_days=30)
    assert kept.kind_on(date(2026, 12, 20)) == "voluntary"
    # The same shop sends to Germany.
    abroad = period(swiss, at("2026-11-20"), country="DE")
    assert abroad.kind_on(date(2026, 11, 21)) == "statutory"


def test_a_shop_may_give_more_but_never_less() -> None:
    assert period(SHOP, at("2026-11-20"), days=30).ends == date(2026, 12, 21)
    with pytest.raises(ValueError, match="14"):
        Withdrawal(days=13)
