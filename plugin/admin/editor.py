"""The editor: change a campaign while looking at the real thing, publish what may be published."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from plugin.admin import entries as form
from plugin.admin import sentences
from plugin.admin.captions import Captions, blocks_of
from plugin.admin.designs import DESIGNS, design_of, has_designs, with_design
from plugin.admin.fields import Field, at, fields_of, mattering, sections_of
from plugin.admin.frame import blueprint, page, this_shop, to, words
from plugin.admin.margin_slider import cost_of
from plugin.admin.points import links_of, marks_of, point_of
from plugin.admin.preview import choices, scene_of
from plugin.api import current_context
from plugin.contracts.targeting import Who
from plugin.contracts.widget import Widget
from plugin.errors import BadInputError, ConflictError, InvalidFieldError
from plugin.services import campaigns, sign_up_page
from plugin.services.campaigns import Campaign, PublishedCampaign
from plugin.services.consent_wording import wording_of
from plugin.services.why_links import why_url

#: Where the settings say what version B does differently.
_B = "experiment.b."
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
    fields = fields_of(widget.settings)
    section = _section(fields, campaign.draft, request.form.get("section", ""))
    there = [field for field in fields if field.section == section]
    there = form.present(request.form, there, campaign.draft)
    filled = form.read(
        request.form, campaign.draft, there, widget.settings, shop.languages, words()
    )
    if section == "design" and not filled.problems:
        filled.settings = _designed(campaign.draft, filled.settings)
    if filled.problems:
        return _page(campaign, filled, status=422)
    try:
        campaigns.save_draft(context, shop, campaign_id, filled.settings, revision=_revision())
    except ConflictError:
        return _conflict(campaigns.find(context, shop, campaign_id), section, filled)
    scene = scene_of(shop, widget, request.form, filled.settings)
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


def _section(fields: list[Field], draft: dict[str, Any], asked: str) -> str:
    sections = sections_of(mattering(fields, draft))
    return asked if asked in sections else sections[0]


def _designed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """A design that was chosen just now decides; one that only stood there does not."""
    asked = request.form.get("design", "")
    return with_design(after, asked) if asked in DESIGNS and asked != design_of(before) else after


def _page(
    campaign: Campaign,
    filled: form.Entries | None = None,
    status: int = 200,
    **more: Any,  # noqa: ANN401
) -> Response:
    context, shop, wording = current_context(), this_shop(), words()
    widget = context.widgets[campaign.widget]
    every = fields_of(widget.settings)
    fields = mattering(every, campaign.draft)
    section = _section(every, campaign.draft, request.values.get("section", ""))
    slider = cost_of(context, shop, widget, section, campaign.draft, wording)
    say = Captions(wording, widget, {"margin": slider.sentence} if slider else {})
    here = _unfolded([field for field in fields if field.section == section], campaign.draft)
    checks = campaigns.checks(context, shop, campaign)
    failed = [check for check in checks if not check.passed]
    live = campaigns.live_settings(context, shop, campaign)
    return page(
        "editor.html",
        status,
        campaign=campaign,
        widget=widget,
        name=wording.name_of(campaign, widget),
        say=say,
        sections=sections_of(fields),
        section=section,
        fields=here,
        blocks=blocks_of(here),
        twins=_twins(every),
        **_touched(widget, here, campaign.draft),
        sums=sentences.said(campaigns.settings_of(widget, campaign.draft), section, wording),
        designs=_designs(every, campaign.draft) if section == "design" else {},
        entered=filled.entered if filled else form.shown(campaign.draft, every, wording),
        problems=filled.problems if filled else {},
        marks={**marks_of(failed), **(filled.problems if filled else {})},
        checks=checks,
        failed=failed,
        points=[point_of(check, campaign, say, every) for check in failed],
        problem_links=links_of(filled, every, say),
        changes=_differences(every, live, campaign.draft) if live else [],
        live=live,
        scene=scene_of(shop, widget, request.values, campaign.draft),
        consent=_consent(campaign, widget) if section == "content" else {},
        choices=choices(shop, widget, campaign.draft),
        sign_up_pages=_sign_up_pages(campaign, widget) if section == "content" else [],
        why=why_url(context, shop),
        slider=slider,
        **more,
    )


def _unfolded(fields: list[Field], draft: dict[str, Any]) -> list[Field]:
    """Leave out a third group of people for as long as the second says nothing."""
    nothing = Who().model_dump(mode="json")
    groups = draft.get("audience", {})
    if any(groups.get(name) != nothing for name in ("second", "third")):
        return fields
    return [field for field in fields if field.group != "audience.third"]


def _twins(fields: list[Field]) -> dict[str, Field]:
    """Return for each field of version B the one of version A that it stands in for."""
    by_path = {field.path: field for field in fields}
    found = {path: by_path.get(path.removeprefix(_B)) for path in by_path if path.startswith(_B)}
    return {path: twin for path, twin in found.items() if twin is not None}


def _touched(widget: Widget, fields: list[Field], draft: dict[str, Any]) -> dict[str, set[str]]:
    """Return which fields are not as Bleib sets them, and the groups where all of them are."""
    plain = widget.settings().model_dump(mode="json")
    touched = {f.path for f in fields if at(plain, f.path) != at(draft, f.path)}
    groups = {f.group for f in fields}
    return {
        "touched": touched,
        "untouched": groups - {f.group for f in fields if f.path in touched},
    }


def _designs(fields: list[Field], draft: dict[str, Any]) -> dict[str, bool]:
    """Return the gallery, and which of it the draft is; empty for widgets that have none."""
    chosen = design_of(draft) if has_designs(fields) else ""
    return {name: name == chosen for name in DESIGNS} if has_designs(fields) else {}


def _consent(campaign: Campaign, widget: Widget) -> dict[str, str]:
    """Return by language the words that a sign-up with this draft would be recorded with."""
    if not widget.collects_consent or campaign.draft.get("content", "sign_up") != "sign_up":
        return {}
    context, shop = current_context(), this_shop()
    draft = PublishedCampaign(campaign.id, widget.name, campaign.version, campaign.draft)
    personalised = bool(campaign.draft.get("personalised"))
    return {
        language: wording_of(context, shop, draft, language, personalised=personalised)
        for language in shop.languages
    }


def _sign_up_pages(campaign: Campaign, widget: Widget) -> list[str]:
    """Return where the published form also stands as a page of its own."""
    if not widget.collects_consent or widget.interrupts or campaign.state != "published":
        return []
    context, shop = current_context(), this_shop()
    own = sign_up_page.address(context, shop, campaign.id)
    inside = sign_up_page.shop_address(context, shop, campaign.id)
    return [inside, own] if inside else [own]


def _conflict(stored: Campaign, section: str, filled: form.Entries) -> Response:
    widget = current_context().widgets[stored.widget]
    fields = fields_of(widget.settings)
    return page(
        "conflict.html",
        409,
        campaign=stored,
        name=words().name_of(stored, widget),
        say=Captions(words(), widget),
        section=section,
        differences=_differences(fields, stored.draft, filled.settings),
        posted=[
            (name, value) for name, value in request.form.items(multi=True) if name not in _OURS
        ],
    )


#: Fields of the form that are not settings.
_OURS = ("csrf_token", "revision", "section")


def _differences(
    fields: list[Field], before: dict[str, Any], after: dict[str, Any]
) -> list[tuple[Field, Any, Any]]:
    """Return the fields whose values differ, with both values."""
    pairs = [(field, at(before, field.path), at(after, field.path)) for field in fields]
    return [pair for pair in pairs if pair[1] != pair[2]][:_DIFFERENCES]
