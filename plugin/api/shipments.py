"""Where is my parcel: looked up with two proofs, or by the token of a mail's link."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from plugin.api import current_context, current_shop_by_key
from plugin.api.body import json_object
from plugin.api.caller import net_address
from plugin.api.cors import open_to_storefronts
from plugin.errors import BadInputError, NotAllowedError, NotFoundError
from plugin.model import Shop
from plugin.services.parcels import finding
from plugin.services.parcels.finding import Proof
from plugin.services.parcels.status import OrderStatus
from plugin.services.parcels.words import as_json, told
from plugin.texts import LANGUAGES

blueprint = Blueprint("shipments", __name__)
open_to_storefronts(blueprint)

_MAX_BYTES = 2 * 1024
_FIELDS = {"order", "email", "postcode"}


@blueprint.post("/v1/<key>/shipments/lookup")
def lookup(key: str) -> Response:
    """Say where an order is, to whoever knows its number and address or postcode.

    In the language `lang`, else in the shop's first one.
    """
    shop = current_shop_by_key(key)
    body = json_object(_MAX_BYTES)
    language = body.pop("lang", "")
    proof = _proof(body)
    status = finding.lookup(current_context(), shop, proof, net_address())
    if status is None:
        return _private(jsonify({"found": False}))
    return _private(jsonify({"found": True, "order": _words(shop, status, language)}))


@blueprint.get("/v1/<key>/shipments/<token>")
def by_link(key: str, token: str) -> Response:
    """Say where the order is that a link from a mail names, in the language `?lang=`."""
    shop = current_shop_by_key(key)
    try:
        place = (shop.platform, shop.domain)
        _, status = finding.by_token(current_context(), token, at=place)
    except NotAllowedError:
        raise NotFoundError("not_found") from None
    return _private(jsonify(_words(shop, status, request.args.get("lang"))))


def _words(shop: Shop, status: OrderStatus, asked: object) -> dict[str, Any]:
    language = asked if asked in LANGUAGES else shop.languages[0]
    return as_json(told(shop, status, str(language), current_context().now()))


def _proof(body: dict[str, Any]) -> Proof:
    if not set(body) <= _FIELDS or not all(isinstance(value, str) for value in body.values()):
        raise BadInputError("request_refused")
    return Proof(body.get("order", ""), body.get("email", ""), body.get("postcode", ""))


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
