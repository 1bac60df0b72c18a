"""Money inside the demo shop is whole cents; here they become text and back."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import format_currency

LOCALES = {"de": "de_DE", "en": "en_GB"}


def cents(text: str | Decimal | float) -> int:
    """Return an amount such as "19.90" as whole cents, rounded half up."""
    exact = Decimal(str(text)) * 100
    return int(exact.to_integral_value(rounding=ROUND_HALF_UP))


def plain(amount: int) -> str:
    """Return cents as the platform writes them: "19.90"."""
    return f"{amount // 100}.{amount % 100:02d}" if amount >= 0 else f"-{plain(-amount)}"


def shown(amount: int, currency: str, language: str) -> str:
    """Return cents as a shopper reads them: "19,90 €"."""
    written: str = format_currency(Decimal(amount) / 100, currency, locale=LOCALES[language])
    return written.replace("-", "−")


def share(amount: int, fraction: Decimal) -> int:
    """Return a share of an amount in cents, rounded half up."""
    return int((amount * fraction).to_integral_value(rounding=ROUND_HALF_UP))


def spread(amount: int, weights: list[int]) -> list[int]:
    """Split cents over weights so that the parts add up to the amount exactly."""
    total = sum(weights)
    if total <= 0:
        return [0] * len(weights)
    parts = []
    given = seen = 0
    for weight in weights:
        seen += weight
        upto = amount * seen // total
        parts.append(upto - given)
        given = upto
    return parts
