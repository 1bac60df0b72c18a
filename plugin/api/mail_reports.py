"""Takes in what mail servers and providers send back; closed until the operator sets a secret."""

from __future__ import annotations

import hmac

from flask import Blueprint, Response, jsonify, request

from plugin.api import current_context
from plugin.api.body import json_object
from plugin.errors import NotAllowedError, NotFoundError, TooLargeError
from plugin.services import bounces, provider_events

blueprint = Blueprint("mail_reports", __name__)

#: A report with the whole returned mail; what is longer is read as far as it counts.
MAX_BYTES = 1024 * 1024
_MAX_EVENT = 64 * 1024


@blueprint.before_request
def _check_secret() -> None:
    secret = current_context().config.mail_secret.get_secret_value()
    if not secret:
        raise NotFoundError("not_found")
    given = request.authorization
    told = (given.token if given.type == "bearer" else given.password) if given else None
    if not hmac.compare_digest((told or "").encode(), secret.encode()):
        raise NotAllowedError("mail_secret_invalid")


@blueprint.post("/mail/reports")
def report() -> Response:
    """Take in one mail as raw bytes; `?to=` names the envelope's recipient."""
    if request.content_length is None or request.content_length > MAX_BYTES:
        raise TooLargeError("body_too_large")
    raw = request.get_data(cache=False)
    noted = bounces.receive(current_context(), raw, request.args.get("to", "")[:400])
    return jsonify({"report": noted})


@blueprint.post("/mail/events/<provider>")
def event(provider: str) -> Response:
    """Take in one event of a mail provider's webhook."""
    noted = provider_events.receive(current_context(), provider, json_object(_MAX_EVENT))
    return jsonify({"report": noted})
