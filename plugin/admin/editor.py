"""The editor: change a campaign while looking at the real thing, publish what may be published."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from plugin.admin import entries as form
from plugin.admin.captions import Captions
from plugin.admin.designs import DESIGNS, design_of, with_design
from plugin.admin.editor_page import differences, editor_page
from plugin.admin.editor_tabs import chosen_tab, fields_on
from plugin.admin.fields import Field, fields_of
from plugin.admin.frame import blueprint, page, this_shop, to, words
from plugin.admin.gaps import spread
from plugin.admin.merging import merged, read_seen
from plugin.admin.preview import scene_of
from plugin.api import current_context
from plugin.contracts.widget import Widget
from plugin.errors import BadInputError, ConflictError, InvalidFieldError
from plugin.services import campaigns
from plugin.services.campaigns import Campaign

#: What the sentence of the targeting is put back to by one press.
_PRESET = ("trigger", "schedule", "audience", "recontact_days", "countdown")


@blueprint.get("/widgets/<int:campaign_id>")
def editor(campaign_id: int) -> Response:
    """Show one section of the draft beside the live preview."""
    campaign = campaigns.find(current_context(), this_shop(), campaign_id)
    return editor_page(campaign)


@blueprint.post("/widgets/<int:campaign_id>")
def editor_save(campaign_id: int) -> Response:
    """Save one section of the draft, keeping what was typed if it does not fit."""
    context, shop = current_context(), this_shop()
    campaign = campaigns.find(context, shop, campaign_id)
    widget = context.widgets[campaign.widget]
    fields = fields_of(widget.settings)
    tab = chosen_tab(fields, campaign.draft, request.form.get("section", ""))
    there = form.present(request.form, fields_on(tab, fields), campaign.draft)
    posted = spread(request.form, context.now(), shop.zone)
    filled = form.read(posted, campaign.draft, there, widget.settings, shop.languages, words())
    if tab == "design" and not filled.problems:
        filled.settings = _designed(campaign.draft, filled.settings)
    if filled.problems:
        return editor_page(campaign, filled, status=422)
    if not _saved(campaign, widget, there, filled):
        return _conflict(campaigns.find(context, shop, campaign_id), tab, filled)
    scene = scene_of(shop, widget, request.form, filled.settings)
    return to("editor", campaign_id=campaign_id, section=tab, **scene.query())


@blueprint.post("/widgets/<int:campaign_id>/publish")
def editor_publish(campaign_id: int) -> Response:
    """Publish the draft the merchant looked at."""
    context, shop = current_context(), this_shop()
    try:
        campaigns.publish(context, shop, campaign_id, revision=revision_of())
    except InvalidFieldError:
        return editor_page(campaigns.find(context, shop, campaign_id), status=422)
    except ConflictError:
        return changed_meanwhile(campaign_id)
    return to("editor", campaign_id=campaign_id, done="published")


@blueprint.post("/widgets/<int:campaign_id>/repair")
def editor_repair(campaign_id: int) -> Response:
    """Mend what a check found, by the way out that was pressed."""
    context, shop = current_context(), this_shop()
    check, _, cure = request.form.get("cure", "").partition(":")
    try:
        campaigns.repair(context, shop, campaign_id, check, cure, revision=revision_of())
    except ConflictError:
        return changed_meanwhile(campaign_id)
    mended = campaigns.find(context, shop, campaign_id)
    scene = scene_of(shop, context.widgets[mended.widget], request.form, mended.draft)
    section = request.form.get("section", "")
    return to("editor", campaign_id=campaign_id, section=section, done="mended", **scene.query())


@blueprint.post("/widgets/<int:campaign_id>/preset")
def editor_preset(campaign_id: int) -> Response:
    """Put back to the preset who sees it, where and when."""
    context, shop = current_context(), this_shop()
    campaign = campaigns.find(context, shop, campaign_id)
    plain = context.widgets[campaign.widget].settings().model_dump(mode="json")
    draft = campaign.draft | {name: plain[name] for name in _PRESET if name in plain}
    try:
        campaigns.save_draft(context, shop, campaign_id, draft, revision=revision_of())
    except ConflictError:
        return changed_meanwhile(campaign_id)
    return to("editor", campaign_id=campaign_id, section="target", done="preset")


def revision_of() -> int:
    """Return the revision of the draft that the merchant saw; BadInputError without one."""
    text = request.form.get("revision", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadInputError("revision_invalid", field="revision")
    return int(text)


def changed_meanwhile(campaign_id: int) -> Response:
    """Show the draft as somebody else left it, and say so."""
    campaign = campaigns.find(current_context(), this_shop(), campaign_id)
    return editor_page(campaign, status=409, changed=True)


def _saved(campaign: Campaign, widget: Widget, there: list[Field], filled: form.Entries) -> bool:
    """Store what was entered, together with what somebody else did; False if both cannot be."""
    context, shop, revision = current_context(), this_shop(), revision_of()
    settings: dict[str, Any] | None = filled.settings
    if revision != campaign.revision:
        seen = read_seen(request.form.get("seen"), there)
        settings = seen and merged(campaign.draft, filled.settings, seen, there)
        revision = campaign.revision if settings else revision
    try:
        wanted = settings or filled.settings
        campaigns.save_draft(context, shop, campaign.id, wanted, revision=revision)
    except (ConflictError, InvalidFieldError):
        return False
    return True


def _designed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """A design that was chosen just now decides; one that only stood there does not."""
    asked = request.form.get("design", "")
    return with_design(after, asked) if asked in DESIGNS and asked != design_of(before) else after


def _conflict(stored: Campaign, section: str, filled: form.Entries) -> Response:
    widget = current_context().widgets[stored.widget]
    return page(
        "conflict.html",
        409,
        campaign=stored,
        name=words().name_of(stored, widget),
        say=Captions(words(), widget),
        section=section,
        differences=differences(fields_of(widget.settings), stored.draft, filled.settings),
        posted=[
            (name, value) for name, value in request.form.items(multi=True) if name not in _OURS
        ],
    )


#: Fields of the form that are not settings.
_OURS = ("csrf_token", "revision", "section", "seen")
