"""Carriers of the demo: who brings parcels where, with numbers that are made up but well formed."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

CARRIERS = {
    "DHL": "https://www.dhl.de/de/privatkunden/pakete-empfangen/verfolgen.html?piececode={number}",
    "DPD": "https://tracking.dpd.de/parcelstatus?query={number}",
    "Hermes": "https://www.myhermes.de/empfangen/sendungsverfolgung/?trackingId={number}",
    "GLS": "https://www.gls-pakete.de/sendungsverfolgung?trackingNumber={number}",
    "Österreichische Post": "https://www.post.at/sv/sendungsdetails?snr={number}",
    "Schweizerische Post": "https://www.post.ch/swisspost-tracking?formattedParcelCodes={number}",
}
#: The letters around an international number of these carriers (S10 of the postal union).
_S10 = {"Österreichische Post": ("RR", "AT"), "Schweizerische Post": ("RA", "CH")}
_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_DIGITS = {"DPD": 14, "Hermes": 14, "GLS": 11}


def usual_carrier(country: str | None) -> str:
    """Return the carrier that brings parcels to a country."""
    return {"AT": "Österreichische Post", "CH": "Schweizerische Post"}.get(country or "", "DHL")


def other_carrier(company: str) -> str:
    """Return a carrier that is not this one, for the second parcel of an order."""
    return "DPD" if company != "DPD" else "DHL"


def tracking_number(seed: int, company: str = "DHL") -> str:
    """Return a made-up number in the form of a carrier; the same seed always gets the same."""
    dice = random.Random(seed)  # noqa: S311 - invented, not secret
    if company in _S10:
        before, after = _S10[company]
        digits = _drawn(dice, 8)
        return f"{before}{digits}{_s10_check(digits)}{after}"
    if company in _DIGITS:
        return "0" + _drawn(dice, _DIGITS[company] - 1)
    digits = "00340434" + _drawn(dice, 11)
    return digits + _sscc_check(digits)


def _drawn(dice: random.Random, count: int) -> str:
    return "".join(str(dice.randrange(10)) for _ in range(count))


def _s10_check(digits: str) -> str:
    total = sum(int(digit) * by for digit, by in zip(digits, _S10_WEIGHTS, strict=True))
    return str({10: 0, 11: 5}.get(11 - total % 11, 11 - total % 11))


def _sscc_check(digits: str) -> str:
    total = sum(int(digit) * (3 - 2 * (place % 2)) for place, digit in enumerate(digits[::-1]))
    return str(-total % 10)


def link_of(company: str, number: str) -> str:
    """Return the carrier's page for a parcel, as the shop tells it."""
    return CARRIERS.get(company, CARRIERS["DHL"]).replace("{number}", number)


def expected_day(now: datetime) -> datetime:
    """Return the promised delivery: the second working day from now, in the afternoon."""
    day = now
    left = 2
    while left:
        day += timedelta(days=1)
        left -= day.weekday() != 6
    return day.replace(hour=15, minute=0, second=0)
