"""The service promise in words: hours, how long an answer takes, by when one comes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from itertools import groupby
from math import ceil

from babel.dates import format_time, get_day_names

from plugin.contracts.service import Opening
from plugin.services.service_promise.hours import Hours
from plugin.services.service_promise.promise import Promise
from plugin.services.wording import Voice

_HOUR = timedelta(hours=1)
_FIVE_MINUTES = timedelta(minutes=5)
#: Above this, minutes say more than anybody can know.
_BY_THE_HOUR = 3 * _HOUR


def hours_words(voice: Voice, week: Sequence[Opening | None]) -> str:
    """Return e.g. "Montag bis Freitag, 9–17 Uhr"; days with the same hours stand together."""
    names = get_day_names("wide", "format", locale=_babel(voice))
    parts = []
    for opening, group in groupby(enumerate(week), key=lambda day: day[1]):
        days = [names[number] for number, _ in group]
        if opening is None:
            continue
        key = "sp.days" if len(days) > 1 else "sp.day"
        start, end = (_clock(voice, clock) for clock in (opening.start, opening.end))
        parts.append(voice.say(key, first=days[0], last=days[-1], start=start, end=end))
    return "; ".join(parts)


def lead(voice: Voice, promise: Promise) -> str:
    """Return the sentence on hours and answers, "" where the shop has told no hours."""
    if not promise.settings.opens:
        return ""
    opening = hours_words(voice, promise.settings.week)
    if promise.measured.state == "kept":
        answer = duration(voice, promise.hours, promise.target)
        return voice.say("sp.keep", hours=opening, time=answer)
    return voice.say("sp.hours", hours=opening)


def proof(voice: Voice, promise: Promise) -> str:
    """Return what was measured, "" where nothing can be said."""
    measured = promise.measured
    if measured.nine_of_ten is None:
        return ""
    time = duration(voice, promise.hours, measured.nine_of_ten)
    told = voice.say("sp.proof" if measured.state == "kept" else "sp.slow", time=time)
    # "50 Min." ends a sentence with its own full stop.
    return told.removesuffix(".") if told.endswith("..") else told


def coming(voice: Voice, promise: Promise, now: datetime) -> str:
    """Return by when an answer comes if that is not today, "" else."""
    hours, due = promise.hours, promise.due
    if due is None or hours.day_of(due) == hours.day_of(now):
        return ""
    by = by_when(voice, hours, due, now)
    weekday = hours.day_of(now).weekday()
    if promise.settings.week[weekday] is None:
        names = get_day_names("wide", "format", locale=_babel(voice))
        return voice.say("sp.coming_closed", weekday=names[weekday], by=by)
    return voice.say("sp.coming", by=by)


def by_when(voice: Voice, hours: Hours, due: datetime, now: datetime) -> str:
    """Return e.g. "heute bis 15:30 Uhr", or "am Montag bis 11 Uhr"."""
    clock = _clock(voice, due.astimezone(hours.zone).time())
    ahead = (hours.day_of(due) - hours.day_of(now)).days
    if ahead <= 0:
        return voice.say("sp.by_today", time=clock)
    day = hours.day_of(due)
    if ahead < 7:
        names = get_day_names("wide", "format", locale=_babel(voice))
        return voice.say("sp.by_day", day=names[day.weekday()], time=clock)
    return voice.say("sp.by_day", day=voice.weekday(day), time=clock)


def duration(voice: Voice, hours: Hours, wanted: timedelta) -> str:
    """Return an open time in words, never less than it is.

    In minutes up to three hours, in hours up to a working day, in working days above.
    """
    lengths = [_length(opening) for opening in hours.week if opening is not None]
    if wanted > max(lengths, default=wanted):
        mean = sum(lengths, timedelta(0)) / len(lengths)
        return _counted(voice, "days", ceil(wanted / mean))
    if wanted > _BY_THE_HOUR or not wanted % _HOUR:
        return _counted(voice, "hours", max(ceil(wanted / _HOUR), 1))
    minutes = ceil(wanted / _FIVE_MINUTES) * 5
    if minutes % 60 == 0:
        return _counted(voice, "hours", minutes // 60)
    if minutes < 60:
        return voice.say("sp.minutes", n=minutes)
    return voice.say("sp.hours_minutes", hours=minutes // 60, minutes=minutes % 60)


def _counted(voice: Voice, unit: str, number: int) -> str:
    return voice.say(f"sp.{unit}_1" if number == 1 else f"sp.{unit}_n", n=number)


def _length(opening: Opening) -> timedelta:
    start, end = (
        timedelta(hours=at.hour, minutes=at.minute) for at in (opening.start, opening.end)
    )
    return end - start


def _clock(voice: Voice, clock: time) -> str:
    if voice.language == "de":
        return f"{clock.hour}:{clock.minute:02}" if clock.minute else str(clock.hour)
    pattern = "h:mm a" if clock.minute else "h a"
    return format_time(clock, pattern, locale=_babel(voice)).lower().replace(" ", "\u00a0")


def _babel(voice: Voice) -> str:
    return voice.locale.replace("-", "_")
