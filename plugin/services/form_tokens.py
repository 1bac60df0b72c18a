"""Form tokens: signed and short-lived, so that forms come from pages and not from thin air.

The ticket of the page view is the token: the storefront fetches one anyway, and sends it along.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from plugin.errors import BadInputError
from plugin.model import Shop
from plugin.services import tickets
from plugin.services.context import Context

#: No person reads, types and ticks in less.
QUICKEST = timedelta(seconds=1.5)

#: good; early: handed out a moment ago (a page of a single-page shop may be that quick); none:
#: without one, or with one that is over; forged: made up, altered, or given out by another shop.
State = Literal["good", "early", "none", "forged"]


@dataclass(frozen=True)
class Standing:
    """What a form's token is worth; `number` is that of a genuine one."""

    state: State
    number: str = ""


def issue(context: Context, shop: Shop) -> str:
    """Return a token for a form on a page of ours."""
    return tickets.sign(context, shop)


def standing(context: Context, shop: Shop, token: str) -> Standing:
    """Return what the token of a form that comes in now is worth."""
    try:
        ticket = tickets.read(context, shop, token)
    except BadInputError as error:
        return Standing("forged" if error.code == "ticket_invalid" else "none")
    quick = context.now() - ticket.at < QUICKEST
    return Standing("early" if quick else "good", ticket.number)
