"""What the pages behind our mail links say: one heading, one sentence, one button."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from flask import url_for
from markupsafe import Markup, escape

from plugin.api import current_context
from plugin.api.page_parts import Action, Claim, Footer, Page, Present
from plugin.model import Shop
from plugin.services import logo
from plugin.services.confirmations import Confirmation
from plugin.services.saved_carts import Found
from plugin.services.thanks import Thanked
from plugin.services.unsubscribing import Subscription
from plugin.services.wording import Offer, Voice, merchant_text, page_address
from plugin.texts import area_texts


def confirmation_page(token: str, found: Confirmation) -> Page:
    """Return the page of a confirmation link in whatever state it is."""
    if found.shop is None:
        return _bare("expired", found.language, 410)
    voice = Voice("pages", found.shop, found.language)
    words = {"newsletter": found.newsletter or voice.say("newsletter"), "shop": found.shop.name}
    if found.state == "pending":
        return _question(found.shop, voice, words, found)
    if found.state == "unsubscribed":
        return _plain(found.shop, voice, words, "unsubscribed", 200)
    if found.state in ("expired", "superseded"):
        return _too_late(found.shop, voice, words | {"days": str(found.valid_days)}, found)
    page = _done(token, found.shop, voice, words, found)
    return replace(page, present=_present(voice, found))


def waiting_page(token: str, found: Confirmation) -> Page:
    """Return the page for a voucher that is just being made."""
    if found.shop is None:
        return _bare("expired", found.language, 410)
    voice = Voice("pages", found.shop, found.language)
    return _page(
        found.shop,
        voice,
        "waiting",
        {},
        action=Action(voice.say("waiting.button"), url_for("mail_links.use", token=token)),
    )


def unsubscribe_page(token: str, found: Subscription) -> Page:
    """Return the question before unsubscribing, or the answer after it."""
    if found.shop is None:
        return _bare("unsubscribed", found.language, 200)
    voice = Voice("pages", found.shop, found.language)
    words = {"newsletter": found.newsletter or voice.say("newsletter"), "shop": found.shop.name}
    if not found.active or found.email is None:
        return _plain(found.shop, voice, words, "unsubscribed", 200)
    return _page(
        found.shop,
        voice,
        "unsubscribe",
        words | {"email": _strong(found.email)},
        action=Action(voice.say("unsubscribe.button")),
        second=Action(
            voice.say("unsubscribe.rather"), url_for("mail_links.preferences", token=token)
        ),
        note=_rich(voice, "unsubscribe.note", words),
    )


def cart_page(found: Found) -> Page:
    """Return what was taken along, with the way back to it, or say that the link is over."""
    if found.shop is None:
        return _bare("cart_over", found.language, 410)
    voice = Voice("pages", found.shop, found.language)
    if found.link is None or found.ends_at is None:
        return _plain(found.shop, voice, {}, "cart_over", 410)
    named = [one for one in found.items if one.title]
    lines = [voice.say("cart.items", quantity=one.item.quantity, title=one.title) for one in named]
    rest = sum(one.item.quantity for one in found.items if not one.title)
    if named and rest:
        lines.append(voice.say("cart.rest", count=rest))
    page = _page(
        found.shop,
        voice,
        "cart",
        {"ends": voice.day(found.ends_at)},
        action=Action(voice.say("cart.button"), found.link),
    )
    return replace(page, items=tuple(lines))


def invalid_page(language: str) -> Page:
    """Return the page of a link that is not ours, cut off, or altered."""
    return _bare("invalid", language, 404)


def _question(shop: Shop, voice: Voice, words: Mapping[str, str], found: Confirmation) -> Page:
    now = datetime.now(UTC)
    dated = dict(words) | {
        "date": voice.day(found.requested_at or now),
        "deleted": voice.day(found.deleted_at or now),
        "email": _strong(found.email or ""),
    }
    return _page(
        shop,
        voice,
        "confirm",
        dated,
        action=Action(voice.say("confirm.button")),
        note=_rich(voice, "confirm.not_you", dated),
    )


def _too_late(shop: Shop, voice: Voice, words: Mapping[str, str], found: Confirmation) -> Page:
    if found.state == "superseded":
        return _plain(shop, voice, words, "superseded", 410)
    return _page(
        shop,
        voice,
        "expired",
        words,
        status=410,
        action=Action(voice.say("expired.button"), found.form_link or shop.storefront_url),
        note=_rich(voice, "expired.note", words),
    )


def _done(
    token: str, shop: Shop, voice: Voice, words: Mapping[str, str], found: Confirmation
) -> Page:
    to_shop = Action(voice.say("shop"), shop.storefront_url)
    off = url_for("mail_links.unsubscribe", token=found.unsubscribe_token)
    link = Markup('<a href="{}">{}</a>').format(off, voice.say("again_off"))
    voucher, offer = found.voucher, found.offer
    if found.outcome == "voucher" and voucher is not None and offer is not None:
        return _page(
            shop,
            voice,
            "voucher",
            dict(words) | {"figure": voice.figure(offer)},
            part="_typed" if found.typed else "",
            tick=True,
            claim=_claim(voice, offer, voucher.ends_at),
            action=_use(voice, found, token),
            second=None if found.typed else Action(voice.say("voucher.later"), shop.storefront_url),
            note=_rich(voice, "from_now", words) + Markup(" ") + link,
        )
    key = "confirmed" if found.outcome in ("none", "voucher") else found.outcome
    ends = {"ends": voice.day(voucher.ends_at)} if voucher is not None else {}
    page = _page(shop, voice, key, dict(words) | ends, action=to_shop, note=link)
    return page if found.thanks is None else _with_thanks(page, found.thanks)


def _with_thanks(page: Page, thanks: Thanked) -> Page:
    action = page.action if thanks.link is None else Action(thanks.button, thanks.link)
    # Both parts are escaped: the first is Markup, which escapes what is added to it.
    return replace(page, text=page.text + " " + thanks.text, action=action)


def _present(voice: Voice, found: Confirmation) -> Present | None:
    gift = found.gift
    if gift is None:
        return None
    return Present(gift.title, gift.text, Action(voice.say(f"gift.button_{gift.kind}"), gift.link))


def _use(voice: Voice, found: Confirmation, token: str) -> Action:
    if found.typed and found.shop is not None:
        return Action(voice.say("voucher.button_typed"), found.shop.storefront_url)
    return Action(voice.say("voucher.button"), url_for("mail_links.use", token=token))


def _claim(voice: Voice, offer: Offer, ends_at: datetime) -> Claim:
    conditions = []
    if offer.minimum is not None:
        minimum = voice.money(offer.minimum, offer.currency)
        conditions.append(voice.say("voucher.minimum", minimum=minimum))
    conditions.append(voice.say("voucher.first"))
    conditions.append(voice.say("voucher.ends", ends=voice.day(ends_at)))
    excluded = merchant_text(offer.exclusions, voice.language)
    if excluded:
        conditions.append(voice.say("voucher.excluded", what=excluded))
    return Claim(voice.figure(offer), tuple(conditions))


def _plain(shop: Shop, voice: Voice, words: Mapping[str, str], key: str, status: int) -> Page:
    to_shop = Action(voice.say("shop"), shop.storefront_url)
    return _page(shop, voice, key, words, status=status, action=to_shop)


def _page(
    shop: Shop,
    voice: Voice,
    key: str,
    words: Mapping[str, str],
    *,
    part: str = "",
    status: int = 200,
    action: Action | None = None,
    second: Action | None = None,
    claim: Claim | None = None,
    tick: bool = False,
    note: Markup | None = None,
) -> Page:
    return Page(
        language=voice.language,
        status=status,
        shop_name=shop.name,
        title=voice.say(f"{key}.title", **words),
        text=_rich(voice, f"{key}.text{part}", words),
        action=action,
        second=second,
        claim=claim,
        tick=tick,
        note=note,
        footer=footer_of(shop, voice),
    )


def footer_of(shop: Shop, voice: Voice) -> Footer:
    """Return imprint and privacy as they stand under every hosted page of a shop."""
    imprint_link = page_address(shop.imprint)
    return Footer(
        imprint="" if imprint_link else shop.imprint,
        imprint_link=imprint_link,
        imprint_label=voice.say("imprint"),
        privacy_link=page_address(shop.privacy_url),
        privacy_label=voice.say("privacy"),
        look=url_for("page_look.style", key=shop.key),
        logo=logo.get(current_context(), shop),
    )


def _bare(key: str, language: str, status: int) -> Page:
    # There is no shop to speak for: our own plain words, in the form of address that fits anyone.
    texts = area_texts("pages")
    name = texts.get(language, "newsletter", "sie")
    text = texts.get(language, f"{key}.text", "sie", newsletter=name)
    return Page(
        language=language,
        status=status,
        shop_name="",
        title=texts.get(language, f"{key}.title", "sie"),
        text=escape(text),
    )


def _strong(text: str) -> Markup:
    return Markup("<strong>{}</strong>").format(text)


def _rich(voice: Voice, key: str, words: Mapping[str, str]) -> Markup:
    # The text is escaped with its placeholders in it; each value is escaped as it goes in.
    return escape(voice.raw(key)).format_map(words)
