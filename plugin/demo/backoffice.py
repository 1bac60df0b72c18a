"""The back room: play merchant, carrier and time, and watch what passes between shop and app."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from plugin.demo import parcels, payloads
from plugin.demo.carriers import CARRIERS, usual_carrier
from plugin.demo.database import Row, remember
from plugin.demo.oauth import editor_link, redact_shop, uninstall
from plugin.demo.ordering import somebody_buys
from plugin.demo.settings import CLIENT_ID
from plugin.demo.shop import Shop, current_shop
from plugin.demo.webhooks import announce

backoffice = Blueprint("backoffice", __name__)
SILENT_SECONDS = 300
SHOWN_ORDERS = 6
LOG_LINES = 60


def _orders(shop: Shop) -> list[Row]:
    return shop.db.all(
        "SELECT * FROM orders ORDER BY created_at DESC, id DESC LIMIT ?", SHOWN_ORDERS
    )


def _log(shop: Shop, after: int = 0) -> list[Row]:
    rows = shop.db.all("SELECT * FROM log WHERE id > ? ORDER BY id DESC LIMIT ?", after, LOG_LINES)
    return rows[::-1]


def _bestseller(shop: Shop) -> Row | None:
    return shop.db.one(
        "SELECT p.id, p.title, p.texts, v.price FROM products p JOIN variants v "
        "ON v.product_id = p.id AND v.position = 1 ORDER BY p.featured DESC, p.sold DESC LIMIT 1"
    )


@backoffice.get("/hinterzimmer")
def room() -> str:
    """Show the four actions, the newest orders and the log."""
    shop = current_shop()
    waiting = shop.db.number("SELECT count(*) FROM webhooks WHERE state = 'waiting'")
    return render_template(
        "backoffice.html",
        page="room",
        orders=_orders(shop),
        delivered=_delivered(shop),
        log=_log(shop),
        now=shop.now(),
        product=_bestseller(shop),
        silent=shop.silent(),
        faults={name: shop.switched(name) for name in ("duplicate", "reorder")},
        waiting=waiting,
    )


def _delivered(shop: Shop) -> dict[int, str]:
    rows = shop.db.all(
        "SELECT order_id, delivered_at FROM fulfillments WHERE delivered_at IS NOT NULL "
        "ORDER BY id DESC LIMIT 200"
    )
    return {row["order_id"]: row["delivered_at"] for row in rows}


def _back() -> AnyResponse:
    return redirect("/hinterzimmer", 303)


@backoffice.post("/hinterzimmer/kauf")
def purchase() -> AnyResponse:
    """A customer buys two things."""
    somebody_buys(current_shop())
    return _back()


@backoffice.post("/hinterzimmer/tag")
def day() -> AnyResponse:
    """A day passes: the date moves, and every parcel under way comes one step further."""
    shop = current_shop()
    pass_a_day(shop)
    return _back()


def pass_a_day(shop: Shop) -> None:
    """Move the shop's date by a day and every parcel under way by a step."""
    shop.set_fact("days", str(int(shop.db.fact("days", "0")) + 1))
    for row in shop.db.all("SELECT id FROM orders WHERE stage IN (2, 3)"):
        parcels.step(shop, row["id"])
    gone = shop.db.fact("uninstalled")
    if gone and shop.install is None:
        passed = shop.now() - datetime.fromisoformat(gone.replace("Z", "+00:00"))
        if passed.total_seconds() >= 2 * 86400 - 60:
            redact_shop(shop)


@backoffice.post("/hinterzimmer/preis")
def price() -> AnyResponse:
    """The merchant lowers the price of the first product by a tenth."""
    shop = current_shop()
    row = _bestseller(shop)
    if row is not None:
        change_price(shop, row["id"], round(row["price"] * 0.9))
    return _back()


def change_price(shop: Shop, product_id: int, price: int) -> None:
    """Set a product's price in cents and tell the app."""
    with shop.db.write() as connection:
        connection.execute(
            "UPDATE variants SET price = ? WHERE product_id = ? AND position = 1",
            (max(price, 100), product_id),
        )
        connection.execute(
            "UPDATE products SET updated_at = ? WHERE id = ?", (shop.stamp(), product_id)
        )
        body = payloads.product(shop, product_id)
        announce(connection, shop, "products/update", body["title"], body)
    shop.bell.set()


@backoffice.post("/hinterzimmer/stoerung")
def fault() -> AnyResponse:
    """Switch a fault on or off: the platform falls silent, webhooks come twice or out of order."""
    shop = current_shop()
    name = request.form.get("fault", "")
    if name == "silent":
        until = 0.0 if shop.silent() else time.time() + SILENT_SECONDS
        shop.set_fact("silent_until", str(until))
    elif name in ("duplicate", "reorder"):
        shop.set_fact(f"fault_{name}", "off" if shop.switched(name) else "on")
    else:
        abort(400)
    return _back()


def _order(order_id: int) -> Row:
    row = current_shop().db.one("SELECT * FROM orders WHERE id = ?", order_id)
    if row is None:
        abort(404)
    return row


@backoffice.post("/hinterzimmer/orders/<int:order_id>/step")
def step(order_id: int) -> AnyResponse:
    """Move an order one step on."""
    parcels.step(current_shop(), _order(order_id)["id"])
    if request.form.get("back") == "order":
        return redirect(f"/hinterzimmer/orders/{order_id}", 303)
    return _back()


@backoffice.get("/hinterzimmer/orders/<int:order_id>")
def order(order_id: int) -> str:
    """Show one order with what can be done about it."""
    shop = current_shop()
    found = _order(order_id)
    return render_template(
        "backoffice_order.html",
        page="room",
        order=found,
        lines=shop.db.all("SELECT * FROM lines WHERE order_id = ? ORDER BY id", order_id),
        parcels=[_parcel(shop, parcel) for parcel in parcels.parcels_of(shop, order_id)],
        troubles=list(parcels.TROUBLES),
        carriers=list(CARRIERS),
        usual=usual_carrier(found["country"]),
    )


def _parcel(shop: Shop, row: Row) -> dict[str, Any]:
    packed = payloads.packed_lines(shop, row)
    latest = shop.db.one(
        "SELECT message FROM fulfillment_events WHERE fulfillment_id = ? ORDER BY id DESC",
        row["id"],
    )
    return {
        "id": row["id"],
        "company": row["company"],
        "number": row["number"],
        "url": row["url"],
        "stage": parcels.stage_of(row),
        "message": latest["message"] if latest else "",
        "pieces": ", ".join(f"{line['packed']} × {line['title']}" for line in packed),
    }


@backoffice.post("/hinterzimmer/orders/<int:order_id>")
def act(order_id: int) -> AnyResponse:
    """Mark an order as sent, in one parcel or two, or cancel it."""
    shop, action = current_shop(), request.form.get("action", "")
    _order(order_id)
    if action == "fulfil":
        carrier = request.form.get("carrier", "")
        if carrier not in CARRIERS:
            abort(400)
        parcels.fulfil(shop, order_id, carrier, request.form.get("number", "")[:60])
    elif action == "split":
        parcels.split(shop, order_id)
    elif action == "cancel":
        parcels.cancel(shop, order_id)
    else:
        abort(400)
    return redirect(f"/hinterzimmer/orders/{order_id}", 303)


@backoffice.post("/hinterzimmer/parcels/<int:parcel_id>")
def parcel(parcel_id: int) -> AnyResponse:
    """Let the carrier take a parcel a step on, or report a trouble with it."""
    shop, action = current_shop(), request.form.get("action", "")
    row = shop.db.one("SELECT order_id FROM fulfillments WHERE id = ?", parcel_id)
    if row is None:
        abort(404)
    if action == "step":
        parcels.step_parcel(shop, parcel_id)
    elif action in parcels.TROUBLES:
        parcels.trouble(shop, parcel_id, action)
    else:
        abort(400)
    return redirect(f"/hinterzimmer/orders/{row['order_id']}", 303)


@backoffice.get("/hinterzimmer/log")
def log() -> Response:
    """Return the log's lines after an id, for the page that keeps itself fresh."""
    rows = _log(current_shop(), request.args.get("after", 0, type=int))
    response = jsonify([dict(row) for row in rows])
    response.headers["Cache-Control"] = "no-store"
    return response


@backoffice.get("/hinterzimmer/apps")
def apps() -> str:
    """Show whether Bleib is installed, and the requests about personal data."""
    shop = current_shop()
    customers = shop.db.all("SELECT id, email FROM customers ORDER BY updated_at DESC LIMIT 20")
    return render_template(
        "apps.html",
        page="room",
        install=shop.install,
        editor=editor_link(shop.settings),
        customers=customers,
        uninstalled=shop.db.fact("uninstalled"),
    )


@backoffice.post("/hinterzimmer/apps")
def apps_act() -> AnyResponse:
    """Uninstall the app, or send one of the requests about personal data."""
    shop, action = current_shop(), request.form.get("action", "")
    if action == "uninstall":
        uninstall(shop)
    elif action == "shop/redact":
        redact_shop(shop)
    elif action in ("customers/data_request", "customers/redact"):
        customer = request.form.get("customer", 0, type=int)
        with shop.db.write() as connection:
            body = payloads.redaction(shop, customer)
            announce(connection, shop, action, body["customer"]["email"], body)
        shop.bell.set()
    else:
        abort(400)
    return redirect("/hinterzimmer/apps", 303)


@backoffice.get("/admin/themes/current/editor")
def editor() -> str:
    """Show the theme editor's switch for the app's embed."""
    wanted = request.args.get("activateAppId", "").partition("/")[0]
    return render_template(
        "editor.html", page="room", install=current_shop().install, wanted=wanted == CLIENT_ID
    )


@backoffice.post("/admin/themes/current/editor")
def editor_save() -> AnyResponse:
    """Save the theme with the embed on or off."""
    shop = current_shop()
    on = request.form.get("embed") == "on"
    set_embed(shop, on)
    return redirect(editor_link(shop.settings), 303)


def set_embed(shop: Shop, on: bool) -> None:
    """Switch the app's embed in the theme on or off."""
    with shop.db.write() as connection:
        connection.execute("UPDATE installs SET embed = ?", (on,))
        remember(connection, "theme_saved", datetime.now(UTC).isoformat(timespec="seconds"))
