"""The storefront asks whether a voucher applies to the cart that it shows."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Blueprint, Response, jsonify

from plugin.api import current_context, current_shop_by_key
from plugin.api.body import json_object
from plugin.api.cors import open_to_storefronts
from plugin.errors import BadInputError
from plugin.services import preflight
from plugin.services.preflight import Line

blueprint = Blueprint("preflight", __name__)
open_to_storefronts(blueprint)

_MAX_BYTES = 16 * 1024
_MOST_LINES = 100
_MOST_PIECES = 1_000_000
_LONGEST = 80
_HIGHEST = Decimal(10_000_000)
_FIELDS = frozenset({"voucher", "items", "currency", "lang"})
_ITEM = frozenset({"product", "variant", "quantity", "price"})


@blueprint.post("/v1/<key>/vouchers/check")
def check(key: str) -> Response:
    """Say what the voucher of a link still needs; 404 for a link that is none of ours."""
    shop = current_shop_by_key(key)
    body = json_object(_MAX_BYTES)
    if not body.keys() <= _FIELDS:
        raise BadInputError("field_unknown")
    found = preflight.check(
        current_context(),
        shop,
        _text(body, "voucher"),
        _lines(body.get("items")),
        currency=_text(body, "currency"),
        language=_text(body, "lang"),
    )
    response = jsonify(found)
    response.headers["Cache-Control"] = "no-store"
    return response


def _lines(value: Any) -> list[Line]:  # noqa: ANN401 - whatever the JSON held
    if not isinstance(value, list) or len(value) > _MOST_LINES:
        raise BadInputError("field_invalid", field="items")
    return [_line(item) for item in value]


def _line(item: Any) -> Line:  # noqa: ANN401 - as above
    if not isinstance(item, dict) or not item.keys() <= _ITEM:
        raise BadInputError("field_invalid", field="items")
    quantity = item.get("quantity")
    # True is an int in Python, but no number in JSON.
    if not isinstance(quantity, int) or isinstance(quantity, bool):
        raise BadInputError("field_invalid", field="quantity")
    if not 0 < quantity <= _MOST_PIECES:
        raise BadInputError("field_invalid", field="quantity")
    return Line(_text(item, "product"), _text(item, "variant"), quantity, _price(item))


def _price(item: dict[str, Any]) -> Decimal | None:
    told = _text(item, "price")
    if not told:
        return None
    try:
        price = Decimal(told)
    except InvalidOperation:
        raise BadInputError("field_invalid", field="price") from None
    if not price.is_finite() or not 0 <= price <= _HIGHEST:
        raise BadInputError("field_invalid", field="price")
    # Half a cent is nothing a shop could ask for, however a browser divided.
    return price.quantize(Decimal("0.0001"))


def _text(body: dict[str, Any], field: str) -> str:
    value = body.get(field, "")
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise BadInputError("field_invalid", field=field)
    return value
