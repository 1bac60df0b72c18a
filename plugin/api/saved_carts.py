"""Saved carts: kept and mailed for the storefront, and the page that their link opens."""

from __future__ import annotations

import re
import time
import uuid
from typing import Any

import segno
from flask import Blueprint, Response, jsonify

from plugin.api import current_context, current_shop_by_key
from plugin.api.body import json_object
from plugin.api.caller import net_address
from plugin.api.cors import open_to_storefronts
from plugin.errors import BadInputError, BleibError, NotFoundError
from plugin.model import Shop
from plugin.services import insight, saved_cart_mails, saved_carts
from plugin.services.saved_cart_mails import Wish
from plugin.services.saved_carts import Item

blueprint = Blueprint("saved_carts", __name__)
open_to_storefronts(blueprint)

_MAX_BYTES = 16 * 1024
_MAX_MAIL_BYTES = 2 * 1024
_MOST_ITEMS = 50
_MOST_PIECES = 999
_LONGEST_ID = 80
_TOKEN = re.compile(r"[\w-]{22}", re.ASCII)
#: As with a sign-up: a mail that is queued takes longer than one that is not.
_ANSWER_AFTER = 0.04


@blueprint.post("/v1/<key>/carts")
def save(key: str) -> tuple[Response, int]:
    """Keep a cart; answers with its link and the link as a square code."""
    shop = current_shop_by_key(key)
    context = current_context()
    try:
        body = json_object(_MAX_BYTES)
        if not body.keys() <= {"id", "items", "lang"}:
            raise BadInputError("field_unknown")
        lang = body.get("lang")
        link = saved_carts.save(
            context,
            shop,
            _request_id(body),
            _items(body.get("items")),
            lang if isinstance(lang, str) else "",
            net_address(),
        )
    except BleibError as error:
        raise _counted(shop, error) from None
    return _unkept({"link": link, **_square(link)}), 201


@blueprint.get("/v1/<key>/carts/<token>")
def items(key: str, token: str) -> Response:
    """Return what is in a cart, so that the shop's own page can put it in again."""
    shop = current_shop_by_key(key)
    found = saved_carts.items_of(current_context(), shop, _known_form(token))
    return _unkept(
        {
            "items": [
                {
                    "variant": one.item.variant,
                    "product": one.item.product,
                    "quantity": one.item.quantity,
                    "title": one.title,
                }
                for one in found
            ]
        }
    )


@blueprint.post("/v1/<key>/carts/<token>/mail")
def mail(key: str, token: str) -> tuple[Response, int]:
    """Send the link once: 202 for every address alike; errors only about the request itself."""
    shop = current_shop_by_key(key)
    context = current_context()
    begun = time.monotonic()
    try:
        wish = _wish(json_object(_MAX_MAIL_BYTES))
        saved_cart_mails.send(context, shop, _known_form(token), wish)
    except BleibError as error:
        raise _counted(shop, error) from None
    time.sleep(max(0.0, begun + _ANSWER_AFTER - time.monotonic()))
    return _unkept({"state": "queued"}), 202


def _counted(shop: Shop, error: BleibError) -> BleibError:
    if error.status < 500:
        insight.refuse(current_context(), shop, error.code)
    return error


def _unkept(answer: dict[str, Any]) -> Response:
    response = jsonify(answer)
    response.headers["Cache-Control"] = "no-store"
    return response


def _known_form(token: str) -> str:
    if not _TOKEN.fullmatch(token):
        raise NotFoundError("not_found")
    return token


def _request_id(body: dict[str, Any]) -> str:
    # A random one: the link is made from it, so nothing that could be guessed will do.
    try:
        given = uuid.UUID(body["id"])
    except (KeyError, ValueError, AttributeError, TypeError):
        raise BadInputError("field_invalid", field="id") from None
    if given.version != 4:
        raise BadInputError("field_invalid", field="id")
    return str(given)


def _items(given: Any) -> list[Item]:  # noqa: ANN401 - whatever the JSON held
    if not isinstance(given, list) or not 0 < len(given) <= _MOST_ITEMS:
        raise BadInputError("field_invalid", field="items")
    return [_item(one) for one in given]


def _item(given: Any) -> Item:  # noqa: ANN401 - as above
    if not isinstance(given, dict) or given.keys() != {"variant", "product", "quantity"}:
        raise BadInputError("field_invalid", field="items")
    quantity = given["quantity"]
    whole = isinstance(quantity, int) and not isinstance(quantity, bool)
    if not whole or not 0 < quantity <= _MOST_PIECES:
        raise BadInputError("field_invalid", field="items")
    return Item(_name(given["variant"]), _name(given["product"]), quantity)


def _name(given: Any) -> str:  # noqa: ANN401 - as above
    fits = isinstance(given, str) and 0 < len(given) <= _LONGEST_ID
    if not fits or not given.isprintable():
        raise BadInputError("field_invalid", field="items")
    return str(given)


def _wish(body: dict[str, Any]) -> Wish:
    if not body.keys() <= {"email", "website", "elapsed"}:
        raise BadInputError("field_unknown")
    email, website, elapsed = body.get("email"), body.get("website", ""), body.get("elapsed")
    if not isinstance(website, str):
        raise BadInputError("field_invalid", field="website")
    if not isinstance(elapsed, int) or isinstance(elapsed, bool):
        raise BadInputError("field_invalid", field="elapsed")
    return Wish(email if isinstance(email, str) else "", website, elapsed, net_address())


def _square(link: str) -> dict[str, Any]:
    """Return a link as a QR code: its modules as one path, and how many are in a row."""
    rows = segno.make_qr(link, error="m").matrix
    path = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
    return {"qr": path, "size": len(rows)}
