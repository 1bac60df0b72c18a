"""Shops coming and going: authorisation states, sealed tokens and secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.outbox import outbox
from plugin.store.shops import installs, oauth_states, shops
from plugin.store.writing import insert_of, upsert


@dataclass(frozen=True)
class Install:
    """The stored tokens of one shop, sealed."""

    access_sealed: str = field(repr=False)
    refresh_sealed: str | None = field(repr=False)
    expires_at: datetime | None
    refresh_expires_at: datetime | None
    scopes: frozenset[str]
    revoked_at: datetime | None
    paused_until: datetime | None
    updated_at: datetime
    installed_at: datetime | None
    secret_sealed: str | None = field(repr=False)
    old_secret_sealed: str | None = field(repr=False)
    old_secret_until: datetime | None
    published: str | None
    parcels_until: datetime | None


def add_state(
    connection: Connection, state_hash: str, *, platform: str, domain: str, expires_at: datetime
) -> None:
    """Remember a one-time authorisation state."""
    connection.execute(
        sa.insert(oauth_states).values(
            state_hash=state_hash, platform=platform, domain=domain, expires_at=expires_at
        )
    )


def take_state(
    connection: Connection, state_hash: str, *, platform: str, domain: str, now: datetime
) -> bool:
    """Use up a state; False if it is unknown, used, expired or made for another shop.

    Expired states of everybody go along.
    """
    drop_expired_states(connection, now)
    taken = connection.execute(
        sa.delete(oauth_states).where(
            oauth_states.c.state_hash == state_hash,
            oauth_states.c.platform == platform,
            oauth_states.c.domain == domain,
        )
    )
    return taken.rowcount == 1


def use_once(
    connection: Connection, mark_hash: str, *, platform: str, domain: str, expires_at: datetime
) -> bool:
    """Use up a signed link until it is too old anyway; False if that was done before."""
    query = insert_of(connection, oauth_states).values(
        state_hash=mark_hash, platform=platform, domain=domain, expires_at=expires_at
    )
    used = query.on_conflict_do_nothing().returning(oauth_states.c.state_hash)
    return connection.execute(used).first() is not None


def holds_state(connection: Connection, state_hash: str, now: datetime) -> bool:
    """Tell whether a state or mark is there and may still be come with; uses nothing up."""
    query = sa.select(oauth_states.c.state_hash).where(
        oauth_states.c.state_hash == state_hash, oauth_states.c.expires_at > now
    )
    return connection.execute(query).first() is not None


def keep_keys(
    connection: Connection,
    state_hash: str,
    sealed: str,
    *,
    platform: str,
    domain: str,
    expires_at: datetime,
) -> None:
    """Keep keys that are not proven yet under a mark of their own."""
    connection.execute(
        sa.insert(oauth_states).values(
            state_hash=state_hash,
            platform=platform,
            domain=domain,
            expires_at=expires_at,
            keys_sealed=sealed,
        )
    )


def take_keys(connection: Connection, state_hash: str, now: datetime) -> str | None:
    """Hand out kept keys once; None if there are none any more."""
    query = sa.delete(oauth_states).where(
        oauth_states.c.state_hash == state_hash, oauth_states.c.expires_at > now
    )
    return connection.execute(query.returning(oauth_states.c.keys_sealed)).scalar()


def drop_expired_states(connection: Connection, now: datetime) -> None:
    """Delete states and used links that nobody may come with any more."""
    connection.execute(sa.delete(oauth_states).where(oauth_states.c.expires_at <= now))


def insert_shop(connection: Connection, values: Mapping[str, Any]) -> int | None:
    """Add a shop; returns its id, None if the platform's domain is known already."""
    query = insert_of(connection, shops).values(**values).on_conflict_do_nothing()
    return connection.execute(query.returning(shops.c.id)).scalar()


def update_shop(connection: Connection, shop_id: int, values: Mapping[str, Any]) -> None:
    """Change facts of a shop."""
    counted = {"page_changes": shops.c.page_changes + 1}
    connection.execute(sa.update(shops).where(shops.c.id == shop_id).values(**values, **counted))


def next_generation(connection: Connection, shop_id: int, *, state: str) -> None:
    """Enter a new generation of the shop: older sessions are dead, the storefront asks anew."""
    update_shop(
        connection,
        shop_id,
        {
            "state": state,
            "generation": shops.c.generation + 1,
            "config_version": shops.c.config_version + 1,
        },
    )


def put_install(connection: Connection, shop_id: int, values: Mapping[str, Any]) -> None:
    """Store a fresh set of tokens in place of any earlier one; it is neither revoked nor paused."""
    row = {
        "old_secret_sealed": None,
        "old_secret_until": None,
        **values,
        "shop_id": shop_id,
        "revoked_at": None,
        "paused_until": None,
        "installed_at": values["updated_at"],
        "published": None,
        "parcels_until": None,
    }
    upsert(connection, installs, [row])


def install_of(connection: Connection, shop_id: int) -> Install | None:
    """Return the tokens of a shop, None after an uninstall."""
    row = connection.execute(sa.select(installs).where(installs.c.shop_id == shop_id)).first()
    if row is None:
        return None
    return Install(
        access_sealed=row.access_sealed,
        refresh_sealed=row.refresh_sealed,
        expires_at=row.expires_at,
        refresh_expires_at=row.refresh_expires_at,
        scopes=frozenset(filter(None, row.scopes.split(","))),
        revoked_at=row.revoked_at,
        paused_until=row.paused_until,
        updated_at=row.updated_at,
        installed_at=row.installed_at,
        secret_sealed=row.secret_sealed,
        old_secret_sealed=row.old_secret_sealed,
        old_secret_until=row.old_secret_until,
        published=row.published,
        parcels_until=row.parcels_until,
    )


def claim_refresh(
    connection: Connection, shop_id: int, *, now: datetime, until: datetime, seen: str
) -> bool:
    """Become the only one to refresh a shop's tokens until `until`; False if somebody else is.

    `seen` is the sealed access token that the caller wants to replace: it is False as well when
    the tokens have changed since.
    """
    claimed = connection.execute(
        sa.update(installs)
        .where(
            installs.c.shop_id == shop_id,
            installs.c.access_sealed == seen,
            installs.c.revoked_at.is_(None),
            sa.or_(installs.c.paused_until.is_(None), installs.c.paused_until <= now),
        )
        .values(paused_until=until)
    )
    return claimed.rowcount == 1


def replace_tokens(
    connection: Connection, shop_id: int, seen: str, values: Mapping[str, Any]
) -> None:
    """Store a refreshed pair, unless the shop was uninstalled or installed anew meanwhile."""
    connection.execute(
        sa.update(installs)
        .where(installs.c.shop_id == shop_id, installs.c.access_sealed == seen)
        .values(paused_until=None, **values)
    )


def pause_refresh(connection: Connection, shop_id: int, seen: str, until: datetime) -> None:
    """Let nobody try to refresh these tokens before `until`."""
    connection.execute(
        sa.update(installs)
        .where(installs.c.shop_id == shop_id, installs.c.access_sealed == seen)
        .values(paused_until=until)
    )


def revoke(connection: Connection, shop_id: int, seen: str, now: datetime) -> None:
    """Note that the platform no longer accepts this token."""
    connection.execute(
        sa.update(installs)
        .where(installs.c.shop_id == shop_id, installs.c.access_sealed == seen)
        .values(revoked_at=now)
    )


def unrevoke(connection: Connection, shop_id: int) -> None:
    """Note that the shop takes our keys again: it says so itself."""
    connection.execute(
        sa.update(installs)
        .where(installs.c.shop_id == shop_id)
        .values(revoked_at=None, paused_until=None)
    )


def replace_secret(
    connection: Connection, shop_id: int, secret_sealed: str, *, old_until: datetime
) -> None:
    """Let a shop's messages be signed with a new secret; the present one is good a while longer."""
    connection.execute(
        sa.update(installs)
        .where(installs.c.shop_id == shop_id)
        .values(
            old_secret_sealed=installs.c.secret_sealed,
            old_secret_until=old_until,
            secret_sealed=secret_sealed,
        )
    )


def set_published(connection: Connection, shop_id: int, digest: str | None) -> None:
    """Note what the storefront was last given to embed; None makes it be given anew."""
    connection.execute(
        sa.update(installs).where(installs.c.shop_id == shop_id).values(published=digest)
    )


def raise_parcels_until(connection: Connection, shop_id: int, moment: datetime) -> None:
    """Note that changes of parcels are known up to `moment`; it never goes back."""
    known = installs.c.parcels_until
    connection.execute(
        sa.update(installs)
        .where(installs.c.shop_id == shop_id, sa.or_(known.is_(None), known < moment))
        .values(parcels_until=moment)
    )


def delete_install(connection: Connection, shop_id: int) -> None:
    """Forget the tokens of a shop."""
    connection.execute(sa.delete(installs).where(installs.c.shop_id == shop_id))


def cancel_queued_mail(connection: Connection, shop_id: int) -> None:
    """Take back what was not handed to a mail server yet."""
    connection.execute(
        sa.update(outbox)
        .where(outbox.c.shop_id == shop_id, outbox.c.state == "queued")
        .values(state="cancelled")
    )
