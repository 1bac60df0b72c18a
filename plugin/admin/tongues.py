"""Texts by language in the editor: the one that the preview shows, and where another is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for

from plugin.admin.editor_tabs import tab_of
from plugin.admin.fields import Field
from plugin.admin.preview import Scene
from plugin.services.campaign_checks import Check
from plugin.services.campaigns import Campaign


def written_in(
    posted: Mapping[str, str], problems: Mapping[str, str], fields: list[Field], shown: str
) -> str:
    """Return the language whose texts stood on a refused form, `shown` if there were none.

    What was typed stays in sight, whichever language the preview was asked for meanwhile.
    """
    texts = {field.path for field in fields if field.control == "words"}
    for names in (problems, posted):
        for name in names:
            path, _, language = name.rpartition(".")
            if path in texts:
                return language
    return shown


def missing_of(
    campaign: Campaign,
    fields: list[Field],
    entered: Mapping[str, Any],
    languages: tuple[str, ...],
    scene: Scene,
) -> dict[str, dict[str, str]]:
    """Return by path the languages a text still lacks, each with the way to that field."""
    found = {}
    for field in fields:
        text = entered[field.path] if field.control == "words" else {}
        lacks = [one for one in languages if one != scene.show and not text.get(one, "").strip()]
        if text.get(scene.show, "").strip() and lacks:
            found[field.path] = {one: _way(campaign, field, one, scene) for one in lacks}
    return found


def lacking_tabs(failed: list[Check], fields: list[Field]) -> set[str]:
    """Return the tabs that hold a text without one of the shop's languages."""
    paths = {
        path.rpartition(".")[0] for one in failed if one.name == "language" for path in one.fields
    }
    return {tab_of(field.section) for field in fields if field.path in paths}


def _way(campaign: Campaign, field: Field, language: str, scene: Scene) -> str:
    values: dict[str, Any] = scene.query() | {"show": language}
    anchor = f"f-{field.path.replace('.', '-')}-{language}"
    return url_for(
        "admin.editor",
        campaign_id=campaign.id,
        section=tab_of(field.section),
        _anchor=anchor,
        **values,
    )
