"""Withdrawals: what waits, what is settled, and the rules of the shop."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from plugin.admin.frame import blueprint, page, this_shop, to, words
from plugin.admin.handed import table
from plugin.admin.whole_shop import WholeShop
from plugin.api import current_context
from plugin.contracts.withdrawal import Withdrawal
from plugin.services import excluding
from plugin.services.withdrawals import handling, settings
from plugin.services.withdrawals.period import has_right, region_of


@blueprint.get("/parcels/withdrawals")
def withdrawals_page() -> Response:
    """Show what waits for the merchant, or what is settled."""
    context, shop = current_context(), this_shop()
    handled = request.args.get("list") == "done"
    return page(
        "parcels/withdrawals.html",
        lines=handling.listed(context, shop, handled=handled),
        handled=handled,
        waiting=handling.count_open(context, shop),
        most=handling.SHOWN,
        form_address=handling.form_address(context, shop),
    )


@blueprint.post("/parcels/withdrawals/<int:withdrawal_id>")
def withdrawals_settle(withdrawal_id: int) -> Response:
    """Mark one as settled, or as open again."""
    handled = request.form.get("do") == "settle"
    handling.settle(current_context(), this_shop(), withdrawal_id, handled=handled)
    return to("withdrawals_page", done="saved", list=None if handled else "done")


@blueprint.get("/parcels/withdrawals.csv")
def withdrawals_csv() -> Response:
    """Hand out all of them as a table."""
    text = handling.file_of(current_context(), this_shop(), words().language)
    return table(text, "bleib-withdrawals")


@blueprint.get("/parcels/withdrawals/rules")
def withdrawals_rules() -> Response:
    """Show the rules of the shop."""
    return _WHOLE.show()


@blueprint.post("/parcels/withdrawals/rules")
def withdrawals_rules_save() -> Response:
    """Set the rules, unless somebody else did meanwhile."""
    return _WHOLE.take("withdrawals_rules", done="saved")


def _more(seen: Withdrawal) -> dict[str, Any]:
    context, shop = current_context(), this_shop()
    with context.db.read() as connection:
        unknown = excluding.unknown(connection, shop, seen.excluded)
    return {"unknown": unknown, "by_law": has_right(region_of(shop)), "present": seen}


_WHOLE = WholeShop("withdrawal", Withdrawal, settings.get, settings.save, _more)
