"""Draws the status of an order as a page: the answer as its title, then stages and parcels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from flask import Response, make_response, render_template

from plugin.api import current_context
from plugin.api.problems import page_language
from plugin.model import Shop
from plugin.services.parcel_status import OrderStatus, ParcelStatus
from plugin.services.wording import Voice

_STAGES = (1, 2, 3, 4)
_CSP = (
    "default-src 'none'; style-src 'self' {origin}; img-src 'self' data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Stage:
    """One of the four stages as it is drawn."""

    number: int
    state: Literal["done", "now", "open"]
    label: str
    when: str


@dataclass(frozen=True)
class Parcel:
    """One parcel as it is drawn."""

    title: str
    delivered: bool
    stages: tuple[Stage, ...]
    carrier: str
    seen: str
    url: str | None
    url_label: str


def parcel_page(shop: Shop, status: OrderStatus) -> Response:
    """Return the page; it is in the browser's language and says nothing about the person."""
    context = current_context()
    writer = Writer(Voice("parcels", shop, page_language()), shop, status, context.now())
    html = render_template(
        "parcels/status.html",
        language=writer.voice.language,
        shop=shop,
        say=writer.voice.say,
        title=writer.title(),
        lead=writer.lead(),
        note=writer.note(),
        stages=writer.stages(status.parcels[0] if status.parcels else None),
        parcels=[writer.parcel(place, parcel) for place, parcel in enumerate(status.parcels, 1)],
        several=len(status.parcels) > 1,
        status=status,
        style=context.url("/pages/assets/parcels.css"),
    )
    response = make_response(html)
    # The style sheet's address is absolute: through the shop's proxy "self" is the shop.
    response.headers["Content-Security-Policy"] = _CSP.format(origin=context.config.public_url)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


class Writer:
    """Puts one status into words."""

    def __init__(self, voice: Voice, shop: Shop, status: OrderStatus, now: datetime) -> None:
        self.voice = voice
        self._zone = ZoneInfo(shop.zone)
        self._status = status
        self._today = now.astimezone(self._zone).date()

    def title(self) -> str:
        """Return the answer to "where is my parcel?"."""
        status, say = self._status, self.voice.say
        if status.state in ("cancelled", "lost", "returned"):
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
        if status.state in ("lost", "returned"):
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
        ahead = parcel.expected is not None and parcel.expected >= self._today
        return self.voice.say("on_day", day=self.voice.weekday(parcel.expected)) if ahead else ""  # type: ignore[arg-type]

    def parcel(self, place: int, parcel: ParcelStatus) -> Parcel:
        """Return one parcel with its carrier and last report."""
        say = self.voice.say
        carrier = parcel.carrier or say("carrier_unknown")
        name = say("parcel_number", carrier=carrier, number=parcel.number) if parcel.number else ""
        arrived = parcel.delivered_at is not None
        return Parcel(
            title=self._parcel_title(place, parcel),
            delivered=arrived,
            stages=self.stages(parcel),
            carrier=name or (carrier if parcel.carrier else ""),
            seen=self._seen(parcel),
            url=parcel.url,
            url_label=say("at_carrier", carrier=carrier),
        )

    def _parcel_title(self, place: int, parcel: ParcelStatus) -> str:
        if parcel.delivered_at is None and parcel.expected and parcel.expected >= self._today:
            return self.voice.say(
                "parcel_day", place=place, day=self.voice.weekday(parcel.expected)
            )
        return self.voice.say("parcel", place=place)

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
