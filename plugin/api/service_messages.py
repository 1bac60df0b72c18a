"""Writing about an order, and answering how the delivery was: plain forms on the order's page."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, redirect, request

from plugin.api import current_context
from plugin.api.caller import net_address
from plugin.api.parcel_page import drawn
from plugin.api.problems import page_language
from plugin.errors import BadInputError, InvalidFieldError, TooManyError
from plugin.model import Shop
from plugin.services.parcels import finding
from plugin.services.parcels.links import page_link
from plugin.services.service_promise import after, messages, written
from plugin.services.service_promise.messages import FoundOrder, Wanted

blueprint = Blueprint("service_messages", __name__)

_MAX_BYTES = 16 * 1024


@blueprint.get("/s/<token>/message")
def message(token: str) -> Response:
    """Show the form, or with `?sent=1` that the message is there."""
    shop, order = finding.order_of(current_context(), token)
    if request.args.get("sent"):
        return _sent(shop, order)
    return _form(shop, order, Wanted(request.args.get("reason", ""), ""))


@blueprint.post("/s/<token>/message")
def send(token: str) -> Response:
    """Take in a message; who comes by the order's own link needs no login."""
    context = current_context()
    shop, order = finding.order_of(context, token)
    request.max_content_length = _MAX_BYTES
    given = request.form
    wanted = Wanted(given.get("reason", ""), given.get("text", ""), given.get("email", ""))
    try:
        messages.take(context, shop, order, wanted, net_address(), page_language())
    except InvalidFieldError as error:
        return _form(shop, order, wanted, problem=error.code, field=error.field, status=422)
    except TooManyError as error:
        response = _form(shop, order, wanted, problem=error.code, status=429)
        response.headers["Retry-After"] = str(error.retry_after)
        return response
    return _to(f"{page_link(context, shop, order.order_id)}/message?sent=1")


@blueprint.post("/s/<token>/answer")
def answer(token: str) -> Response:
    """Note that all is good, or what somebody says of the delivery; or lead to the form."""
    context = current_context()
    shop, order = finding.order_of(context, token)
    request.max_content_length = _MAX_BYTES
    page = page_link(context, shop, order.order_id)
    said = request.form.get("answer", "")
    if said == after.MISSING:
        return _to(f"{page}/message?reason=missing")
    if said == after.GOOD:
        after.all_good(context, shop, order)
    elif said == "score":
        words = request.form.get("words", "")
        after.say(context, shop, order, request.form.get("score", ""), words)
    else:
        raise BadInputError("request_refused")
    return _to(page)


def _form(
    shop: Shop,
    order: FoundOrder,
    wanted: Wanted,
    *,
    problem: str = "",
    field: str | None = None,
    status: int = 200,
) -> Response:
    context, language = current_context(), page_language()
    sheet = written.sheet(context, shop, order, wanted, language, problem=problem, field=field)
    page = page_link(context, shop, order.order_id)
    response = drawn(shop, language, "parcels/message.html", sheet=sheet, page=page)
    response.status_code = status
    return response


def _sent(shop: Shop, order: FoundOrder) -> Response:
    context, language = current_context(), page_language()
    told = written.sent(context, shop, order, language)
    page = page_link(context, shop, order.order_id)
    return drawn(shop, language, "parcels/message_sent.html", told=told, page=page)


def _to(address: str) -> Response:
    asked = request.args.get("lang", "")
    if asked:
        address += ("&" if "?" in address else "?") + f"lang={page_language()}"
    return cast(Response, redirect(address, code=303))
