"""A session about to end: how long it lasts, and the one press that begins it anew."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, g, jsonify
from flask_wtf.csrf import generate_csrf

from plugin.admin.frame import blueprint, this_shop
from plugin.api import current_context
from plugin.api.session import current_session, start_session
from plugin.security import LIFETIMES
from plugin.services.frame_sessions import own_token


@blueprint.post("/stay")
def stay() -> Response:
    """Begin the session anew; the page that asked goes on with the token of the answer."""
    session, shop = current_session(), this_shop()
    if session is None or not session.framed:
        response = jsonify(left=LIFETIMES["session"], csrf_token=generate_csrf())
        start_session(response, shop, None if session is None else session.member)
        return response
    if session.since is not None and g.frame is not None:
        # No cookie there: the next token of ours stands in the header of every answer.
        g.frame = replace(g.frame, token=own_token(current_context(), shop, "frame"))
    return jsonify(left=LIFETIMES["session"], csrf_token="")
