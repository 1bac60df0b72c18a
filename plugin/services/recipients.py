"""Who else gets to see data of people: read off what is connected, never from a list of ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from plugin.model import Shop
from plugin.services.any_shop import PLATFORM
from plugin.services.context import Context
from plugin.store import mail_connections, tracking, webhook_targets

Kind = Literal["platform", "mail", "mail_service", "carrier", "program"]


@dataclass(frozen=True)
class Recipient:
    """One of them; `contract`: whether the shop itself or the operator of Bleib chose it."""

    name: str
    kind: Kind
    contract: Literal["shop", "operator"]


def of(context: Context, shop: Shop) -> list[Recipient]:
    """Return who receives personal data of this shop through Bleib, as it is connected now."""
    found = [Recipient(context.config.smtp_host, "mail", "operator")]
    if shop.platform != PLATFORM:
        found.insert(0, Recipient(f"{shop.platform} ({shop.domain})", "platform", "shop"))
    with context.db.read() as connection:
        service = mail_connections.connection_of(connection, shop.id)
        keys = tracking.keys_of(connection, shop.id)
        targets = webhook_targets.targets_of(connection, shop.id)
    if service is not None:
        found.append(Recipient(service.service, "mail_service", "shop"))
    found += [Recipient(key.api, "carrier", "shop") for key in keys]
    found += [
        Recipient(urlsplit(target.url).hostname or "", "program", "shop") for target in targets
    ]
    return found
