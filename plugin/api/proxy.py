"""The status of an order as a page: under our address, and inside the shop's own domain."""

from __future__ import annotations

from flask import Blueprint, Response, request

from plugin.api import current_context
from plugin.api.order_lookup import show_form
from plugin.api.parcel_page import parcel_page
from plugin.contracts.platform import ForwardsPages
from plugin.errors import NotFoundError
from plugin.services import tenants
from plugin.services.context import able
from plugin.services.parcels import finding

blueprint = Blueprint("proxy", __name__)


@blueprint.get("/s/<token>")
def page(token: str) -> Response:
    """Show the status as a page that needs no script and no shop around it."""
    return parcel_page(finding.by_token(current_context(), token))


@blueprint.get("/proxy/<platform>/status")
def status(platform: str) -> Response:
    """Show an order's status; `d` is the token of a link from a mail, without it ask for the order.

    The platform's signature proves which shop forwards, not who looks: the token does that, and
    it must be one of the same shop.
    """
    context = current_context()
    raw_query = request.query_string.decode("ascii", "replace")
    forwarding = able(context.platform(platform), ForwardsPages)
    domain = forwarding.verify_proxy(raw_query, context.now())
    if "d" not in request.args:
        shop = tenants.shop_of_domain(context, platform, domain)
        if shop is None or shop.state != "installed":
            raise NotFoundError("unknown_shop")
        return show_form(shop)
    found = finding.by_token(context, request.args["d"], at=(platform, domain))
    return parcel_page(found, themed=forwarding.themed_type)
