"""Messages of shoppers about their orders: answered here, and the promise measured by it."""

from __future__ import annotations

from typing import get_args

from flask import Response, request

from plugin.admin.frame import blueprint, page, this_shop, to, words
from plugin.api import current_context
from plugin.errors import BadInputError, ConflictError, InvalidFieldError
from plugin.services.service_promise import messages, reporting
from plugin.services.service_promise.messages import Settled

#: What a change is answered with, above the page.
SAID = ("answer", "answered", "closed", "settled", "promise")


@blueprint.get("/parcels/messages")
def parcel_messages() -> Response:
    """Show what waits for an answer, and whether the promise is kept."""
    return _page()


@blueprint.post("/parcels/messages/<int:message_id>/answer")
def parcel_message_answer(message_id: int) -> Response:
    """Answer a message by mail."""
    text = request.form.get("text", "")
    try:
        messages.answer(current_context(), this_shop(), message_id, text)
    except InvalidFieldError as error:
        return _page(422, typed=text, at=message_id, problem=error.code)
    except ConflictError:
        return to("parcel_messages", said="settled")
    return to("parcel_messages", said="answer")


@blueprint.post("/parcels/messages/<int:message_id>/settle")
def parcel_message_settle(message_id: int) -> Response:
    """Note that a message was answered elsewhere, or that it needs no answer."""
    state = request.form.get("do", "")
    if state not in get_args(Settled):
        raise BadInputError("field_invalid", field="do")
    settled: Settled = "answered" if state == "answered" else "closed"
    try:
        messages.settle(current_context(), this_shop(), message_id, settled)
    except ConflictError:
        return to("parcel_messages", said="settled")
    return to("parcel_messages", said=settled)


def _page(status: int = 200, *, typed: str = "", at: int = 0, problem: str = "") -> Response:
    context, shop, said = current_context(), this_shop(), request.args.get("said", "")
    return page(
        "parcels/messages.html",
        status,
        waiting=messages.waiting(context, shop),
        settled=messages.settled(context, shop),
        report=reporting.report(context, shop, words().language),
        now=context.now(),
        most=messages.LONGEST,
        said=said if said in SAID else "",
        typed=typed,
        at=at,
        problem=problem,
    )
