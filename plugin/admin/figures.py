"""Figures: decide a test, see where the way of a shopper breaks off, and who comes back."""

from __future__ import annotations

from flask import Response, request

from plugin.admin import figures_customers
from plugin.admin.figure_tests import TestView, experiments_of, view_of
from plugin.admin.frame import blueprint, page, this_shop, words
from plugin.admin.handed import lines_of, table
from plugin.admin.step_shares import step_shares
from plugin.api import current_context
from plugin.errors import NotFoundError
from plugin.services import campaigns, funnels
from plugin.services.arms import HOLDOUT

#: Days of the funnel.
FUNNEL_DAYS = 28


@blueprint.get("/figures")
def figures() -> Response:
    """Show the tests, the funnel, and customers against what they cost."""
    context, shop = current_context(), this_shop()
    listed = experiments_of(context, shop)
    found = funnels.all_of(context, shop, FUNNEL_DAYS)
    asked = request.args.get("funnel", "")
    funnel = next((one for one in found if one.widget == asked), found[0] if found else None)
    return page(
        "figures/all.html",
        test=view_of(context, shop, listed[0]) if listed else None,
        others=[words().name_of(one, context.widgets[one.widget]) for one in listed[1:]],
        other_ids=[one.id for one in listed[1:]],
        funnel=funnel,
        steps=step_shares(funnel.steps) if funnel else (),
        funnels=found,
        funnel_days=FUNNEL_DAYS,
        kinds=context.widgets,
        customers=figures_customers.sections(context, shop),
    )


@blueprint.get("/figures/tests/<int:campaign_id>")
def figure_test(campaign_id: int) -> Response:
    """Show what one campaign's comparison says: the newest version, or the one asked for."""
    context, shop = current_context(), this_shop()
    campaign = campaigns.find(context, shop, campaign_id)
    name = words().name_of(campaign, context.widgets[campaign.widget])
    if not campaign.version:
        return page("figures/test.html", campaign=campaign, name=name, test=None)
    asked = request.args.get("version", "")
    version = int(asked) if asked.isdecimal() and len(asked) < 9 else campaign.version
    if not 0 < version <= campaign.version:
        raise NotFoundError("campaign_never_published")
    test = view_of(context, shop, campaign, version)
    return page("figures/test.html", campaign=campaign, name=name, test=test)


@blueprint.get("/figures.csv")
def figures_csv() -> Response:
    """Hand out what was counted of each arm, one line for each campaign, version and arm.

    Of an invalid test no money: the groups were not as large as drawn, so none may be compared.
    """
    context, shop = current_context(), this_shop()
    sums = ["exposures", "orders", "revenue", "discount", "margin", "unknown"]
    head = ["campaign", "name", "version", "verdict", "arm", *sums, "currency", "kinds"]
    # Names are worded for this request: the few rows are made before it is left.
    rows = [
        line
        for campaign in experiments_of(context, shop)
        for line in _lines(view_of(context, shop, campaign))
    ]
    return table(lines_of(head, rows, words().language), "bleib-figures")


def _lines(test: TestView) -> list[list[object]]:
    reading = test.reading
    invalid = reading.verdict == "invalid"
    return [
        [
            reading.campaign,
            test.name,
            reading.version,
            reading.verdict,
            "holdout" if one.arm == HOLDOUT else one.arm,
            one.sums.exposures,
            one.sums.orders,
            *(
                "" if invalid else amount
                for amount in (one.sums.revenue, one.sums.discount, one.sums.margin)
            ),
            one.sums.unknown,
            reading.currency,
            " ".join(f"{kind}={count}" for kind, count in sorted(one.conversions.items())),
        ]
        for one in reading.arms
    ]
