"""What several parts of one page want to know of its shop: asked once for all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from flask import g

from plugin.api import current_context
from plugin.model import Shop
from plugin.services.context import Context

Found = TypeVar("Found")


def once(ask: Callable[[Context, Shop], Found]) -> Found:
    """Return what a service says of the shop of this request, as it was when first asked.

    For pages that only show: whoever changes something asks the service itself.
    """
    if "asked" not in g:
        g.asked = {}
    if ask not in g.asked:
        g.asked[ask] = ask(current_context(), g.shop)
    return cast(Found, g.asked[ask])
