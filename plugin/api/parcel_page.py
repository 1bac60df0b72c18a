"""Draws the page of an order: the answer as its title, then stages, parcels, and help beside it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from flask import Response, make_response, render_template, request, url_for
from markupsafe import Markup

from plugin.api import current_context
from plugin.api.parcel_sections import OrderPage, order_page
from plugin.api.problems import page_language
from plugin.model import Shop
from plugin.services import logo, withdrawals
from plugin.services.parcels.finding import Found
from plugin.services.wording import Voice

#: `origin` is ours: through the shop's own domain "self" is the shop.
_CSP = (
    "default-src 'none'; style-src 'self' {origin}; script-src {origin}; connect-src 'self'; "
    "img-src 'self' {origin} {pictures}; base-uri 'none'; form-action 'self' {origin}; "
    "frame-ancestors 'none'"
)
#: Where whoever keeps the page finds until when it is true, in the request's environment.
HOLDS_UNTIL = "bleib.holds_until"
_HOST = re.compile(r"[a-z0-9_.-]+", re.ASCII)
_ASSETS = "/pages/assets"
_SCRIPT = f"{_ASSETS}/parcels.js"


def parcel_page(found: Found, *, themed: str = "") -> Response:
    """Return the page; it is in the browser's language and says nothing about the person.

    204 for `?seen=` what is still all there is to see. `themed` is the
    type under which a storefront frames it with its theme; it is a page of its own without.
    """
    shop, language = found.shop, page_language()
    drawing = order_page(current_context(), found, language=language)
    request.environ[HOLDS_UNTIL] = drawing.until
    content, seen = _content(shop, drawing, language)
    if request.args.get("seen") == seen:
        return private(Response(status=204))
    context = current_context()
    if themed:
        return private(Response(_in_theme(context.config.public_url, content), mimetype=themed))
    return drawn(
        shop,
        language,
        "parcels/status.html",
        pictures=drawing.pictures,
        told=drawing.told,
        content=content,
        script=context.url(_SCRIPT),
    )


def drawn(
    shop: Shop,
    language: str,
    template: str,
    *,
    status: int = 200,
    pictures: Iterable[str] = (),
    **values: Any,  # noqa: ANN401 - what the template shows
) -> Response:
    """Return a page about an order in the shop's look, from a template on `parcels/base.html`.

    `say` speaks the texts of "parcels". It is never stored by a cache and never found by a search.
    """
    context = current_context()
    voice = Voice("parcels", shop, language)
    look = url_for("page_look.style", key=shop.key)
    html = render_template(
        template,
        language=voice.language,
        shop=shop,
        logo=logo.get(context, shop),
        logo_url=context.url(url_for("page_look.picture", key=shop.key)),
        say=voice.say,
        links=[withdrawals.footer(context, shop, voice.language)],
        styles=[context.url(f"{_ASSETS}/{name}.css") for name in ("parcels_page", "parcels")]
        + [context.url(look)],
        **values,
    )
    response = make_response(html, status)
    response.headers["Content-Security-Policy"] = _CSP.format(
        origin=context.config.public_url, pictures=" ".join(_origins(pictures))
    )
    return private(response)


def private(response: Response) -> Response:
    """Mark an answer as one person's: not stored, not indexed."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _content(shop: Shop, drawing: OrderPage, language: str) -> tuple[Markup, str]:
    """Return what changes with the order, as HTML, and a mark that changes with it."""
    voice = Voice("parcels", shop, language)
    html = render_template("parcels/order.html", say=voice.say, **vars(drawing))
    seen = hashlib.sha256(html.encode()).hexdigest()[:16]
    return Markup(html.replace("@seen@", seen, 1)), seen  # noqa: S704 - drawn by our template


def _in_theme(origin: str, content: Markup) -> str:
    """Return the page without a frame; nothing in it is read as a template by the storefront."""
    html = render_template(
        "parcels/themed.html",
        content=content,
        style=f"{origin}{_ASSETS}/parcels.css",
        script=f"{origin}{_SCRIPT}",
    )
    return html.replace("{", "&#123;")


def _origins(pictures: Iterable[str]) -> list[str]:
    """Return whose pictures the page may show: the shop's catalogue says where they lie."""
    return sorted({origin for origin in map(_origin, pictures) if origin})


def _origin(address: str) -> str:
    """Return an address's origin as a policy names it; "" for a host that can stand in none."""
    try:
        parts = urlsplit(address)
        # Browsers compare the name as it is asked for, and a header holds nothing else.
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    return f"{parts.scheme}://{host}{port}" if _HOST.fullmatch(host) else ""
