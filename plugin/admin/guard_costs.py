"""What products cost the merchant: what is missing, stated here or by a file."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from flask import Response, request

from plugin.admin.amount_fields import typed_amount
from plugin.admin.data import problem
from plugin.admin.frame import blueprint, page, this_shop, to, words
from plugin.admin.handed import table
from plugin.admin.sent_table import take_in
from plugin.api import current_context
from plugin.services import guard_costs
from plugin.services.csv_tables import Taken
from plugin.services.guard_costs import LISTED, StatedCost

_HIGHEST = {"cost": Decimal(1_000_000), "margin": Decimal(99)}


@blueprint.get("/guard/costs")
def costs() -> Response:
    """Show for which products the cost is unknown."""
    return _page()


@blueprint.post("/guard/costs")
def costs_save() -> Response:
    """Keep what was entered in the list."""
    stated: list[StatedCost] = []
    problems: dict[str, str] = {}
    for number in range(2 * LISTED):
        variant = request.form.get(f"id_{number}", "")
        read = {
            name: typed_amount(
                f"{name}_{number}", _HIGHEST[name], problems, percent=name == "margin"
            )
            for name in ("cost", "margin")
        }
        if variant and (read["cost"] is not None or read["margin"] is not None):
            stated.append(StatedCost(variant, read["cost"], read["margin"]))
    if problems:
        return _page(problems=problems, status=422)
    guard_costs.state(current_context(), this_shop(), stated)
    return to("costs", done="saved")


@blueprint.get("/guard/costs.csv")
def costs_csv() -> Response:
    """Hand out everything that the shop sells as a table to fill in."""
    text = guard_costs.file_of(current_context(), this_shop(), words().language)
    return table(text, "bleib-costs")


@blueprint.post("/guard/costs/file")
def costs_file() -> Response:
    """Take in a filled table."""
    context, shop = current_context(), this_shop()
    return take_in(lambda sent: guard_costs.take(context, shop, sent), _page, "costs")


def _page(
    *,
    taken: Taken | None = None,
    refused: str = "",
    problems: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    report = guard_costs.report(current_context(), this_shop())
    typed: Mapping[str, str] = request.form if problems else {}
    return page(
        "guard_costs.html",
        status,
        report=report,
        taken=taken,
        refused=refused,
        problems=problems or {},
        typed=typed,
        say=problem,
    )
