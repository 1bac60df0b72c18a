"""Invented customers: names and addresses that belong to nobody."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FIRST_CUSTOMER = 7_310_001
DOMAINS = ("example.com", "example.org", "example.net")
_PLAIN = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord("ß"): "ss"}


@dataclass(frozen=True)
class Person:
    """An invented customer with an address."""

    id: int
    first: str
    last: str
    email: str
    street: str
    zip: str
    city: str
    country: str


@cache
def _material() -> dict[str, Any]:
    path = Path(__file__).with_name("catalogue") / "people.json"
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def invent_person(dice: random.Random, number: int) -> Person:
    """Return an invented person; mail addresses lie in domains reserved for examples."""
    made_of = _material()
    first, last = dice.choice(made_of["first_names"]), dice.choice(made_of["last_names"])
    name = f"{first}.{last}".lower().translate(_PLAIN)
    places = made_of["places"]
    place = dice.choices(places, [place["weight"] for place in places])[0]
    return Person(
        FIRST_CUSTOMER + number,
        first,
        last,
        f"{name}{number}@{dice.choice(DOMAINS)}",
        f"{dice.choice(made_of['streets'])} {dice.randint(1, 80)}",
        place["zip"],
        place["city"],
        place["country"],
    )
