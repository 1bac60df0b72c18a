"""Stored settings and the models they belong to: read, filled up, checked."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ValidationError

from plugin.contracts.widget import Widget
from plugin.errors import InvalidFieldError, NotFoundError
from plugin.services.context import Context
from plugin.store.campaigns import Campaign


def settings_of(widget: Widget, raw: dict[str, Any]) -> BaseModel:
    """Return stored settings as the widget's model; pydantic's ValidationError if they do not fit.

    They pass through JSON, because only there a strict model reads a decimal from its text.
    """
    return widget.settings.model_validate_json(json.dumps(raw))


def clean(widget: Widget, settings: dict[str, Any]) -> dict[str, Any]:
    """Return settings in the form they are stored in; InvalidFieldError("settings_invalid")."""
    try:
        return settings_of(widget, settings).model_dump(mode="json")
    except ValidationError as error:
        field = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise InvalidFieldError("settings_invalid", field=field) from None


def known(context: Context, campaign: Campaign | None) -> Campaign:
    """Return a campaign with a whole draft; NotFoundError for none and for a widget we lack."""
    if campaign is None or campaign.widget not in context.widgets:
        raise NotFoundError("campaign_unknown")
    return replace(campaign, draft=whole(context.widgets[campaign.widget], campaign.draft))


def whole(widget: Widget, settings: dict[str, Any]) -> dict[str, Any]:
    """Return settings of an earlier version of Bleib with the defaults of what has come since."""
    return settings_of(widget, settings).model_dump(mode="json")
