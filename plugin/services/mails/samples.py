"""Sample letters: what a merchant sees of a mail before anybody gets it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from plugin.model import Shop
from plugin.services.mails.letter import Letter, Values
from plugin.services.mails.parts import EDITABLE, in_own_words
from plugin.services.mails.placeholders import shown
from plugin.services.wording import Voice

Build = Callable[[Voice, Shop, Values], Letter]
#: A person who does not exist, and a code that no shop has.
_NAME, _CODE = "Marlene", "MUSTER-7K4M-Q2XD-J7V2"


class _Unfilled(Voice):
    """Says our texts with their placeholders as merchants write them."""

    def say(self, key: str, **values: object) -> str:
        return shown(self.raw(key), self.language)


def sample_letter(
    build: Build,
    kind: str,
    voice: Voice,
    shop: Shop,
    texts: Mapping[str, str],
    now: datetime,
    *,
    typed: bool,
) -> Letter:
    """Return a letter to a made-up person, as `build` makes it, in the merchant's `texts`.

    Nobody can confirm, unsubscribe or buy with what stands in it. `typed` as in the voucher's mail.
    """
    values = _values(shop, now, typed=typed) | {"minimum": "40.00"}
    letter = build(voice, shop, values)
    return _harmless(in_own_words(letter, kind, texts, shop))


def own_texts(build: Build, kind: str, shop: Shop, language: str, *, typed: bool) -> dict[str, str]:
    """Return Bleib's texts of a mail by part, as a merchant would write them."""
    now = datetime(2026, 11, 21, 9, tzinfo=UTC)
    voice = _Unfilled("mail", shop, language)
    letter = build(voice, shop, _values(shop, now, typed=typed))
    found = {
        "subject": letter.subject,
        "preheader": letter.preheader,
        "heading": letter.heading,
        "text": "\n\n".join(letter.paragraphs),
        "button": letter.button.label,
        "page": "/",
    }
    return {part: found[part] for part in EDITABLE[kind].parts}


def _values(shop: Shop, now: datetime, *, typed: bool) -> dict[str, Any]:
    return {
        "first_name": _NAME,
        "newsletter": "",
        "link": shop.storefront_url,
        "unsubscribe": shop.storefront_url,
        "requested_at": now.isoformat(),
        "confirmed_at": (now - timedelta(days=2)).isoformat(),
        "deleted_at": (now + timedelta(days=7)).isoformat(),
        "ends_at": (now + timedelta(days=28)).isoformat(),
        "code": _CODE,
        "kind": "amount",
        "value": "5.00",
        "currency": shop.currency,
        "minimum": None,
        "exclusions": "",
        "typed": typed,
    }


def _harmless(letter: Letter) -> Letter:
    """Say where one could unsubscribe without a link that ends anything."""
    if letter.unsubscribe is None:
        return letter
    why = (letter.why or "").replace("{unsubscribe}", letter.unsubscribe.label)
    return replace(letter, why=why, unsubscribe=None)
