"""Takes in the platforms' webhooks: 200 only after the commit."""

from __future__ import annotations

from flask import Blueprint, Response, request

from plugin.api import current_context
from plugin.contracts.platform import Inbound
from plugin.errors import TooLargeError
from plugin.services import webhooks

blueprint = Blueprint("webhooks", __name__)

#: Orders with hundreds of lines stay below this.
MAX_BYTES = 2 * 1024 * 1024


@blueprint.post("/webhooks/<platform>")
@blueprint.post("/webhooks/<platform>/<key>")
def receive(platform: str, key: str = "") -> Response:
    """Check, note and acknowledge one delivery; some platforms name the shop by `key` alone."""
    if request.content_length is not None and request.content_length > MAX_BYTES:
        raise TooLargeError("body_too_large")
    headers = {name.lower(): value for name, value in request.headers.items()}
    # The raw bytes: JSON that was read and written again would no longer match the signature.
    inbound = Inbound(headers, request.get_data(cache=False), key)
    webhooks.receive(current_context(), platform, inbound)
    return Response(status=200)
