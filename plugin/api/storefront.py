"""What every storefront asks: its config and a ticket; and what it reports."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from plugin.api import current_context, current_shop_by_key
from plugin.api.body import json_object
from plugin.api.caller import net_address
from plugin.api.cors import open_to_storefronts
from plugin.api.fast_config import MAX_AGE
from plugin.errors import BadInputError, NotFoundError
from plugin.services import browser_events, tickets
from plugin.services.storefront_config import config_bytes

blueprint = Blueprint("storefront", __name__)
open_to_storefronts(blueprint)

_MAX_EVENT_BYTES = 16 * 1024
_MAX_TICKET_BYTES = 64


@blueprint.get("/v1/config/<key>")
def config(key: str) -> Response:
    """Return the config of a shop (usually answered by api/fast_config.py before Flask)."""
    found = config_bytes(current_context(), key)
    if found is None:
        raise NotFoundError("unknown_shop")
    body, etag = found
    response = Response(body, mimetype="application/json")
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = f"public, max-age={MAX_AGE}"
    response.make_conditional(request)
    return response


@blueprint.post("/v1/<key>/events")
def events(key: str) -> Response:
    """Count a beacon of events."""
    shop = current_shop_by_key(key)
    body = json_object(_MAX_EVENT_BYTES)
    agent = request.headers.get("User-Agent", "")
    browser_events.take(current_context(), shop, body, net_address(), agent)
    return Response(status=204)


@blueprint.post("/v1/<key>/tickets")
def ticket(key: str) -> Response:
    """Hand out the ticket of one view of a page, without which nothing it reports counts."""
    shop = current_shop_by_key(key)
    if json_object(_MAX_TICKET_BYTES):
        raise BadInputError("field_unknown")
    response = jsonify({"ticket": tickets.issue(current_context(), shop, net_address())})
    response.headers["Cache-Control"] = "no-store"
    return response
