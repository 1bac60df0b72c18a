"""Altered tokens: every purpose we sign for, with letters changed, cut, added, mixed and moved.

`python -m bench.altered_tokens [--tokens N]`
"""

from __future__ import annotations

import argparse
import base64
import random
import string
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import get_args

from bench.report import Budget, print_table, verdict
from plugin.errors import NotAllowedError
from plugin.security import Keyring, Purpose, random_token

TOKENS = 100_000
_DATA = [7, 1234, 1_795_000_000_000_000]
_ALPHABET = string.ascii_letters + string.digits + "-_.~=+/ %\n\x00äß１"
_SAFE = string.ascii_letters + string.digits + "-_"


def main(arguments: Sequence[str] = ()) -> int:
    """Tries all tokens and returns the exit code."""
    parser = argparse.ArgumentParser(prog="bench.altered_tokens")
    parser.add_argument("--tokens", type=int, default=TOKENS)
    count = parser.parse_args(arguments).tokens
    tried = accepted(count)
    print_table(
        ["what was done to a token", "tried", "accepted"],
        [[name, f"{all_of:,}", str(wrong)] for name, (all_of, wrong) in tried.items()],
    )
    return verdict(
        [
            Budget("altered tokens", sum(all_of for all_of, _ in tried.values()), count, True),
            Budget("altered tokens accepted", sum(wrong for _, wrong in tried.values()), 0),
        ]
    )


def accepted(count: int, seed: int = 1) -> dict[str, tuple[int, int]]:
    """For each way of altering: how many tokens were tried and how many of them were accepted."""
    chance = random.Random(seed)  # noqa: S311 - the same tokens in every run
    keys = Keyring([random_token()], random_token())
    others = Keyring([random_token()], random_token())
    purposes: tuple[Purpose, ...] = get_args(Purpose)
    tried: dict[str, tuple[int, int]] = {}
    made = 0
    while made < count:
        purpose = purposes[made % len(purposes)]
        genuine = keys.sign(purpose, [*_DATA, made])
        for name, text in _altered(chance, genuine, keys, others, purpose):
            if text != genuine:
                all_of, wrong = tried.get(name, (0, 0))
                tried[name] = (all_of + 1, wrong + _passes(keys, purpose, text))
                made += 1
    return tried


def _passes(keys: Keyring, purpose: Purpose, token: str) -> bool:
    asked: tuple[Callable[[Purpose, str], object], ...] = (keys.unsign, keys.unsign_expired)
    for unsign in asked:
        try:
            unsign(purpose, token)
        except NotAllowedError:
            continue
        return True
    return False


def _altered(
    chance: random.Random, token: str, keys: Keyring, others: Keyring, purpose: Purpose
) -> Iterator[tuple[str, str]]:
    place = chance.randrange(len(token))
    letter = chance.choice(_ALPHABET)
    yield "a letter changed", token[:place] + letter + token[place + 1 :]
    yield "a letter added", token[:place] + letter + token[place:]
    yield "a letter taken", token[:place] + token[place + 1 :]
    yield "cut short", token[:place]
    yield "the last letter changed", token[:-1] + chance.choice(_SAFE)
    other = chance.randrange(len(token))
    low, high = sorted((place, other))
    yield "two letters exchanged", _exchanged(token, low, high)
    yield "case changed", token[:place] + token[place].swapcase() + token[place + 1 :]
    payload, time, signature = token.rsplit(".", 2)
    newer = keys.sign(purpose, [*_DATA, "another"]).rsplit(".", 2)
    yield "the data of another", ".".join([newer[0], time, signature])
    yield "the signature of another", ".".join([payload, time, newer[2]])
    yield "another time", ".".join([payload, _later(time), signature])
    yield "made for another purpose", _of_another_purpose(chance, keys, purpose)
    yield "signed with another key", others.sign(purpose, _DATA)
    yield "no signature", ".".join([payload, time, ""])
    yield "padded", token + "="


def _exchanged(token: str, low: int, high: int) -> str:
    if low == high:
        return token
    return token[:low] + token[high] + token[low + 1 : high] + token[low] + token[high + 1 :]


def _later(time: str) -> str:
    moment = int.from_bytes(base64.urlsafe_b64decode(time + "=" * (-len(time) % 4)), "big") + 60
    return base64.urlsafe_b64encode(moment.to_bytes(4, "big")).decode().rstrip("=")


def _of_another_purpose(chance: random.Random, keys: Keyring, purpose: Purpose) -> str:
    purposes: list[Purpose] = [one for one in get_args(Purpose) if one != purpose]
    return keys.sign(chance.choice(purposes), _DATA)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
