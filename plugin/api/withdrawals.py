"""Withdrawing in two steps: from an order's page, or with what stands on the invoice."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, make_response, redirect, request, url_for

from plugin.api import current_context, current_shop_by_key, withdrawal_pages
from plugin.api.caller import net_address
from plugin.api.problems import page_language
from plugin.api.withdrawal_pages import Place
from plugin.contracts.platform import ForwardsPages
from plugin.errors import NotFoundError, TooManyError
from plugin.model import Shop
from plugin.security import random_token
from plugin.services import tenants
from plugin.services.context import able
from plugin.services.parcels import finding
from plugin.services.withdrawals import cases, declaring, entries, receipt_pdf, receipts
from plugin.services.withdrawals.entries import LONGEST, Entry
from plugin.texts import LANGUAGES

blueprint = Blueprint("withdrawals", __name__)

_MAX_BYTES = 16 * 1024
_LONGEST_MARK = 64
_MOST_QUANTITY = 3


@blueprint.get("/w/<key>")
def form(key: str) -> Response:
    """Show the form to somebody who comes without a link, from the foot of the shop's pages."""
    return _blank(_without_link(current_shop_by_key(key)))


@blueprint.get("/proxy/<platform>/withdrawal")
def proxied(platform: str) -> Response:
    """Show that form inside the shop's own domain; it is sent to our own address."""
    context = current_context()
    raw_query = request.query_string.decode("ascii", "replace")
    domain = able(context.platform(platform), ForwardsPages).verify_proxy(raw_query, context.now())
    shop = tenants.shop_of_domain(context, platform, domain)
    if shop is None or shop.state != "installed":
        raise NotFoundError("unknown_shop")
    return _blank(_without_link(shop))


@blueprint.post("/w/<key>")
def send(key: str) -> Response:
    """Check what was entered, or take it in: the same answer whatever the order number is."""
    return _taken(_without_link(current_shop_by_key(key)))


@blueprint.get("/s/<token>/withdrawal")
def order_form(token: str) -> Response:
    """Show the form of one order, or say that its period is over."""
    return _blank(_of_order(token))


@blueprint.post("/s/<token>/withdrawal")
def order_send(token: str) -> Response:
    """Check what was chosen of one order, or take it in."""
    return _taken(_of_order(token))


@blueprint.get("/w/receipt/<token>")
def receipt(token: str) -> Response:
    """Show the receipt of a declaration."""
    shop, found = receipts.read(current_context(), token)
    pdf = url_for("withdrawals.receipt_file", token=token) if receipt_pdf.is_possible() else ""
    return withdrawal_pages.receipt_page(shop, found, pdf)


@blueprint.get("/w/receipt/<token>/pdf")
def receipt_file(token: str) -> Response:
    """Hand the receipt out as a file to keep."""
    if not receipt_pdf.is_possible():
        raise NotFoundError("not_found")
    shop, found = receipts.read(current_context(), token)
    response = make_response(receipt_pdf.draw(found, shop))
    response.headers["Content-Type"] = "application/pdf"
    name = "".join(char for char in found.reference if char.isascii() and char.isalnum())
    response.headers["Content-Disposition"] = f'attachment; filename="{name or "receipt"}.pdf"'
    return withdrawal_pages.private(response)


def _without_link(shop: Shop) -> Place:
    context = current_context()
    action = context.url(url_for("withdrawals.form", key=shop.key))
    return Place(shop, cases.open_case(context, shop), action, _language(shop))


def _of_order(token: str) -> Place:
    context = current_context()
    shop, order = finding.order_of(context, token)
    page = context.url(f"/s/{token}")
    case = cases.case_of(context, shop, order)
    return Place(shop, case, f"{page}/withdrawal", _language(shop), page)


def _blank(place: Place) -> Response:
    if place.over or (place.late and "return" not in request.args):
        return withdrawal_pages.over_page(place)
    return withdrawal_pages.form_page(place, Entry(mark=random_token(128)))


def _taken(place: Place) -> Response:
    if place.over:
        return withdrawal_pages.over_page(place)
    request.max_content_length = _MAX_BYTES
    entry = entries.cleaned(_entered(place), place.case)
    faults = entries.faults_of(entry, place.case)
    if faults or request.form.get("do") == "change":
        return withdrawal_pages.form_page(place, entry, faults)
    shown = entries.shown_mark(entry, place.case, place.shop)
    # Between the two steps the order may change, and at midnight the period may end.
    if request.form.get("do") != "confirm" or request.form.get("shown", shown) != shown:
        return withdrawal_pages.check_page(place, entry)
    try:
        token = declaring.declare(current_context(), place.shop, place.case, entry, net_address())
    except TooManyError as error:
        return withdrawal_pages.wait_page(place, error.retry_after)
    target = current_context().url(url_for("withdrawals.receipt", token=token))
    return cast(Response, redirect(target, code=303))


def _entered(place: Place) -> Entry:
    given = request.form
    texts = {name: given.get(name, "")[: 4 * most] for name, most in LONGEST.items()}
    return Entry(
        **texts,
        whole=bool(given.get("whole")),
        chosen={line: _number(given.get(f"q_{line}", "")) for line in given.getlist("line")},
        mark=given.get("mark", "")[:_LONGEST_MARK],
        language=place.language,
    )


def _number(text: str) -> int:
    """Return how many pieces are meant; without a number all of them."""
    plain = text.isascii() and text.isdecimal() and len(text) <= _MOST_QUANTITY
    return int(text) if plain else 10**_MOST_QUANTITY


def _language(shop: Shop) -> str:
    asked = request.form.get("lang", "") or page_language()
    return asked if asked in LANGUAGES and asked in shop.languages else shop.languages[0]
