"""The demo shop as one Flask app: language, headers, and what every page is drawn with."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, g, render_template, request
from markupsafe import Markup

from plugin.demo import wording
from plugin.demo.admin_api import admin_api
from plugin.demo.admin_frame import admin_frame
from plugin.demo.ajax import ajax
from plugin.demo.backoffice import backoffice
from plugin.demo.bulk import bulk
from plugin.demo.carts import current_cart
from plugin.demo.checkout import checkout
from plugin.demo.control import control
from plugin.demo.database import Row
from plugin.demo.mailbox import mailbox
from plugin.demo.metafields import fields_of
from plugin.demo.oauth import oauth
from plugin.demo.pictures import pictures
from plugin.demo.proxy import proxy
from plugin.demo.shop import Shop, current_shop
from plugin.demo.storefront import storefront

PARTS = (
    storefront, checkout, ajax, pictures, backoffice, mailbox, oauth, admin_api,
    bulk, proxy, control, admin_frame,
)  # fmt: skip
YEAR = 365 * 86400


def create_shop_app(shop: Shop) -> Flask:
    """Return the Flask app that serves one demo shop."""
    app = Flask(__name__, static_folder="static", static_url_path="/assets")
    app.config.update(DEMO_SHOP=shop, MAX_CONTENT_LENGTH=2_000_000, SEND_FILE_MAX_AGE_DEFAULT=300)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    for part in PARTS:
        app.register_blueprint(part)
    app.before_request(_choose_language)
    app.after_request(_finish)
    app.context_processor(_surroundings)
    app.jinja_env.globals.update(CALLS)
    app.register_error_handler(404, _missing)
    return app


def _choose_language() -> None:
    wanted = (request.args.get("lang"), request.cookies.get("lang"))
    known = [language for language in wanted if language in wording.LANGUAGES]
    g.language = known[0] if known else current_shop().settings.language


def _finish(response: Response) -> Response:
    if request.args.get("lang") in wording.LANGUAGES:
        response.set_cookie("lang", wording.current(), max_age=YEAR, samesite="Lax")
    if response.mimetype == "text/html" and "Content-Security-Policy" not in response.headers:
        response.headers["Content-Security-Policy"] = _policy(current_shop().settings.app_url)
        response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    return response


def _policy(app_origin: str) -> str:
    rules = {
        "default-src": "'self'",
        "script-src": f"'self' {app_origin}",
        "style-src": f"'self' {app_origin}",
        "connect-src": f"'self' {app_origin}",
        "img-src": f"'self' data: {app_origin}",
        "frame-src": "'self'",
        "frame-ancestors": f"'self' {app_origin}",
        "object-src": "'none'",
        "base-uri": "'self'",
        # The consent form's answer is a redirect to the app, which browsers check as well.
        "form-action": f"'self' {app_origin}",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _missing(_error: Exception) -> tuple[str, int]:
    return render_template("missing.html", page="page"), 404


def text_of(product: Row, name: str) -> Any:  # noqa: ANN401 - text, or the list of facts
    """Return a product's text in the language of the page: title, note, text, facts."""
    found = json.loads(product["texts"])[name]
    if name == "facts":
        return [(fact["key"], fact[wording.current()]) for fact in found]
    return found[wording.current()]


def _other_language() -> tuple[str, str]:
    other = "en" if wording.current() == "de" else "de"
    kept = [pair for pair in request.args.items(multi=True) if pair[0] != "lang"]
    return other, f"{request.path}?{urlencode([*kept, ('lang', other)])}"


def _embed() -> dict[str, Any] | None:
    """Return what the app's embed draws, or None while the merchant has it switched off.

    The theme reads the app's own fields, as an extension of the real platform does: the key of
    the shop, and the config, which goes into the page so that nobody has to be asked for it.
    """
    shop = current_shop()
    install = shop.install
    if install is None or not install["embed"]:
        return None
    fields = fields_of(shop, install["id"])
    if not fields.get("shop_key"):
        return None
    config = fields.get("config")
    return {
        "key": fields["shop_key"],
        "app": shop.settings.app_url,
        "config": None if config is None else _inlined(config),
    }


def _inlined(text: str) -> Markup:
    """Return JSON that can stand inside a script element: no text of it can end the element."""
    written = json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":"))
    return Markup(written.replace("<", "\\u003c"))  # noqa: S704 - what could be markup is gone


def _nav() -> list[str]:
    rows = current_shop().db.all("SELECT DISTINCT collection FROM products")
    found = {part for row in rows for part in row["collection"].split(",")}
    return [name for name in ("keramik", "tee", "wohnen", "geschenke") if name in found]


def _surroundings() -> dict[str, Any]:
    shop = current_shop()
    return {
        "language": wording.current(),
        "attribution": shop.db.fact("attribution"),
        "settings": shop.settings,
    }


def _money(amount: int) -> str:
    return wording.money(amount, current_shop().currency)


# What the templates, and the macros they share, may call.
CALLS: dict[str, Any] = {
    "say": wording.say,
    "say_markup": wording.say_markup,
    "money": _money,
    "text_of": text_of,
    "parsed": wording.parsed,
    "short_day": wording.short_day,
    "long_day": wording.long_day,
    "full_day": wording.full_day,
    "clock_time": wording.clock_time,
    "other_language": _other_language,
    "embed": _embed,
    "nav": _nav,
    "cart_count": lambda: current_cart().count,
}
