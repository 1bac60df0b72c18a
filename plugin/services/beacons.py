"""What one beacon may hold: a closed form, read as strictly as it was agreed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn

from plugin.contracts.widget import Widget
from plugin.errors import BadInputError
from plugin.services.arms import HOLDOUT, WHOLE, WHOLE_ARMS, counted_as
from plugin.services.suggestion_events import CART, ITEM_KINDS, CartChange, Item, detail_of

#: Each counts once for a view of a page and a campaign, whatever the browser says.
ONCE = frozenset({"impression", "withheld", "dismissal", "open", "teaser", CART})
#: Each counts once for what it is about; only of widgets that suggest articles.
ONCE_EACH = frozenset({"item_shown"})
#: What a draw is counted by: somebody saw a campaign, or would have seen it.
EXPOSURES = frozenset({"impression", "withheld"})
#: These may happen several times, each with an id of its own.
REPEATED = frozenset(
    {"click", "add", "saved"}
    | {f"item_{kind}" for kind in ITEM_KINDS}
    | {f"answer_{reason}" for reason in ("ship", "time", "return", "size", "look")}
)
#: Reported but not counted: the request itself is, when it is taken.
COUNTED_ELSEWHERE = frozenset({"sign_up"})
#: Kinds that say what they are about, behind a blank.
DETAILED = frozenset({CART} | {f"item_{kind}" for kind in ITEM_KINDS})
KINDS = ONCE | REPEATED | COUNTED_ELSEWHERE
MOST_EVENTS = 50
_BODY = {"ticket", "test", "events"}
_FIELDS = {"id", "kind", "widget", "campaign", "version", "arm", "at"}
_OPTIONAL = {"again"}


@dataclass(frozen=True)
class Event:
    """One reported event; `at` is when the browser says it happened.

    `again`: the same shopper was counted for this version on an earlier view of a page already.
    `detail`: the suggestion or the cart that it is about; None for what is about the widget.
    """

    id: str
    kind: str
    widget: str
    campaign: int
    version: int
    arm: str
    at: datetime
    again: bool
    detail: Item | CartChange | None = None


def read(body: dict[str, Any], widgets: Mapping[str, Widget]) -> list[Event]:
    """Return the events of a beacon; BadInputError("events_invalid") for any other form."""
    raw = body.get("events")
    if not body.keys() <= _BODY or not isinstance(body.get("test", False), bool):
        raise BadInputError("events_invalid")
    if not isinstance(raw, list) or not 0 < len(raw) <= MOST_EVENTS:
        raise BadInputError("events_invalid")
    events = [_event(item, widgets) for item in raw]
    if len({event.id for event in events}) != len(events):
        raise BadInputError("events_invalid")
    return events


def _event(raw: object, widgets: Mapping[str, Widget]) -> Event:
    if not isinstance(raw, dict) or set(raw) - _OPTIONAL != _FIELDS:
        raise BadInputError("events_invalid")
    texts = [raw[name] for name in ("kind", "widget", "arm")]
    if not all(isinstance(text, str) for text in texts):
        raise BadInputError("events_invalid")
    told, widget, arm = texts[0], texts[1], counted_as(texts[2])
    if widget not in widgets:
        raise BadInputError("events_invalid")
    campaign = _row_number(raw["campaign"])
    if campaign == WHOLE:
        told = _of_whole(told, arm)
    # Who is held out saw nothing, and nobody else is.
    elif told == "withheld" and arm != HOLDOUT:
        raise BadInputError("events_invalid")
    kind, detail = _kind(told, widgets[widget])
    again = raw.get("again", False)
    if type(raw["at"]) is not int or not isinstance(again, bool):
        raise BadInputError("events_invalid")
    return Event(
        id=_uuid(raw["id"]),
        kind=kind,
        widget=widget,
        campaign=campaign,
        version=_row_number(raw["version"]),
        arm=arm,
        at=_moment(raw["at"]),
        again=again,
        detail=detail,
    )


def _of_whole(told: str, arm: str) -> str:
    # Of the whole shop there is the draw alone: a campaign may be withheld from somebody who sees
    # another one with a smaller holdout.
    if told not in EXPOSURES or arm not in WHOLE_ARMS:
        _refuse()
    return "withheld" if arm == HOLDOUT else "impression"


def _kind(told: str, widget: Widget) -> tuple[str, Item | CartChange | None]:
    kind, _, rest = told.partition(" ")
    if kind not in DETAILED and told in KINDS:
        return told, None
    detail = detail_of(kind, rest) if kind in DETAILED and widget.suggests else None
    return (kind, detail) if detail else _refuse()


def _row_number(value: object) -> int:
    # True is an int in Python, but no number in JSON; a larger number no database could hold.
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
        raise BadInputError("events_invalid")
    return value


def _uuid(value: object) -> str:
    try:
        return str(uuid.UUID(value)) if isinstance(value, str) and len(value) == 36 else _refuse()
    except ValueError:
        return _refuse()


def _refuse() -> NoReturn:
    raise BadInputError("events_invalid")


def _moment(milliseconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        raise BadInputError("events_invalid") from None
