"""Where a parcel is: worked out from everything told of it, in whatever order that came."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from plugin.model import Expected, ParcelEvent, ParcelKind, Stage
from plugin.services.parcels.expected import Outlook, outlook

__all__ = [
    "Condition",
    "ParcelState",
    "Phase",
    "in_order",
    "is_disturbed",
    "is_telling",
    "state_of",
]

Condition = Literal[
    "normal",
    "announced",
    "delayed",
    "held",
    "address",
    "customs",
    "pickup",
    "returned",
    "lost",
    "damaged",
    "cancelled",
]
Phase = Literal[
    "announced",
    "under_way",
    "arriving",
    "pickup",
    "delivered",
    "delayed",
    "held",
    "address",
    "customs",
    "returned",
    "lost",
    "damaged",
    "cancelled",
]

_RANK: dict[str, int] = {kind: rank for rank, kind in enumerate(get_args(ParcelKind))}
_ARRIVED = frozenset({"delivered", "picked_up"})
_BACK = frozenset({"returning", "returned"})
_STUCK = frozenset({"held", "address_problem", "customs"})
#: Somebody had it in hand.
_SCANS = frozenset(_RANK) - {"unknown", "announced", "cancelled", "delayed", "lost", "damaged"}
#: After these nothing earlier counts as a delay any more.
_COMING = _ARRIVED | {"out_for_delivery", "ready_for_pickup"}
#: Tells what befell a parcel, not where it is; where nothing else is told, it is on its way.
_NOWHERE = frozenset({"unknown", "delayed", "damaged"})
_LATE = frozenset({"delayed", "attempted"})
_STAGE_4 = _COMING
_STAGE_2 = frozenset({"announced", "cancelled"})
_NAMED: dict[str, Condition] = {
    "lost": "lost",
    "returning": "returned",
    "returned": "returned",
    "cancelled": "cancelled",
}
_WAITING: dict[str, Condition] = {
    "held": "held",
    "address_problem": "address",
    "customs": "customs",
    "ready_for_pickup": "pickup",
}
_CALM: frozenset[Condition] = frozenset({"normal", "announced", "pickup"})
#: Clocks of carriers go wrong by a zone; what lies further ahead has not happened yet.
AHEAD = timedelta(days=1)


@dataclass(frozen=True)
class ParcelState:
    """What is known of one parcel.

    `promised` is the day that was told first, by whomever; `first` the same where it is not kept,
    because the parcel is said to come later or came later.
    `troubled`: something went wrong with it at some time, whatever came of it.
    """

    stage: Stage
    condition: Condition
    scanned: bool
    sent_at: datetime | None
    delivered_at: datetime | None
    expected: Expected | None
    promised: Expected | None
    first: Expected | None
    last: ParcelEvent | None
    troubled: bool
    arriving: bool

    @property
    def phase(self) -> Phase:
        """Return the one word for it that notices and figures go by."""
        if self.arriving and self.condition in ("normal", "delayed"):
            return "arriving"
        if self.condition != "normal":
            return self.condition
        return "delivered" if self.delivered_at is not None else "under_way"


def is_disturbed(condition: Condition) -> bool:
    """Tell whether something is wrong, so that nothing may be advertised."""
    return condition not in _CALM


def state_of(events: Iterable[ParcelEvent], now: datetime) -> ParcelState:
    """Return the state that follows from a set of events; their order and repeats mean nothing.

    `now` is in the zone of the place the parcel goes to: its date decides what is late. Reports
    that lie more than a day ahead do not count yet. What holds when reports contradict each other
    is told in ADR 0036.
    """
    told = in_order(event for event in events if event.happened_at <= now + AHEAD)
    standing = _standing(told)
    arrived = standing is not None and standing.kind in _ARRIVED
    out = standing if standing is not None and standing.kind == "out_for_delivery" else None
    days = outlook(told, now, out=out, delivered=standing if arrived else None)
    scans = [event for event in told if event.kind in _SCANS]
    return ParcelState(
        stage=_stage(standing),
        condition=_condition(told, standing, days),
        scanned=bool(scans),
        sent_at=scans[0].happened_at if scans else None,
        delivered_at=standing.happened_at if standing is not None and arrived else None,
        expected=days.expected,
        promised=days.promised,
        first=days.promised if days.late else None,
        last=next((event for event in reversed(told) if is_telling(event)), None),
        troubled=days.late or any(_is_trouble(event) for event in told),
        arriving=out is not None,
    )


def in_order(events: Iterable[ParcelEvent]) -> list[ParcelEvent]:
    """Return a set of events oldest first, each once; of two in one second the further one last."""
    return sorted(set(events), key=_order)


def _order(event: ParcelEvent) -> tuple[object, ...]:
    told = event.expected
    promise = ("",) if told is None else (told.confidence, *map(str, (told.day, told.until_day)))
    window = str(told.window) if told is not None else ""
    words = (event.source, event.place or "", event.text or "", *promise, window)
    return (event.happened_at, _RANK[event.kind], *words)


def _standing(told: Sequence[ParcelEvent]) -> ParcelEvent | None:
    standing: ParcelEvent | None = None
    for event in told:
        if event.kind in _NOWHERE:
            continue
        if standing is None or _overrules(event, standing):
            standing = event
    return standing or next((event for event in told if event.kind != "unknown"), None)


def _overrules(new: ParcelEvent, old: ParcelEvent) -> bool:
    """Tell whether a later report takes the place of an earlier one."""
    if new.source == "merchant" and new.kind != "announced":
        return True  # who looked into it knows more than scans that came in late
    if old.kind in _ARRIVED:
        return new.kind in _BACK or new.kind == "ready_for_pickup"
    if old.kind in _BACK:  # on its way back it is scanned like any other, and "delivered" to us
        return new.kind == "returned"
    if new.kind == "announced":
        return old.kind in _STAGE_2
    if old.kind in _STUCK:
        return new.kind != "at_depot"  # where it lies, it is counted again and again
    return old.kind not in ("lost", "cancelled") or new.kind in _SCANS


def _stage(standing: ParcelEvent | None) -> Stage:
    if standing is None or standing.kind in _STAGE_2:
        return 2
    return 4 if standing.kind in _STAGE_4 else 3


def _condition(
    told: Sequence[ParcelEvent], standing: ParcelEvent | None, days: Outlook
) -> Condition:
    kind = "announced" if standing is None else standing.kind
    if kind in _NAMED:
        return _NAMED[kind]
    if _damaged(told):
        return "damaged"
    if kind in _ARRIVED:
        return "normal"
    if kind in _WAITING:
        return _WAITING[kind]
    if days.late or _reported_late(told):
        return "delayed"
    return "announced" if kind == "announced" else "normal"


def _damaged(told: Sequence[ParcelEvent]) -> bool:
    """Tell whether damage was reported that the merchant has not settled since."""
    for event in reversed(told):
        if event.kind == "damaged":
            return True
        if event.source == "merchant" and event.kind != "unknown":
            return False
    return False


def _reported_late(told: Sequence[ParcelEvent]) -> bool:
    for event in reversed(told):
        if event.kind in _LATE:
            return True
        if event.kind in _COMING:
            return False
    return False


def _is_trouble(event: ParcelEvent) -> bool:
    return event.kind in _BACK | {"delayed", "lost", "damaged", "held", "address_problem"}


def is_telling(event: ParcelEvent) -> bool:
    """Tell whether a report says anything to a shopper besides a day."""
    return event.kind != "unknown" or bool(event.place or event.text)
