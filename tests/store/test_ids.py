"""Ids stand in links, in steps and in their keys: one of a deleted row must lead to nobody else."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from plugin.model import Shop
from plugin.services import outgoing_webhooks, privacy
from plugin.services.context import Context
from plugin.store.db import Database, metadata
from plugin.store.shops import shops
from plugin.store.steps import steps
from plugin.store.subscribers import subscribers
from tests.conftest import KeptMail
from tests.services.sign_up_stage import Stage


def test_the_id_of_a_deleted_shop_is_never_given_to_another(
    db: Database, make_shop: Callable[..., Shop]
) -> None:
    first = make_shop()
    with db.write() as connection:
        connection.execute(sa.delete(shops))
    assert make_shop("another.myshopify.com").id > first.id


def test_every_table_that_counts_its_rows_goes_on_counting(db: Database) -> None:
    counted = [table.name for table in metadata.sorted_tables if "id" in table.c]
    assert "subscribers" in counted
    if not db.is_sqlite:
        return
    with db.read() as connection:
        found = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'"
        )
        assert set(counted) <= set(found.scalars())


def test_who_signs_up_after_an_erasure_takes_over_no_step_of_the_erased(
    context: Context, shop: Shop, kept_mail: KeptMail
) -> None:
    stage = Stage(context, shop)
    stage.confirmed(kept_mail)
    erased = stage.rows(subscribers)[0].id
    privacy.erase_person(context, shop, "marlene.ost@post.example")
    stage.ask("berta@post.example")
    assert stage.rows(subscribers)[0].id != erased


def test_a_webhook_after_an_erasure_is_delivered_as_well(
    context: Context, shop: Shop, kept_mail: KeptMail
) -> None:
    stage = Stage(context, shop)
    outgoing_webhooks.add(context, shop, "https://hooks.example/", ["voucher.issued"])

    def told() -> int:
        return sum(row.kind == "webhook_out.deliver" for row in stage.rows(steps))

    stage.confirmed(kept_mail)
    stage.work()
    assert told() == 1
    privacy.erase_person(context, shop, "marlene.ost@post.example")
    stage.confirmed(kept_mail, "berta@post.example")
    stage.work()
    assert told() == 2
