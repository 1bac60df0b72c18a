"""The till: address, code and order on one page, then the thank-you and the order page."""

from __future__ import annotations

import re
from dataclasses import fields

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.wrappers import Response

from plugin.demo import carts
from plugin.demo.carriers import expected_day
from plugin.demo.carts import Cart, current_cart, sums
from plugin.demo.ordering import Address, CodeGoneError, place
from plugin.demo.shop import current_shop

checkout = Blueprint("checkout", __name__)
COUNTRIES = ("DE", "AT", "CH")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_ZIP = {"DE": r"\d{5}", "AT": r"\d{4}", "CH": r"\d{4}"}


def _entered() -> Address:
    given = {
        field.name: request.form.get(field.name, "").strip()[:120] for field in fields(Address)
    }
    if given["country"] not in COUNTRIES:
        given["country"] = "DE"
    return Address(**given)


def _faults(address: Address) -> dict[str, str]:
    """Return the text key of what is wrong, by field."""
    faults = {
        field.name: "checkout.fill" for field in fields(Address) if not getattr(address, field.name)
    }
    if address.email and not _MAIL.fullmatch(address.email):
        faults["email"] = "checkout.email_wrong"
    if address.zip and not re.fullmatch(_ZIP[address.country], address.zip):
        faults["zip"] = "checkout.zip_wrong"
    return faults


def _page(cart: Cart, address: Address, faults: dict[str, str]) -> str:
    shop = current_shop()
    known = address.email if _MAIL.fullmatch(address.email) else None
    return render_template(
        "checkout.html",
        page="checkout",
        cart=cart,
        address=address,
        faults=faults,
        countries=COUNTRIES,
        sums=sums(shop, cart, email=known, country=address.country),
        expected=expected_day(shop.now()),
    )


@checkout.get("/checkout")
def show() -> Response | str:
    """Show the till, or the cart when there is nothing in it."""
    cart = current_cart()
    if not cart.lines:
        return redirect("/cart")
    return _page(cart, Address("", "", "", "", "", "", "DE"), {})


@checkout.post("/checkout")
def act() -> Response | str | tuple[str, int]:
    """Check a code, take one off, or place the order."""
    shop, cart = current_shop(), current_cart()
    if not cart.lines:
        return redirect("/cart", 303)
    address, action = _entered(), request.form.get("action", "order")
    if action == "code" or action.startswith("remove:"):
        kept = [code for code in cart.codes if code != action.removeprefix("remove:")]
        entered = request.form.get("code", "").strip()
        wanted = [entered, *kept] if action == "code" and entered else kept
        carts.set_codes(shop, cart.token, wanted)
        return _page(current_cart(), address, {})
    faults = _faults(address)
    refused = sums(shop, cart, email=address.email, country=address.country).refused
    if faults or refused:
        return _page(cart, address, faults), 422
    try:
        order_id = place(shop, cart, address)
    except CodeGoneError:
        return _page(cart, address, faults), 422
    row = shop.db.one("SELECT token FROM orders WHERE id = ?", order_id)
    return redirect(f"/checkout/thanks/{row['token'] if row else ''}", 303)


def _order_page(token: str, page: str) -> str:
    shop = current_shop()
    order = shop.db.one("SELECT * FROM orders WHERE token = ?", token)
    if order is None:
        abort(404)
    return render_template(
        "order.html",
        page=page,
        order=order,
        lines=shop.db.all("SELECT * FROM lines WHERE order_id = ? ORDER BY id", order["id"]),
        parcels=shop.db.all("SELECT * FROM fulfillments WHERE order_id = ?", order["id"]),
        expected=expected_day(shop.now()),
    )


@checkout.get("/checkout/thanks/<token>")
def thanks(token: str) -> str:
    """Show the thank-you page."""
    return _order_page(token, "thankyou")


@checkout.get("/orders/<token>")
def order(token: str) -> str:
    """Show the order page; its address is the only key, as on the platform."""
    return _order_page(token, "order")
