"""Checks of when and to whom: the rule can come true, and an announced end stays what it was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from plugin.contracts.targeting import Audience, Schedule, Trigger, Who
from plugin.services import targeting
from plugin.services.check_case import Case, Check

#: After so many days every weekday has come once.
_WEEK = 8


def timing_checks(case: Case) -> list[Check]:
    """Return the checks of trigger, schedule, audience and countdown, as far as there are any."""
    settings = case.settings
    trigger, schedule = getattr(settings, "trigger", None), getattr(settings, "schedule", None)
    audience = getattr(settings, "audience", None)
    found = []
    if isinstance(trigger, Trigger):
        opens = targeting.opens(trigger)
        found.append(Check("opens", opens, fields=() if opens else ("trigger.desktop",)))
    if isinstance(schedule, Schedule):
        fault = _never(schedule, case)
        found.append(Check("schedule", not fault, fields=(fault,) if fault else ()))
        found += _countdown(case, schedule)
    if isinstance(audience, Audience):
        found.append(_somebody(case, audience, trigger))
    return found


def _never(schedule: Schedule, case: Case) -> str:
    """Return the field because of which the schedule never applies, "" if it does."""
    now = case.context.now()
    if schedule.ends and schedule.ends <= max(now, schedule.starts or now):
        return "schedule.ends"
    if schedule.hours_from and schedule.hours_from >= schedule.hours_to:
        return "schedule.hours_to"
    begin = max(now, schedule.starts or now)
    applies = any(
        start < (schedule.ends or end) and end > begin
        for start, end in _open_hours(schedule, begin, ZoneInfo(case.shop.zone))
    )
    return "" if applies else "schedule.weekdays"


def _open_hours(
    schedule: Schedule, begin: datetime, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime]]:
    """Yield start and end of the open hours of each day from `begin` on, for a week."""
    first = begin.astimezone(zone).date()
    for day in (first + timedelta(days=number) for number in range(_WEEK)):
        if schedule.weekdays and day.isoweekday() not in schedule.weekdays:
            continue
        start = time.fromisoformat(schedule.hours_from or "00:00")
        opened = datetime.combine(day, start, zone)
        if schedule.hours_to:
            yield opened, datetime.combine(day, time.fromisoformat(schedule.hours_to), zone)
        else:
            yield opened, datetime.combine(day + timedelta(days=1), time(), zone)


def _countdown(case: Case, schedule: Schedule) -> list[Check]:
    found = []
    if getattr(case.settings, "countdown", False):
        ahead = schedule.ends is not None and schedule.ends > case.context.now()
        fields = () if ahead else ("schedule.ends",)
        found.append(Check("countdown", ahead, "§ 5 UWG", fields))
    if case.announced is not None:
        kept = schedule.ends == case.announced
        fields = () if kept else ("schedule.ends",)
        values: dict[str, object] = {"end": case.announced}
        found.append(Check("end_kept", kept, "§ 5 UWG", fields, values))
    return found


def _somebody(case: Case, audience: Audience, trigger: object) -> Check:
    """At least one group is one that a shopper can belong to."""
    places = [("first", audience.first), ("second", audience.second), ("third", audience.third)]
    groups = [(place, who) for place, who in places if not who.empty]
    faults = [(place, _nobody(who, case, trigger)) for place, who in groups]
    if not faults or any(not fault for _, fault in faults):
        return Check("audience", True)
    place, fault = faults[0]
    return Check("audience", False, fields=(f"audience.{place}.{fault}",))


def _nobody(who: Who, case: Case, trigger: object) -> str:
    """Return the field because of which nobody can belong to a group, "" if somebody can."""
    low, high = who.cart_min, who.cart_max
    if low is not None and high is not None and low > high:
        return "cart_max"
    if who.cart == "empty" and (low or who.cart_products):
        return "cart"
    if who.languages and not set(who.languages) & set(case.shop.languages):
        return "languages"
    if isinstance(trigger, Trigger) and who.devices and not _reachable(who, trigger):
        return "devices"
    return ""


def _reachable(who: Who, trigger: Trigger) -> bool:
    """Whether a sign is waited for that these devices can give."""
    only_pointer = targeting.moments_of(trigger) == [["exit", "desktop"]]
    only_touch = targeting.moments_of(trigger) == [["exit", "phone"]]
    if trigger.match == "any" and targeting.levels_of(trigger):
        return True
    if only_pointer:
        return "desktop" in who.devices
    return not only_touch or bool({"phone", "tablet"} & set(who.devices))
