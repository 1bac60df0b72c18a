"""What the shop promises: opening hours and answers, delivery, and what follows a delivery."""

from __future__ import annotations

import json
from urllib.parse import quote, unquote

from flask import Response, request
from pydantic import ValidationError

from plugin.admin import promise_form
from plugin.admin.frame import blueprint, page, this_shop, to, words
from plugin.admin.promise_form import Form
from plugin.api import current_context
from plugin.contracts.service import Service
from plugin.contracts.shopwide import DeliveryPromise
from plugin.errors import ConflictError
from plugin.services.parcels import business_days
from plugin.services.service_promise import settings as service

Both = tuple[Service, DeliveryPromise]


@blueprint.get("/parcels/messages/promise")
def parcel_promise() -> Response:
    """Show what is promised."""
    present = service.both(current_context(), this_shop())
    return _page(promise_form.shown(*present, words()), present)


@blueprint.post("/parcels/messages/promise")
def parcel_promise_save() -> Response:
    """Set it, unless somebody else did meanwhile."""
    context, shop = current_context(), this_shop()
    present = service.both(context, shop)
    form, seen = promise_form.read(request.form, words()), _seen(present)
    if form.wanted is None:
        return _page(form, seen, 422)
    try:
        service.save(context, shop, form.wanted, seen=seen)
    except ConflictError:
        return _page(form, present, 409, changed=True)
    return to("parcel_messages", said="promise")


def _seen(present: Both) -> Both:
    try:
        first, second = json.loads(unquote(request.form.get("seen", "")))
        return (
            Service.model_validate_json(json.dumps(first)),
            DeliveryPromise.model_validate_json(json.dumps(second)),
        )
    except (TypeError, ValueError, ValidationError):
        return present


def _page(form: Form, seen: Both, status: int = 200, *, changed: bool = False) -> Response:
    return page(
        "parcels/promise.html",
        status,
        form=form,
        seen=quote(json.dumps([one.model_dump(mode="json") for one in seen])),
        changed=changed,
        regions=business_days.REGIONS,
        days=promise_form.DAYS,
        to=list(promise_form.TO),
    )
