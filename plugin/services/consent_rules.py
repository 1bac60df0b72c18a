"""The customs of a country when a shop asks for consent, and what a merchant set beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from plugin.contracts.shopwide import Consent
from plugin.model import Shop
from plugin.services import config_changes
from plugin.services.context import Context
from plugin.services.shop_settings import Whole
from plugin.store import shops

_WHOLE = Whole("consent", Consent)
#: What the merchant set; nothing, until they set something.
read, get = _WHOLE.read, _WHOLE.get
COUNTRIES = ("DE", "AT", "CH", "EU")


@dataclass(frozen=True)
class Profile:
    """What differs from country to country; a confirmation is asked for in all of them.

    `locale` is how German is written and money printed there, "" where the shop's own stays.
    """

    confirm_days: int
    proof_years: int
    to_year_end: bool
    locale: str


PROFILES = {
    "DE": Profile(confirm_days=7, proof_years=3, to_year_end=True, locale="de-DE"),
    "AT": Profile(confirm_days=7, proof_years=3, to_year_end=True, locale="de-AT"),
    "CH": Profile(confirm_days=7, proof_years=3, to_year_end=False, locale="de-CH"),
    "EU": Profile(confirm_days=7, proof_years=3, to_year_end=False, locale=""),
}


@dataclass(frozen=True)
class Rules:
    """What holds in one shop; `countries` are all it sells to, whose customs `country` leads."""

    country: str
    countries: tuple[str, ...]
    confirm_days: int
    proof_years: int
    to_year_end: bool
    net_address: bool

    @property
    def confirm_within(self) -> timedelta:
        """Return after what time an unconfirmed address is deleted."""
        return timedelta(days=self.confirm_days)

    def proof_ends_before(self, now: datetime, zone: str) -> datetime:
        """Return the moment such that the proof of whoever was last heard of before it is over."""
        here = now.astimezone(ZoneInfo(zone))
        if self.to_year_end:
            # Three years to the end of the year: of 2026 everything goes on 1 January 2030.
            begin = here.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
            return begin.replace(year=here.year - self.proof_years).astimezone(UTC)
        day = 28 if (here.month, here.day) == (2, 29) else here.day
        return here.replace(year=here.year - self.proof_years, day=day).astimezone(UTC)


def profile_of(settings: Consent, shop: Shop) -> str:
    """Return the country a shop follows: the merchant's choice, else what its locale tells."""
    region = shop.locale.rpartition("-")[2].upper()
    if settings.country != "auto":
        return settings.country
    return region if region in COUNTRIES else "EU"


def rules(settings: Consent, shop: Shop) -> Rules:
    """Return what holds, with what the merchant left open filled in by the countries.

    Of several the strictest: the shortest wait for a confirmation, the longest proof.
    """
    country = profile_of(settings, shop)
    countries = tuple(name for name in COUNTRIES if name == country or name in settings.sells_to)
    profiles = [PROFILES[name] for name in countries]
    return Rules(
        country=country,
        countries=countries,
        confirm_days=settings.confirm_days or min(one.confirm_days for one in profiles),
        proof_years=settings.proof_years or max(one.proof_years for one in profiles),
        to_year_end=any(one.to_year_end for one in profiles),
        net_address=settings.net_address,
    )


def of(connection: Connection, shop: Shop) -> Rules:
    """Return what holds in a shop."""
    return rules(read(connection, shop.id), shop)


def sell_to(context: Context, shop: Shop, countries: Sequence[str]) -> None:
    """Set which countries the shop sells to; unknown names are left out."""
    present = get(context, shop)
    chosen = [name for name in COUNTRIES if name in countries]
    wanted = Consent.model_validate({**present.model_dump(), "sells_to": tuple(chosen)})
    save(context, shop, wanted, seen=present)


def save(context: Context, shop: Shop, wanted: Consent, *, seen: Consent) -> None:
    """Set the rules for a merchant who saw `seen`; a chosen country brings its way of writing.

    ConflictError("consent_changed") if they are others by now.
    """
    with context.db.write() as connection:
        if not _WHOLE.put(connection, context, shop, wanted, seen=seen):
            return
        locale = PROFILES[wanted.country].locale if wanted.country != "auto" else ""
        if locale and locale != shop.locale:
            shops.set_locale(connection, shop.id, locale)
            config_changes.changed(connection, context, shop)
