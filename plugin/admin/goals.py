"""Goals: what a merchant wants more of, and the campaigns that are worth a try for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import Response, request

from plugin.admin.designs import DESIGNS, with_fixed
from plugin.admin.frame import blueprint, page, this_shop, to, words
from plugin.api import current_context
from plugin.errors import ConflictError
from plugin.services import campaigns
from plugin.services.campaigns import Campaign

_NOT_YET: dict[str, Any] = {"audience.first.subscribers": "not"}


@dataclass(frozen=True)
class Proposal:
    """A campaign worth a try; `name` keys its words, `fixed` is what it sets in a fresh draft.

    `once`: one campaign of the widget is enough, so the one that is there is opened.
    """

    name: str
    widget: str
    fixed: dict[str, Any] = field(default_factory=dict)
    once: bool = False


@dataclass(frozen=True)
class Offered:
    """A proposal, and the campaign of the shop that does it already, if one does."""

    proposal: Proposal
    present: Campaign | None


#: By goal what to try, the discount last.
GOALS: dict[str, tuple[Proposal, ...]] = {
    "new": (
        Proposal("letter", "newsletter", {"voucher.enabled": False, **_NOT_YET}),
        Proposal("question", "exit_intent", {**DESIGNS["question"], **_NOT_YET}),
        Proposal("voucher", "exit_intent", {**DESIGNS["modal"], **_NOT_YET}),
    ),
    "repeat": (
        Proposal("status", "shipment_status", once=True),
        Proposal("post", "newsletter", {"layout": "footer", "voucher.enabled": False}),
    ),
    "bigger": (
        Proposal("fitting", "cross_sell", once=True),
        Proposal(
            "help",
            "exit_intent",
            {"content": "basket", "frame": "modal", "audience.first.cart": "filled"},
        ),
    ),
}


@blueprint.get("/widgets/goals")
def goals() -> Response:
    """Ask what the merchant wants more of, and propose what to try for it."""
    return _page()


@blueprint.post("/widgets/goals")
def goal_take() -> Response:
    """Add what was proposed as a draft and open it."""
    context, shop, wording = current_context(), this_shop(), words()
    asked = request.form.get("proposal", "")
    every = (one for proposals in GOALS.values() for one in proposals)
    chosen = next((one for one in every if one.name == asked), None)
    if chosen is None or chosen.widget not in context.widgets:
        return _page(status=422)
    try:
        added = campaigns.create(
            context, shop, chosen.widget, wording.t(f"goals.{chosen.name}.name")
        )
    except ConflictError:
        return to("campaign_new")
    draft = with_fixed(added.draft, chosen.fixed)
    if "benefit" in draft:
        draft["benefit"] = wording.t(f"goals.{chosen.name}.benefit")
    campaigns.save_draft(context, shop, added.id, draft, revision=added.revision)
    return to("editor", campaign_id=added.id, done="added")


def _page(status: int = 200) -> Response:
    asked = request.values.get("goal", "")
    goal = asked if asked in GOALS else ""
    return page(
        "goals.html",
        status,
        goals=list(GOALS),
        goal=goal,
        offered=[_offered(one) for one in GOALS.get(goal, ())],
        widgets=current_context().widgets,
    )


def _offered(proposal: Proposal) -> Offered:
    if not proposal.once:
        return Offered(proposal, None)
    listed = campaigns.all_of(current_context(), this_shop())
    alike = [one for one in listed if one.widget == proposal.widget]
    running = [one for one in alike if one.state == "published"]
    return Offered(proposal, next(iter(running or alike), None))
