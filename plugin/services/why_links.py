"""The merchant's link into their own shop that opens the decision trace there."""

from __future__ import annotations

from plugin.errors import NotAllowedError, NotFoundError
from plugin.model import Shop
from plugin.services.context import Context

_LONGEST_TOKEN = 300


def why_url(context: Context, shop: Shop) -> str:
    """Return the address of the shop with the trace open: good for an hour, for this shop alone."""
    token = context.keys.sign("why", [shop.id, shop.generation])
    return f"{shop.storefront_url.rstrip('/')}/?bleib=why.{token}"


def check(context: Context, shop: Shop, token: str) -> None:
    """Do nothing for a token of this shop; NotFoundError("not_found") for any other alike."""
    try:
        if len(token) > _LONGEST_TOKEN:
            raise NotAllowedError("link_invalid")
        named = context.keys.unsign("why", token)
    except NotAllowedError:
        raise NotFoundError("not_found") from None
    if named != [shop.id, shop.generation]:
        raise NotFoundError("not_found")
