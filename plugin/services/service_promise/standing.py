"""What is said of a shop's answers, in all languages, and until when time alone changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Connection

from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.service_promise import words
from plugin.services.service_promise.promise import promise_of
from plugin.services.wording import Voice
from plugin.texts import LANGUAGES


@dataclass(frozen=True, slots=True)
class Standing:
    """The sentences about a shop's answers as they stand from `since` until just before `until`."""

    said: tuple[str, ...]
    since: datetime
    until: datetime

    def holds(self, now: datetime) -> bool:
        """Tell whether it is said at a moment as well, if nothing happens meanwhile."""
        return self.since <= now < self.until


def standing_of(connection: Connection, context: Context, shop: Shop) -> Standing:
    """Return what is said now on every page of the shop that has no message waiting."""
    now = context.now()
    promise = promise_of(connection, context, shop)
    voices = [Voice("parcels", shop, language) for language in LANGUAGES]
    said = [
        text
        for voice in voices
        for text in (
            words.lead(voice, promise),
            words.proof(voice, promise),
            words.coming(voice, promise, now),
        )
    ]
    return Standing(tuple(said), now, promise.until)
