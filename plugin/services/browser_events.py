"""Events that browsers report: a closed list of kinds, each counted once, nothing about people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy.engine import Connection

from plugin.errors import BadInputError, TooManyError
from plugin.model import Shop
from plugin.services import beacons, insight, limits, suggestion_events, tickets
from plugin.services.arms import WHOLE, WHOLE_ARMS, WHOLE_VERSIONS, arms_possible
from plugin.services.beacons import COUNTED_ELSEWHERE, ONCE, ONCE_EACH, REPEATED, Event
from plugin.services.context import Context
from plugin.services.robots import is_robot
from plugin.services.suggestion_events import Told
from plugin.store import campaigns, exposures
from plugin.store import events as store
from plugin.store.exposures import Place

#: More of one kind for one campaign does nobody on one view of a page.
MOST_REPEATED = 20
_CLOCK_MAY_BE_OFF = timedelta(hours=24)
_WINDOW = timedelta(minutes=10)
_REQUESTS_OF_ONE_NET_ADDRESS = 600
_REQUESTS_OF_ONE_SHOP = 60_000


def take(
    context: Context, shop: Shop, body: dict[str, Any], net_address: str, user_agent: str
) -> None:
    """Count the events of one beacon; in whatever order and however often they come, once each.

    BadInputError for anything that is not exactly as agreed ("events_invalid") or comes without a
    ticket of this shop ("ticket_missing", "ticket_invalid", "ticket_expired"): then none of them
    counts, and the refusal is counted instead. TooManyError above 600 beacons in ten minutes from
    one address. What robots and tests report is kept apart from the merchant's figures.
    """
    try:
        events = beacons.read(body, context.widgets)
        ticket = tickets.number_of(context, shop, body.get("ticket"))
        _check_campaigns(context, shop, events)
        with context.db.write() as connection:
            _limit(connection, context, shop, net_address)
            fresh = _fresh(connection, context, shop, ticket, events)
            _count(connection, context, shop, fresh, _traffic(body, user_agent))
    except (BadInputError, TooManyError) as error:
        insight.refuse(context, shop, error.code)
        raise


def _limit(connection: Connection, context: Context, shop: Shop, net_address: str) -> None:
    for name, key, most in (
        ("events_net", net_address, _REQUESTS_OF_ONE_NET_ADDRESS),
        ("events_shop", "all", _REQUESTS_OF_ONE_SHOP),
    ):
        limits.hit(connection, context, shop.id, name, key, limit=most, window=_WINDOW)


def _traffic(body: dict[str, Any], user_agent: str) -> str:
    if body.get("test"):
        return "test"
    return "robot" if is_robot(user_agent) else "real"


def _fresh(
    connection: Connection, context: Context, shop: Shop, ticket: str, events: Sequence[Event]
) -> list[Event]:
    """Return the events that count now: those that the ticket has not been used for before."""
    by_mark: dict[str, Event] = {}
    for event in events:
        if event.kind not in COUNTED_ELSEWHERE:
            # What comes first counts: a later one may say that it was counted before.
            by_mark.setdefault(_mark(ticket, event), event)
    new = store.remember_events(connection, shop.id, sorted(by_mark), context.now())
    found = {mark: event for mark, event in by_mark.items() if mark in new}
    more = Counter(_series(ticket, event) for event in found.values() if event.kind in REPEATED)
    room = {
        series: MOST_REPEATED + number - store.events_of_series(connection, shop.id, series)
        for series, number in more.items()
    }
    counted = [event for event in found.values() if event.kind in ONCE]
    for event in found.values():
        series = _series(ticket, event)
        if event.kind in REPEATED and room[series] > 0:
            room[series] -= 1
            counted.append(event)
    return counted


def _series(ticket: str, event: Event) -> str:
    return tickets.series_of(ticket, event.campaign, event.kind)


def _mark(ticket: str, event: Event) -> str:
    if event.campaign == WHOLE:
        # Once for a ticket, whichever arm it names.
        return tickets.mark_of(ticket, WHOLE, "exposed", "")
    own = "" if event.kind in ONCE else event.id
    if event.kind in ONCE_EACH:
        own = repr(event.detail)
    return tickets.mark_of(ticket, event.campaign, event.kind, own)


def _count(
    connection: Connection, context: Context, shop: Shop, events: Sequence[Event], traffic: str
) -> None:
    dated = [(event, _day(context, shop, event)) for event in events]
    if traffic == "real":
        _count_details(connection, shop, dated)
    days = [(event, day) for event, day in dated if event.detail is None]
    exposures.add_exposures(
        connection,
        shop.id,
        Counter(
            Place(day, event.campaign, event.version, event.arm, traffic, event.kind)
            for event, day in days
            if not event.again
        ),
    )
    if traffic == "real":
        sums = Counter(
            (day, event.widget, event.kind) for event, day in days if event.campaign != WHOLE
        )
        insight.count_all(connection, shop.id, sums)


def _count_details(connection: Connection, shop: Shop, dated: Sequence[tuple[Event, date]]) -> None:
    told = [
        Told(day, event.campaign, event.version, event.arm, event.kind, event.detail, event.again)
        for event, day in dated
        if event.detail is not None
    ]
    suggestion_events.count(connection, shop.id, told)


def _check_campaigns(context: Context, shop: Shop, events: Sequence[Event]) -> None:
    """Refuse what names a campaign, version, widget or arm that this shop never published."""
    named = {(event.campaign, event.version) for event in events}
    with context.db.read() as connection:
        known = {
            place: campaigns.version_of(connection, shop.id, *place) for place in sorted(named)
        }
    arms = {
        (place, version.widget): arms_possible(context, version)
        for place, version in known.items()
        if version is not None
    }
    # No shop publishes this one, and every shop has it.
    shares = [place for place in named if place[0] == WHOLE and place[1] in WHOLE_VERSIONS]
    arms |= {(place, name): set(WHOLE_ARMS) for place in shares for name in context.widgets}
    for event in events:
        if event.arm not in arms.get(((event.campaign, event.version), event.widget), ()):
            raise BadInputError("events_invalid")


def _day(context: Context, shop: Shop, event: Event) -> date:
    # A clock that is a little off is believed; one that is far off is not.
    now = context.now()
    off = abs(event.at - now) > _CLOCK_MAY_BE_OFF
    return insight.day_of(shop, now if off else event.at)
