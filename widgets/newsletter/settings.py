"""Settings of the newsletter form in the page."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from plugin.contracts.settings import Headline, Paragraph, Settings, Voucher
from plugin.contracts.sign_up import Fields, Gift
from plugin.contracts.targeting import Audience, Schedule


class NewsletterSettings(Settings):
    """What a merchant decides about the form."""

    title: Headline = Field(Headline(), json_schema_extra={"optional": True})
    lead: Paragraph = Field(Paragraph(), json_schema_extra={"optional": True})
    newsletter_name: Headline = Field(Headline(), json_schema_extra={"optional": True})
    personalised: bool = False
    fields: Fields = Field(Fields(), json_schema_extra={"section": "fields"})
    voucher: Voucher = Field(Voucher(), json_schema_extra={"section": "voucher"})
    gift: Gift = Field(Gift(), json_schema_extra={"section": "voucher"})
    layout: Literal["card", "footer"] = Field("card", json_schema_extra={"section": "design"})
    schedule: Schedule = Field(Schedule(), json_schema_extra={"section": "when"})
    audience: Audience = Field(Audience(), json_schema_extra={"section": "who"})


def public(settings: NewsletterSettings) -> dict[str, Any]:
    """Return what a browser may see of the settings; when and to whom is not in it."""
    return {
        "title": settings.title.public(),
        "lead": settings.lead.public(),
        "voucher": settings.voucher.public(),
        "newsletter_name": settings.newsletter_name.public(),
        "personalised": settings.personalised,
        "fields": settings.fields.public(),
        "gift": settings.gift.public(),
        "layout": None if settings.layout == "card" else settings.layout,
    }
