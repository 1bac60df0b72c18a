"""The voice of one shop: our texts in its language and form of address, money and dates its way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from babel import Locale
from babel.numbers import format_currency, format_decimal

from plugin import texts
from plugin.model import Shop
from plugin.texts import Texts

_ENGLISH = "en-GB"
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Offer:
    """The welcome voucher that a published campaign promises; `minimum` None: without one.

    `ends` None: the campaign has no end. Who signs up after it is promised nothing.
    """

    kind: str
    value: Decimal
    currency: str
    minimum: Decimal | None
    days: int
    exclusions: Mapping[str, str]
    ends: datetime | None = None
    #: Ids of products that it is not valid for.
    excluded: tuple[str, ...] = ()

    def promised_at(self, moment: datetime) -> bool:
        """Tell whether the offer stood when somebody signed up."""
        return self.ends is None or moment < self.ends


def offer_of(settings: Mapping[str, Any], currency: str) -> Offer | None:
    """Return what the settings of a campaign version promise, None if no voucher."""
    voucher = settings.get("voucher") or {}
    if not voucher.get("enabled") or settings.get("content", "sign_up") != "sign_up":
        return None
    minimum = Decimal(str(voucher.get("minimum") or 0))
    ends = (settings.get("schedule") or {}).get("ends")
    return Offer(
        kind=voucher["kind"],
        value=Decimal(str(voucher["value"])),
        currency=currency,
        minimum=minimum if minimum > 0 else None,
        days=int(voucher["days"]),
        exclusions=voucher.get("exclusions") or {},
        ends=datetime.fromisoformat(ends) if ends else None,
        excluded=tuple(voucher.get("excluded_products") or ()),
    )


def page_address(text: str) -> str | None:
    """Return `text` if it is the address of a web page, None if it is anything else."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    readable = text.isprintable() and " " not in text
    is_page = readable and parts.scheme in ("https", "http") and bool(parts.hostname)
    return text if is_page else None


def merchant_text(by_language: Mapping[str, str] | None, language: str) -> str:
    """Return a merchant's text in this language, else in the one there is, else ""."""
    written = {key: text.strip() for key, text in (by_language or {}).items() if text.strip()}
    return written.get(language) or next(iter(written.values()), "")


class Voice:
    """Says the texts of one area for one shop in one language."""

    def __init__(self, area: str | Texts, shop: Shop, language: str, *, prefix: str = "") -> None:
        self._texts = texts.area_texts(area) if isinstance(area, str) else area
        self._prefix = prefix
        self._shop = shop
        self.language = language if language in texts.LANGUAGES else texts.LANGUAGES[0]
        own = shop.locale.split("-")[0] == self.language
        self.locale = shop.locale if own else {"en": _ENGLISH, "de": "de-DE"}[self.language]

    def raw(self, key: str) -> str:
        """Return a text with its {placeholders} unfilled."""
        text = self._texts.get(self.language, self._prefix + key, self._shop.address)
        # Switzerland writes ss for ß.
        return text.replace("ß", "ss") if self.locale == "de-CH" else text

    def say(self, key: str, **values: object) -> str:
        """Return a text, filled in one pass: a value that looks like a placeholder stays as is."""
        return _PLACEHOLDER.sub(lambda found: str(values.get(found[1], found[0])), self.raw(key))

    def day(self, moment: datetime | date, style: str = "long") -> str:
        """Return e.g. "21. November 2026", its parts held together."""
        return texts.day(moment, self.locale, self._shop.zone, style).replace(" ", "\u00a0", 1)

    def weekday(self, moment: date) -> str:
        """Return e.g. "Montag, 23. November"."""
        words = texts.day(moment, self.locale, self._shop.zone, "full")
        without_year = re.sub(r"[\s,]+\d{4}$", "", words)
        return re.sub(r"(\d\.?) ", "\\1\u00a0", without_year)

    def time(self, moment: datetime) -> str:
        """Return e.g. "19:42"."""
        return texts.clock_time(moment, self.locale, self._shop.zone)

    def money(self, amount: Decimal, currency: str) -> str:
        """Return e.g. "12,40 €", and "5 €" where there are no cents."""
        # Austrians read "5 €" on their shops as Germans do; CLDR's "€ 5" would look foreign there.
        tag = "de-DE" if self.locale == "de-AT" else self.locale
        locale = Locale.parse(tag.replace("-", "_"))
        pattern = locale.currency_formats["standard"].pattern
        if amount == amount.to_integral_value():
            pattern = pattern.replace("0.00", "0")
        return str(
            format_currency(amount, currency, format=pattern, locale=locale, currency_digits=False)
        )

    def figure(self, offer: Offer) -> str:
        """Return what an offer is worth: "5 €" or "10 %"."""
        if offer.kind == "percent":
            number = format_decimal(offer.value, locale=self.locale.replace("-", "_"))
            return f"{number}\u00a0%" if self.language == "de" else f"{number}%"
        return self.money(offer.value, offer.currency)
