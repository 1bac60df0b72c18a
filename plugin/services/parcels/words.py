"""Puts the status of an order into words, once, for the page of its own and for the widget."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from plugin.model import Shop, storefront_id
from plugin.services.parcels.status import OrderStatus, ParcelStatus
from plugin.services.wording import Voice

_STAGES = (1, 2, 3, 4)
#: Whose stages no longer tell where the parcel is.
_ENDED = ("cancelled", "lost", "returned")


@dataclass(frozen=True)
class Stage:
    """One of the four stages as it is drawn."""

    number: int
    state: Literal["done", "now", "open"]
    label: str
    when: str


@dataclass(frozen=True)
class Parcel:
    """One parcel as it is drawn; `title` and `stages` only where it is one of several.

    What has arrived is told by its title, without stages.
    """

    title: str
    stages: tuple[Stage, ...]
    carrier: str
    seen: str
    url: str | None
    url_label: str


@dataclass(frozen=True)
class Told:
    """Everything that is said about an order, ready to be read; empty where there is nothing.

    `products` is what a storefront calls the articles, told only once all has arrived and nothing
    is wrong: nobody who waits is shown what else there is to buy.
    `stages` are of the order as a whole, and empty where each of several parcels has its own.
    """

    order: str
    title: str
    lead: str
    note: str
    stages: tuple[Stage, ...]
    parcels: tuple[Parcel, ...]
    items_title: str
    items: tuple[tuple[str, str], ...]
    products: tuple[str, ...]


def told(shop: Shop, status: OrderStatus, language: str, now: datetime) -> Told:
    """Return what a shopper reads about their order; it says nothing about the person."""
    writer = _Writer(Voice("parcels", shop, language), shop, status, now)
    ended, several = status.state in _ENDED, len(status.parcels) > 1
    first = status.parcels[0] if status.parcels else None
    say = writer.voice.say
    return Told(
        order=say("order", number=status.number),
        title=writer.title(),
        lead=writer.lead(),
        note=writer.note(),
        stages=() if ended or several else writer.stages(first),
        parcels=tuple(
            writer.parcel(place if several else 0, parcel)
            for place, parcel in enumerate(status.parcels, 1)
        ),
        items_title=say("items.one" if len(status.parcels) == 1 else "items.all"),
        items=tuple((item.title, say("quantity", count=item.quantity)) for item in status.items),
        products=writer.products(),
    )


def as_json(words: Told) -> dict[str, Any]:
    """Return the words as the public answer; the one list of fields that leave the house."""
    return asdict(words)


class _Writer:
    """Puts one status into words."""

    def __init__(self, voice: Voice, shop: Shop, status: OrderStatus, now: datetime) -> None:
        self.voice = voice
        self._zone = ZoneInfo(shop.zone)
        self._status = status
        self._today = now.astimezone(self._zone).date()

    def title(self) -> str:
        """Return the answer to "where is my parcel?"."""
        status, say = self._status, self.voice.say
        if status.state in _ENDED:
            return say(f"title.{status.state}")
        if len(status.parcels) > 1 and not self._all_delivered():
            return say("title.several", count=self._count(len(status.parcels)))
        day = None if status.title_date is None else self.voice.weekday(status.title_date)
        if self._all_delivered():
            return say("title.delivered_on", day=day) if day else say("title.delivered")
        if status.state == "delayed":
            still_ahead = status.title_date is not None and status.title_date >= self._today
            return say("title.late_day", day=day) if still_ahead else say("title.late")
        if day is not None:
            return say("title.day", day=day)
        return say(f"title.stage.{status.stage}")

    def lead(self) -> str:
        """Return the sentence below the title, empty if there is nothing to add."""
        only = self._status.parcels[0] if len(self._status.parcels) == 1 else None
        if only is not None and only.delivered_at is not None and self._status.state == "normal":
            return self.voice.say("lead.delivered", time=self._time(only.delivered_at))
        return ""

    def note(self) -> str:
        """Return words of regret and what follows, empty if all goes well."""
        status, say = self._status, self.voice.say
        if status.state in _ENDED:
            return say(f"note.{status.state}")
        if status.state != "delayed":
            return ""
        passed = [
            parcel.expected
            for parcel in status.parcels
            if parcel.state == "delayed" and parcel.expected and parcel.expected < self._today
        ]
        if passed:
            return say("note.late_announced", day=self.voice.weekday(min(passed)))
        return say("note.late")

    def products(self) -> tuple[str, ...]:
        """Return what the articles are called in the storefront, empty while anything is open."""
        if self._status.state != "normal" or not self._all_delivered():
            return ()
        known = (item.product_id for item in self._status.items if item.product_id)
        return tuple(dict.fromkeys(storefront_id(identifier) for identifier in known))

    def stages(self, parcel: ParcelStatus | None) -> tuple[Stage, ...]:
        """Return the four stages of one parcel, or of an order that has none yet."""
        reached = parcel.stage if parcel else self._status.stage
        arrived = parcel is not None and parcel.delivered_at is not None
        return tuple(self._stage(number, reached, parcel, arrived) for number in _STAGES)

    def _stage(
        self, number: int, reached: int, parcel: ParcelStatus | None, arrived: bool
    ) -> Stage:
        done = number < reached or arrived
        state: Literal["done", "now", "open"] = "now" if number == reached else "open"
        key = "stage.4_done" if number == 4 and arrived else f"stage.{number}"
        return Stage(
            number=number,
            state="done" if done else state,
            label=self.voice.say(key),
            when=self._when(number, reached, parcel),
        )

    def _when(self, number: int, reached: int, parcel: ParcelStatus | None) -> str:
        if number == 1:
            return self._moment(self._status.placed)
        if parcel is None:
            return ""
        if number == 2:
            unscanned = reached == 2 and parcel.number is not None and not parcel.scanned
            return self.voice.say("noscan") if unscanned else ""
        if number == 3:
            return "" if parcel.sent_at is None else self._since(parcel.sent_at)
        if parcel.delivered_at is not None:
            return self._moment(parcel.delivered_at)
        if parcel.expected is None or parcel.expected < self._today:
            return ""
        return self.voice.say("on_day", day=self.voice.weekday(parcel.expected))

    def parcel(self, place: int, parcel: ParcelStatus) -> Parcel:
        """Return one parcel with its carrier and last report; `place` 0 for the only one."""
        say = self.voice.say
        carrier = parcel.carrier or say("carrier_unknown")
        name = say("parcel_number", carrier=carrier, number=parcel.number) if parcel.number else ""
        apart = place > 0 and self._status.state not in _ENDED and parcel.delivered_at is None
        return Parcel(
            title=self._parcel_title(place, parcel) if place else "",
            stages=self.stages(parcel) if apart else (),
            carrier=name or (carrier if parcel.carrier else ""),
            seen=self._seen(parcel),
            url=parcel.url,
            url_label=say("at_carrier", carrier=carrier),
        )

    def _parcel_title(self, place: int, parcel: ParcelStatus) -> str:
        say, arrived = self.voice.say, parcel.delivered_at
        if arrived is not None:
            day = self.voice.weekday(arrived.astimezone(self._zone).date())
            return say("parcel_done", place=place, day=day)
        if parcel.expected and parcel.expected >= self._today:
            return say("parcel_day", place=place, day=self.voice.weekday(parcel.expected))
        return say("parcel", place=place)

    def _seen(self, parcel: ParcelStatus) -> str:
        if not parcel.milestones:
            return ""
        last = parcel.milestones[0]
        if last.place:
            return self.voice.say(
                "seen_place", when=self._moment(last.happened_at), place=last.place
            )
        return self.voice.say("seen", when=self._moment(last.happened_at))

    def _moment(self, moment: datetime) -> str:
        local = moment.astimezone(self._zone)
        time = self._time(moment)
        if local.date() == self._today:
            return self.voice.say("today", time=time)
        return self.voice.say("moment", day=self.voice.weekday(local.date()), time=time)

    def _time(self, moment: datetime) -> str:
        time = self.voice.time(moment)
        return time.removeprefix("0") if self.voice.language == "de" else time

    def _since(self, moment: datetime) -> str:
        return self.voice.say("since", day=self.voice.weekday(moment.astimezone(self._zone).date()))

    def _count(self, number: int) -> str:
        return self.voice.say(f"count.{number}") if 2 <= number <= 6 else str(number)

    def _all_delivered(self) -> bool:
        parcels = self._status.parcels
        return bool(parcels) and all(parcel.delivered_at is not None for parcel in parcels)
