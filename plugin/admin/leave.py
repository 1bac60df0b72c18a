"""A shop of its own leaves: no platform has a button for it, so this page does."""

from __future__ import annotations

from flask import Response, make_response, redirect

from plugin.admin.frame import blueprint, page, this_shop
from plugin.api import current_context
from plugin.api.session import end_session
from plugin.errors import NotFoundError
from plugin.model import Shop
from plugin.services import front_door
from plugin.services.any_shop import PLATFORM


@blueprint.get("/leave")
def leave_page() -> Response:
    """Say what leaving ends at once, and what later."""
    _own_shop()
    return page("leave.html", erased_on=current_context().now() + front_door.ERASED_AFTER)


@blueprint.post("/leave")
def leave_now() -> Response:
    """Leave."""
    front_door.leave(current_context(), _own_shop())
    response = make_response(redirect("/sign-in", code=303))
    end_session(response)
    return response


def _own_shop() -> Shop:
    shop = this_shop()
    if shop.platform != PLATFORM:  # everybody else leaves in the platform's admin
        raise NotFoundError("not_found")
    return shop
