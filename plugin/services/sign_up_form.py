"""What stands on a sign-up form, word for word: for the page without script, and for the proof."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from plugin.contracts.sign_up import Fields, Gift
from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.wording import Offer, Voice, merchant_text, offer_of
from plugin.store.campaigns import PublishedCampaign
from plugin.texts import texts_in


@dataclass(frozen=True)
class Entry:
    """One optional question with its reason; `options` are value and label."""

    id: str
    kind: str
    label: str
    why: str
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Tick:
    """One purpose that a shopper may agree to; never ticked beforehand."""

    purpose: str
    text: str
    why: str


@dataclass(frozen=True)
class SignUpForm:
    """All words of one form in one language, in reading order."""

    title: str
    lead: str
    figure: str
    conditions: tuple[str, ...]
    gift: tuple[str, ...]
    entries: tuple[Entry, ...]
    ticks: tuple[Tick, ...]
    send: str
    next: str


def form_of(context: Context, shop: Shop, campaign: PublishedCampaign, language: str) -> SignUpForm:
    """Return the form of a published version as the browser draws it."""
    voice = voice_of(context, shop, campaign, language)
    settings = campaign.settings
    offer = offer_of(settings, shop.currency)
    name = merchant_text(settings.get("newsletter_name"), language) or voice.say("nl.name")
    return SignUpForm(
        title=_title(voice, settings, offer),
        lead=_lead(voice, settings, offer),
        figure=voice.figure(offer) if offer else "",
        conditions=tuple(_conditions(voice, offer)),
        gift=_gift(settings, language),
        entries=_entries(settings, language),
        ticks=_ticks(voice, settings, {"name": name, "shop": shop.name}, offer),
        send=voice.say("nl.send", name=name, shop=shop.name),
        next=voice.say("nl.next"),
    )


def voice_of(context: Context, shop: Shop, campaign: PublishedCampaign, language: str) -> Voice:
    """Return the shop's voice with the shopper texts of the campaign's widget."""
    folder = context.widgets[campaign.widget].folder / "texts"
    return Voice(texts_in(folder), shop, language, prefix="shopper.")


def gift_of(settings: Mapping[str, Any]) -> Gift | None:
    """Return what a version gives to everybody who confirms, None where it gives nothing."""
    gift = Gift.model_validate_json(json.dumps(settings.get("gift") or {}))
    return gift if gift.public() else None


def _title(voice: Voice, settings: Mapping[str, Any], offer: Offer | None) -> str:
    own = merchant_text(settings.get("title"), voice.language)
    name = merchant_text(settings.get("newsletter_name"), voice.language)
    if offer:
        return own or voice.say("nl.title", value=voice.figure(offer))
    return own or name or voice.say("nl.title_plain")


def _lead(voice: Voice, settings: Mapping[str, Any], offer: Offer | None) -> str:
    own = merchant_text(settings.get("lead"), voice.language)
    if own:
        return own
    return voice.say("nl.lead", value=voice.figure(offer)) if offer else voice.say("nl.plain")


def _conditions(voice: Voice, offer: Offer | None) -> list[str]:
    if offer is None:
        return []
    parts = []
    if offer.minimum is not None:
        parts.append(voice.say("cond.min", min=voice.money(offer.minimum, offer.currency)))
    parts += [voice.say("cond.first"), voice.say("cond.days", days=offer.days)]
    excluded = merchant_text(offer.exclusions, voice.language)
    if excluded:
        parts.append(voice.say("cond.excluded", what=excluded).removeprefix(", "))
    return parts


def _gift(settings: Mapping[str, Any], language: str) -> tuple[str, ...]:
    gift = gift_of(settings)
    public = gift.public() if gift else None
    if public is None:
        return ()
    lines = (merchant_text(public[part], language) for part in ("title", "text", "why"))
    return tuple(line for line in lines if line)


def _entries(settings: Mapping[str, Any], language: str) -> tuple[Entry, ...]:
    asked = Fields.model_validate_json(json.dumps(settings.get("fields") or {})).public() or ()
    return tuple(
        Entry(
            id=one["id"],
            kind=one["kind"],
            label=merchant_text(one["label"], language),
            why=merchant_text(one["why"], language),
            options=tuple(
                (value, merchant_text(label, language)) for value, label in one.get("options", ())
            ),
        )
        for one in asked
    )


def _ticks(
    voice: Voice, settings: Mapping[str, Any], words: Mapping[str, str], offer: Offer | None
) -> tuple[Tick, ...]:
    kind = "why" if offer else "plain"
    ticks = [Tick("newsletter", voice.say("nl.tick1", **words), voice.say(f"nl.tick1.{kind}"))]
    if settings.get("personalised"):
        ticks.append(Tick("personalised", voice.say("nl.tick2"), voice.say(f"nl.tick2.{kind}")))
    return tuple(ticks)
