"""What a merchant sees of the service: whether the promise is kept, and what shoppers say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.service_promise import words
from plugin.services.service_promise.measuring import Measured
from plugin.services.service_promise.promise import promise_of
from plugin.services.wording import Voice
from plugin.store import service_messages as store

DAYS = 90
_SHOWN = 20
_PURPOSE = "message"


@dataclass(frozen=True)
class Report:
    """`told` is what shoppers read now; `nine_of_ten` the measured time in words, "" for none.

    `scores` counts the answers of 90 days from 5 down to 1; `said` are the newest words.
    """

    opens: bool
    told: tuple[str, ...]
    measured: Measured
    nine_of_ten: str
    target: str
    scores: tuple[tuple[int, int], ...]
    said: tuple[tuple[int, str], ...]

    @property
    def answers(self) -> int:
        """Return how many gave a score."""
        return sum(count for _, count in self.scores)


def report(context: Context, shop: Shop, language: str) -> Report:
    """Return what the merchant sees, in the language that they read."""
    now = context.now()
    with context.db.read() as connection:
        promise = promise_of(connection, context, shop)
        scores = store.scores_since(connection, shop.id, now - timedelta(days=DAYS))
        newest = store.newest_words(connection, shop.id, _SHOWN)
    voice, measured = Voice("parcels", shop, language), promise.measured
    told = (words.lead(voice, promise), words.proof(voice, promise))
    time = measured.nine_of_ten
    return Report(
        opens=promise.settings.opens,
        told=tuple(filter(None, told)),
        measured=measured,
        nine_of_ten="" if time is None else words.duration(voice, promise.hours, time),
        target=words.duration(voice, promise.hours, promise.target),
        scores=tuple((score, scores.get(score, 0)) for score in (5, 4, 3, 2, 1)),
        said=tuple(
            (answer.score or 0, context.keys.unseal(shop.id, _PURPOSE, answer.words_sealed or ""))
            for answer in newest
        ),
    )
