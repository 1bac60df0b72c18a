"""Parcels: as customers see them, the stuck ones first."""

from __future__ import annotations

from flask import Response, request

from plugin.admin.frame import blueprint, page, this_shop
from plugin.admin.parcel_charts import on_time
from plugin.admin.states import states_of
from plugin.api import current_context
from plugin.model import Shop
from plugin.services import campaigns
from plugin.services.context import Context
from plugin.services.parcels import late_notices, overview
from plugin.services.parcels.visits import WIDGET

#: As many as one takes in at a glance; a link leads to all of them.
_AT_A_GLANCE = 5


@blueprint.get("/parcels")
def parcels() -> Response:
    """Show where parcels are, which of them need somebody, and how punctual carriers were."""
    context, shop = current_context(), this_shop()
    shown = overview.MOST_SHOWN if request.args.get("all") == "1" else _AT_A_GLANCE
    found = overview.overview(context, shop, shown)
    return page(
        "parcels/all.html",
        found=found,
        days=overview.DAYS,
        silent_days=overview.SILENT.days,
        carriers=on_time(found.carriers),
        countries=on_time(found.countries),
        waiting=len(late_notices.waiting(context, shop)) if found.stuck else 0,
        sample=_sample(context, shop) if found.empty else None,
        **states_of(context, shop),
    )


def _sample(context: Context, shop: Shop) -> int | None:
    """Return the campaign whose preview shows a parcel before there is one."""
    found = (one.id for one in campaigns.all_of(context, shop) if one.widget == WIDGET)
    return next(found, None)
