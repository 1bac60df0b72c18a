"""What it cost to win customers, by channel and month: entered here, or by a table."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, request

from plugin.admin.amount_fields import typed_amount
from plugin.admin.data import problem
from plugin.admin.frame import blueprint, page, this_shop, to, words
from plugin.admin.handed import table
from plugin.admin.sent_table import take_in
from plugin.api import current_context
from plugin.services.csv_tables import Taken
from plugin.services.customers_over_time import costs
from plugin.services.customers_over_time.costs import ChannelCost

#: Months and channels that the form shows; older ones come by the table.
_MONTHS, _CHANNELS = 3, 12


@blueprint.get("/figures/costs")
def channel_costs() -> Response:
    """Show what is stated of the last months."""
    return _page()


@blueprint.post("/figures/costs")
def channel_costs_save() -> Response:
    """Keep what was entered; an emptied field takes back what was stated."""
    context, shop = current_context(), this_shop()
    held = costs.stated(context, shop)
    problems: dict[str, str] = {}
    entered: list[ChannelCost] = []
    for number in range(_CHANNELS):
        channel = request.form.get(f"channel_{number}")
        if channel is None:
            continue
        for place, month in enumerate(held.months[:_MONTHS]):
            amount = typed_amount(f"amount_{number}_{place}", costs.MOST, problems)
            if amount is not None or (channel, month) in held.amounts:
                entered.append(ChannelCost(costs.channel_name(channel), month, amount))
    if problems:
        return _page(problems=problems, status=422)
    costs.state(context, shop, entered)
    return to("channel_costs", done="saved")


@blueprint.get("/figures/costs.csv")
def channel_costs_csv() -> Response:
    """Hand out every channel and month as a table to fill in."""
    text = costs.file_of(current_context(), this_shop(), words().language)
    return table(text, "bleib-channels")


@blueprint.post("/figures/costs/file")
def channel_costs_file() -> Response:
    """Take in a filled table."""
    context, shop = current_context(), this_shop()
    return take_in(lambda sent: costs.take(context, shop, sent), _page, "channel_costs")


def _page(
    *,
    taken: Taken | None = None,
    refused: str = "",
    problems: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    stated = costs.stated(current_context(), this_shop())
    typed: Mapping[str, str] = request.form if problems else {}
    return page(
        "figures/costs.html",
        status,
        stated=stated,
        months=stated.months[:_MONTHS],
        channels=stated.channels[:_CHANNELS],
        taken=taken,
        refused=refused,
        problems=problems or {},
        typed=typed,
        say=problem,
    )
