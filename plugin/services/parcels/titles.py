"""The answer to "where is my parcel?": title, what stands below it, and what we do by when."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from plugin.model import Expected
from plugin.services.parcels.status import OrderStatus, ParcelStatus
from plugin.services.parcels.times import Times
from plugin.services.wording import Voice

#: Whose stages no longer tell where the parcel is.
ENDED: Final = frozenset({"cancelled", "lost", "returned"})
#: Whose title says what is wrong; a day would only distract from it.
_WRONG: Final = ENDED | {"damaged", "address", "held", "customs"}
_NAMED: Final = _WRONG | {"pickup"}
#: After so many days without a new report somebody looks for the parcel.
_SEARCH: Final = timedelta(days=2)


class Titles:
    """Finds the words at the head of one order's page."""

    def __init__(self, voice: Voice, times: Times, status: OrderStatus) -> None:
        self._say = voice.say
        self._times = times
        self._status = status

    @property
    def arrived(self) -> bool:
        """Tell whether every parcel is there."""
        parcels = self._status.parcels
        return bool(parcels) and all(parcel.delivered_at is not None for parcel in parcels)

    @property
    def ended(self) -> bool:
        """Tell whether nothing more is to come."""
        return self._status.condition in ENDED

    def title(self) -> str:
        """Return the answer itself."""
        status, say = self._status, self._say
        several = len(status.parcels) > 1
        if status.condition in _NAMED and (not several or self.ended):
            return say(f"title.{status.condition}")
        if several and not self.arrived:
            return say("title.several", count=self._count(len(status.parcels)))
        if self.arrived:
            return self._delivered()
        if status.condition == "delayed":
            return self._late()
        return self._coming()

    def _delivered(self) -> str:
        last = max(p.delivered_at for p in self._status.parcels if p.delivered_at is not None)
        return self._say("title.delivered_on", day=self._times.day(last))

    def _late(self) -> str:
        expected = self._ahead()
        if expected is None:
            return self._say("title.late")
        return self._say("title.late_day", day=self._times.day(expected.last_day))

    def _coming(self) -> str:
        expected = self._ahead()
        if expected is None:
            return self._say(f"title.stage.{self._status.stage}")
        if expected.last_day == self._times.today:
            return self._say("title.today")
        loose = expected.until_day is not None or expected.confidence == "promise"
        day = self._times.day(expected.last_day)
        return self._say("title.by" if loose else "title.day", day=day)

    def _ahead(self) -> Expected | None:
        """Return the day that all of it is said to come on, unless that day is over."""
        expected = self._status.expected
        return None if expected is None or expected.last_day < self._times.today else expected

    def lead(self) -> str:
        """Return the sentence below the title, empty if there is nothing to add."""
        only = self._only
        if only is None or self._status.condition in ENDED:
            return ""
        if only.delivered_at is not None:
            return self._told_at(only)
        if self._status.condition == "pickup":
            place = only.last.place if only.last else None
            return self._say("lead.pickup", place=place) if place else ""
        expected = self._ahead()
        if expected is None or expected.window is None:
            return ""
        return self._say("lead.window", span=self._times.between(*expected.window))

    def _told_at(self, parcel: ParcelStatus) -> str:
        at = parcel.delivered_at
        clock = "" if at is None else self._times.clock(at)
        place = parcel.last.place if parcel.last and parcel.last.kind == "delivered" else None
        if place:
            return self._say("lead.delivered_place", time=clock, place=place)
        return self._say("lead.delivered", time=clock)

    def note(self) -> str:
        """Return words of regret and what follows, empty if all goes well."""
        condition = self._status.condition
        if condition != "delayed":
            return self._say(f"note.{condition}") if condition in _WRONG else ""
        late = [parcel for parcel in self._status.parcels if parcel.condition == "delayed"]
        firsts = [parcel.first.last_day for parcel in late if parcel.first]
        if firsts:
            return self._say("note.late_announced", day=self._times.day(min(firsts)))
        return self._say("note.late")

    def follow(self) -> str:
        """Return what we do and by when if a late parcel does not move, empty if it is not late."""
        if self._status.condition != "delayed":
            return ""
        days = [
            self._times.day_of(parcel.last.happened_at) + _SEARCH
            for parcel in self._status.parcels
            if parcel.condition == "delayed" and parcel.last
        ]
        days += [
            parcel.expected.last_day + timedelta(days=1)
            for parcel in self._status.parcels
            if parcel.condition == "delayed" and parcel.expected
        ]
        if not days or max(days) <= self._times.today:
            return self._say("follow.search")
        return self._say("follow.late", day=self._times.day(max(days)))

    @property
    def _only(self) -> ParcelStatus | None:
        return self._status.parcels[0] if len(self._status.parcels) == 1 else None

    def _count(self, number: int) -> str:
        return self._say(f"count.{number}") if 2 <= number <= 6 else str(number)
