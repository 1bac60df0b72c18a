"""Check digits of parcel numbers: tells a mistyped number from one that a carrier gave out.

Every function takes a number without blanks, in capitals and of the right shape (the shapes stand
in carriers.toml), and tells whether its last sign follows from the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

_S10 = (8, 6, 4, 2, 3, 5, 9, 7)
_FEDEX = (3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1)
_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def s10(number: str) -> bool:
    """UPU standard S10: two letters, eight digits, the check digit, two letters of the country."""
    rest = 11 - _weighed(number[2:10], _S10) % 11
    return int(number[10]) == {10: 0, 11: 5}.get(rest, rest)


def mod10(number: str) -> bool:
    """GS1 modulo 10 (SSCC, NVE): weights 3 and 1 in turn, from the right."""
    digits = [int(sign) for sign in reversed(number)]
    return (sum(digits[::2]) + 3 * sum(digits[1::2])) % 10 == 0


def identcode(number: str) -> bool:
    """Identcode of Deutsche Post: weights 4 and 9 in turn, from the left, modulo 10."""
    weights = (4, 9) * (len(number) // 2)
    return (_weighed(number[:-1], weights) + int(number[-1])) % 10 == 0


def mod7(number: str) -> bool:
    """Waybill of DHL Express: what is left of the number before it, divided by seven."""
    return int(number[:-1]) % 7 == int(number[-1])


def ups(number: str) -> bool:
    """UPS 1Z: letters count as digits (A is 2), every second sign double, modulo 10."""
    values = [
        int(sign) if sign.isdigit() else (ord(sign) - ord("A") + 2) % 10 for sign in number[2:-1]
    ]
    return (sum(values[::2]) + 2 * sum(values[1::2]) + int(number[-1])) % 10 == 0


def fedex(number: str) -> bool:
    """FedEx Express, twelve digits: weights 3, 1 and 7 in turn, modulo 11, ten counts as nought."""
    return _weighed(number[:-1], _FEDEX) % 11 % 10 == int(number[-1])


def mod37_36(number: str) -> bool:
    """ISO/IEC 7064 modulo 37, 36 (DPD): the check sign is a digit or a letter."""
    rest = 36
    for sign in number[:-1]:
        rest = (rest + _SIGNS.index(sign)) % 36 or 36
        rest = rest * 2 % 37
    return (rest + _SIGNS.index(number[-1])) % 36 == 1


def _weighed(digits: str, weights: Iterable[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


#: By the names that carriers.toml uses.
CHECKS: dict[str, Callable[[str], bool]] = {
    "s10": s10,
    "mod10": mod10,
    "identcode": identcode,
    "mod7": mod7,
    "ups": ups,
    "fedex": fedex,
    "mod37_36": mod37_36,
}
