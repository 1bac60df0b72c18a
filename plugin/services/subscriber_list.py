"""Hands the merchant the addresses of those who confirmed, as a file or page by page."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.csv_cells import with_guard
from plugin.services.declared import unseal
from plugin.store import subscriber_list as store

_PAGE = 100
_COLUMNS = (
    "email",
    "language",
    "confirmed_at",
    "purposes",
    "first_name",
    "birth_month",
    "interests",
)


@dataclass(frozen=True)
class Person:
    """Somebody who confirmed; `state` is "confirmed", or "unsubscribed" for who left again."""

    id: int
    email: str
    state: str
    language: str
    purposes: list[str]
    confirmed_at: datetime
    unsubscribed_at: datetime | None


def page(context: Context, shop: Shop, after: int) -> tuple[list[Person], int | None]:
    """Return up to a hundred people behind `after`, and what to go on with; None at the end."""
    rows, following = _rows(context, shop, after)
    people = [
        Person(
            id=row.id,
            email=_address(context, shop, row),
            state=row.state,
            language=row.language,
            purposes=row.purposes,
            confirmed_at=row.confirmed_at,
            unsubscribed_at=row.unsubscribed_at,
        )
        for row in rows
    ]
    return people, following


def as_csv(context: Context, shop: Shop) -> Iterator[str]:
    """Return all who are subscribed now, with what they said of themselves, as lines of a file."""
    yield "\ufeff" + _line(*_COLUMNS)
    after: int | None = 0
    while after is not None:
        rows, after = _rows(context, shop, after)
        for row in rows:
            if row.state == "confirmed":
                own = unseal(context, shop.id, row.declared_sealed)
                yield _line(
                    _address(context, shop, row),
                    row.language,
                    row.confirmed_at.isoformat(),
                    " ".join(row.purposes),
                    own.name,
                    str(own.birth_month or ""),
                    ", ".join(own.interests),
                )


def _rows(context: Context, shop: Shop, after: int) -> tuple[list[store.Listed], int | None]:
    with context.db.read() as connection:
        found = store.listed(connection, shop.id, after, _PAGE)
    return found, found[-1].id if len(found) == _PAGE else None


def _address(context: Context, shop: Shop, row: store.Listed) -> str:
    return context.keys.unseal(shop.id, "email", row.email_sealed)


def _line(*cells: str) -> str:
    target = io.StringIO()
    csv.writer(target, delimiter=";").writerow(map(with_guard, cells))
    return target.getvalue()
