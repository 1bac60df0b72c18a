"""Confirmed sign-ups in the shop's own list of newsletter recipients."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

from plugin.errors import PlatformError
from plugin.model import Access
from plugin.platforms.shopware.base import ShopwareBase
from plugin.platforms.shopware.channels import Channel, main_channel
from plugin.platforms.shopware.shape import changed, identifier
from plugin.platforms.shopware.vouchers import id_of
from plugin.shape import Node, text

_ENTITY = "newsletter-recipient"
_FIELDS = ["id", "email", "status", "salesChannelId", "createdAt", "updatedAt"]
_SUBSCRIBED = frozenset({"optIn", "direct"})
_MOST = 100


class ShopwareConsent(ShopwareBase):
    """Writes consent and its withdrawal."""

    def record_consent(self, access: Access, email: str, language: str, at: datetime) -> str | None:
        """Make the person a recipient who confirmed; returns None: recipients are no customers.

        Someone who unsubscribed in the shop after `at` stays unsubscribed. The shop's own status
        proves nothing, because its stock setting confirms nobody: our record stays the evidence.
        """
        channel = main_channel(self._api, access)
        mine = [item for item in self._recipients(access, email) if _is_of(item, channel)]
        if not mine and not self._added(access, channel, email, language, at):
            mine = [item for item in self._recipients(access, email) if _is_of(item, channel)]
        for item in mine:
            left = text(item, "status") == "optOut" and changed(item) > at
            if text(item, "status") != "optIn" and not left:
                self._change(access, item, {"status": "optIn", "confirmedAt": _stamp(at)})
        return None

    def withdraw_consent(self, access: Access, email: str, at: datetime) -> None:
        """Mark the person as unsubscribed in every storefront; an unknown address is no error."""
        for item in self._recipients(access, email):
            if text(item, "status") in _SUBSCRIBED:
                self._change(access, item, {"status": "optOut"})

    def _recipients(self, access: Access, email: str) -> list[Node]:
        asked = {
            "filter": [{"type": "equals", "field": "email", "value": email}],
            "includes": {"newsletter_recipient": _FIELDS},
            "limit": _MOST,
        }
        return self._api.search(access, _ENTITY, asked)

    def _added(
        self, access: Access, channel: Channel, email: str, language: str, at: datetime
    ) -> bool:
        content = {
            "id": id_of("recipient", channel.id, email.lower()),
            "email": email,
            "status": "optIn",
            "hash": secrets.token_hex(16),  # stands in the shop's own link to unsubscribe
            "languageId": channel.languages.get(language, channel.language_id),
            "salesChannelId": channel.id,
            "confirmedAt": _stamp(at),
        }
        try:
            self._api.create(access, _ENTITY, content)
        except PlatformError:
            if not self._recipients(access, email):
                raise
            return False  # added meanwhile by someone else
        return True

    def _change(self, access: Access, item: Node, content: dict[str, Any]) -> None:
        self._api.change(access, "PATCH", f"{_ENTITY}/{identifier(item)}", content)


def _is_of(item: Node, channel: Channel) -> bool:
    return text(item, "salesChannelId") == channel.id


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
