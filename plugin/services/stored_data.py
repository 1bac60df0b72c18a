"""What a shop holds of people, kind by kind: for how long, when it goes, and how much there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from plugin.model import Shop
from plugin.services import consent_rules, privacy
from plugin.services.consent_rules import Rules
from plugin.services.context import Context
from plugin.store import holdings
from plugin.store import people as store
from plugin.store.personal import PersonalColumn

#: Counting ends here: a page is not made to wait for the last of a million rows.
COUNTED = 100_000
#: Kinds that end with something else than a number of days.
Ends = Literal["days", "consent", "unconfirmed", "row", "never"]


@dataclass(frozen=True)
class Held:
    """One kind of data.

    `days` are the shortest and the longest period of its columns, None where `ends` says it.
    `at_year_end`: it goes with the turn of the year after its period. `count` stops at COUNTED.
    """

    datum: str
    ends: Ends
    days: tuple[int, int] | None
    at_year_end: bool
    count: int
    columns: tuple[PersonalColumn, ...]


def held(context: Context, shop: Shop) -> list[Held]:
    """Return every kind of data with its rule and its present number, by name of the kind."""
    with context.db.read() as connection:
        rules = consent_rules.of(connection, shop)
        counts = holdings.rows_by_datum(connection, shop.id, COUNTED)
        states = store.counts(connection, shop.id)
    waiting = states.get("pending", 0)
    counts["subscription"] = sum(states.values()) - waiting
    groups: dict[str, list[PersonalColumn]] = {}
    for column in privacy.inventory():
        groups.setdefault(column.datum, []).append(column)
    found = [_held(datum, columns, rules, counts[datum]) for datum, columns in groups.items()]
    unconfirmed = Held(
        "unconfirmed", "unconfirmed", (rules.confirm_days, rules.confirm_days), False, waiting, ()
    )
    return sorted([*found, unconfirmed], key=lambda one: _ORDER.get(one.datum, len(_ORDER)))


def without_people() -> int:
    """Return how many tables of a shop hold nothing of a person."""
    return holdings.tables_without_people()


#: What a merchant looks for first; the rest follows as it is registered.
_ORDER = {
    name: place
    for place, name in enumerate(
        ("subscription", "unconfirmed", "evidence", "order", "customer", "voucher", "mail")
    )
}


#: Tables whose rows end with a wish of the person, or outlive everything because of one.
_ENDS: dict[str, Ends] = {"subscribers": "consent", "blocked_people": "never"}


def _held(datum: str, columns: list[PersonalColumn], rules: Rules, count: int) -> Held:
    periods = [one.keep_days for one in columns if one.keep_days is not None]
    tables = {one.table for one in columns}
    ends: Ends = "days" if periods else "row"
    ends = _ENDS.get(tables.pop(), ends) if len(tables) == 1 else ends
    if datum == "evidence":
        periods = [rules.proof_years * 365]
    days = (min(periods), max(periods)) if periods and ends == "days" else None
    yearly = rules.to_year_end and (datum == "evidence" or ends == "consent")
    return Held(datum, ends, days, yearly, count, tuple(columns))
