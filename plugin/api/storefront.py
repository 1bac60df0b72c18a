"""What every storefront asks: its config, suggestions for a cart; and what it reports."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from plugin.api import current_context, current_shop_by_key
from plugin.api.body import json_object
from plugin.api.caller import net_address
from plugin.api.cors import open_to_storefronts
from plugin.errors import BadInputError, NotFoundError
from plugin.model import storefront_id
from plugin.services import browser_events, suggestions, tickets
from plugin.services.storefront_config import config_bytes
from plugin.services.suggestions import LONGEST_CART, Suggested
from plugin.services.wording import Voice

blueprint = Blueprint("storefront", __name__)
open_to_storefronts(blueprint)

_MAX_EVENT_BYTES = 16 * 1024
_MAX_TICKET_BYTES = 64
_MAX_ID = 80


@blueprint.get("/v1/config/<key>")
def config(key: str) -> Response:
    """Return the config of a shop (usually answered by api/fast_config.py before Flask)."""
    found = config_bytes(current_context(), key)
    if found is None:
        raise NotFoundError("unknown_shop")
    body, etag = found
    response = Response(body, mimetype="application/json")
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "public, max-age=60, stale-while-revalidate=300"
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


@blueprint.get("/v1/<key>/suggestions")
def suggested(key: str) -> Response:
    """Return up to three products that go with the cart's."""
    shop = current_shop_by_key(key)
    ids = [part.strip() for part in request.args.get("cart", "").split(",", LONGEST_CART)]
    cart = [part for part in ids if part and len(part) <= _MAX_ID and "\x00" not in part]
    found = suggestions.for_cart(current_context(), shop, cart[:LONGEST_CART])
    words = Voice("cart", shop, request.args.get("lang", ""))
    items = [_item(item, words) for item in found.items]
    response = jsonify({"items": items, "campaign": found.campaign})
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def _item(item: Suggested, words: Voice) -> dict[str, Any]:
    # The whole list of fields that leave the house: no cost, no stock, no score.
    found = {
        "product": item.product,
        "variant": item.variant,
        "variant_number": storefront_id(item.variant),
        "handle": item.handle,
        "title": item.title,
        "url": item.url,
        "image": item.image,
        "price": {"amount": str(item.price.amount), "currency": item.price.currency},
        "reason": {"kind": "together", "with": item.reason},
    }
    if item.before is not None:
        # Never a price alone: a struck one says nothing of what it is.
        price = words.money(item.before.amount, item.before.currency)
        found["before"] = words.say("lowest", price=price)
    return found
