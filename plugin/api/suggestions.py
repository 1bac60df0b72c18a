"""Suggestions for a cart, told in the address, or in a body with who the shopper is."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from plugin.api import current_context, current_shop_by_key
from plugin.api.body import json_object
from plugin.api.caller import net_address
from plugin.api.cors import open_to_storefronts
from plugin.errors import BadInputError
from plugin.model import Shop
from plugin.services import suggestions
from plugin.services.suggestions import Shopper

blueprint = Blueprint("suggestions", __name__)
open_to_storefronts(blueprint)

#: A cart of 500 lines with long ids.
_MAX_BYTES = 96 * 1024
_LONGEST = {"id": 254, "hash": 64}
_FIELDS = frozenset({"cart", "total", "place", "lang", "customer"})


@blueprint.get("/v1/<key>/suggestions")
def suggested(key: str) -> Response:
    """Return what goes with a cart (usually answered from memory before Flask)."""
    shop = current_shop_by_key(key)
    question = suggestions.read_address(request.args)
    response = jsonify(suggestions.answer(current_context(), shop, question))
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@blueprint.post("/v1/<key>/suggestions")
def suggested_to(key: str) -> Response:
    """Return what goes with a cart that is too long for an address, or to a known shopper.

    401 for a wrong hash of the shopper, whoever it names.
    """
    shop = current_shop_by_key(key)
    body = json_object(_MAX_BYTES)
    if not body.keys() <= _FIELDS:
        raise BadInputError("field_unknown")
    question = suggestions.read_body(body)
    shopper = _shopper(shop, body.get("customer"))
    response = jsonify(suggestions.answer(current_context(), shop, question, shopper))
    response.headers["Cache-Control"] = "no-store"
    return response


def _shopper(shop: Shop, told: object) -> Shopper | None:
    if told is None:
        return None
    if not isinstance(told, dict) or told.keys() != _LONGEST.keys():
        raise BadInputError("field_invalid", field="customer")
    who, given = (_text(told[field], most) for field, most in _LONGEST.items())
    return suggestions.shopper_of(current_context(), shop, who, given, net_address())


def _text(value: Any, most: int) -> str:  # noqa: ANN401 - any JSON value
    if not isinstance(value, str) or not 0 < len(value) <= most:
        raise BadInputError("field_invalid", field="customer")
    return value
