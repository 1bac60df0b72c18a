"""Who looks at our pages inside a platform's admin: known by short tokens, never by cookies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from plugin.contracts.connecting import FrameSession, InstallsEmbedded
from plugin.errors import NotAllowedError
from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.tenants import shop_of_domain, shop_of_id

#: However often a frame's own token is renewed, after this long the merchant opens the app anew.
_LONGEST_FRAME = timedelta(hours=12)
#: "opening" stands in an address once, "frame" goes with every request after it.
Kind = Literal["frame", "opening"]


@dataclass(frozen=True)
class Held:
    """A token that proves who is there.

    `since` is when a chain of our own tokens began; `user` is the platform's own id of the person,
    "" where the token names none.
    """

    shop: Shop
    since: int | None = None
    user: str = ""


def who_holds(context: Context, token: str, own: Kind) -> Held | None:
    """Return whom a token speaks for: one of a platform's admin, or one of our own kind `own`.

    None if it is not genuine, too old, or of a shop that is gone.
    """
    held = _by_own_token(context, token, own)
    if held is not None:
        return held
    found = _domain_of(context, token)
    if found is None:
        return None
    platform_name, who = found
    shop = shop_of_domain(context, platform_name, who.domain)
    if shop is None or shop.state != "installed":
        return None
    return Held(shop, user=who.user)


def seconds_left_of(context: Context, since: int) -> int:
    """Return how long a chain of our own tokens that began then still goes on."""
    age = context.now().timestamp() - since
    return max(0, int(_LONGEST_FRAME.total_seconds() - age))


def own_token(context: Context, shop: Shop, kind: Kind, *, since: int | None = None) -> str:
    """Return a short-lived token of ours; `since` continues a chain that began earlier."""
    began = int(context.now().timestamp()) if since is None else since
    return context.keys.sign(kind, [shop.id, shop.generation, began])


def preview_token(context: Context, shop: Shop, what: int | str) -> str:
    """Return what opens one preview, and nothing else, where no cookie is.

    `what` is the id of a campaign or the kind of a mail.
    """
    return context.keys.sign("preview", [shop.id, shop.generation, what])


def shop_of_preview(context: Context, token: str, what: int | str) -> Shop | None:
    """Return the shop whose preview of this a token opens."""
    shop, signed = _signed_for(context, "preview", token)
    return shop if signed == what else None


def _by_own_token(context: Context, token: str, kind: Kind) -> Held | None:
    shop, since = _signed_for(context, kind, token)
    if shop is None or since is None:
        return None
    age = context.now().timestamp() - since
    return Held(shop, since) if age < _LONGEST_FRAME.total_seconds() else None


def _signed_for(
    context: Context, purpose: Kind | Literal["preview"], token: str
) -> tuple[Shop | None, Any]:
    try:
        shop_id, generation, number = context.keys.unsign(purpose, token)
    except (NotAllowedError, ValueError, TypeError):
        return None, None
    shop = shop_of_id(context, shop_id)
    if shop is None or shop.state != "installed" or shop.generation != generation:
        return None, None
    return shop, number


def _domain_of(context: Context, token: str) -> tuple[str, FrameSession] | None:
    for name, platform in context.platforms.items():
        if isinstance(platform, InstallsEmbedded):
            try:
                return name, platform.verify_session_token(token, context.now())
            except NotAllowedError:
                continue
    return None
