"""Draws the status of an order as a page: the answer as its title, then stages and parcels."""

from __future__ import annotations

from flask import Response, make_response, render_template, url_for

from plugin.api import current_context
from plugin.api.problems import page_language
from plugin.model import Shop
from plugin.services.parcels.status import OrderStatus
from plugin.services.parcels.words import told
from plugin.services.wording import Voice

_CSP = (
    "default-src 'none'; style-src 'self' {origin}; img-src 'self' data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)


def _look(shop: Shop) -> str:
    return url_for("page_look.style", key=shop.key)


def parcel_page(shop: Shop, status: OrderStatus) -> Response:
    """Return the page; it is in the browser's language and says nothing about the person."""
    context = current_context()
    voice = Voice("parcels", shop, page_language())
    html = render_template(
        "parcels/status.html",
        language=voice.language,
        shop=shop,
        say=voice.say,
        told=told(shop, status, voice.language, context.now()),
        styles=[context.url("/pages/assets/parcels.css"), context.url(_look(shop))],
    )
    response = make_response(html)
    # The style sheet's address is absolute: through the shop's proxy "self" is the shop.
    response.headers["Content-Security-Policy"] = _CSP.format(origin=context.config.public_url)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
