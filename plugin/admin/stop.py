"""Kill switch: one question, two lists, one button; and the way back on every page."""

from __future__ import annotations

from flask import Response

from plugin.admin.frame import blueprint, page, this_shop, to
from plugin.api import current_context
from plugin.services import campaigns, stopping


@blueprint.get("/stop")
def stop() -> Response:
    """Say what stops and what stays."""
    context, shop = current_context(), this_shop()
    running = [item for item in campaigns.all_of(context, shop) if item.state == "published"]
    return page("stop.html", running=len(running))


@blueprint.post("/stop")
def stop_now() -> Response:
    """Stop the shop."""
    stopping.stop(current_context(), this_shop())
    return to("overview")


@blueprint.post("/restart")
def restart() -> Response:
    """Let the shop run again."""
    stopping.restart(current_context(), this_shop())
    return to("overview", done="restarted")


@blueprint.get("/more")
def more() -> Response:
    """List the pages that have no room in the bar of a phone."""
    return page("more.html")
