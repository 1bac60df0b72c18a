"""The merchant's pages inside a platform's admin: their addresses, and the way to a fresh token."""

from __future__ import annotations

from typing import Any

from flask import Response, g

from plugin.admin.frame import PREVIEWS, blueprint, page, read_as_nobody
from plugin.api import current_context
from plugin.api.framing import Frame, reload_path, stand_in_any_frame
from plugin.errors import BadInputError
from plugin.services.frame_sessions import preview_token


@blueprint.get("/bounce")
def bounce() -> Response:
    """Load nothing but the platform's script, which goes back with a fresh token."""
    if not stand_in_any_frame():
        raise BadInputError("shop_invalid", field="shop")
    reload_path()
    read_as_nobody()
    return page("bounce.html")


@blueprint.url_defaults
def _carry(endpoint: str, values: dict[str, Any]) -> None:
    """Let every address inside a frame say whose it is: no cookie remembers it."""
    frame: Frame | None = g.get("frame")
    if frame is None or endpoint.startswith("admin.assets."):
        return
    for name, text in frame.carried.items():
        values.setdefault(name, text)
    if endpoint in PREVIEWS:
        values["key"] = preview_token(current_context(), g.shop, values[PREVIEWS[endpoint]])
