"""Who acts on a page: a person of the shop, or whoever the platform's own admin let in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plugin.admin.wording import Words
from plugin.api.session import Session, current_session
from plugin.errors import NotAllowedError
from plugin.services.team import Role, log_id

#: What acts without anybody pressing a button.
_BY_ITSELF = ("api", "operator", "worker")
#: Written out as their makers do; a shop of its own is signed in to by mail.
_PLATFORMS = {"shopify": "Shopify", "shopware": "Shopware", "woocommerce": "WooCommerce"}


@dataclass(frozen=True)
class Actor:
    """Somebody who acts: `name` is shown to colleagues, `id` stands in logs and never changes."""

    name: str
    role: Role
    id: str


def actor() -> Actor:
    """Return who acts in this request; NotAllowedError("not_signed_in") if nobody is signed in."""
    session = current_session()
    if session is None:
        raise NotAllowedError("not_signed_in")
    member = session.member
    if member is None:
        return _of_platform(session)
    return Actor(member.name, member.role, log_id(member))


def my_name() -> str:
    """Return who signed in by mail; "" for those whom the platform's admin let in."""
    session = current_session()
    return "" if session is None or session.member is None else session.member.name


def name_of(actor_id: str, names: Mapping[str, str], wording: Words) -> str:
    """Return who stands behind an id of a log, as a merchant reads it; `names` of the team."""
    if actor_id in names:
        return names[actor_id]
    if actor_id in _BY_ITSELF:
        return wording.t(f"access.by.{actor_id}")
    platform, _, user = actor_id.partition(":")
    known = wording.t("access.by.platform", platform=_PLATFORMS.get(platform, platform))
    return f"{known} ({user})" if user else known


def _of_platform(session: Session) -> Actor:
    # Whom the platform lets open the app is decided there: to us each of them is an owner.
    platform = session.shop.platform
    name = f"{_PLATFORMS.get(platform, session.shop.name)}-Admin"
    return Actor(name, "owner", f"{platform}:{session.user}" if session.user else platform)
