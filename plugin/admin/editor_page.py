"""What stands on a page of the editor: the form of one section, its checks, what is beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, request

from plugin.admin import entries as form
from plugin.admin import gaps, sentences
from plugin.admin.campaigns_beside import beside_of
from plugin.admin.captions import Captions, blocks_of
from plugin.admin.designs import DESIGNS, design_of, has_designs
from plugin.admin.editor_tabs import TARGET, chosen_tab, fields_on, tabs_of, unfolded
from plugin.admin.fields import Field, at, fields_of, mattering
from plugin.admin.frame import page, this_shop, words
from plugin.admin.margin_slider import cost_of
from plugin.admin.merging import seen_of
from plugin.admin.points import links_of, marks_of, points_of
from plugin.admin.preview import choices, scene_of
from plugin.admin.tongues import lacking_tabs, missing_of, written_in
from plugin.api import current_context
from plugin.contracts.widget import Widget
from plugin.services import campaigns, sign_up_page
from plugin.services.campaign_reach import DAYS, reach_of
from plugin.services.campaigns import Campaign, PublishedCampaign
from plugin.services.consent_wording import wording_of
from plugin.services.why_links import why_url

#: Where the settings say what version B does differently.
_B = "experiment.b."
#: How many changed fields a page names before it only counts.
_DIFFERENCES = 20
#: The merchant's answer to what a shopper gets out of it; it stands below the sentence.
_BENEFIT = "benefit"
#: What a window shows: chosen first, seldom changed.
_CONTENT = "content"


def editor_page(
    campaign: Campaign,
    filled: form.Entries | None = None,
    status: int = 200,
    **more: Any,  # noqa: ANN401
) -> Response:
    """Return the editor; `filled` is what was typed and does not fit."""
    context, shop, wording = current_context(), this_shop(), words()
    widget = context.widgets[campaign.widget]
    every = fields_of(widget.settings)
    fields = mattering(every, campaign.draft)
    section = chosen_tab(every, campaign.draft, request.values.get("section", ""))
    slider = cost_of(context, shop, widget, section, campaign.draft, wording)
    say = Captions(wording, widget, {"margin": slider.sentence} if slider else {})
    here = unfolded(fields_on(section, fields), campaign.draft)
    checks = campaigns.checks(context, shop, campaign)
    failed = [check for check in checks if not check.passed]
    scene = scene_of(shop, widget, request.values, campaign.draft)
    if filled:
        spoken = written_in(request.form, filled.problems, here, scene.show)
        scene = replace(scene, show=spoken)
    entered = filled.entered if filled else _shown(campaign, widget, every)
    target = _target(campaign, widget, here) if section == TARGET else _plain(here)
    live = campaigns.live_settings(context, shop, campaign)
    return page(
        "editor.html",
        status,
        campaign=campaign,
        widget=widget,
        name=wording.name_of(campaign, widget),
        say=say,
        sections=tabs_of(fields),
        section=section,
        fields=here,
        seen=seen_of(campaign.draft, here),
        twins=_twins(every),
        **_touched(widget, here, campaign.draft),
        **target,
        # Texts stand in the language of the preview; without one, in each of the shop's.
        spoken=shop.languages if target["reach"] else (scene.show,),
        missing={}
        if target["reach"]
        else missing_of(campaign, here, entered, shop.languages, scene),
        lacking=lacking_tabs(failed, every),
        sums=_sums(campaign, widget, section),
        designs=_designs(every, campaign.draft) if section == "design" else {},
        entered=entered,
        problems=filled.problems if filled else {},
        marks={**marks_of(failed), **(filled.problems if filled else {})},
        checks=checks,
        failed=failed,
        points=points_of(failed, campaign, say, every),
        problem_links=links_of(filled, every, say),
        changes=differences(every, live, campaign.draft) if live else [],
        live=live,
        scene=scene,
        folded=_settled(campaign, every),
        consent=_consent(campaign, widget, scene.show) if section == "content" else "",
        choices=choices(shop, widget, campaign.draft),
        sign_up_pages=_sign_up_pages(campaign, widget) if section == "content" else [],
        why=why_url(context, shop),
        slider=slider,
        **more,
    )


def differences(
    fields: list[Field], before: dict[str, Any], after: dict[str, Any]
) -> list[tuple[Field, Any, Any]]:
    """Return the fields whose values differ, with both values."""
    pairs = [(field, at(before, field.path), at(after, field.path)) for field in fields]
    return [pair for pair in pairs if pair[1] != pair[2]][:_DIFFERENCES]


def _plain(here: list[Field]) -> dict[str, Any]:
    return {"blocks": blocks_of(here), "sentence": [], "benefit": None, "reach": None}


def _target(campaign: Campaign, widget: Widget, here: list[Field]) -> dict[str, Any]:
    """The tab of the sentence: what it does not say is one press away."""
    if not gaps.has_sentence(here):
        return _plain(here)
    rest = [field for field in here if field.path not in {*gaps.IN_SENTENCE, _BENEFIT}]
    plain = widget.settings().model_dump(mode="json")
    used = any(at(plain, field.path) != at(campaign.draft, field.path) for field in rest)
    return {
        "blocks": blocks_of(rest),
        "sentence": gaps.sentence_of(here, campaign.draft, words()),
        "conditions": used,
        # None stands for Bleib's own answer; to leave it empty is not for anybody to choose.
        "benefit": next(
            (replace(field, optional=False) for field in here if field.path == _BENEFIT), None
        ),
        "reach": reach_of(current_context(), this_shop(), campaign.id),
        "reach_days": DAYS,
        "others": beside_of(campaign),
    }


def _sums(campaign: Campaign, widget: Widget, section: str) -> list[str]:
    settings = campaigns.settings_of(widget, campaign.draft)
    parts = ("who", "when") if section == TARGET else (section,)
    return [said for part in parts for said in sentences.said(settings, part, words())]


def _shown(campaign: Campaign, widget: Widget, every: list[Field]) -> form.Entered:
    """What is stored, and where the benefit is Bleib's own, its words."""
    entered = form.shown(campaign.draft, every, words())
    if _BENEFIT in entered and campaign.draft[_BENEFIT] is None:
        entered[_BENEFIT] = words().of_widget(widget, _BENEFIT)
    return entered


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


def _settled(campaign: Campaign, every: list[Field]) -> tuple[str, ...]:
    """Return the choice that is made once there is something of it: what a campaign shows."""
    texts = (at(campaign.draft, field.path) for field in every if field.control == "words")
    written = any(text.strip() for by_language in texts for text in by_language.values())
    return (_CONTENT,) if campaign.version or written else ()


def _consent(campaign: Campaign, widget: Widget, language: str) -> str:
    """Return the words that a sign-up with this draft would be recorded with, "" without one."""
    if not widget.collects_consent or campaign.draft.get("content", "sign_up") != "sign_up":
        return ""
    context, shop = current_context(), this_shop()
    draft = PublishedCampaign(campaign.id, widget.name, campaign.version, campaign.draft)
    personalised = bool(campaign.draft.get("personalised"))
    return wording_of(context, shop, draft, language, personalised=personalised)


def _sign_up_pages(campaign: Campaign, widget: Widget) -> list[str]:
    """Return where the published form also stands as a page of its own."""
    if not widget.collects_consent or widget.interrupts or campaign.state != "published":
        return []
    context, shop = current_context(), this_shop()
    own = sign_up_page.address(context, shop, campaign.id)
    inside = sign_up_page.shop_address(context, shop, campaign.id)
    return [inside, own] if inside else [own]
