"""A form without the voucher that it may not claim: neither the figure nor words about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

#: A merchant's own words that promise something: a figure with its unit, or the thing itself.
_PROMISE = re.compile(
    r"\d\s*(?:%|€|prozent|percent|eur|chf|euro)|(?:€|eur|chf)\s*\d"
    r"|gutschein|rabatt|voucher|discount|coupon|geschenk|gift|spar|save",
    re.IGNORECASE,
)
_TEXTS = ("title", "lead")


def without_claim(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a form's settings become where no voucher may be claimed.

    Neither the voucher nor a text that speaks of it: Bleib's own words stand there instead.
    """
    changed: dict[str, Any] = {"voucher": None}
    for name in _TEXTS:
        words = settings.get(name) or {}
        if any(_PROMISE.search(str(text)) for text in words.values()):
            changed[name] = None
    return changed
