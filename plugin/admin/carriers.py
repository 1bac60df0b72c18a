"""Carriers: which of them Bleib asks where a parcel is, and with whose key."""

from __future__ import annotations

from flask import Response, request

from plugin.admin.frame import blueprint, page, this_shop, to, words
from plugin.api import current_context
from plugin.contracts.tracking import PushesTracking
from plugin.errors import BleibError, InvalidFieldError, PlatformError, TooManyError
from plugin.services.parcels import tracking_keys
from plugin.services.parcels.carriers import book


@blueprint.get("/parcels/carriers")
def carriers() -> Response:
    """Show the keys of the shop, and how each carrier is asked."""
    context, shop = current_context(), this_shop()
    ready = tracking_keys.ready(context, shop)
    return page(
        "parcels/carriers.html",
        apis=context.carrier_apis,
        keys=tracking_keys.present(context, shop),
        carriers=[(one, tracking_keys.asked_at(one, ready)) for one in book().carriers],
    )


@blueprint.get("/parcels/carriers/<api>")
def carrier_key(api: str) -> Response:
    """Show what one API asks for."""
    return _form(api)


@blueprint.post("/parcels/carriers/<api>")
def carrier_key_save(api: str) -> Response:
    """Check a key at the API and keep it, or forget the one there is."""
    context, shop = current_context(), this_shop()
    if request.form.get("do") == "forget":
        tracking_keys.disconnect(context, shop, tracking_keys.api_named(context, api).name)
        return to("carriers", done="saved")
    try:
        tracking_keys.connect(context, shop, api, request.form)
    except (InvalidFieldError, PlatformError, TooManyError) as error:
        return _form(api, 422, _explain(error), error.field or "")
    return to("carriers", done="saved")


def _form(name: str, status: int = 200, problem: str = "", field: str = "") -> Response:
    context, shop = current_context(), this_shop()
    api = tracking_keys.api_named(context, name)
    before = tracking_keys.present(context, shop).get(name)
    typed = request.form.get("per_day", "")[:12]
    pushes = isinstance(api, PushesTracking)
    return page(
        "parcels/carrier.html",
        status,
        api=api,
        before=before,
        per_day=typed or (before.per_day if before else api.pace.per_day),
        push_url=context.url(f"/carriers/{name}/{shop.key}") if pushes else "",
        problem=problem,
        field=field,
    )


def _explain(error: BleibError) -> str:
    key = f"carrier.problem.{error.code}"
    return words().t(key if words().has(key) else "carrier.problem.other")
