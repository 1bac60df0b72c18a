"""Puts the status of an order into words, once, for the page of its own and for the widget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from plugin.model import Shop, storefront_id
from plugin.services.parcels.pieces import Known
from plugin.services.parcels.progress import Progress, Stage
from plugin.services.parcels.state import is_disturbed
from plugin.services.parcels.status import OrderStatus, ParcelStatus
from plugin.services.parcels.times import Times
from plugin.services.parcels.titles import ENDED, Titles
from plugin.services.wording import Voice
from plugin.store.parcels import Item

__all__ = ["Parcel", "Piece", "Stage", "Told", "as_json", "told"]


@dataclass(frozen=True)
class Piece:
    """An article as it is drawn: "Glasur Ruß, Menge 2" is its note; `picture` "" without one."""

    title: str
    note: str
    picture: str


@dataclass(frozen=True)
class Parcel:
    """One parcel as it is drawn; `title` only where it is one of several.

    `stages` are told of each of several while they tell where it is; `badge` says in a word what
    else is to be known of it. `number` is what the carrier calls it, `number_label` stands before.
    """

    title: str
    lead: str
    badge: str
    tone: Literal["", "good", "warn"]
    arrived: bool
    stages: tuple[Stage, ...]
    items_title: str
    items: tuple[Piece, ...]
    carrier: str
    number_label: str
    number: str
    seen: str
    url: str | None
    url_label: str


@dataclass(frozen=True)
class Told:
    """Everything that is said about an order, ready to be read; empty where there is nothing.

    `products` is what a storefront calls the articles, told only once all has arrived and nothing
    is wrong: nobody who waits is shown what else there is to buy.
    `stages` are of the order as a whole, and empty where each of several parcels has its own.
    `moving`: more is to come, so it is worth asking again.
    """

    order: str
    title: str
    lead: str
    note: str
    follow: str
    disturbed: bool
    moving: bool
    stages: tuple[Stage, ...]
    parcels: tuple[Parcel, ...]
    items_title: str
    items: tuple[Piece, ...]
    products: tuple[str, ...]


def told(
    shop: Shop,
    status: OrderStatus,
    language: str,
    now: datetime,
    known: Mapping[str, Known] | None = None,
) -> Told:
    """Return what a shopper reads about their order; it says nothing about the person.

    `known` is what the catalogue says of the lines, by their ids.
    """
    return _Writer(shop, status, language, now, known or {}).told()


def as_json(words: Told) -> dict[str, Any]:
    """Return the words as the public answer; the one list of fields that leave the house."""
    return asdict(words)


class _Writer:
    """Puts one status into words."""

    def __init__(
        self,
        shop: Shop,
        status: OrderStatus,
        language: str,
        now: datetime,
        known: Mapping[str, Known],
    ) -> None:
        self._voice = Voice("parcels", shop, language)
        self._status = status
        self._known = known
        self._times = Times(self._voice, shop, now)
        self._titles = Titles(self._voice, self._times, status)
        self._progress = Progress(self._voice, self._times, status)
        self._several = len(status.parcels) > 1
        #: Of every parcel it is known what lies in it.
        self._sorted = bool(status.parcels) and all(parcel.lines for parcel in status.parcels)

    def told(self) -> Told:
        status, say, titles = self._status, self._voice.say, self._titles
        first = status.parcels[0] if status.parcels else None
        return Told(
            order=say("order", number=status.number),
            title=titles.title(),
            lead=titles.lead(),
            note=titles.note(),
            follow=titles.follow(),
            disturbed=status.disturbed,
            moving=not titles.ended and not titles.arrived,
            stages=() if titles.ended or self._several else self._progress.stages(first),
            parcels=tuple(
                self._parcel(place, parcel) for place, parcel in enumerate(status.parcels, 1)
            ),
            items_title=say(self._items_title()),
            items=tuple(self._piece(item, item.quantity) for item in self._loose()),
            products=self._products(),
        )

    def _products(self) -> tuple[str, ...]:
        if self._status.disturbed or not self._titles.arrived:
            return ()
        known = (item.product_id for item in self._status.items if item.product_id)
        return tuple(dict.fromkeys(storefront_id(identifier) for identifier in known))

    def _items_title(self) -> str:
        if self._sorted:
            return "items.rest"
        return "items.one" if len(self._status.parcels) == 1 else "items.all"

    def _loose(self) -> Sequence[Item]:
        """Return what is listed apart: all, or what lies in no parcel yet where that is known."""
        return self._status.unsent if self._sorted else self._status.items

    def _parcel(self, place: int, parcel: ParcelStatus) -> Parcel:
        say = self._voice.say
        carrier = parcel.carrier or say("carrier_unknown")
        arrived = parcel.delivered_at is not None
        apart = self._several and not arrived and parcel.condition not in ENDED
        badge, tone = self._badge(parcel)
        return Parcel(
            title=self._parcel_title(place, parcel) if self._several else "",
            lead=self._times.moment(parcel.delivered_at) if parcel.delivered_at else "",
            badge=badge if self._several else "",
            tone=tone,
            arrived=arrived,
            stages=self._progress.stages(parcel) if apart else (),
            items_title=say("items.one"),
            items=self._contents(parcel),
            carrier=carrier if parcel.carrier or parcel.number else "",
            number_label=say("number") if parcel.number else "",
            number=parcel.number or "",
            seen=self._seen(parcel),
            url=parcel.url,
            url_label=self._link(parcel.carrier),
        )

    def _link(self, carrier: str | None) -> str:
        # "Bei DHL", but not "Bei Österreichische Post".
        if carrier is None or " " in carrier:
            return self._voice.say("at_the_carrier")
        return self._voice.say("at_carrier", carrier=carrier)

    def _parcel_title(self, place: int, parcel: ParcelStatus) -> str:
        expected = parcel.expected
        under_way = parcel.delivered_at is None and parcel.condition not in ENDED
        if under_way and expected and expected.last_day >= self._times.today:
            day = self._times.day(expected.last_day)
            return self._voice.say("parcel_day", place=place, day=day)
        return self._voice.say("parcel", place=place)

    def _badge(self, parcel: ParcelStatus) -> tuple[str, Literal["", "good", "warn"]]:
        if is_disturbed(parcel.condition):
            return self._voice.say(f"badge.{parcel.condition}"), "warn"
        if parcel.delivered_at is not None:
            return self._voice.say("badge.delivered"), "good"
        return (self._voice.say("badge.pickup"), "") if parcel.condition == "pickup" else ("", "")

    def _contents(self, parcel: ParcelStatus) -> tuple[Piece, ...]:
        items = {item.line_id: item for item in self._status.items} if self._sorted else {}
        return tuple(
            self._piece(items[line.line_id], line.quantity)
            for line in parcel.lines
            if line.line_id in items
        )

    def _piece(self, item: Item, quantity: int) -> Piece:
        known = self._known.get(item.line_id)
        amount = self._voice.say("quantity", count=quantity)
        choice = known.choice if known else ""
        note = f"{choice}, {amount}" if choice else amount
        return Piece(item.title, note, known.picture if known else "")

    def _seen(self, parcel: ParcelStatus) -> str:
        last = parcel.last
        if last is None:
            return ""
        when = self._times.moment(last.happened_at)
        if last.place:
            return self._voice.say("seen_place", when=when, place=last.place)
        return self._voice.say("seen", when=when)
