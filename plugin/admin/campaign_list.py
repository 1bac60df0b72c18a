"""The list of campaigns changed: added, copied, named, put in order, taken away."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from plugin.admin.designs import DESIGNS, has_designs, with_design
from plugin.admin.fields import fields_of
from plugin.admin.frame import blueprint, page, this_shop, to, words
from plugin.admin.widgets import list_page
from plugin.api import current_context
from plugin.errors import ConflictError, InvalidFieldError
from plugin.services import campaigns


@blueprint.get("/widgets/new")
def campaign_new() -> Response:
    """Offer the designs and widgets to begin with."""
    return _new()


@blueprint.post("/widgets/new")
def campaign_create() -> Response:
    """Add a campaign and open it."""
    context, shop = current_context(), this_shop()
    widget, _, design = request.form.get("kind", "").partition(":")
    if widget not in context.widgets:
        return _new("kind", status=422)
    try:
        added = campaigns.create(context, shop, widget, request.form.get("name", ""))
    except InvalidFieldError:
        return _new("name", status=422)
    except ConflictError:
        return _new("full", status=409)
    draft = added.draft
    if design in DESIGNS and has_designs(fields_of(context.widgets[widget].settings)):
        draft = with_design(draft, design)
    if "benefit" in draft:
        draft = draft | {"benefit": ""}  # nobody but the merchant knows it: the editor asks
    campaigns.save_draft(context, shop, added.id, draft, revision=added.revision)
    return to("editor", campaign_id=added.id, done="added")


@blueprint.post("/widgets/<int:campaign_id>/duplicate")
def campaign_duplicate(campaign_id: int) -> Response:
    """Add a copy of a campaign's draft and open it."""
    context, shop, wording = current_context(), this_shop(), words()
    original = campaigns.find(context, shop, campaign_id)
    name = wording.name_of(original, context.widgets[original.widget])
    copied = wording.t("widgets.copy_of", name=name)[: campaigns.LONGEST_NAME]
    try:
        added = campaigns.duplicate(context, shop, campaign_id, copied)
    except ConflictError:
        return _new("full", status=409)
    return to("editor", campaign_id=added.id, done="added")


@blueprint.post("/widgets/<int:campaign_id>/rename")
def campaign_rename(campaign_id: int) -> Response:
    """Give a campaign another name."""
    name = request.form.get("name", "")
    try:
        campaigns.rename(current_context(), this_shop(), campaign_id, name)
    except InvalidFieldError:
        return list_page(422, {campaign_id: name})
    return to("widgets", done="renamed")


@blueprint.post("/widgets/<int:campaign_id>/move")
def campaign_move(campaign_id: int) -> Response:
    """Let a campaign change places with its neighbour."""
    earlier = request.form.get("to") == "earlier"
    campaigns.move(current_context(), this_shop(), campaign_id, earlier=earlier)
    return to("widgets", done="moved")


@blueprint.get("/widgets/<int:campaign_id>/delete")
def campaign_leave(campaign_id: int) -> Response:
    """Say what goes and what stays before a campaign is taken away."""
    context = current_context()
    campaign = campaigns.find(context, this_shop(), campaign_id)
    name = words().name_of(campaign, context.widgets[campaign.widget])
    return page("campaign_delete.html", campaign=campaign, name=name)


@blueprint.post("/widgets/<int:campaign_id>/delete")
def campaign_delete(campaign_id: int) -> Response:
    """Take a campaign away for good; proofs of its versions stay."""
    campaigns.delete(current_context(), this_shop(), campaign_id)
    return to("widgets", done="deleted")


def _new(problem: str = "", status: int = 200) -> Response:
    context, shop = current_context(), this_shop()
    full = len(campaigns.all_of(context, shop)) >= campaigns.MOST_CAMPAIGNS
    shown: dict[str, Any] = {
        name: list(DESIGNS) if has_designs(fields_of(widget.settings)) else []
        for name, widget in context.widgets.items()
    }
    return page(
        "campaign_new.html",
        status,
        kinds=context.widgets,
        designs=shown,
        chosen=request.form.get("kind", ""),
        typed=request.form.get("name", ""),
        problem="full" if full else problem,
        most=campaigns.MOST_CAMPAIGNS,
        longest=campaigns.LONGEST_NAME,
    )
