"""Reads what mail servers send back: delivery reports (RFC 3464) and complaints (RFC 5965).

Everything in here comes from strangers: whatever it is, reading it ends with an answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.message import Message
from email.policy import Compat32
from typing import Literal

Verdict = Literal["hard", "soft", "complaint", "delivered", "other"]

#: A longer report is cut: what counts stands before the returned mail's content.
LONGEST = 256 * 1024
_MOST_PARTS = 50
#: Parts within parts, and letters of a header: more of them takes minutes to read, and is none of
#: our mails that came back.
_MOST_BOUNDARIES = 10
_LONGEST_HEADER = 2000
_BOUNDARY = re.compile(rb"boundary\s*(?:\*\d*\*?)?\s*=", re.IGNORECASE)
#: Final for the mailbox itself; every other failure is about the moment, the mail, or us.
_FINAL = re.compile(r"5\.(1\.(0|1|2|3|4|6|10)|2\.1|4\.4|0\.0)")
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_MESSAGE_ID = re.compile(r"<[^<>\s]{3,110}>")
_CAME_TO = ("delivered-to", "x-original-to", "envelope-to", "to")


@dataclass(frozen=True)
class Report:
    """What a report says of one mail.

    `addresses` are texts in which a return path of ours may stand, the most reliable first;
    `message_id` is the returned mail's.
    """

    verdict: Verdict
    status: str = ""
    message_id: str | None = None
    addresses: tuple[str, ...] = ()


def read(raw: bytes) -> Report:
    """Return what a mail from a mail server means; "other" for everything that is no report."""
    raw = raw[:LONGEST]
    if len(_BOUNDARY.findall(raw)) > _MOST_BOUNDARIES:
        return Report("other")
    try:
        return _read(message_from_bytes(raw, policy=_SHORT))
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError):
        return Report("other")


class _ShortHeaders(Compat32):
    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:_LONGEST_HEADER]


_SHORT = _ShortHeaders()


def is_final(status: str) -> bool:
    """Tell whether a status ("5.1.1", "550 5.1.1") says that there is no such mailbox."""
    found = _STATUS.search(status)
    return found is not None and _FINAL.fullmatch(found[1]) is not None


def _read(message: Message) -> Report:
    parts = _parts(message)
    came_to = [text for name in _CAME_TO for text in _all(message, name)]
    returned = next(_returned(parts), None)
    message_id = None if returned is None else _message_id(returned)
    for part in parts:
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            verdict, status = _delivery(part)
            return Report(verdict, status, message_id, tuple(came_to))
        if kind == "message/feedback-report":
            verdict, said = _feedback(part)
            return Report(verdict, "", message_id, tuple(said + came_to))
    if _all(message, "x-failed-recipients"):
        # Servers that write no reports say it this way; they mean that they have given up.
        return Report("hard", "5.0.0", message_id, tuple(came_to))
    return Report("other")


def _parts(message: Message) -> list[Message]:
    found: list[Message] = []
    for part in message.walk():
        found.append(part)
        if len(found) == _MOST_PARTS:
            break
    return found


def _returned(parts: list[Message]) -> Iterator[Message]:
    for part in parts:
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inner = part.get_payload()
            if isinstance(inner, list) and inner and isinstance(inner[0], Message):
                yield inner[0]
        elif kind in ("text/rfc822-headers", "message/rfc822-headers"):
            body = part.get_payload(decode=True)
            if isinstance(body, bytes):
                yield message_from_string(body.decode("utf-8", "replace"), policy=_SHORT)


def _message_id(message: Message) -> str | None:
    found = _MESSAGE_ID.search(" ".join(_all(message, "message-id")))
    return None if found is None else found[0]


def _delivery(part: Message) -> tuple[Verdict, str]:
    """Return what the first recipient's block says; our mails have one recipient each."""
    for block in _blocks(part):
        action = " ".join(_all(block, "action")).strip().lower()
        status = _status(block)
        if action == "failed":
            return ("hard" if is_final(status) else "soft"), status
        if action in ("delivered", "relayed", "expanded"):
            return "delivered", status
        if action:
            return "other", status  # delayed: the server goes on trying
    return "other", ""


def _blocks(part: Message) -> list[Message]:
    inner = part.get_payload()
    blocks = inner if isinstance(inner, list) else []
    return [block for block in blocks if isinstance(block, Message)]


def _status(block: Message) -> str:
    stated = _STATUS.search(" ".join(_all(block, "status")))
    status = stated[1] if stated else ""
    if status in ("", "5.0.0"):
        # "Undefined": what the other server said in its own words often has the real code.
        spoken = _STATUS.search(" ".join(_all(block, "diagnostic-code"))[:500])
        status = spoken[1] if spoken else status
    return status


def _feedback(part: Message) -> tuple[Verdict, list[str]]:
    inner = part.get_payload()
    report = inner[0] if isinstance(inner, list) and inner else part
    if not isinstance(report, Message):
        return "other", []
    kind = " ".join(_all(report, "feedback-type")).strip().lower()
    said = _all(report, "original-mail-from")
    return ("complaint" if kind in ("abuse", "fraud", "opt-out") else "other"), said


def _all(message: Message, name: str) -> list[str]:
    return [str(value) for value in message.get_all(name, [])]
