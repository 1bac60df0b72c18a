"""What a platform says is read as what it must be, or refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from plugin.errors import PlatformError
from plugin.platforms.woocommerce import shape as woocommerce
from plugin.shape import moment


@pytest.mark.parametrize("year", ["0001", "1969", "2201", "9999"])
def test_a_time_of_another_age_is_refused(year: str) -> None:
    said = {"at": f"{year}-12-31T23:59:59Z"}
    for read in (moment, woocommerce.optional_moment):
        with pytest.raises(PlatformError):
            read(said, "at")


def test_a_time_of_this_age_is_read_in_utc() -> None:
    assert moment({"at": "2026-11-22T10:00:00+01:00"}, "at") == datetime(
        2026, 11, 22, 9, tzinfo=UTC
    )
