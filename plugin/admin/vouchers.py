"""Vouchers: what became of them, who used one for no first order; and which prices are honest."""

from __future__ import annotations

from flask import Response, request

from plugin.admin.frame import blueprint, page, this_shop
from plugin.api import current_context
from plugin.services import prices, voucher_report


@blueprint.get("/vouchers")
def vouchers() -> Response:
    """Show the vouchers of the last months and the uses that stand out."""
    asked = request.args.get("sort", "")
    sort = asked if asked in voucher_report.ORDERS else "newest"
    report = voucher_report.report(current_context(), this_shop(), sort)
    return page("vouchers.html", report=report, days=voucher_report.REPORT_DAYS, sort=sort)


@blueprint.get("/prices")
def price_log() -> Response:
    """Show every strike price of the shop: whether widgets show one there, and why not."""
    return page("prices.html", report=prices.report(current_context(), this_shop()))
