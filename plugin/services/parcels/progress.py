"""The four stages of an order or of one of its parcels, each with what is known of its time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from plugin.services.parcels.status import OrderStatus, ParcelStatus
from plugin.services.parcels.times import Times
from plugin.services.wording import Voice

_STAGES = (1, 2, 3, 4)


@dataclass(frozen=True)
class Stage:
    """One of the four stages as it is drawn."""

    number: int
    state: Literal["done", "now", "open"]
    label: str
    when: str


class Progress:
    """Draws the stages of one order."""

    def __init__(self, voice: Voice, times: Times, status: OrderStatus) -> None:
        self._say = voice.say
        self._times = times
        self._status = status

    def stages(self, parcel: ParcelStatus | None) -> tuple[Stage, ...]:
        """Return the four stages of one parcel, or of an order that has none yet."""
        return tuple(self._stage(number, parcel) for number in _STAGES)

    def _stage(self, number: int, parcel: ParcelStatus | None) -> Stage:
        reached = parcel.stage if parcel else self._status.stage
        arrived = parcel is not None and parcel.delivered_at is not None
        state: Literal["done", "now", "open"] = "now" if number == reached else "open"
        if number < reached or arrived:
            state = "done"
        return Stage(
            number, state, self._label(number, parcel, arrived), self._when(number, parcel)
        )

    def _label(self, number: int, parcel: ParcelStatus | None, arrived: bool) -> str:
        if number == 4 and arrived:
            return self._say("stage.4_done")
        if number == 4 and parcel is not None and parcel.condition == "pickup":
            return self._say("stage.4_pickup")
        return self._say(f"stage.{number}")

    def _when(self, number: int, parcel: ParcelStatus | None) -> str:
        if number == 1:
            return self._times.moment(self._status.placed)
        if parcel is None:
            return ""
        if number == 2:
            return self._prepared(parcel)
        if number == 3:
            return "" if parcel.sent_at is None else self._times.moment(parcel.sent_at)
        return self._arrival(parcel)

    def _prepared(self, parcel: ParcelStatus) -> str:
        if parcel.stage == 2 and parcel.number is not None and not parcel.scanned:
            return self._say("noscan")
        told = [event.happened_at for event in parcel.events if event.kind == "announced"]
        return self._times.moment(min(told)) if told else ""

    def _arrival(self, parcel: ParcelStatus) -> str:
        if parcel.delivered_at is not None:
            return self._times.moment(parcel.delivered_at)
        expected = parcel.expected
        if expected is None or expected.last_day < self._times.today:
            return ""
        key = "on_day" if expected.until_day is None else "until_day"
        when = self._say(key, day=self._times.short(expected.last_day))
        if expected.confidence == "promise":
            return self._say("probably", when=when)
        if expected.window is None:
            return when
        return f"{when}, {self._times.span(*expected.window)}"
