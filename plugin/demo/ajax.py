"""The storefront's Ajax API: cart.js and its verbs, product JSON, and the discount link."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from plugin.demo import carts
from plugin.demo.carts import Cart, CartError, Line, bind, load, sums, token_of
from plugin.demo.shop import Shop, current_shop

ajax = Blueprint("ajax", __name__)


@ajax.errorhandler(CartError)
def _cart_error(error: CartError) -> tuple[Response, int]:
    return jsonify(status=422, message="Cart Error", description=str(error)), 422


def line_json(shop: Shop, line: Line, off: int) -> dict[str, Any]:
    """Return one cart line as the platform's Ajax API writes it; prices in cents."""
    picture = f"/pictures/{line.product['handle']}.svg"
    final = line.total - off
    return {
        "id": line.variant["id"],
        "key": line.key,
        "variant_id": line.variant["id"],
        "product_id": line.product["id"],
        "quantity": line.quantity,
        "title": line.product["title"],
        "product_title": line.product["title"],
        "variant_title": None,
        "product_type": line.product["kind"],
        "handle": line.product["handle"],
        "url": f"/products/{line.product['handle']}?variant={line.variant['id']}",
        "image": f"{shop.settings.shop_url}{picture}",
        "featured_image": {"url": f"{shop.settings.shop_url}{picture}", "alt": ""},
        "price": line.price,
        "original_price": line.price,
        "line_price": line.total,
        "original_line_price": line.total,
        "final_line_price": final,
        "final_price": final // line.quantity,
        "total_discount": off,
        "properties": line.properties,
        "requires_shipping": True,
        "taxable": True,
        "gift_card": False,
    }


def cart_json(shop: Shop, cart: Cart) -> dict[str, Any]:
    """Return a cart as cart.js does; prices in cents."""
    total = sums(shop, cart)
    codes = [{"code": code.code, "applicable": True} for code in total.applied]
    codes += [{"code": code.code, "applicable": False} for code in total.refused]
    return {
        "token": cart.token,
        "note": "",
        "attributes": cart.attributes,
        "item_count": cart.count,
        "items": [
            line_json(shop, line, part) for line, part in zip(cart.lines, total.parts, strict=True)
        ],
        "items_subtotal_price": total.subtotal,
        "original_total_price": total.subtotal,
        "total_discount": sum(total.parts),
        "total_price": total.subtotal - sum(total.parts),
        "total_weight": 0,
        "requires_shipping": True,
        "currency": shop.currency,
        "discount_codes": codes,
        "cart_level_discount_applications": [
            {
                "type": "discount_code",
                "title": code.code,
                "value_type": code.kind,
                "value": code.value,
                "total_allocated_amount": code.amount,
            }
            for code in total.applied
        ],
    }


def _answer(body: dict[str, Any]) -> Response:
    response = jsonify(body)
    response.headers["Cache-Control"] = "no-store"
    return bind(response, token_of(request))


def _whole_cart() -> Response:
    shop = current_shop()
    return _answer(cart_json(shop, load(shop, token_of(request))))


def _given() -> dict[str, Any]:
    if request.is_json:
        body = request.get_json(silent=True)
        if not isinstance(body, dict):
            raise CartError("The request body is not a JSON object")
        return body
    form: dict[str, Any] = {}
    for name, value in request.form.items():
        outer, bracket, inner = name.partition("[")
        if bracket:
            form.setdefault(outer, {})[inner.rstrip("]")] = value
        else:
            form[name] = value
    return form


def _number(value: str | float | None, default: int = 1) -> int:
    try:
        return int(value) if value is not None else default
    except (TypeError, ValueError):
        raise CartError("Not a whole number") from None


def _properties(given: object) -> dict[str, str]:
    if not isinstance(given, dict):
        return {}
    return {str(name)[:64]: str(value)[:255] for name, value in list(given.items())[:20]}


@ajax.get("/cart.js")
@ajax.get("/cart.json")
def read() -> Response:
    """Return the cart."""
    return _whole_cart()


@ajax.post("/cart/add.js")
def add() -> Response:
    """Add one item or a list `items`; answer with the line or lines that were added."""
    shop, given = current_shop(), _given()
    single = "items" not in given
    wanted = [given] if single else given["items"]
    if not isinstance(wanted, list) or not all(isinstance(item, dict) for item in wanted):
        raise CartError("items must be a list of objects")
    keys = [
        carts.add(
            shop,
            token_of(request),
            _number(item.get("id"), 0),
            _number(item.get("quantity")),
            _properties(item.get("properties")),
        )
        for item in wanted
    ]
    cart = load(shop, token_of(request))
    lines = [line_json(shop, line, 0) for line in cart.lines if line.key in keys]
    return _answer(lines[0] if single else {"items": lines})


@ajax.post("/cart/change.js")
def change() -> Response:
    """Set the quantity of one line, named by `id` (variant or key) or by `line` (from 1)."""
    shop, given = current_shop(), _given()
    key = str(given.get("id", ""))
    if "line" in given:
        lines = load(shop, token_of(request)).lines
        position = _number(given["line"])
        if not 1 <= position <= len(lines):
            raise CartError("No such line")
        key = lines[position - 1].key
    carts.change(shop, token_of(request), key, _number(given.get("quantity")))
    return _whole_cart()


@ajax.post("/cart/update.js")
def update() -> Response:
    """Set quantities (`updates`), codes (`discount`: joined by commas) and `attributes`."""
    shop, given = current_shop(), _given()
    updates = given.get("updates") or {}
    if isinstance(updates, dict):
        for key, quantity in updates.items():
            _set(shop, str(key), _number(quantity))
    if "discount" in given:
        carts.set_codes(shop, token_of(request), str(given["discount"] or "").split(","))
    if "attributes" in given:
        carts.set_attributes(shop, token_of(request), _properties(given["attributes"]))
    return _whole_cart()


def _set(shop: Shop, key: str, quantity: int) -> None:
    token = token_of(request)
    known = {line.key for line in load(shop, token).lines}
    known |= {str(line.variant["id"]) for line in load(shop, token).lines}
    if key in known:
        carts.change(shop, token, key, quantity)
    elif quantity > 0:
        carts.add(shop, token, _number(key if key.isdigit() else None, 0), quantity, {})


@ajax.post("/cart/clear.js")
def clear() -> Response:
    """Empty the cart."""
    shop = current_shop()
    with shop.db.write() as connection:
        carts.empty(connection, token_of(request))
    return _whole_cart()


@ajax.get("/discount/<code>")
def discount(code: str) -> AnyResponse:
    """Put a code into the cart and go on to `redirect`, which must be a path of this shop."""
    carts.set_codes(current_shop(), token_of(request), [code])
    target = request.args.get("redirect", "/")
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or not target.startswith("/") or target.startswith("//"):
        target = "/"
    return bind(redirect(target.replace("\\", "")), token_of(request))


@ajax.get("/products/<handle>.js")
def product(handle: str) -> tuple[Response, int] | Response:
    """Return a product as the Ajax API does; prices in cents."""
    shop = current_shop()
    row = shop.db.one("SELECT * FROM products WHERE handle = ?", handle)
    if row is None:
        return jsonify(status=404, message="Not Found"), 404
    variants = shop.db.all(
        "SELECT * FROM variants WHERE product_id = ? ORDER BY position", row["id"]
    )
    picture = f"{shop.settings.shop_url}/pictures/{handle}.svg"
    return jsonify(
        id=row["id"],
        title=row["title"],
        handle=handle,
        type=row["kind"],
        description=json.loads(row["texts"])["text"]["de"],
        price=variants[0]["price"],
        available=any(variant["available"] for variant in variants),
        featured_image=picture,
        images=[picture],
        url=f"/products/{handle}",
        variants=[
            {
                "id": variant["id"],
                "title": variant["title"],
                "price": variant["price"],
                "compare_at_price": variant["compare_at"],
                "available": bool(variant["available"]),
            }
            for variant in variants
        ],
    )
