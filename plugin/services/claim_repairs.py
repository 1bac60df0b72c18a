"""Promises that may not be made, put into words that are true: the voucher's own, or no figure."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from plugin.services import prices
from plugin.services.check_case import Case, Check
from plugin.services.voucher_checks import EARLIER
from plugin.services.wording import Voice, offer_of

Words = dict[str, str]
_Values = dict[str, object]

#: A sentence that names a share or a sum of money.
_FIGURE = re.compile(
    r"\d\s?(?:%|€|EUR\b|CHF\b|euro\b|prozent\b|percent\b)|(?:€|£|EUR|CHF)\s?\d", re.IGNORECASE
)
_SENTENCE = re.compile(r"[^.!?]*(?:[.!?](?=\d)[^.!?]*)*[.!?]*\s*")
#: From here on a sum is written with a sign between its digits, which the checks do not read.
_LONG_SUM = Decimal(1000)
#: An earlier price to the end of its number, and the sign that set it apart.
_EARLIER_PRICE = re.compile(
    rf"[\s,;:(–-]*(?:{EARLIER.pattern})(?:[\d.,]*\d)?(?:\s?(?:€|£|EUR\b|CHF\b|euro\b))?\)?",
    re.IGNORECASE,
)


def text_at(tree: dict[str, Any], path: str) -> Words:
    """Return a text in all its languages, for the path of one of its languages."""
    for part in path.rpartition(".")[0].split("."):
        tree = tree[part]
    return tree


def no_figures(draft: dict[str, Any], case: Case, check: Check) -> _Values:
    """Take out each sentence of the text at fault that names a share or a sum."""
    for path in check.fields:
        text = text_at(draft, path)
        left = {language: _with(words, "") for language, words in text.items()}
        # What is left in one language alone would be half a text.
        gone = any(text[language] and not left[language] for language in text)
        text.update(dict.fromkeys(text, "") if gone else left)
    return {}


def what_the_voucher_gives(draft: dict[str, Any], case: Case, check: Check) -> _Values | None:
    """Say what the voucher really gives, and from when on, where something else was promised."""
    offer = offer_of(draft, case.shop.currency)
    if offer is None:
        return None

    def said(language: str) -> str:
        voice = Voice("admin", case.shop, language)
        if offer.minimum is None or offer.minimum >= _LONG_SUM:
            return voice.say("repair.voucher_is", value=voice.figure(offer))
        least = voice.money(offer.minimum, offer.currency)
        return voice.say("repair.voucher_is_from", value=voice.figure(offer), minimum=least)

    return _put_true(draft, case, check, said)


def some_are_reduced(draft: dict[str, Any], case: Case, check: Check) -> _Values | None:
    """Say without a figure that articles are reduced, where at least one of them is."""
    if not prices.support(case.context, case.shop, Decimal(1)).kept:
        return None
    return _put_true(
        draft, case, check, lambda language: Voice("admin", case.shop, language).say("repair.some")
    )


def no_earlier_price(draft: dict[str, Any], case: Case, check: Check) -> _Values:
    """Leave the price of today standing and take the earlier one away."""
    for path in check.fields:
        text = text_at(draft, path)
        for language, words in text.items():
            left = _EARLIER_PRICE.sub("", words).strip(" ,;:–-")
            text[language] = left if re.search(r"\w", left) else ""
    return {}


def _put_true(
    draft: dict[str, Any], case: Case, check: Check, said: Callable[[str], str]
) -> _Values:
    """Let a true sentence stand where the wrong one stood, in every language of the shop."""
    for path in check.fields:
        text = text_at(draft, path)
        for language, words in text.items():
            if words or language in case.shop.languages:
                text[language] = _with(words, said(language)) or said(language)
    return {"sentence": said(case.shop.locale.split("-")[0])}


def _with(words: str, sentence: str) -> str:
    """Return a text with `sentence` in place of the first one that names a figure, without more."""
    kept, put = [], False
    for part in _SENTENCE.findall(words):
        if not _FIGURE.search(part):
            kept.append(part)
        elif sentence and not put:
            put = True
            rest = words[words.index(part) + len(part) :]
            kept.append(f"{sentence}. " if rest.strip() else sentence)
    return "".join(kept).strip()
