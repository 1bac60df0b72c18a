"""Where is my parcel: looked up with two proofs, or by the token of a mail's link."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from plugin.api import current_context, current_shop_by_key
from plugin.api.body import json_object
from plugin.api.caller import net_address
from plugin.api.cors import open_to_storefronts
from plugin.errors import BadInputError, NotAllowedError, NotFoundError
from plugin.services import shipments
from plugin.services.parcel_status import as_json
from plugin.services.shipments import Proof

blueprint = Blueprint("shipments", __name__)
open_to_storefronts(blueprint)

_MAX_BYTES = 2 * 1024
_FIELDS = {"order", "email", "postcode"}


@blueprint.post("/v1/<key>/shipments/lookup")
def lookup(key: str) -> Response:
    """Say where an order is, to whoever knows its number and address or postcode."""
    shop = current_shop_by_key(key)
    proof = _proof(json_object(_MAX_BYTES))
    status = shipments.lookup(current_context(), shop, proof, net_address())
    if status is None:
        return _private(jsonify({"found": False}))
    return _private(jsonify({"found": True, "order": as_json(status)}))


@blueprint.get("/v1/<key>/shipments/<token>")
def by_link(key: str, token: str) -> Response:
    """Return the status of the order that a link from a mail names."""
    shop = current_shop_by_key(key)
    try:
        place = (shop.platform, shop.domain)
        _, status = shipments.by_token(current_context(), token, at=place)
    except NotAllowedError:
        raise NotFoundError("not_found") from None
    return _private(jsonify(as_json(status)))


def _proof(body: dict[str, Any]) -> Proof:
    if not set(body) <= _FIELDS or not all(isinstance(value, str) for value in body.values()):
        raise BadInputError("request_refused")
    return Proof(body.get("order", ""), body.get("email", ""), body.get("postcode", ""))


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
