"""People who asked the shop what it knows of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from plugin.model import Shop
from plugin.seeds.past import Past
from plugin.seeds.signing_up import Joined
from plugin.services import person_requests
from plugin.services.person_requests import Person

_DAYS_AGO = 5
_ERASED_DAYS_AGO = 10
#: Somebody who ordered before Bleib came and wanted to be forgotten.
_FORGOTTEN = "veronika.albrecht@example.com"


def ask(past: Past, shop: Shop, joined: Sequence[Joined], today: datetime) -> None:
    """Let one person be erased, and one who signed up ask for a copy of their data."""
    past.set(today - timedelta(days=_ERASED_DAYS_AGO))
    forgotten = Person(_FORGOTTEN, None)
    person_requests.erase(
        past.context, shop, forgotten, shop.platform, "platform", source="platform"
    )
    past.set(today - timedelta(days=_DAYS_AGO))
    person = Person(joined[0].person.email, None)
    with past.context.db.write() as connection:
        person_requests.note(connection, past.context, shop, "access", person, source="platform")
    past.set(today)
