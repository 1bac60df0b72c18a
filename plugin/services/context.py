"""What every use case is given: the database, the keys, the edges and the time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from plugin.clock import Clock
from plugin.config import Config
from plugin.contracts.dns import Dns, NoDns
from plugin.contracts.mail import MailTransport
from plugin.contracts.mail_service import MailService
from plugin.contracts.outgoing import NoPosts, PostsBytes
from plugin.contracts.pages import NoPages, ReadsPages
from plugin.contracts.platform import ShopPlatform
from plugin.contracts.tracking import TrackingApi
from plugin.contracts.widget import Widget
from plugin.errors import NotFoundError, UnsupportedByPlatformError
from plugin.model import Shop
from plugin.security import Keyring
from plugin.store.db import Database

Ability = TypeVar("Ability")


@dataclass(frozen=True)
class Context:
    """The parts of one running installation, put together in plugin/app.py."""

    config: Config
    db: Database
    keys: Keyring
    platforms: Mapping[str, ShopPlatform]
    widgets: Mapping[str, Widget]
    mail: MailTransport
    clock: Clock
    dns: Dns = field(default_factory=NoDns)
    mail_services: Mapping[str, MailService] = field(default_factory=dict)
    posts: PostsBytes = field(default_factory=NoPosts)
    carrier_apis: Mapping[str, TrackingApi] = field(default_factory=dict)
    pages: ReadsPages = field(default_factory=NoPages)

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return self.clock()

    def platform_of(self, shop: Shop) -> ShopPlatform:
        """Return the adapter of a shop's platform; NotFoundError if it is not configured."""
        return self.platform(shop.platform)

    def able(self, shop: Shop, ability: type[Ability]) -> Ability:
        """Return the adapter of a shop's platform as one that can do this.

        UnsupportedByPlatformError("unsupported_by_platform") if it cannot.
        """
        return able(self.platform_of(shop), ability)

    def maybe(self, shop: Shop, ability: type[Ability]) -> Ability | None:
        """Return the adapter of a shop's platform if it is configured here and can do this."""
        platform = self.platforms.get(shop.platform)
        return platform if isinstance(platform, ability) else None

    def platform(self, name: str) -> ShopPlatform:
        """Return an adapter by name; NotFoundError if it is not configured here."""
        try:
            return self.platforms[name]
        except KeyError:
            raise NotFoundError("unknown_platform") from None

    def url(self, path: str) -> str:
        """Return a public address of ours."""
        return self.config.public_url + path


def able(platform: ShopPlatform, ability: type[Ability]) -> Ability:
    """Return an adapter as one that can do this; UnsupportedByPlatformError if it cannot."""
    if not isinstance(platform, ability):
        raise UnsupportedByPlatformError("unsupported_by_platform")
    return platform
