"""Who a shopper is, told by the page with a hash that only the shop's server can make."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from plugin.api import current_context, current_shop_by_key
from plugin.api.body import json_object
from plugin.api.caller import net_address
from plugin.api.cors import open_to_storefronts
from plugin.errors import BadInputError, BleibError
from plugin.services import identified, insight

blueprint = Blueprint("identified", __name__)
open_to_storefronts(blueprint)

_MAX_BYTES = 2 * 1024
_LONGEST = {"id": 254, "hash": 64}


@blueprint.post("/v1/<key>/identity")
def identity(key: str) -> Response:
    """Say whether the shopper subscribes; 401 for a wrong hash, whoever it names."""
    shop = current_shop_by_key(key)
    context = current_context()
    try:
        given = _read(json_object(_MAX_BYTES))
        known = identified.is_subscriber(context, shop, given["id"], given["hash"], net_address())
    except BleibError as error:
        if error.status < 500:
            insight.refuse(context, shop, error.code)
        raise
    response = jsonify({"subscriber": known})
    response.headers["Cache-Control"] = "no-store"
    return response


def _read(body: dict[str, object]) -> dict[str, str]:
    if not body.keys() <= _LONGEST.keys():
        raise BadInputError("field_unknown")
    return {field: _text(body.get(field), field, most) for field, most in _LONGEST.items()}


def _text(value: object, field: str, most: int) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= most:
        raise BadInputError("field_invalid", field=field)
    return value
