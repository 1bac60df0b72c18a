"""What was left undone: steps given up, and input that was refused, with reasons in words."""

from __future__ import annotations

from datetime import timedelta

from flask import Response

from plugin.admin.frame import blueprint, page, this_shop, to
from plugin.api import current_context
from plugin.services import dead_letters, insight

REFUSAL_DAYS = 28


@blueprint.get("/work")
def work() -> Response:
    """List dead letters and refusals."""
    context, shop = current_context(), this_shop()
    today = insight.day_of(shop, context.now())
    start = today - timedelta(days=REFUSAL_DAYS - 1)
    return page(
        "work.html",
        dead=dead_letters.dead(context, shop),
        refusals=insight.refusals(context, shop, start, today),
        days=REFUSAL_DAYS,
    )


@blueprint.post("/work/<int:step_id>/again")
def work_again(step_id: int) -> Response:
    """Try one of them once more."""
    dead_letters.try_again(current_context(), this_shop(), step_id)
    return to("work", done="again")
