"""What it cost to win customers, by channel and month: entered here, or by a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from flask import Response, request

from plugin.admin.amount_fields import typed_amount
from plugin.admin.data import problem
from plugin.admin.frame import blueprint, page, this_shop, to, words
from plugin.admin.handed import table
from plugin.admin.sent_table import take_in
from plugin.api import current_context
from plugin.services.csv_tables import Taken
from plugin.services.customers_over_time import costs
from plugin.services.customers_over_time.costs import ChannelCost, Stated

#: Months and channels that the form shows; older ones come by the table.
_MONTHS, _CHANNELS = 3, 12


@blueprint.get("/figures/costs")
def channel_costs() -> Response:
    """Show what is stated of the last months."""
    return _page()


@blueprint.post("/figures/costs")
def channel_costs_save() -> Response:
    """Keep what was entered; an emptied field takes back what was stated.

    What somebody else stated meanwhile stays where it was not touched, and is asked about where it
    was: the same press again means it.
    """
    context, shop = current_context(), this_shop()
    held = costs.stated(context, shop)
    problems: dict[str, str] = {}
    changed: dict[str, str] = {}
    entered: list[ChannelCost] = []
    for number in range(_CHANNELS):
        channel = request.form.get(f"channel_{number}")
        if channel is None:
            continue
        for place, month in _columns(held):
            cell = f"{number}_{place}"
            amount = typed_amount(f"amount_{cell}", costs.MOST, problems)
            now = held.amounts.get((channel, month))
            if f"amount_{cell}" in problems or amount == now or _untouched(cell):
                continue
            if request.form.get(f"seen_{cell}", _typed(now)) != _typed(now):
                said = words().money(now) if now is not None else "–"
                changed[f"amount_{cell}"] = words().t("customers.costs.changed", value=said)
            entered.append(ChannelCost(costs.channel_name(channel), month, amount))
    if problems or changed:
        return _page(problems=changed | problems, status=422 if problems else 409)
    costs.state(context, shop, entered)
    return to("channel_costs", done="saved")


def _columns(held: Stated) -> Iterator[tuple[int, date]]:
    """Return each column of the form that was sent: the months of then, not those of now."""
    known = {f"{month:%Y-%m}": month for month in held.months}
    for place, month in enumerate(held.months[:_MONTHS]):
        sent = known.get(request.form.get(f"month_{place}", f"{month:%Y-%m}"))
        if sent is not None:
            yield place, sent


def _kept() -> Mapping[str, str]:
    """Return what was typed; where nothing was, what stands there now is shown."""
    return {
        name: text
        for name, text in request.form.items()
        if not _untouched(name.removeprefix("amount_"))
    }


def _untouched(cell: str) -> bool:
    return request.form.get(f"seen_{cell}") == request.form.get(f"amount_{cell}", "").strip()


def _typed(amount: Decimal | None) -> str:
    return "" if amount is None else words().amount_input(amount)


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
    typed = _kept() if problems else {}
    return page(
        "figures/costs.html",
        status,
        stated=stated,
        months=[month for _, month in _columns(stated)],
        channels=stated.channels[:_CHANNELS],
        taken=taken,
        refused=refused,
        problems=problems or {},
        typed=typed,
        say=problem,
    )
