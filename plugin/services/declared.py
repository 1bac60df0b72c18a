"""What people said of themselves at sign-up: only what the form asked for, sealed, all optional."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from plugin.contracts.sign_up import MONTHS, Fields
from plugin.model import Shop
from plugin.sanitize import plain_text
from plugin.services.context import Context
from plugin.services.wording import merchant_text
from plugin.store.subscribers import Subscriber

LONGEST_NAME = 60
_SEAL = "declared"
#: No name has these; who writes them wants our mails to carry an address of theirs.
_NO_NAME = re.compile(r"[/@:<>{}\[\]\\|=]|www\.|\.\w{2,}", re.IGNORECASE)


@dataclass(frozen=True)
class Declared:
    """A person's own words; what was not asked for, or not answered, is empty.

    `interests` are the topics as they are called in the shop's first language.
    """

    name: str = ""
    birth_month: int | None = None
    interests: tuple[str, ...] = ()


def read(shop: Shop, settings: Mapping[str, Any], entered: Mapping[str, Any]) -> Declared:
    """Return what of a form's entries the published version asked for.

    What was not asked for, is no choice of the form or no name is left out: nobody is refused a
    newsletter for an optional entry.
    """
    asked = Fields.model_validate_json(json.dumps(settings.get("fields") or {}))
    month = entered.get("birth_month")
    chosen = entered.get("interests")
    return Declared(
        name=_name(entered.get("name")) if asked.name.enabled else "",
        birth_month=int(month) if asked.birth_month.enabled and month in MONTHS else None,
        interests=tuple(
            merchant_text(topic.public(), shop.languages[0])
            for slot, topic in asked.interests.topics.items()
            if asked.interests.enabled and isinstance(chosen, list | tuple) and slot in chosen
        ),
    )


def _name(value: object) -> str:
    text = " ".join(plain_text(value).split()) if isinstance(value, str) else ""
    return "" if len(text) > LONGEST_NAME or _NO_NAME.search(text) else text


def seal(context: Context, shop_id: int, declared: Declared) -> str | None:
    """Return what is stored of it, None where nothing was said."""
    if declared == Declared():
        return None
    return context.keys.seal(shop_id, _SEAL, json.dumps(asdict(declared)))


def unseal(context: Context, shop_id: int, sealed: str | None) -> Declared:
    """Return what a stored text says."""
    if sealed is None:
        return Declared()
    stored = json.loads(context.keys.unseal(shop_id, _SEAL, sealed))
    return Declared(stored["name"], stored["birth_month"], tuple(stored["interests"]))


def declared_of(context: Context, person: Subscriber) -> Declared:
    """Return what a subscriber said of themselves."""
    return unseal(context, person.shop_id, person.declared_sealed)
