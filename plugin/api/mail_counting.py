"""The picture and the links of mails that are counted with the reader's consent."""

from __future__ import annotations

import base64

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from plugin.api import current_context
from plugin.services import mail_counting
from plugin.services.machine_opens import Fetch

blueprint = Blueprint("mail_counting", __name__)

#: One transparent pixel.
_PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


@blueprint.get("/m/<token>.gif")
def opened(token: str) -> Response:
    """Answer with the picture, whatever the token: it tells nobody anything."""
    mail_counting.opened(current_context(), token, _fetch())
    response = Response(_PIXEL, mimetype="image/gif")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@blueprint.get("/m/<token>")
def clicked(token: str) -> BaseResponse:
    """Lead to where the link of the mail leads; the address stands signed in the token."""
    response = redirect(mail_counting.clicked(current_context(), token, _fetch()), code=303)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _fetch() -> Fetch:
    names = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
    return Fetch(
        request.headers.get("User-Agent", ""),
        " ".join(request.headers.get(name, "") for name in names),
        request.method == "HEAD",
    )
