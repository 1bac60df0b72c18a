"""Checks of what a sign-up asks and gives: topics to choose from, a gift that can be delivered."""

from __future__ import annotations

from plugin.contracts.sign_up import Fields, Gift
from plugin.services.check_case import Case, Check

#: One topic alone would be no choice.
_LEAST_TOPICS = 2


def sign_up_checks(case: Case) -> list[Check]:
    """Return the checks that the questions and the gift of a sign-up call for."""
    if case.content != "sign_up":
        return []
    found = []
    fields, gift = getattr(case.settings, "fields", None), getattr(case.settings, "gift", None)
    if isinstance(fields, Fields) and fields.interests.enabled:
        found.append(_topics(fields))
    if isinstance(gift, Gift) and gift.enabled:
        found.append(_gift(gift))
    return found


def _topics(fields: Fields) -> Check:
    named = fields.interests.topics
    free = (f"topic_{number}" for number in range(1, 7) if f"topic_{number}" not in named)
    passed = len(named) >= _LEAST_TOPICS
    place = () if passed else (f"fields.interests.{next(free)}",)
    return Check("topics", passed, fields=place, values={"least": _LEAST_TOPICS})


def _gift(gift: Gift) -> Check:
    """What is promised must have a name, and a guide must be somewhere."""
    if gift.title.empty:
        return Check("gift", False, "§ 5 UWG", ("gift.title",))
    nowhere = gift.kind == "guide" and not gift.url
    return Check("gift", not nowhere, "§ 5 UWG", ("gift.url",) if nowhere else ())
