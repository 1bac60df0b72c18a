"""Work that waits while a shop is stopped: what would advertise, or give something away."""

from __future__ import annotations

from plugin.model import Shop
from plugin.services.steps import Postpone

#: After so many seconds what waits looks again, so that it goes on soon after the restart.
_LOOK_AGAIN = 300


def hold(shop: Shop) -> None:
    """Let the step that runs come again later while the merchant has everything stopped."""
    if shop.stopped_at is not None:
        raise Postpone(_LOOK_AGAIN)
