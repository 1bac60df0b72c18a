"""Times as the services write and read them."""

from __future__ import annotations

from datetime import UTC, datetime

from plugin.mail_services.calls import odd
from plugin.shape import Node


def moment(parent: Node, key: str) -> datetime:
    """Return a time; one without a zone is read as UTC. PlatformError if it is none."""
    value = parent.get(key)
    if not isinstance(value, str):
        raise odd()
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise odd() from None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def iso(at: datetime) -> str:
    """Return a time to the second, in UTC."""
    return at.astimezone(UTC).replace(microsecond=0).isoformat()


def seconds(parent: Node, key: str) -> datetime | None:
    """Return a time that is written in seconds since 1970; None for 0."""
    value = parent.get(key)
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value)
    if value is None or value == 0:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**35:
        raise odd()
    return datetime.fromtimestamp(value, UTC)
