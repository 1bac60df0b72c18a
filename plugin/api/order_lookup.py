"""Looking an order up on a page that needs no script: hosted, and inside the shop's own domain."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from flask import Blueprint, Response, make_response, redirect, request

from plugin.api import current_context, current_shop_by_key
from plugin.api.caller import net_address
from plugin.api.parcel_page import drawn, private
from plugin.api.problems import page_language
from plugin.api.shipments import hold_back
from plugin.errors import InvalidFieldError, TooManyError
from plugin.model import Shop
from plugin.services.parcels import finding, reduced, shop_links
from plugin.services.parcels.finding import Proof
from plugin.services.parcels.links import lookup_page
from plugin.services.parcels.reduced import ParcelAlone

blueprint = Blueprint("order_lookup", __name__)

_MAX_BYTES = 2 * 1024
#: Seconds until the page of an order that was placed this moment is tried again.
_SOON = 15
_LONGEST = {"order": 60, "proof": 254, "number": 60}


@dataclass(frozen=True)
class _Sheet:
    """The form as it is shown: what was typed in, what is wrong with it, what was found."""

    filled: dict[str, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    note: str = ""
    parcel: ParcelAlone | None = None


@blueprint.get("/t/<key>")
def form(key: str) -> Response:
    """Ask which order is meant."""
    return show_form(current_shop_by_key(key))


@blueprint.post("/t/<key>")
def look_up(key: str) -> Response:
    """Lead to the page of the order; say the same for every miss.

    With a parcel's number alone say where that parcel is, and nothing else.
    """
    shop = current_shop_by_key(key)
    request.max_content_length = _MAX_BYTES
    filled = {name: request.form.get(name, "")[:most] for name, most in _LONGEST.items()}
    try:
        answer = _by_number if filled["number"].strip() else _by_proof
        return answer(shop, filled)
    except InvalidFieldError as error:
        name = "proof" if error.field == "email" else str(error.field)
        return _page(shop, _Sheet(filled, faults={name: f"find.fault.{name}"}), 422)
    except TooManyError as error:
        response = _page(shop, _Sheet(filled, note="find.wait"), 429)
        response.headers["Retry-After"] = str(error.retry_after)
        return response


@blueprint.get("/o/<key>/<order_id>/<proof>")
def from_shop(key: str, order_id: str, proof: str) -> Response:
    """Lead on from the shop's thank-you page to the order's own, once the order has come in."""
    shop, page = shop_links.open_page(current_context(), key, order_id, proof)
    if page is not None:
        return private(make_response(redirect(page, code=303)))
    response = drawn(shop, page_language(), "parcels/soon.html")
    response.headers["Refresh"] = str(_SOON)
    return response


def show_form(shop: Shop) -> Response:
    """Return the empty form; it is sent to our own address, wherever it stands.

    Through the shop's domain every shopper would come from the same address of the net.
    """
    return _page(shop, _Sheet())


def _by_proof(shop: Shop, filled: dict[str, str]) -> Response:
    second = filled["proof"].strip()
    kind = "email" if "@" in second else "postcode"
    proof = Proof(filled["order"], **{kind: second})
    begun = time.monotonic()
    looked = finding.lookup(current_context(), shop, proof, net_address())
    # Drawn for a hit as well, and then thrown away: both take as long.
    missed = _page(shop, _Sheet(filled, note="find.none"))
    hold_back(begun)
    if looked.found is None:
        return missed
    return private(make_response(redirect(looked.found.page, code=303)))


def _by_number(shop: Shop, filled: dict[str, str]) -> Response:
    language = page_language()
    parcel = reduced.look_up(current_context(), shop, filled["number"], language, net_address())
    return _page(shop, _Sheet(filled, note="" if parcel else "find.none_number", parcel=parcel))


def _page(shop: Shop, sheet: _Sheet, status: int = 200) -> Response:
    action = f"{lookup_page(current_context(), shop)}?lang={page_language()}"
    return drawn(
        shop, page_language(), "parcels/lookup.html", status=status, sheet=sheet, action=action
    )
