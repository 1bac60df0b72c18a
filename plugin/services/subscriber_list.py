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
from plugin.store import subscriber_list as store

_PAGE = 100


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
    with context.db.read() as connection:
        found = store.listed(connection, shop.id, after, _PAGE)
    people = [
        Person(
            id=row.id,
            email=context.keys.unseal(shop.id, "email", row.email_sealed),
            state=row.state,
            language=row.language,
            purposes=row.purposes,
            confirmed_at=row.confirmed_at,
            unsubscribed_at=row.unsubscribed_at,
        )
        for row in found
    ]
    return people, people[-1].id if len(people) == _PAGE else None


def as_csv(context: Context, shop: Shop) -> Iterator[str]:
    """Return all who are subscribed now as lines of a file for spreadsheets."""
    yield "\ufeff" + _line("email", "language", "confirmed_at", "purposes")
    after: int | None = 0
    while after is not None:
        people, after = page(context, shop, after)
        for person in people:
            if person.state == "confirmed":
                yield _line(
                    person.email,
                    person.language,
                    person.confirmed_at.isoformat(),
                    " ".join(person.purposes),
                )


def _line(*cells: str) -> str:
    target = io.StringIO()
    csv.writer(target, delimiter=";").writerow(map(with_guard, cells))
    return target.getvalue()
