"""The shop's own look on hosted pages: its colours, type and corners as one small style sheet."""

from __future__ import annotations

from flask import Blueprint, Response

from plugin.api import current_context
from plugin.contracts.shopwide import Look
from plugin.errors import NotFoundError
from plugin.services import logo, look, tenants
from plugin.services.mails.theme import Palette, theme_of

blueprint = Blueprint("page_look", __name__)

_SHEET = """\
:root {{ {light} --r: {radius}px; --strong: {button_weight}; }}
@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}
body {{ font-family: {font}; }}
h1, h2, .shop p, .figure {{ font-family: {head_font}; font-weight: {head_weight}; }}
.button {{ font-weight: {button_weight}; }}
.button:not(.second) {{ border-color: var(--edge); }}
"""


@blueprint.get("/pages/look/<key>.css")
def style(key: str) -> Response:
    """Return what the merchant fixed; nothing where nothing is fixed, or no such shop is known.

    A shop that left is known as well: its unsubscribe pages go on working.
    """
    shop = tenants.shop_of_key(current_context(), key)
    fixed = look.get(current_context(), shop) if shop else Look()
    response = Response("" if fixed == Look() else _sheet(fixed), mimetype="text/css")
    response.headers["Cache-Control"] = "public, max-age=60"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@blueprint.get("/pages/look/<key>.logo")
def picture(key: str) -> Response:
    """Return the shop's logo, for pages that are looked at several times; 404 without one."""
    shop = tenants.shop_of_key(current_context(), key)
    found = logo.get(current_context(), shop) if shop else None
    if found is None:
        raise NotFoundError("not_found")
    response = Response(found.raw, mimetype=found.kind)
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _sheet(fixed: Look) -> str:
    theme = theme_of(fixed)
    return _SHEET.format(
        light=_roles(theme.light),
        dark=_roles(theme.dark),
        radius=theme.radius,
        font=theme.font,
        head_font=theme.head_font,
        head_weight=theme.head_weight,
        button_weight=theme.button_weight,
    )


def _roles(palette: Palette) -> str:
    roles = {
        "page": palette.surface,
        "surface": palette.surface,
        "ink": palette.ink,
        "ink-2": palette.quiet,
        "line": palette.line,
        "box": palette.box,
        "control": palette.control,
        "accent": palette.accent,
        "edge": palette.edge,
        "on": palette.on,
        "brand": palette.brand,
    }
    return " ".join(f"--{name}: {colour};" for name, colour in roles.items())
