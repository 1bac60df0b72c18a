"""What the slider of the suggestions costs and brings, in words and as rows of a table."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from plugin.admin.wording import Words
from plugin.contracts.widget import Widget
from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.suggestions import slider
from plugin.services.suggestions.margin_trial import Position, Trial

_SECTION = "ranking"
#: With fewer known costs than this share the slider moves hardly anything.
_ENOUGH_KNOWN = 0.5


@dataclass(frozen=True)
class Row:
    """One position of the slider; `plain` is where nothing but the fit counts."""

    at: int
    hits: str
    lost: str
    earned: str
    here: bool
    plain: bool


@dataclass(frozen=True)
class Cost:
    """What a merchant sees of the last measurement."""

    sentence: str
    carts: str
    day: str
    rows: tuple[Row, ...]
    costs_missing: str


def cost_of(
    context: Context, shop: Shop, widget: Widget, section: str, draft: dict[str, Any], words: Words
) -> Cost | None:
    """Return what the slider's position in a draft costs; None where the form has no slider."""
    if section != _SECTION or "margin" not in widget.settings.model_fields:
        return None
    found, at = slider.last(context, shop), int(draft["margin"])
    if found is None or found.trial is None:
        known = found is None or found.costs
        return Cost(words.t("slider.too_few" if known else "slider.no_costs"), "", "", (), "")
    trial = found.trial
    missing = ""
    if trial.known < _ENOUGH_KNOWN:
        missing = words.t("slider.costs_missing", share=words.share(Decimal(str(trial.known))))
    return Cost(
        sentence=_sentence(trial, at, words),
        carts=words.number(trial.carts),
        day=words.day(found.measured_at),
        rows=tuple(_row(one, trial, at, words) for one in trial.positions),
        costs_missing=missing,
    )


def _sentence(trial: Trial, at: int, words: Words) -> str:
    if at == 0:
        return words.t("slider.none")
    here, plain = trial.at(at), trial.at(0)
    more = here.earned / plain.earned - 1 if plain.earned > 0 else 0.0
    earned = words.t("slider.more" if more >= 0 else "slider.less", share=_share(abs(more), words))
    lost = words.t(
        "slider.within" if here.lost_from <= 0 else "slider.lost", share=_lost(here, words)
    )
    return words.t("slider.sentence", lost=lost, earned=earned)


def _row(one: Position, trial: Trial, at: int, words: Words) -> Row:
    return Row(
        at=one.at,
        hits=words.number(round(Decimal(str(one.hits)), 1)),
        lost=_range(one, words),
        earned=words.money(Decimal(str(one.earned))),
        here=one is trial.at(at),
        plain=one.at == 0,
    )


def _lost(one: Position, words: Words) -> str:
    return _share(max(one.lost, 0.0), words)


def _range(one: Position, words: Words) -> str:
    ends = (_share(one.lost_from, words), _share(one.lost_to, words))
    return words.t("slider.range", low=ends[0], high=ends[1])


def _share(value: float, words: Words) -> str:
    return words.share(Decimal(str(round(value, 2)))).replace("-", "−")
