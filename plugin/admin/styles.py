"""The style sheet of the merchant's pages: one file for the browser, one room each for us."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Response, request

from plugin.admin.frame import assets

#: What stands later wins over what is as exact and stands before.
ORDER = (
    "base", "buttons", "tables", "forms", "editor", "setup", "narrow", "choices", "people", "guard",
    "suggestions", "parcels", "targeting", "figures", "customers",
)  # fmt: skip
FOLDER = Path(__file__).parent / "css"


@assets.get("/static/admin.css")
def style_sheet() -> Response:
    """Hand out the whole style sheet; the browser asks whether it is still the same."""
    sheet, tag = _joined()
    answer = Response(sheet, mimetype="text/css")
    answer.set_etag(tag)
    answer.headers["Cache-Control"] = "no-cache"
    answer.make_conditional(request)
    return answer


@cache
def _joined() -> tuple[bytes, str]:
    sheet = b"\n".join((FOLDER / f"{name}.css").read_bytes() for name in ORDER)
    return sheet, sha256(sheet).hexdigest()[:16]
