"""The words that stood before the button: what a proof of consent has to repeat."""

from __future__ import annotations

from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.wording import Offer, Voice, merchant_text, offer_of
from plugin.store.campaigns import PublishedCampaign
from plugin.texts import texts_in


def wording_of(
    context: Context,
    shop: Shop,
    campaign: PublishedCampaign,
    language: str,
    *,
    personalised: bool,
) -> str:
    """Return offer, conditions, ticked sentences and button of a sign-up, one to a line.

    Put together from the widget's own texts and the published version, as the browser does it.
    """
    folder = context.widgets[campaign.widget].folder / "texts"
    voice = Voice(texts_in(folder), shop, language, prefix="shopper.")
    name = merchant_text(campaign.settings.get("newsletter_name"), language)
    words = {"name": name or voice.say("nl.name"), "shop": shop.name}
    offer = offer_of(campaign.settings, shop.currency)
    lines = [_lead(voice, campaign, offer), *_conditions(voice, offer)]
    lines += [
        "[x] " + voice.say("nl.tick1", **words),
        voice.say("nl.tick1.why" if offer else "nl.tick1.plain"),
    ]
    if personalised:
        lines += [
            "[x] " + voice.say("nl.tick2"),
            voice.say("nl.tick2.why" if offer else "nl.tick2.plain"),
        ]
    lines += [f"[{voice.say('nl.send', **words)}]", voice.say("nl.next")]
    return "\n".join(lines)


def _lead(voice: Voice, campaign: PublishedCampaign, offer: Offer | None) -> str:
    own = merchant_text(campaign.settings.get("lead"), voice.language)
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
    return [voice.figure(offer), *parts]
