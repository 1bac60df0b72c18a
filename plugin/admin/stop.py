"""Kill switch: one question, two lists, one button; and the way back on every page."""

from __future__ import annotations

from flask import Response

from plugin.admin.frame import blueprint, page, this_shop, to
from plugin.admin.who import actor
from plugin.api import current_context
from plugin.api.fast_config import STOPPED_WITHIN
from plugin.services import stopping


@blueprint.get("/stop")
def stop() -> Response:
    """Say what stops and what stays."""
    ahead = stopping.ahead(current_context(), this_shop())
    return page("stop.html", ahead=ahead, seconds=STOPPED_WITHIN)


@blueprint.post("/stop")
def stop_now() -> Response:
    """Stop the shop."""
    stopping.stop(current_context(), this_shop(), actor().name)
    return to("overview")


@blueprint.post("/restart")
def restart() -> Response:
    """Let the shop run again."""
    stopping.restart(current_context(), this_shop(), actor().name)
    return to("overview", done="restarted")


@blueprint.get("/more")
def more() -> Response:
    """List the pages that have no room in the bar of a phone."""
    return page("more.html")
