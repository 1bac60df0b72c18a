"""Says days and times of a parcel as a shopper reads them, in the shop's own zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton, format_time

from plugin.model import Shop
from plugin.services.wording import Voice


class Times:
    """The days and times of one page, drawn at one moment."""

    def __init__(self, voice: Voice, shop: Shop, now: datetime) -> None:
        self._voice = voice
        self._zone = ZoneInfo(shop.zone)
        self.today = now.astimezone(self._zone).date()

    def day_of(self, moment: datetime) -> date:
        """Return the day on which something happened, where the shop is."""
        return moment.astimezone(self._zone).date()

    def day(self, moment: datetime | date) -> str:
        """Return e.g. "Montag, 23. November"."""
        return self._voice.weekday(self._date(moment))

    def short(self, moment: datetime | date) -> str:
        """Return e.g. "Montag, 23. Nov.", for places with little room."""
        found = self._date(moment)
        weekday = self._voice.weekday(found).split(",", 1)[0].split("\u00a0", 1)[0]
        day = format_skeleton("MMMd", found, locale=self._voice.locale.replace("-", "_"))
        return f"{weekday}, {day}".replace(" ", "\u00a0").replace(",\u00a0", ", ")

    def clock(self, moment: datetime) -> str:
        """Return e.g. "9:12"."""
        return self._bare(self._voice.time(moment))

    def moment(self, moment: datetime) -> str:
        """Return e.g. "heute, 9:12 Uhr" or "Dienstag, 17. Nov., 9:12 Uhr"."""
        clock = self.clock(moment)
        if self.day_of(moment) == self.today:
            return self._voice.say("today", time=clock)
        return self._voice.say("moment", day=self.short(moment), time=clock)

    def between(self, start: time, end: time) -> str:
        """Return e.g. "10 und 14 Uhr", after "zwischen"."""
        return self._voice.say("between", start=self._hour(start), end=self._hour(end))

    def span(self, start: time, end: time) -> str:
        """Return e.g. "10–14 Uhr"."""
        return self._voice.say("span", start=self._hour(start), end=self._hour(end))

    def _hour(self, moment: time) -> str:
        if self._voice.language == "de" and moment.minute == 0:
            return str(moment.hour)
        locale = self._voice.locale.replace("-", "_")
        return self._bare(format_time(moment, "short", locale=locale))

    def _bare(self, clock: str) -> str:
        return clock.removeprefix("0") if self._voice.language == "de" else clock

    def _date(self, moment: datetime | date) -> date:
        return self.day_of(moment) if isinstance(moment, datetime) else moment


def day_after(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return when the next day begins in a zone, in UTC."""
    tomorrow = moment.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), zone).astimezone(UTC)
