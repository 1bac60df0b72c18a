"""What a storefront asks: for which cart, where it is shown, in which language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, get_args

from plugin.errors import BadInputError
from plugin.texts import LANGUAGES

#: Lines of a cart that are read; what lies in any of them is not suggested.
MOST_LINES = 500
#: Products of a cart that are scored; more would cost and say little.
LONGEST_CART = 50
_LONGEST_ID = 80
_MOST_PIECES = 9999
_MOST_TOTAL = Decimal(10_000_000)
#: Neither database takes a NUL or half a character.
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
#: What is sold by the metre has fractions.
_LINE = re.compile(r"(.+?)(?:\*([0-9]{1,12}(?:\.[0-9]{1,6})?))?", re.DOTALL)

Place = Literal["cart", "drawer", "product", "status"]


@dataclass(frozen=True)
class CartQuestion:
    """A cart as a storefront tells it: what it calls its products, and how many of each.

    Hashable: the same question may be answered from memory. `total` None: not told.
    """

    lines: tuple[tuple[str, int], ...] = ()
    total: Decimal | None = None
    place: Place = "cart"
    language: str = LANGUAGES[0]

    @property
    def references(self) -> list[str]:
        """Return what the storefront calls the products, each once, in the order of the lines."""
        return list(dict.fromkeys(reference for reference, _ in self.lines))


def read_address(arguments: Mapping[str, str]) -> CartQuestion:
    """Read the question from the arguments of an address.

    `cart` is `id[*quantity],…`. What cannot be an id counts for nothing; BadInputError
    ("field_invalid") for a total that is no amount and for a place that there is not.
    """
    told = (part.strip() for part in arguments.get("cart", "").split(",", MOST_LINES))
    return CartQuestion(
        _lines(_split(part) for part in told),
        _total(arguments.get("total", "")),
        _place(arguments.get("place", "")),
        _language(arguments.get("lang", "")),
    )


def read_body(body: Mapping[str, Any]) -> CartQuestion:
    """Read the question from JSON: `cart` is a list of {"product", "quantity"}.

    BadInputError("field_invalid") as for an address, and for a cart that is no list.
    """
    cart = body.get("cart", [])
    if not isinstance(cart, list):
        raise BadInputError("field_invalid", field="cart")
    return CartQuestion(
        _lines(_line_of(line) for line in cart[:MOST_LINES]),
        _total(body.get("total") or ""),
        _place(body.get("place") or ""),
        _language(body.get("lang") or ""),
    )


def _split(part: str) -> tuple[str, int]:
    found = _LINE.fullmatch(part)
    return (found[1], _pieces(float(found[2] or 1))) if found else ("", 0)


def _line_of(line: object) -> tuple[str, int]:
    if not isinstance(line, dict):
        return "", 0
    product, quantity = line.get("product"), line.get("quantity", 1)
    # bool before int: True is an int, too.
    plain = isinstance(quantity, int | float) and not isinstance(quantity, bool)
    return (product if isinstance(product, str) else "", _pieces(quantity) if plain else 0)


def _pieces(told: float) -> int:
    """Return whole pieces: of what lies in the cart at all there is one at least."""
    return max(1, int(min(told, _MOST_PIECES))) if told > 0 else 0


def _lines(told: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    possible = [(name, count) for name, count in told if count > 0]
    return tuple((name, count) for name, count in possible[:MOST_LINES] if _may_be_id(name))


def _may_be_id(text: str) -> bool:
    return 0 < len(text) <= _LONGEST_ID and not _NO_TEXT.search(text)


def _total(text: object) -> Decimal | None:
    if text == "":
        return None
    try:
        amount = Decimal(text) if isinstance(text, str) and len(text) <= 20 else Decimal("NaN")
    except InvalidOperation:
        amount = Decimal("NaN")
    if not (amount.is_finite() and 0 <= amount <= _MOST_TOTAL):
        raise BadInputError("field_invalid", field="total")
    return amount.quantize(Decimal("0.01"))


def _place(text: object) -> Place:
    places: Sequence[Place] = get_args(Place)
    found = next((place for place in places if place == (text or "cart")), None)
    if found is None:
        raise BadInputError("field_invalid", field="place")
    return found


def _language(text: object) -> str:
    return text if isinstance(text, str) and text in LANGUAGES else LANGUAGES[0]
