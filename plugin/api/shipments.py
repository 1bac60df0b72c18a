"""Where is my parcel: looked up with two proofs, or by the token of a mail's link."""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, Response, jsonify, request

from plugin.api import current_context, current_shop_by_key
from plugin.api.body import json_object
from plugin.api.caller import net_address
from plugin.api.cors import open_to_storefronts
from plugin.api.parcel_page import private
from plugin.api.parcel_sections import order_page, public
from plugin.errors import BadInputError
from plugin.services.parcels import finding
from plugin.services.parcels.finding import Found, Proof
from plugin.texts import LANGUAGES

blueprint = Blueprint("shipments", __name__)
open_to_storefronts(blueprint)

#: Seconds; more than drawing a large order takes.
ANSWER_AFTER = 0.04
_MAX_BYTES = 2 * 1024
_FIELDS = {"order", "email", "postcode"}


@blueprint.post("/v1/<key>/shipments/lookup")
def lookup(key: str) -> Response:
    """Say where an order is, to whoever knows its number and address or postcode.

    In the language `lang`, else in the shop's first one. `page` is the address of its own page.
    """
    begun = time.monotonic()
    shop = current_shop_by_key(key)
    body = json_object(_MAX_BYTES)
    language = body.pop("lang", "")
    proof = _proof(body)
    looked = finding.lookup(current_context(), shop, proof, net_address())
    # A miss is put into words too, and they are thrown away: it takes as long as a hit.
    words = None if looked.worked is None else jsonify(_answer(looked.worked, language))
    if looked.found is None or words is None:
        words = jsonify({"found": False})
    hold_back(begun)
    return private(words)


@blueprint.get("/v1/<key>/shipments/<token>")
def by_link(key: str, token: str) -> Response:
    """Say where the order is that a link from a mail names, in the language `?lang=`."""
    shop = current_shop_by_key(key)
    place = (shop.platform, shop.domain)
    found = finding.by_token(current_context(), token, at=place)
    return private(jsonify(_words(found, request.args.get("lang"))))


def hold_back(begun: float) -> None:
    """Wait until a look-up that began then (`time.monotonic()`) may be answered.

    Hits and misses do the same work, on orders of different sizes: this hides the rest.
    """
    time.sleep(max(0.0, begun + ANSWER_AFTER - time.monotonic()))


def _answer(found: Found, asked: object) -> dict[str, Any]:
    return {"found": True, "order": _words(found, asked), "page": found.page}


def _words(found: Found, asked: object) -> dict[str, Any]:
    language = str(asked) if asked in LANGUAGES else found.shop.languages[0]
    return public(order_page(current_context(), found, language=language))


def _proof(body: dict[str, Any]) -> Proof:
    if not set(body) <= _FIELDS or not all(isinstance(value, str) for value in body.values()):
        raise BadInputError("request_refused")
    return Proof(body.get("order", ""), body.get("email", ""), body.get("postcode", ""))
