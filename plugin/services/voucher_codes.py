"""Codes of our own making: not to be guessed, not to be misread."""

from __future__ import annotations

import re
import secrets
import unicodedata

#: No 0 and O, no 1, I and L: a code read out on the telephone arrives as it was meant.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
#: 13 signs of 31 are 64 bits: not to be guessed.
_GROUPS = (5, 4, 4)
_LONGEST_WORD = 8


def new_code(shop_name: str) -> str:
    """Return an unguessable code that begins with a word of the shop's name."""
    ascii_name = unicodedata.normalize("NFKD", shop_name).encode("ascii", "ignore").decode()
    words = [word.upper() for word in re.findall(r"[A-Za-z]{3,}", ascii_name)] or ["HALLO"]
    word = max(words, key=len)
    word = word if len(word) <= _LONGEST_WORD else word[:5]
    parts = ["".join(secrets.choice(ALPHABET) for _ in range(length)) for length in _GROUPS]
    return "-".join([word, *parts])
