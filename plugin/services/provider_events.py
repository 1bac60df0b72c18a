"""What mail providers tell by webhook, brought to the few words that we have for it.

Written after the providers' documentation; both name the mail by the Message-ID that it went out
with. Everything else that they report (accepted, opened, clicked) is ignored: we count ourselves,
and only where the person has allowed it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from plugin.errors import NotFoundError
from plugin.services import bounces
from plugin.services.bounces import Noted, Outcome
from plugin.services.context import Context
from plugin.services.delivery_reports import is_final

_STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
_Told = tuple[Outcome, str, str]

_BREVO: dict[str, Outcome] = {
    "delivered": "delivered",
    "soft_bounce": "soft",
    "blocked": "soft",
    "hard_bounce": "hard",
    "invalid_email": "hard",
    "spam": "complaint",
}


def receive(context: Context, provider: str, event: Mapping[str, Any]) -> Noted:
    """Take in one event; "no_report" for what does not concern us.

    NotFoundError("not_found") for a provider that we do not know.
    """
    read = _READERS.get(provider)
    if read is None:
        raise NotFoundError("not_found")
    told = read(event)
    if told is None:
        return "no_report"
    outcome, message_id, status = told
    found = bounces.mail_of_message(context, f"<{message_id.strip().strip('<>')[:200]}>")
    if found is None:
        return "unknown"
    return bounces.note(context, *found, outcome, status)


def _mailgun(event: Mapping[str, Any]) -> _Told | None:
    data = _object(event, "event-data")
    kind = data.get("event")
    outcome: Outcome
    if kind == "failed":
        outcome = "hard" if data.get("severity") == "permanent" else "soft"
        if outcome == "soft":
            return None  # Mailgun goes on trying and tells how it ends
    elif kind == "complained":
        outcome = "complaint"
    elif kind == "delivered":
        outcome = "delivered"
    else:
        return None
    status = _object(data, "delivery-status")
    code = _status(status.get("enhanced-code"), status.get("message"))
    if outcome == "hard" and code and not is_final(code):
        outcome = "soft"  # given up for good, but not because there is no such mailbox
    return outcome, _text(_object(_object(data, "message"), "headers").get("message-id")), code


def _brevo(event: Mapping[str, Any]) -> _Told | None:
    outcome = _BREVO.get(_text(event.get("event")))
    if outcome is None:
        return None
    return outcome, _text(event.get("message-id")), _status(event.get("reason"))


_READERS: dict[str, Callable[[Mapping[str, Any]], _Told | None]] = {
    "mailgun": _mailgun,
    "brevo": _brevo,
}


def _object(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = data.get(name)
    return found if isinstance(found, dict) else {}


def _text(value: Any) -> str:  # noqa: ANN401 - any JSON value
    return value if isinstance(value, str) else ""


def _status(*told: Any) -> str:  # noqa: ANN401 - any JSON value
    found = _STATUS.search(" ".join(_text(part)[:500] for part in told))
    return "" if found is None else found[0]
