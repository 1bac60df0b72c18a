"""The form of what a shop promises: opening hours, time to answer, delivery, what follows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from plugin.admin.amounts import NumberProblemError, read_amount, read_whole
from plugin.admin.wording import Words
from plugin.contracts.service import MOST_PAUSES, NextVoucher, Opening, Pause, Service
from plugin.contracts.shopwide import DeliveryPromise
from plugin.services.parcels import business_days

DAYS = range(7)
#: Countries of delivery in the form; "*" is everywhere else.
TO = {"DE": "DE", "AT": "AT", "CH": "CH", "other": "*"}
_CENT = Decimal("0.01")
Typed = Mapping[str, str]


@dataclass(frozen=True)
class Form:
    """What stands in the fields; `wanted` None where something does not fit (`problems`)."""

    values: Typed
    wanted: tuple[Service, DeliveryPromise] | None = None
    problems: Mapping[str, str] = field(default_factory=dict)

    def on(self, name: str) -> bool:
        """Tell whether something is switched on."""
        return bool(self.values.get(name))

    @property
    def pauses(self) -> int:
        """Return how many rows of days without service stand in the form, one of them empty."""
        rows = [n for n in range(MOST_PAUSES) if self.values.get(f"pause_start_{n}")]
        return min(len(rows) + 1, MOST_PAUSES)


def shown(service: Service, delivery: DeliveryPromise, words: Words) -> Form:
    """Return the form of what is stored."""
    thanks = service.thanks
    values = {
        "hours": str(service.hours),
        "asks": "1" if service.asks else "",
        "review": service.review,
        "thanks_on": "1" if thanks.enabled else "",
        "thanks_kind": thanks.kind,
        "thanks_value": words.amount_input(thanks.value),
        "thanks_minimum": words.amount_input(thanks.minimum),
        "thanks_days": str(thanks.days),
        "region": f"{delivery.country}-{delivery.region or ''}",
        "until_hour": str(delivery.until_hour),
    }
    for number, opening in enumerate(service.week):
        if opening is not None:
            values[f"open_{number}"] = f"{opening.start:%H:%M}"
            values[f"close_{number}"] = f"{opening.end:%H:%M}"
    for number, pause in enumerate(service.pauses):
        values[f"pause_start_{number}"] = pause.start.isoformat()
        values[f"pause_end_{number}"] = pause.end.isoformat()
    for name, country in TO.items():
        first_last = delivery.days.get(country)
        if first_last is not None:
            values[f"first_{name}"], values[f"last_{name}"] = map(str, first_last)
    return Form(values, (service, delivery))


def read(typed: Typed, words: Words) -> Form:
    """Return the form as a merchant filled it in; nothing of the entry gets lost."""
    problems: dict[str, str] = {}
    values = {name: text.strip() for name, text in typed.items()}
    reading = _Reading(values, words, problems)
    service = {
        "week": tuple(reading.opening(number) for number in DAYS),
        "hours": reading.whole("hours", 1, 40),
        "pauses": tuple(reading.pauses()),
        "asks": bool(values.get("asks")),
        "review": values.get("review", ""),
        "thanks": reading.thanks(),
    }
    delivery = {
        **reading.place(),
        "until_hour": reading.whole("until_hour", 0, 24),
        "days": dict(reading.days()),
    }
    if problems:
        return Form(values, None, problems)
    try:
        wanted = (Service.model_validate(service), DeliveryPromise.model_validate(delivery))
    except ValidationError as error:
        name = str(error.errors(include_url=False)[0]["loc"][0])
        return Form(values, None, {name: words.t(f"promise.wrong_{name}")})
    return Form(values, wanted)


class _Reading:
    """Reads field after field, noting what does not fit."""

    def __init__(self, values: Typed, words: Words, problems: dict[str, str]) -> None:
        self._values, self._words, self._problems = values, words, problems

    def opening(self, number: int) -> Opening | None:
        start, end = (self._values.get(f"{side}_{number}", "") for side in ("open", "close"))
        if not start and not end:
            return None
        try:
            return Opening(start=time.fromisoformat(start), end=time.fromisoformat(end))
        except ValueError:
            self._problems[f"open_{number}"] = self._words.t("promise.wrong_week")
            return None

    def pauses(self) -> Iterator[Pause]:
        for number in range(MOST_PAUSES):
            start, end = (self._values.get(f"pause_{at}_{number}", "") for at in ("start", "end"))
            if not start and not end:
                continue
            try:
                yield Pause(start=_day(start or end), end=_day(end or start))
            except ValueError:
                self._problems[f"pause_start_{number}"] = self._words.t("promise.wrong_pause")

    def thanks(self) -> NextVoucher:
        enabled = bool(self._values.get("thanks_on"))
        percent = self._values.get("thanks_kind") == "percent"
        if not enabled and "thanks_value" not in self._values:
            return NextVoucher()
        most = Decimal(50) if percent else Decimal(10_000)
        return NextVoucher.model_construct(
            enabled=enabled,
            kind="percent" if percent else "amount",
            value=self._amount("thanks_value", Decimal("0.01"), most),
            minimum=self._amount("thanks_minimum", Decimal(0), Decimal(100_000)),
            days=self.whole("thanks_days", 7, 365),
        )

    def place(self) -> dict[str, str | None]:
        country, _, region = self._values.get("region", "").partition("-")
        if country not in business_days.REGIONS:
            country = "DE"
        known = region in business_days.REGIONS[country]
        return {"country": country, "region": region if known else None}

    def days(self) -> Iterator[tuple[str, tuple[int, int]]]:
        for name, country in TO.items():
            first, last = (self._values.get(f"{end}_{name}", "") for end in ("first", "last"))
            if not first and not last:
                continue
            ends = [
                self.whole(f"{end}_{name}", 0, 60, typed or other)
                for end, typed, other in (("first", first, last), ("last", last, first))
            ]
            if ends[0] > ends[1]:
                self._problems.setdefault(f"first_{name}", self._words.t("promise.wrong_days"))
            yield country, (ends[0], ends[1])

    def whole(self, name: str, low: int, high: int, typed: str | None = None) -> int:
        """Return a whole number, the lowest where something else was typed."""
        text = self._values.get(name, "") if typed is None else typed
        return int(self._number(name, lambda: read_whole(text), Decimal(low), Decimal(high)))

    def _amount(self, name: str, low: Decimal, high: Decimal) -> Decimal:
        text = self._values.get(name, "")
        number = self._number(name, lambda: read_amount(text, self._words.point), low, high)
        return number.quantize(_CENT)

    def _number(self, name: str, reads: Callable[[], Any], low: Decimal, high: Decimal) -> Decimal:
        try:
            number = Decimal(reads())
        except NumberProblemError:
            example = self._words.amount_input(max(low, Decimal(2)))
            self._problems[name] = self._words.t("message.number", example=example)
            return low
        if not low <= number <= high:
            ends = {"low": self._words.number(low), "high": self._words.number(high)}
            self._problems[name] = self._words.t("message.range", **ends)
            return low
        return number


def _day(typed: str) -> date:
    day = date.fromisoformat(typed)
    if not 2000 <= day.year <= 2100:
        raise ValueError(typed)
    return day
