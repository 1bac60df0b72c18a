"""Checks of what a campaign says about money: reductions, and what a voucher is not valid for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

from plugin.contracts.settings import Voucher
from plugin.services import excluding, prices
from plugin.services.check_case import Case, Check

_RULE = "§ 11 PAngV"
_PERCENT = r"(?<![\d.,])(\d{1,2}(?:[.,]\d+)?)\s?(?:%|prozent|percent)"
_REDUCTION = (
    r"(?:[\w-]*(?:rabatt|nachlass|ermäßigung|ersparnis|discount)|reduziert|reduced|gesenkt|günstiger"
    r"|billiger|cheaper|gespart|spar(?:en|st|t|e)?|sav(?:e|ings?)|sale)\b"
)
#: "−20 %", "20 % auf alles", "20% off", "bis zu 20 % sparen", "Rabatt von 20 %"; "100 % Leinen" and
#: "20 % weniger Plastik" are none.
_REDUCED = re.compile(
    rf"(?:[-−–]|\bminus)\s?{_PERCENT}"
    rf"|{_PERCENT}\s?(?:auf|off|less)\b"
    rf"|{_PERCENT}(?:ige[nrs]?)?\s?[-‑]?\s?(?:[\w-]+\s+){{0,2}}?{_REDUCTION}"
    rf"|\b{_REDUCTION}\W+(?:\w+\W+){{0,2}}?{_PERCENT}",
    re.IGNORECASE,
)
#: "statt 49 €", "vorher: 49 €", "was £49": an earlier price, which only the price log can know.
EARLIER = re.compile(
    r"\b(?:statt|früher|bisher|vorher|ehemals|regulär|normalpreis|instead of|was|before|previously"
    r"|originally)\s*:?\s*(?:nur\s+|just\s+)?"
    r"(?:(?:€|£|EUR|CHF)\s?\d|\d[\d.,]*-?\s?(?:€|£|EUR\b|CHF\b|euro\b))",
    re.IGNORECASE,
)


def voucher_checks(case: Case) -> list[Check]:
    """Return the checks that reductions in the merchant's words and the voucher call for."""
    found = [_price_claim(case)]
    if case.offered is not None:
        found += _excluded(case, case.offered)
        if case.offered.thanks.kind != "plain":
            empty = case.offered.thanks.what.empty
            found.append(Check("thanks", not empty, fields=("voucher.thanks.what",)))
    return found


def _price_claim(case: Case) -> Check:
    """What everybody is told is a price reduction; a voucher for one person is none."""
    for place, text in _said(case):
        earlier = EARLIER.search(text)
        if earlier:
            return Check("price_before", False, _RULE, (place,), {"claim": earlier.group(0)})
        for match in _REDUCED.finditer(text):
            number = next(group for group in match.groups() if group)
            kept = prices.support(case.context, case.shop, Decimal(number.replace(",", ".")))
            if not kept.total or kept.kept < kept.total:
                values: dict[str, object] = {
                    "claim": match.group(0).strip(),
                    "missing": Decimal(kept.total - kept.kept),
                    "total": Decimal(kept.total),
                }
                return Check("price_claim", False, _RULE, (place,), values)
    return Check("price_claim", True, _RULE)


def _said(case: Case) -> Iterator[tuple[str, str]]:
    for path, text in case.texts():
        # Beside a sign-up nothing else than its voucher may be promised (`claim`).
        if case.content == "sign_up" and not path.startswith("voucher."):
            continue
        for language in ("de", "en"):
            # Wide signs, and spaces that do not break, are read like the plain ones.
            yield f"{path}.{language}", unicodedata.normalize("NFKC", getattr(text, language))


def _excluded(case: Case, voucher: Voucher) -> Iterator[Check]:
    written = voucher.excluded_products
    if not written:
        return
    place = ("voucher.excluded_products",)
    yield Check("exclusions", excluding.level(case.context, case.shop) != "no", fields=place)
    with case.context.db.read() as connection:
        missing = excluding.unknown(connection, case.shop, written)
    values: dict[str, object] = {"what": missing[0] if missing else ""}
    yield Check("excluded_unknown", not missing, fields=place, values=values)
    unsaid = tuple(
        f"voucher.exclusions.{language}"
        for language in case.shop.languages
        if not getattr(voucher.exclusions, language, "").strip()
    )
    yield Check("excluded_unsaid", not unsaid, "§ 5a UWG", unsaid)
