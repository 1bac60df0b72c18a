"""The links that are printed on flyers: each leads into the shop, and is counted."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from plugin.api import current_context
from plugin.services.inserts import links
from plugin.services.robots import is_robot

blueprint = Blueprint("flyers", __name__)


@blueprint.get("/f/<token>")
def flyer(token: str) -> BaseResponse:
    """Lead to the shop, with the voucher in the cart where the flyer has one."""
    counts = request.method == "GET" and not is_robot(request.headers.get("User-Agent", ""))
    response = redirect(links.follow(current_context(), token, counts=counts), code=303)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
