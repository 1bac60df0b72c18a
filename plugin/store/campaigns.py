"""Campaigns: one configured use of a widget, with draft and published versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Utc, metadata, shop_column
from plugin.store.shops import lock_shop

#: State of a deleted campaign whose versions have to stay.
ARCHIVED = "archived"

campaigns = sa.Table(
    "campaigns",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    shop_column(),
    sa.Column("widget", sa.String(40), nullable=False),
    sa.Column("name", sa.String(60), nullable=False),  # "": the only one of its widget
    sa.Column("position", sa.Integer, nullable=False),  # the first whose rule holds is shown
    sa.Column("state", sa.String(10), nullable=False),  # draft, published, paused, archived
    sa.Column("draft", sa.JSON, nullable=False),
    # Raised by each change of the draft; two people saving at once see each other by it.
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),  # 0: never published
    sa.Column("published_at", Utc),
    sa.Column("updated_at", Utc, nullable=False),
    sa.Index("ix_campaigns_shop", "shop_id", "widget"),
    sqlite_autoincrement=True,
)

# Every version that ever was live stays: a proof of consent refers to it.
campaign_versions = sa.Table(
    "campaign_versions",
    metadata,
    shop_column(primary_key=True),
    sa.Column("campaign_id", sa.Integer, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("settings", sa.JSON, nullable=False),
    sa.Column("published_at", Utc, nullable=False),
)


@dataclass(frozen=True)
class Campaign:
    """A campaign as the merchant edits it; `revision` counts the changes of its draft."""

    id: int
    widget: str
    name: str
    position: int
    state: str
    draft: dict[str, Any]
    revision: int
    version: int
    published_at: datetime | None
    updated_at: datetime


@dataclass(frozen=True)
class PublishedCampaign:
    """One version of a campaign that is or was live."""

    id: int
    widget: str
    version: int
    settings: dict[str, Any]


_CAMPAIGN = [
    campaigns.c[name]
    for name in (
        "id", "widget", "name", "position", "state", "draft", "revision", "version",
        "published_at", "updated_at",
    )
]  # fmt: skip


def all_campaigns(connection: Connection, shop_id: int, *, lock: bool = False) -> list[Campaign]:
    """Return every campaign of a shop that was not deleted, in the merchant's order.

    `lock` lets nobody else add or move one until the transaction ends.
    """
    if lock:
        lock_shop(connection, shop_id)
    query = (
        sa.select(*_CAMPAIGN)
        .where(campaigns.c.shop_id == shop_id, campaigns.c.state != ARCHIVED)
        .order_by(campaigns.c.position, campaigns.c.id)
    )
    return [Campaign(**row._mapping) for row in connection.execute(query)]


def campaign_by_id(
    connection: Connection, shop_id: int, campaign_id: int, *, lock: bool = False
) -> Campaign | None:
    """Return one campaign of a shop, None for a deleted one and one of another shop.

    `lock` lets nobody else publish, switch, move or delete one until the transaction ends.
    """
    if lock:
        lock_shop(connection, shop_id)
    query = sa.select(*_CAMPAIGN).where(
        campaigns.c.shop_id == shop_id,
        campaigns.c.id == campaign_id,
        campaigns.c.state != ARCHIVED,
    )
    row = connection.execute(query).first()
    return None if row is None else Campaign(**row._mapping)


def insert_campaign(
    connection: Connection,
    shop_id: int,
    widget: str,
    draft: dict[str, Any],
    now: datetime,
    *,
    name: str = "",
) -> int:
    """Add a draft that was never published, behind the others of the shop; returns its id."""
    last = sa.select(sa.func.coalesce(sa.func.max(campaigns.c.position), 0)).where(
        campaigns.c.shop_id == shop_id
    )
    added = connection.execute(
        sa.insert(campaigns)
        .values(
            shop_id=shop_id,
            widget=widget,
            name=name,
            position=last.scalar_subquery() + 1,
            state="draft",
            draft=draft,
            revision=1,
            version=0,
            updated_at=now,
        )
        .returning(campaigns.c.id)
    )
    return int(added.scalar_one())


def rename_campaign(connection: Connection, shop_id: int, campaign_id: int, name: str) -> None:
    """Give a campaign another name; shoppers never see it."""
    connection.execute(_this(shop_id, campaign_id).values(name=name))


def place_campaigns(connection: Connection, shop_id: int, ids: Sequence[int]) -> None:
    """Put campaigns into this order, on the places that they have between them."""
    query = (
        sa.select(campaigns.c.position)
        .where(campaigns.c.shop_id == shop_id, campaigns.c.id.in_(ids))
        .order_by(campaigns.c.position, campaigns.c.id)
    )
    places = [row.position for row in connection.execute(query)]
    for campaign_id, place in zip(ids, places, strict=True):
        connection.execute(_this(shop_id, campaign_id).values(position=place))


def remove_campaign(connection: Connection, shop_id: int, campaign_id: int) -> None:
    """Delete a campaign; one that was ever live is only put away, for its versions are evidence."""
    never_live = connection.execute(
        sa.delete(campaigns).where(
            campaigns.c.shop_id == shop_id,
            campaigns.c.id == campaign_id,
            campaigns.c.version == 0,
        )
    )
    if never_live.rowcount == 0:
        set_state(connection, shop_id, campaign_id, ARCHIVED)


def _this(shop_id: int, campaign_id: int) -> sa.Update:
    return sa.update(campaigns).where(campaigns.c.shop_id == shop_id, campaigns.c.id == campaign_id)


def replace_draft(
    connection: Connection,
    shop_id: int,
    campaign_id: int,
    *,
    draft: dict[str, Any],
    revision: int,
    now: datetime,
) -> bool:
    """Store a draft that was made from `revision`; False if that is no longer the newest."""
    result = connection.execute(
        sa.update(campaigns)
        .where(
            campaigns.c.shop_id == shop_id,
            campaigns.c.id == campaign_id,
            campaigns.c.revision == revision,
        )
        .values(draft=draft, revision=revision + 1, updated_at=now)
    )
    return result.rowcount == 1


def add_version(
    connection: Connection, shop_id: int, campaign_id: int, settings: dict[str, Any], now: datetime
) -> int:
    """Make `settings` the live version of a campaign; returns its number."""
    version = connection.execute(
        sa.update(campaigns)
        .where(campaigns.c.shop_id == shop_id, campaigns.c.id == campaign_id)
        .values(state="published", version=campaigns.c.version + 1, published_at=now)
        .returning(campaigns.c.version)
    ).scalar_one()
    connection.execute(
        sa.insert(campaign_versions).values(
            shop_id=shop_id,
            campaign_id=campaign_id,
            version=version,
            settings=settings,
            published_at=now,
        )
    )
    return int(version)


def set_state(connection: Connection, shop_id: int, campaign_id: int, state: str) -> None:
    """Pause a campaign or let its newest version run again."""
    connection.execute(_this(shop_id, campaign_id).values(state=state))


_VERSION = sa.select(
    campaigns.c.id, campaigns.c.widget, campaign_versions.c.version, campaign_versions.c.settings
).select_from(
    campaigns.join(
        campaign_versions,
        sa.and_(
            campaign_versions.c.shop_id == campaigns.c.shop_id,
            campaign_versions.c.campaign_id == campaigns.c.id,
        ),
    )
)


def published_campaigns(connection: Connection, shop_id: int) -> list[PublishedCampaign]:
    """Return the live version of each campaign that runs, in the merchant's order."""
    query = _VERSION.where(
        campaigns.c.shop_id == shop_id,
        campaigns.c.state == "published",
        campaign_versions.c.version == campaigns.c.version,
    ).order_by(campaigns.c.position, campaigns.c.id)
    return [PublishedCampaign(**row._mapping) for row in connection.execute(query)]


def versions_of(connection: Connection, shop_id: int, campaign_id: int) -> list[PublishedCampaign]:
    """Return every version of a campaign that is or was live, the first one first."""
    query = _VERSION.where(campaigns.c.shop_id == shop_id, campaigns.c.id == campaign_id).order_by(
        campaign_versions.c.version
    )
    return [PublishedCampaign(**row._mapping) for row in connection.execute(query)]


def replaced_at(
    connection: Connection, shop_id: int, campaign_id: int, version: int
) -> datetime | None:
    """Return when the next version took the place of this one, None if it is the newest."""
    query = sa.select(campaign_versions.c.published_at).where(
        campaign_versions.c.shop_id == shop_id,
        campaign_versions.c.campaign_id == campaign_id,
        campaign_versions.c.version == version + 1,
    )
    return connection.execute(query).scalar()


def version_of(
    connection: Connection, shop_id: int, campaign_id: int, version: int
) -> PublishedCampaign | None:
    """Return one version that is or was live, None if the shop never had it."""
    query = _VERSION.where(
        campaigns.c.shop_id == shop_id,
        campaigns.c.id == campaign_id,
        campaign_versions.c.version == version,
    )
    row = connection.execute(query).first()
    return None if row is None else PublishedCampaign(**row._mapping)


def some_versions(
    connection: Connection, shop_id: int, wanted: Sequence[tuple[int, int]]
) -> list[PublishedCampaign]:
    """Return those of some (campaign, version) that the shop has or had live."""
    query = _VERSION.where(
        campaigns.c.shop_id == shop_id,
        sa.tuple_(campaign_versions.c.campaign_id, campaign_versions.c.version).in_(wanted),
    )
    return [PublishedCampaign(**row._mapping) for row in connection.execute(query)]
