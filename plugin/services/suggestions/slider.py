"""What the slider from what fits to what earns was last found to cost a shop."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from pydantic import TypeAdapter

from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.suggestions.margin_trial import Trial
from plugin.store import margin_trials

_STORED = TypeAdapter(Trial)


@dataclass(frozen=True)
class LastTrial:
    """The newest measurement of a shop; `trial` None without costs and where orders are few."""

    measured_at: datetime
    trial: Trial | None
    #: Whether the cost of any product was known.
    costs: bool


def last(context: Context, shop: Shop) -> LastTrial | None:
    """Return what was measured last, None before the first time."""
    with context.db.read() as connection:
        found = margin_trials.trial_of(connection, shop.id)
    if found is None:
        return None
    told = found.result.get("trial")
    trial = None if told is None else _STORED.validate_python(told)
    return LastTrial(found.measured_at, trial, bool(found.result.get("costs")))


def keep(context: Context, shop: Shop, trial: Trial | None, *, costs: bool) -> None:
    """Keep what was measured in place of what was measured before."""
    result = {"trial": None if trial is None else asdict(trial), "costs": costs}
    with context.db.write() as connection:
        margin_trials.put_trial(connection, shop.id, result, context.now())
