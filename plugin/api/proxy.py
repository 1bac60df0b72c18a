"""The status of an order as a page: under our address, and inside the shop's own domain."""

from __future__ import annotations

from flask import Blueprint, Response, request

from plugin.api import current_context
from plugin.api.parcel_page import parcel_page
from plugin.contracts.platform import ForwardsPages
from plugin.errors import NotAllowedError, NotFoundError
from plugin.services.context import able
from plugin.services.parcels import finding

blueprint = Blueprint("proxy", __name__)


@blueprint.get("/s/<token>")
def page(token: str) -> Response:
    """Show the status as a page that needs no script and no shop around it."""
    try:
        shop, found = finding.by_token(current_context(), token)
    except (NotAllowedError, NotFoundError) as error:
        expired = error.code == "link_expired"
        raise NotFoundError("link_expired" if expired else "not_found") from None
    return parcel_page(shop, found)


@blueprint.get("/proxy/<platform>/status")
def status(platform: str) -> Response:
    """Show an order's status; `d` is the token of a link from a mail.

    The platform's signature proves which shop forwards, not who looks: the token does that, and
    it must be one of the same shop.
    """
    context = current_context()
    raw_query = request.query_string.decode("ascii", "replace")
    domain = able(context.platform(platform), ForwardsPages).verify_proxy(raw_query, context.now())
    try:
        token = request.args.get("d", "")
        shop, found = finding.by_token(context, token, at=(platform, domain))
    except (NotAllowedError, NotFoundError):
        raise NotFoundError("not_found") from None
    return parcel_page(shop, found)
