"""Subscribers from a file: only with a stated source of consent, and nobody is ever overwritten.

Nobody is written to for being in a file: a confirmation mail that was not asked for would be
advertising itself. So only those are taken who confirmed somewhere else, with the time of it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy.engine import Connection

from plugin.errors import InvalidFieldError
from plugin.model import Shop
from plugin.services import block_list, evidence, people_changes, steps
from plugin.services.any_shop_models import Moment, Told
from plugin.services.context import Context
from plugin.services.csv_cells import without_guard
from plugin.services.csv_kinds import Cells, Kind, KindName
from plugin.services.csv_reading import CellError, Column, as_moment, as_text
from plugin.services.identity import clean_email, identity_of
from plugin.store import subscribers, suppressions

NAME: KindName = "subscribers"
_SHORTEST_SOURCE, _LONGEST_SOURCE = 10, 500
#: Clocks of other programs may be ahead by so much.
_AHEAD = timedelta(days=1)


class SubscriberIn(Told):
    """One person of a file, who confirmed elsewhere."""

    email: str = Field(max_length=254)
    language: str = Field(default="", max_length=10)
    requested_at: Moment | None = None
    confirmed_at: Moment
    read_at: Moment
    source: str

    @model_validator(mode="after")
    def _is_past(self) -> Self:
        if self.confirmed_at > self.read_at + _AHEAD:
            raise PydanticCustomError("in_future", "not in the future")
        return self


def kind_with(source: str) -> Kind:
    """Return the kind of file whose people all come from one stated source of consent.

    InvalidFieldError("consent_source_missing") for a source that says nothing.
    """
    source = " ".join(source.split())
    if not _SHORTEST_SOURCE <= len(source) <= _LONGEST_SOURCE:
        raise InvalidFieldError("consent_source_missing", field="source")

    def build(rows: Sequence[Cells], _currency: str, now: datetime) -> dict[str, Any]:
        return {**rows[0], "read_at": now, "source": source}

    return Kind(NAME, _COLUMNS, SubscriberIn, "email", "", build, _EXAMPLE)


def _as_email(text: str, _zone: ZoneInfo) -> str:
    try:
        return clean_email(without_guard(text))
    except InvalidFieldError:
        raise CellError("email_invalid") from None


_COLUMNS = (
    Column("email", "E-Mail", "email", _as_email, needed=True),
    Column("language", "Sprache", "language", as_text),
    Column("requested_at", "Angemeldet am", "requested on", as_moment),
    Column("confirmed_at", "Bestätigt am", "confirmed on", as_moment, needed=True),
)
_EXAMPLE = (("mara@example.com", "de", "20.11.2026 18:04", "20.11.2026 18:10"),)


def take(connection: Connection, context: Context, shop: Shop, text: str) -> int:
    """Take in a slice; returns how many were new.

    Whoever is known here in any state, is blocked, or whose mails came back stays as they are.
    """
    told = [SubscriberIn.model_validate_json(json.dumps(item)) for item in json.loads(text)]
    people = {identity_of(context.keys, shop.id, one.email): one for one in told}
    # All of them before the first record: whoever signs up locks the person first as well.
    for identity in sorted(people):
        subscribers.lock_person(connection, shop.id, identity)
    return sum(_take_one(connection, context, shop, *item) for item in people.items())


def _take_one(
    connection: Connection, context: Context, shop: Shop, identity: str, one: SubscriberIn
) -> bool:
    if (
        subscribers.subscriber_by_identity(connection, shop.id, identity) is not None
        or block_list.is_blocked(connection, shop, identity)
        or suppressions.suppressions_of(connection, shop.id, identity)
    ):
        return False
    language = one.language.lower()[:2]
    values = {
        "identity": identity,
        "email_sealed": context.keys.seal(shop.id, "email", one.email),
        "state": "confirmed",
        "language": language if language in shop.languages else shop.languages[0],
        "purposes": ["newsletter"],
        # There was no form of ours.
        "campaign_id": 0,
        "campaign_version": 0,
        "widget": "import",
        "requested_at": one.requested_at or one.confirmed_at,
        "confirmed_at": one.confirmed_at,
    }
    person_id = subscribers.insert_subscriber(connection, shop.id, values)
    evidence.record(
        connection,
        context,
        shop,
        identity=identity,
        kind="imported",
        email=one.email,
        wording=f"{one.source} ({one.confirmed_at.isoformat()})",
    )
    steps.enqueue(
        connection,
        context,
        shop.id,
        "consent.record",
        {"subscriber": person_id},
        key=f"consent.record:import:{person_id}",
    )
    people_changes.note(connection, context, shop, identity, "imported")
    return True
