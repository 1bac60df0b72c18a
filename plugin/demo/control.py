"""JSON endpoints under /__demo/ for tests and scripts that drive the demo shop.

GET  /__demo/state                 install, embed, counts, queue of webhooks, date, faults
GET  /__demo/mails[?to=ADDRESS]    mails, oldest first: id, to, from, subject, class, html, text,
                                   headers, links
GET  /__demo/orders/NAME           one order by its name ("1001" or "%231001"): id, stage, code, …
POST /__demo/orders                {"email", "pieces", "codes", "country"} -> the new order
POST /__demo/orders/ID/step        one step on -> {"stage"}
POST /__demo/orders/ID/split       sent in two parcels of two carriers
POST /__demo/orders/ID/delay       the parcel is late
POST /__demo/orders/ID/cancel      cancelled and refunded
POST /__demo/parcels/ID/ACTION     one parcel: step, delay, damage, miss, pickup -> {"done"}
POST /__demo/products/HANDLE/price {"price": "79.00"} -> products/update
POST /__demo/embed                 {"on": true|false} switches the embed in the theme
POST /__demo/day                   a day passes
POST /__demo/uninstall             removes the app
POST /__demo/scopes                {"without": "write_discounts"} takes one right from the app
POST /__demo/faults                {"silent": seconds, "duplicate": bool, "reorder": bool,
                                   "throttle": true}
POST /__demo/webhooks              {"topic", "body", "about"} queues any webhook of the app's topics
POST /__demo/reset                 forgets carts, mails, log and webhooks; the install stays
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from html import unescape
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

from plugin.demo import parcels, tokens
from plugin.demo.admin_api import bucket_of
from plugin.demo.amounts import cents, plain
from plugin.demo.backoffice import change_price, pass_a_day, set_embed
from plugin.demo.checkout import COUNTRIES
from plugin.demo.database import Row
from plugin.demo.mailbox import body_of
from plugin.demo.oauth import uninstall
from plugin.demo.ordering import CodeGoneError, somebody_buys
from plugin.demo.post_office import parsed_mail
from plugin.demo.shop import Shop, current_shop
from plugin.demo.webhooks import announce

control = Blueprint("control", __name__, url_prefix="/__demo")
_LINK = re.compile(r'href="(https?://[^"]+)"')
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")


_ON_ORDERS: dict[str, Callable[[Shop, int], object]] = {
    "step": parcels.step,
    "split": parcels.split,
    "delay": parcels.delay,
    "cancel": parcels.cancel,
}


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}


@control.get("/state")
def state() -> Response:
    """Return how the shop stands."""
    shop = current_shop()
    install = shop.install
    queue = shop.db.all("SELECT state, count(*) AS number FROM webhooks GROUP BY state")
    tables = ("products", "customers", "orders", "discounts", "mails")
    return jsonify(
        installed=install is not None,
        scopes=install["scopes"].split(",") if install else [],
        embed=bool(install and install["embed"]),
        now=shop.stamp(),
        silent=shop.silent(),
        webhooks={row["state"]: row["number"] for row in queue},
        counts={name: shop.db.number(f"SELECT count(*) FROM {name}") for name in tables},  # noqa: S608
    )


def _mail_json(row: Row) -> dict[str, Any]:
    message = parsed_mail(bytes(row["raw"]))
    html, text = body_of(message, "html"), body_of(message, "plain")
    links = [unescape(link) for link in _LINK.findall(html)] or _ADDRESS.findall(text)
    return {
        "id": row["id"],
        "to": row["recipient"],
        "from": str(message.get("From", "")),
        "subject": row["subject"],
        "class": row["class"],
        "html": html,
        "text": text,
        "headers": [[name, str(value)] for name, value in message.items()],
        "links": links,
    }


@control.get("/mails")
def mails() -> Response:
    """Return the stored mails, oldest first."""
    wanted = request.args.get("to")
    shop = current_shop()
    rows = (
        shop.db.all("SELECT * FROM mails WHERE recipient = ? ORDER BY id", wanted)
        if wanted
        else (shop.db.all("SELECT * FROM mails ORDER BY id"))
    )
    return jsonify([_mail_json(row) for row in rows])


def _order_json(row: Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "name": row["name"],
        "email": row["email"],
        "zip": row["zip"],
        "stage": row["stage"],
        "code": row["code"],
        "discount": plain(row["discount"]),
        "total": plain(row["total"]),
        "token": row["token"],
        "cancelled": row["cancelled_at"] is not None,
        "parcels": [
            {"id": one["id"], "carrier": one["company"], "number": one["number"]}
            for one in parcels.parcels_of(current_shop(), row["id"])
        ],
    }


@control.get("/orders/<name>")
def order(name: str) -> Response:
    """Return one order by its name."""
    row = current_shop().db.one("SELECT * FROM orders WHERE name = ?", f"#{name.lstrip('#')}")
    if row is None:
        abort(404)
    return jsonify(_order_json(row))


@control.post("/orders")
def buy() -> Response:
    """Let somebody order."""
    given = _body()
    country = given.get("country", "")
    try:
        row = somebody_buys(
            current_shop(),
            str(given.get("email", "")),
            int(given.get("pieces", 2)),
            list(given.get("codes", [])),
            country if country in COUNTRIES else "",
        )
    except CodeGoneError:
        abort(409)
    return jsonify(_order_json(row))


@control.post("/orders/<int:order_id>/<any(step, split, delay, cancel):action>")
def act(order_id: int, action: str) -> Response:
    """Move an order on, send it in two parcels, let it be late, or cancel it."""
    shop = current_shop()
    if shop.db.one("SELECT 1 FROM orders WHERE id = ?", order_id) is None:
        abort(404)
    _ON_ORDERS[action](shop, order_id)
    return jsonify(stage=shop.db.number("SELECT stage FROM orders WHERE id = ?", order_id))


@control.post("/parcels/<int:parcel_id>/<any(step, delay, damage, miss, pickup):action>")
def act_on_parcel(parcel_id: int, action: str) -> Response:
    """Let the carrier take one parcel on, or report a trouble with it."""
    shop = current_shop()
    if action == "step":
        return jsonify(done=parcels.step_parcel(shop, parcel_id))
    return jsonify(done=parcels.trouble(shop, parcel_id, action))


@control.post("/products/<handle>/price")
def price(handle: str) -> Response:
    """Set a price."""
    shop = current_shop()
    row = shop.db.one("SELECT id FROM products WHERE handle = ?", handle)
    if row is None:
        abort(404)
    change_price(shop, row["id"], cents(str(_body()["price"])))
    return jsonify(ok=True)


@control.post("/embed")
def embed() -> Response:
    """Switch the embed in the theme."""
    set_embed(current_shop(), bool(_body().get("on", True)))
    return jsonify(ok=True)


@control.post("/day")
def day() -> Response:
    """Let a day pass."""
    pass_a_day(current_shop())
    return jsonify(now=current_shop().stamp())


@control.post("/uninstall")
def remove() -> Response:
    """Remove the app."""
    return jsonify(done=uninstall(current_shop()))


@control.post("/scopes")
def take_scope() -> Response:
    """Take one right from the app, as if the merchant had."""
    shop, gone = current_shop(), str(_body().get("without", ""))
    with shop.db.write() as connection:
        tokens.withdraw(connection, gone)
    return jsonify(ok=True)


@control.post("/faults")
def faults() -> Response:
    """Switch faults."""
    shop, given = current_shop(), _body()
    if "silent" in given:
        shop.set_fact("silent_until", str(time.time() + float(given["silent"])))
    for name in ("duplicate", "reorder"):
        if name in given:
            shop.set_fact(f"fault_{name}", "on" if given[name] else "off")
    if given.get("throttle"):
        bucket_of(shop).drain()
    shop.bell.set()
    return jsonify(ok=True)


@control.post("/webhooks")
def webhook() -> Response:
    """Queue a webhook with any body."""
    shop, given = current_shop(), _body()
    with shop.db.write() as connection:
        about = str(given.get("about", ""))
        announce(connection, shop, str(given.get("topic", "")), about, dict(given.get("body", {})))
    shop.bell.set()
    return jsonify(ok=True)


@control.post("/reset")
def reset() -> Response:
    """Forget carts, mails, log and webhooks."""
    with current_shop().db.write() as connection:
        for name in ("carts", "cart_lines", "mails", "log", "webhooks"):
            connection.execute(f"DELETE FROM {name}")  # noqa: S608 - constants
        connection.execute("DELETE FROM facts WHERE name LIKE 'fault_%' OR name = 'silent_until'")
    return jsonify(ok=True)
