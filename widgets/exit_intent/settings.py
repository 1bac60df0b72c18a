"""Settings of the window that opens when a shopper is about to leave."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from plugin.contracts.content import Facts, Link, Picture, Service
from plugin.contracts.settings import Headline, Paragraph, Settings, Voucher
from plugin.contracts.sign_up import Fields, Gift
from plugin.contracts.targeting import Audience, Experiment, Schedule, Trigger, Variant

Frame = Literal["modal", "corner", "sheet", "bar"]


class VersionB(Variant):
    """What version B of the window does differently."""

    title: Headline = Field(Headline(), json_schema_extra={"optional": True})
    lead: Paragraph = Field(Paragraph(), json_schema_extra={"optional": True})
    frame: Literal["same", "modal", "corner", "sheet", "bar"] = "same"
    picture: Picture = Picture()

    def public(self) -> dict[str, Any]:
        """Return the public settings that version B replaces."""
        replaced = {
            "title": self.title.public(),
            "lead": self.lead.public(),
            "frame": None if self.frame == "same" else self.frame,
            "picture": self.picture.public(),
        }
        return {name: value for name, value in replaced.items() if value is not None}


class Comparison(Experiment):
    """Two versions of the window, and those who see none."""

    b: VersionB = VersionB()


def _only(*contents: str) -> dict[str, Any]:
    """Say to the form that a field matters for these contents alone."""
    return {"needs": {"content": list(contents)}}


class ExitIntentSettings(Settings):
    """What a merchant decides about the window."""

    content: Literal["sign_up", "message", "question", "basket", "service"] = "sign_up"
    title: Headline = Field(Headline(), json_schema_extra={"optional": True})
    lead: Paragraph = Field(Paragraph(), json_schema_extra={"optional": True})
    newsletter_name: Headline = Field(
        Headline(), json_schema_extra={"optional": True, **_only("sign_up")}
    )
    personalised: bool = Field(False, json_schema_extra=_only("sign_up"))
    button: Link = Field(Link(), json_schema_extra=_only("message"))
    facts: Facts = Field(Facts(), json_schema_extra=_only("question"))
    service: Service = Field(Service(), json_schema_extra=_only("service"))
    picture: Picture = Picture()
    fields: Fields = Field(Fields(), json_schema_extra={"section": "fields", **_only("sign_up")})
    voucher: Voucher = Field(
        Voucher(), json_schema_extra={"section": "voucher", **_only("sign_up")}
    )
    gift: Gift = Field(Gift(), json_schema_extra={"section": "voucher", **_only("sign_up")})
    frame: Frame = Field("modal", json_schema_extra={"section": "design"})
    nudge: bool = Field(False, json_schema_extra={"section": "design", **_only("sign_up")})
    teaser: bool = Field(False, json_schema_extra={"section": "design"})
    trigger: Trigger = Field(Trigger(), json_schema_extra={"section": "when"})
    schedule: Schedule = Field(Schedule(), json_schema_extra={"section": "when"})
    countdown: bool = Field(False, json_schema_extra={"section": "when"})
    # 30 days is the promise to every shopper who said no, so less cannot be set.
    recontact_days: int = Field(
        30, ge=30, le=365, json_schema_extra={"section": "when", "unit": "days"}
    )
    audience: Audience = Field(Audience(), json_schema_extra={"section": "who"})
    #: The merchant's answer; None where the draft is Bleib's own, which has one.
    benefit: str | None = Field(None, max_length=120, json_schema_extra={"section": "who"})
    experiment: Comparison = Field(Comparison(), json_schema_extra={"section": "test"})


def public(settings: ExitIntentSettings) -> dict[str, Any]:
    """Return what a browser may see of the settings; when, to whom and how many is not in it."""
    content = settings.content
    return {
        "frame": settings.frame,
        "content": content,
        "title": settings.title.public(),
        "lead": settings.lead.public(),
        "newsletter_name": settings.newsletter_name.public(),
        "personalised": settings.personalised,
        "voucher": settings.voucher.public() if content == "sign_up" else None,
        "fields": settings.fields.public() if content == "sign_up" else None,
        "gift": settings.gift.public() if content == "sign_up" else None,
        "nudge": settings.nudge,
        "picture": settings.picture.public(),
        "button": settings.button.public() if content == "message" else None,
        "facts": settings.facts.public() if content == "question" else None,
        "service": settings.service.public() if content == "service" else None,
        "teaser": settings.teaser,
        "recontact_days": settings.recontact_days,
    }
