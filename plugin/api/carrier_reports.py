"""Takes in what tracking APIs tell of parcels by themselves, each message signed."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from plugin.api import current_context
from plugin.errors import BadInputError, TooLargeError
from plugin.services.parcels import tracking

blueprint = Blueprint("carrier_reports", __name__)

MAX_BYTES = 512 * 1024


@blueprint.post("/carriers/<api>/<shop_key>")
def report(api: str, shop_key: str) -> Response:
    """Take in one message of an API about parcels of a shop."""
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise BadInputError("body_packed")
    if request.content_length is None or request.content_length > MAX_BYTES:
        raise TooLargeError("body_too_large")
    body = request.get_data(cache=False)
    headers = {name.lower(): value for name, value in request.headers.items()}
    taken = tracking.receive(current_context(), shop_key, api, headers, body)
    return jsonify({"parcels": taken})
