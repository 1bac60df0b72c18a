"""Reads the Admin API's answers: what a status, an error list or a declined change means."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import structlog

from plugin.errors import (
    AccessRevokedError,
    BadInputError,
    PlatformError,
    PlatformRefusedError,
)
from plugin.http_out import Reply, retry_after
from plugin.json_in import parse_object
from plugin.platforms.shopify import shape
from plugin.platforms.shopify.shape import Node

MAX_BYTES = 10_000_000
#: Seconds to wait where the platform does not say how long.
_UNTOLD = 2.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class UserError:
    """Why the platform declined a change; its words may hold personal data."""

    code: str
    place: tuple[str, ...]
    message: str = field(repr=False)


def check_status(reply: Reply) -> None:
    """Raise what a status other than 200 means."""
    status = reply.status
    if status == 200:
        return
    if status in (401, 403):
        raise AccessRevokedError("access_revoked")
    if status == 429:
        raise PlatformError("platform_busy", retry_after=retry_after(reply.headers))
    if status in (402, 423):
        raise PlatformError("shop_paused")
    if 400 <= status < 500:
        raise PlatformRefusedError("platform_refused")
    raise PlatformError("platform_failed")


def parse_answer(reply: Reply) -> Node:
    """Return the JSON object of an answer; PlatformError("platform_answer_invalid") if none."""
    try:
        return parse_object(reply.body, max_bytes=MAX_BYTES)
    except BadInputError:
        raise shape.wrong() from None


def refuse(problems: tuple[UserError, ...], code: str = "platform_refused") -> None:
    """Raise PlatformRefusedError if the platform declined."""
    if problems:
        raise PlatformRefusedError(code)


def _errors(answer: Node) -> list[Node]:
    found = answer.get("errors") or []
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise shape.wrong()
    return found


def _error_code(error: Node) -> str:
    extensions = error.get("extensions")
    return str(extensions.get("code", "")) if isinstance(extensions, dict) else ""


def throttled(answer: Node) -> float | None:
    """Return the seconds until the bucket holds enough, None if we are not throttled.

    The platform says it with status 200 and an error in the list.
    """
    if all(_error_code(error) != "THROTTLED" for error in _errors(answer)):
        return None
    try:
        cost = answer["extensions"]["cost"]
        status = cost["throttleStatus"]
        missing = float(cost["requestedQueryCost"]) - float(status["currentlyAvailable"])
        wait = missing / float(status["restoreRate"])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return _UNTOLD
    return min(max(wait, 0.5), 3600.0) if math.isfinite(wait) else _UNTOLD


def data_of(answer: Node, operation: str, *, denied_ok: bool) -> Node:
    """Return the data of an answer, or raise what its errors mean (see `GraphQL.run`)."""
    errors = _errors(answer)
    codes = {_error_code(error) for error in errors}
    data = answer.get("data")
    if not errors:
        return shape.node(answer, "data")
    log.warning("shopify.errors", operation=operation, codes=sorted(codes))
    if codes & {"INTERNAL_SERVER_ERROR", "TIMEOUT"}:
        raise PlatformError("platform_failed")
    if "MAX_COST_EXCEEDED" in codes:
        raise PlatformRefusedError("platform_query_too_costly")
    if codes != {"ACCESS_DENIED"}:
        raise PlatformRefusedError("platform_refused")
    # A field that is denied at the root would read like "there is none".
    if not isinstance(data, dict) or not (denied_ok or all(map(_is_deep, errors))):
        raise PlatformRefusedError("platform_scope_missing")
    return data


def _is_deep(error: Node) -> bool:
    path = error.get("path")
    return isinstance(path, list) and len(path) > 1


def user_error(item: Node) -> UserError:
    """Return one reason for which a change was declined."""
    place = item.get("field")
    return UserError(
        code=str(item.get("code") or ""),
        place=tuple(str(part) for part in place) if isinstance(place, list) else (),
        message=str(item.get("message") or ""),
    )
