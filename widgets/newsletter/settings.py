"""Settings of the newsletter form in the page."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from plugin.contracts.settings import Headline, Paragraph, Settings, Voucher


class NewsletterSettings(Settings):
    """What a merchant decides about the form."""

    title: Headline = Field(Headline(), json_schema_extra={"optional": True})
    lead: Paragraph = Field(Paragraph(), json_schema_extra={"optional": True})
    newsletter_name: Headline = Field(Headline(), json_schema_extra={"optional": True})
    personalised: bool = False
    voucher: Voucher = Field(Voucher(), json_schema_extra={"section": "voucher"})


def public(settings: NewsletterSettings) -> dict[str, Any]:
    """Return what a browser may see of the settings."""
    return {
        "title": settings.title.public(),
        "lead": settings.lead.public(),
        "voucher": settings.voucher.public(),
        "newsletter_name": settings.newsletter_name.public(),
        "personalised": settings.personalised,
    }
