"""Backups: a copy of everything, and the proof that it could be gone on with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from plugin.errors import BleibError
from plugin.services import evidence, tenants
from plugin.services.context import Context
from plugin.store import backup as store
from plugin.store import subscriber_list
from plugin.store.db import Database
from plugin.store.shops import installed_shop_ids


@dataclass(frozen=True)
class Restorable:
    """What a look at a copy found; `problems` in plain words, none if one could go on with it."""

    shops: int
    rows: int
    records: int
    problems: tuple[str, ...]


def make(context: Context, target: Path) -> Restorable:
    """Write a copy and look at it at once; an archive of PostgreSQL is looked at by `check`."""
    store.copy(context.db, target)
    if context.db.is_sqlite:
        return check(context, target)
    return Restorable(0, 0, 0, ())


def check(context: Context, copy: Path, into: str | None = None) -> Restorable:
    """Open a copy as an installation would, with the keys of this one, and read all of it.

    An archive of PostgreSQL is filled into the empty database `into` first. What is found: rows of
    every table, sealed addresses that open, and each shop's chain of proofs.
    """
    database = Database(into or f"sqlite:///{copy}")
    try:
        if into is not None:
            store.restore(copy, database.url)
        return _checked(replace(context, db=database))
    finally:
        database.dispose()


def _checked(context: Context) -> Restorable:
    found = store.look(context.db)
    problems = [f"damaged: {found.damage}"] if found.damage else []
    if not found.current:
        said = "the schema is of another version: bleib db upgrade"
        return Restorable(0, 0, 0, tuple(problems) or (said,))
    with context.db.read() as connection:
        ids = installed_shop_ids(connection)
    records = 0
    for shop_id in ids:
        shop = tenants.shop_of_id(context, shop_id)
        if shop is None:
            continue
        chain = evidence.check(context, shop)
        records += chain.records
        if not chain.intact:
            problems.append(f"{shop.domain}: record {chain.broken} does not fit the chain")
        problems += _sealed(context, shop_id, shop.domain)
    return Restorable(len(ids), sum(found.rows.values()), records, tuple(problems))


def _sealed(context: Context, shop_id: int, domain: str) -> list[str]:
    with context.db.read() as connection:
        some = subscriber_list.listed(connection, shop_id, 0, 1)
    try:
        for one in some:
            context.keys.unseal(shop_id, "email", one.email_sealed)
    except BleibError:
        return [f"{domain}: the keys of this installation do not open it (BLEIB_SECRET_KEY)"]
    return []
