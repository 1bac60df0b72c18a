"""Settings of the window that opens when a shopper is about to leave."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from plugin.contracts.settings import Headline, Paragraph, Settings, Voucher


class Trigger(Settings):
    """When the window may open."""

    desktop: bool = True
    phone: bool = True
    min_seconds: int = Field(5, ge=3, le=120, json_schema_extra={"unit": "seconds"})


class ExitIntentSettings(Settings):
    """What a merchant decides about the window."""

    title: Headline = Field(Headline(), json_schema_extra={"optional": True})
    lead: Paragraph = Field(Paragraph(), json_schema_extra={"optional": True})
    newsletter_name: Headline = Field(Headline(), json_schema_extra={"optional": True})
    personalised: bool = False
    voucher: Voucher = Field(Voucher(), json_schema_extra={"section": "voucher"})
    trigger: Trigger = Field(Trigger(), json_schema_extra={"section": "when"})
    # 30 days is the promise to every shopper who said no, so less cannot be set.
    recontact_days: int = Field(
        30, ge=30, le=365, json_schema_extra={"section": "when", "unit": "days"}
    )


def public(settings: ExitIntentSettings) -> dict[str, Any]:
    """Return what a browser may see of the settings."""
    return {
        "title": settings.title.public(),
        "lead": settings.lead.public(),
        "voucher": settings.voucher.public(),
        "newsletter_name": settings.newsletter_name.public(),
        "personalised": settings.personalised,
        "trigger": settings.trigger.model_dump(),
        "recontact_days": settings.recontact_days,
    }
