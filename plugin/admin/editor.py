"""The editor: change a campaign while looking at the real thing, publish what may be published."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from plugin.admin import entries as form
from plugin.admin.fields import Field, fields_of, sections_of
from plugin.admin.frame import blueprint, page, this_shop, to, words
from plugin.admin.points import links_of, marks_of, point_of
from plugin.admin.preview import choices, scene_of
from plugin.api import current_context
from plugin.contracts.widget import Widget
from plugin.errors import BadInputError, ConflictError, InvalidFieldError
from plugin.services import campaigns
from plugin.services.campaigns import Campaign, PublishedCampaign
from plugin.services.consent_wording import wording_of

#: How many changed fields the conflict page names before it only counts.
_DIFFERENCES = 20


@blueprint.get("/widgets/<int:campaign_id>")
def editor(campaign_id: int) -> Response:
    """Show one section of the draft beside the live preview."""
    campaign = campaigns.find(current_context(), this_shop(), campaign_id)
    return _page(campaign)


@blueprint.post("/widgets/<int:campaign_id>")
def editor_save(campaign_id: int) -> Response:
    """Save one section of the draft, keeping what was typed if it does not fit."""
    context, shop = current_context(), this_shop()
    campaign = campaigns.find(context, shop, campaign_id)
    widget = context.widgets[campaign.widget]
    section = _section(widget, request.form.get("section", ""))
    filled = form.read(request.form, campaign.draft, section, widget, shop.languages, words())
    if filled.problems:
        return _page(campaign, filled, status=422)
    try:
        campaigns.save_draft(context, shop, campaign_id, filled.settings, revision=_revision())
    except ConflictError:
        return _conflict(campaigns.find(context, shop, campaign_id), section, filled)
    scene = scene_of(shop, widget, request.form)
    return to("editor", campaign_id=campaign_id, section=section, **scene.query())


@blueprint.post("/widgets/<int:campaign_id>/publish")
def editor_publish(campaign_id: int) -> Response:
    """Publish the draft the merchant looked at."""
    context, shop = current_context(), this_shop()
    try:
        campaigns.publish(context, shop, campaign_id, revision=_revision())
    except InvalidFieldError:
        return _page(campaigns.find(context, shop, campaign_id), status=422)
    except ConflictError:
        return _page(campaigns.find(context, shop, campaign_id), status=409, changed=True)
    return to("editor", campaign_id=campaign_id, done="published")


def _revision() -> int:
    text = request.form.get("revision", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadInputError("revision_invalid", field="revision")
    return int(text)


def _section(widget: Widget, asked: str) -> str:
    sections = sections_of(fields_of(widget.settings))
    return asked if asked in sections else sections[0]


def _page(
    campaign: Campaign,
    filled: form.Entries | None = None,
    status: int = 200,
    **more: Any,  # noqa: ANN401
) -> Response:
    context, shop, wording = current_context(), this_shop(), words()
    widget = context.widgets[campaign.widget]
    fields = fields_of(widget.settings)
    section = _section(widget, request.values.get("section", ""))
    checks = campaigns.checks(context, shop, campaign)
    failed = [check for check in checks if not check.passed]
    live = campaigns.live_settings(context, shop, campaign)
    return page(
        "editor.html",
        status,
        campaign=campaign,
        widget=widget,
        sections=sections_of(fields),
        section=section,
        fields=[field for field in fields if field.section == section],
        entered=filled.entered if filled else form.shown(campaign.draft, fields, wording),
        problems=filled.problems if filled else {},
        marks={**marks_of(failed), **(filled.problems if filled else {})},
        checks=checks,
        failed=failed,
        points=[point_of(check, campaign, widget, fields) for check in failed],
        problem_links=links_of(filled, fields, widget),
        changes=_differences(fields, live, campaign.draft) if live else [],
        live=live,
        scene=scene_of(shop, widget, request.values),
        consent=_consent(campaign, widget) if section == "content" else {},
        choices=choices(shop, widget),
        **more,
    )


def _consent(campaign: Campaign, widget: Widget) -> dict[str, str]:
    """Return by language the words that a sign-up with this draft would be recorded with."""
    if not widget.collects_consent:
        return {}
    context, shop = current_context(), this_shop()
    draft = PublishedCampaign(campaign.id, widget.name, campaign.version, campaign.draft)
    personalised = bool(campaign.draft.get("personalised"))
    return {
        language: wording_of(context, shop, draft, language, personalised=personalised)
        for language in shop.languages
    }


def _conflict(stored: Campaign, section: str, filled: form.Entries) -> Response:
    widget = current_context().widgets[stored.widget]
    fields = fields_of(widget.settings)
    return page(
        "conflict.html",
        409,
        campaign=stored,
        widget=widget,
        section=section,
        differences=_differences(fields, stored.draft, filled.settings),
        posted=[(name, value) for name, value in request.form.items() if name not in _OURS],
    )


#: Fields of the form that are not settings.
_OURS = ("csrf_token", "revision", "section")


def _differences(
    fields: list[Field], before: dict[str, Any], after: dict[str, Any]
) -> list[tuple[Field, Any, Any]]:
    """Return the fields whose values differ, with both values."""
    pairs = [(field, form.at(before, field.path), form.at(after, field.path)) for field in fields]
    return [pair for pair in pairs if pair[1] != pair[2]][:_DIFFERENCES]
