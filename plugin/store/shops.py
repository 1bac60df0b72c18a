"""Shops (tenants), their installs with sealed tokens, and one-time authorisation states."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.model import Shop
from plugin.store.db import Utc, metadata, personal, shop_column

shops = sa.Table(
    "shops",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", sa.String(32), nullable=False, unique=True),
    sa.Column("platform", sa.String(20), nullable=False),
    sa.Column("domain", sa.String(255), nullable=False),
    # The platform's own id of the shop, where it has one that outlives a change of the domain.
    sa.Column("platform_id", sa.String(64)),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("email", sa.String(320), nullable=False),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("locale", sa.String(12), nullable=False),
    sa.Column("zone", sa.String(64), nullable=False),
    sa.Column("languages", sa.String(40), nullable=False),
    sa.Column("address", sa.String(3), nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    # Raised by every uninstall and reinstall: sessions of an earlier generation are dead.
    sa.Column("generation", sa.Integer, nullable=False),
    # Raised by every change that the storefront sees: part of the config's ETag.
    sa.Column("config_version", sa.Integer, nullable=False),
    # Counts changes of what the pages of all orders show, and messages that came or were settled:
    # whoever remembers such a page draws it anew.
    sa.Column("page_changes", sa.Integer, nullable=False, default=0, server_default="0"),
    sa.Column("message_changes", sa.Integer, nullable=False, default=0, server_default="0"),
    sa.Column("storefront_url", sa.String(500), nullable=False),
    sa.Column("privacy_url", sa.String(500), nullable=False),
    sa.Column("imprint", sa.String(500), nullable=False),
    sa.Column("stopped_at", Utc),
    sa.Column("stopped_by", sa.String(120)),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("uninstalled_at", Utc),
    sa.Column("embed_checked_at", Utc),
    sa.Column("embed_found", sa.JSON),
    # When our script was seen on the shop's pages for the first time: whose shop it is.
    sa.Column("proven_at", Utc),
    # Nobody at the shop's contact address wants to be told what needs a decision.
    sa.Column("daily_mail_off", sa.Boolean, nullable=False, default=False),
    sa.UniqueConstraint("platform", "domain"),
    sa.UniqueConstraint("platform", "platform_id"),
    sqlite_autoincrement=True,
)

installs = sa.Table(
    "installs",
    metadata,
    shop_column(primary_key=True),
    sa.Column("access_sealed", sa.Text, nullable=False),
    sa.Column("refresh_sealed", sa.Text),
    sa.Column("expires_at", Utc),
    sa.Column("refresh_expires_at", Utc),
    sa.Column("scopes", sa.Text, nullable=False),
    # What the platform signs with for this shop alone, and what it signed with until a moment ago.
    sa.Column("secret_sealed", sa.Text),
    sa.Column("old_secret_sealed", sa.Text),
    sa.Column("old_secret_until", Utc),
    # Digest of what the storefront was last given to embed.
    sa.Column("published", sa.String(64)),
    # Up to when changes of parcels are known, where the platform has to be asked.
    sa.Column("parcels_until", Utc),
    sa.Column("revoked_at", Utc),
    sa.Column("paused_until", Utc),
    sa.Column("updated_at", Utc, nullable=False),
    sa.Column("installed_at", Utc),
)

# Lives before a shop exists, so it belongs to a domain instead of a shop.
oauth_states = sa.Table(
    "oauth_states",
    metadata,
    sa.Column("state_hash", sa.String(64), primary_key=True),
    sa.Column("platform", sa.String(20), nullable=False),
    sa.Column("domain", sa.String(255), nullable=False),
    sa.Column("expires_at", Utc, nullable=False),
    # Keys that a shop handed over and that are not proven yet.
    sa.Column("keys_sealed", sa.Text),
)

inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    shop_column(),
    sa.Column("topic", sa.String(64), nullable=False),
    sa.Column("key", sa.String(128), nullable=False),
    sa.Column("received_at", Utc, nullable=False),
    # Sealed; emptied when the step is done.
    sa.Column("body_sealed", sa.Text, info=personal("shop_message", erase="blank", keep_days=30)),
    sa.UniqueConstraint("shop_id", "topic", "key"),
    sqlite_autoincrement=True,
)


def _shop(row: sa.Row[Any] | None) -> Shop | None:
    if row is None:
        return None
    values = {field: getattr(row, field) for field in _SHOP_FIELDS}
    values["languages"] = tuple(values["languages"].split(","))
    return Shop(**values)


_SHOP_FIELDS = tuple(field.name for field in fields(Shop))
_SHOP_COLUMNS = [shops.c[name] for name in _SHOP_FIELDS]


def shop_by_id(connection: Connection, shop_id: int) -> Shop | None:
    """Return a shop, also an uninstalled one."""
    return _shop(connection.execute(sa.select(*_SHOP_COLUMNS).where(shops.c.id == shop_id)).first())


def shop_by_key(connection: Connection, key: str) -> Shop | None:
    """Return the shop of a public key, also an uninstalled one."""
    return _shop(connection.execute(sa.select(*_SHOP_COLUMNS).where(shops.c.key == key)).first())


def shop_by_domain(connection: Connection, platform: str, domain: str) -> Shop | None:
    """Return the shop of a platform's domain, also an uninstalled one."""
    query = sa.select(*_SHOP_COLUMNS).where(shops.c.platform == platform, shops.c.domain == domain)
    return _shop(connection.execute(query).first())


def shop_by_platform_id(connection: Connection, platform: str, platform_id: str) -> Shop | None:
    """Return the shop that a platform knows by this id, also an uninstalled one."""
    query = sa.select(*_SHOP_COLUMNS).where(
        shops.c.platform == platform, shops.c.platform_id == platform_id
    )
    return _shop(connection.execute(query).first())


def installed_shop_ids(connection: Connection) -> list[int]:
    """Return the ids of all installed shops (for the worker's daily rounds)."""
    query = sa.select(shops.c.id).where(shops.c.state == "installed").order_by(shops.c.id)
    return [row.id for row in connection.execute(query)]


def lock_shop(connection: Connection, shop_id: int) -> None:
    """Let one transaction at a time change what is the shop's (SQLite has one writer anyway)."""
    query = sa.select(shops.c.id).where(shops.c.id == shop_id)
    connection.execute(query.with_for_update(key_share=True))


def touch_config(connection: Connection, shop_id: int) -> int:
    """Raise the config version and return it: the storefront must fetch anew."""
    raised = connection.execute(
        sa.update(shops)
        .where(shops.c.id == shop_id)
        .values(config_version=shops.c.config_version + 1)
        .returning(shops.c.config_version)
    )
    return int(raised.scalar_one())


def touch_pages(connection: Connection, shop_id: int) -> None:
    """Note that something changed what the pages of all orders tell: they are drawn anew."""
    _count_up(connection, shop_id, shops.c.page_changes)


def touch_messages(connection: Connection, shop_id: int) -> None:
    """Note that a message came, was settled or is gone: what is said of answers may be another."""
    _count_up(connection, shop_id, shops.c.message_changes)


def _count_up(connection: Connection, shop_id: int, column: sa.Column[int]) -> None:
    query = sa.update(shops).where(shops.c.id == shop_id).values({column: column + 1})
    connection.execute(query)


def set_locale(connection: Connection, shop_id: int, locale: str) -> None:
    """Set how a shop writes its language and its money."""
    connection.execute(sa.update(shops).where(shops.c.id == shop_id).values(locale=locale))
