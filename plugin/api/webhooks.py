"""Takes in the platforms' webhooks: 200 only after the commit."""

from __future__ import annotations

from flask import Blueprint, Response, request

from plugin.api import current_context
from plugin.errors import TooLargeError
from plugin.services import webhooks

blueprint = Blueprint("webhooks", __name__)

#: Orders with hundreds of lines stay below this.
MAX_BYTES = 2 * 1024 * 1024


@blueprint.post("/webhooks/<platform>")
def receive(platform: str) -> Response:
    """Check, note and acknowledge one delivery."""
    if request.content_length is not None and request.content_length > MAX_BYTES:
        raise TooLargeError("body_too_large")
    headers = dict(request.headers)
    # The raw bytes: JSON that was read and written again would no longer match the signature.
    webhooks.receive(current_context(), platform, headers, request.get_data(cache=False))
    return Response(status=200)
