"""Installed, removed, installed again, erased: nothing too early, nothing left behind."""

from __future__ import annotations

from contextlib import suppress

import pytest
import sqlalchemy as sa

from plugin.contracts.platform import Embeds
from plugin.errors import AccessRevokedError
from plugin.model import Shop
from plugin.services.tenants import shop_of_id
from plugin.services.unsubscribing import unsubscribe
from plugin.store.db import metadata
from tests.contract import person
from tests.contract.moves import capable, later, present, put_products, rows, settle, token
from tests.contract.stage import Stage, Trouble

REFUSED = (401, 403, 404, 410)


def test_an_installed_shop_is_connected_and_its_facts_are_known(stage: Stage, shop: Shop) -> None:
    assert shop.platform == stage.platform_name
    assert shop.state == "installed"
    assert shop.name
    assert shop.currency == "EUR"
    assert shop.storefront_url.startswith("http")
    assert token(stage, shop).domain == shop.domain
    assert stage.client.get(f"/v1/config/{shop.key}").status_code == 200


def test_the_storefront_learns_the_shop_key(stage: Stage, shop: Shop) -> None:
    if capable(stage, shop, Embeds) is None:
        return
    settle(stage, shop)
    assert stage.embedded() == shop.key


@pytest.mark.parametrize("kind", ["failed", "html", "half", "wrong_types"])
def test_an_installation_on_a_bad_day_leaves_nothing_or_is_completed_later(
    stage: Stage, kind: Trouble
) -> None:
    stage.trouble(kind, 50)
    with suppress(AssertionError):  # what the merchant's browser was shown is no way in
        stage.install()
    stage.calm()
    with stage.context.db.read() as connection:
        kept = connection.execute(sa.select(metadata.tables["installs"])).all()
    if kept:
        later(stage, minutes=10)
        found = shop_of_id(stage.context, kept[0].shop_id)
        assert found is not None
    else:
        found = stage.install()
    settle(stage, found)
    shop = present(stage, found)
    assert (bool(shop.name), shop.currency) == (True, "EUR")
    assert token(stage, shop).domain == shop.domain


def test_installing_twice_is_one_shop(stage: Stage, shop: Shop) -> None:
    again = stage.install()
    assert (again.id, again.key) == (shop.id, shop.key)
    settle(stage, again)
    assert len(rows(stage, again, "installs")) == 1


def test_messages_under_way_while_the_shop_is_connected_anew_still_count(
    stage: Stage, shop: Shop
) -> None:
    settle(stage, shop)
    order = stage.place_order(email="anne@example.com", products=put_products(stage, 1))
    messages = stage.deliveries(order)
    again = stage.install()
    for message in messages:
        assert stage.send(message).status_code < 300
    settle(stage, again)
    assert [row.order_id for row in rows(stage, again, "orders")] == [order]


def test_uninstalling_takes_tokens_and_embed_at_once(stage: Stage, shop: Shop) -> None:
    settle(stage, shop)
    stage.uninstall()
    assert present(stage, shop).state == "uninstalled"
    assert rows(stage, shop, "installs") == []
    with pytest.raises(AccessRevokedError):
        token(stage, shop)
    assert stage.client.get(f"/v1/config/{shop.key}").status_code == 404
    assert stage.embedded() is None


def test_after_the_goodbye_the_platform_is_left_alone(stage: Stage, shop: Shop) -> None:
    settle(stage, shop)
    order = stage.place_order(email="anne@example.com", products=put_products(stage, 1))
    for message in stage.deliveries(order):
        stage.send(message)
    stage.uninstall()
    before = stage.requests()
    for _ in range(5):
        later(stage, hours=6)
    assert stage.requests() == before


def test_messages_of_a_shop_that_left_are_refused(stage: Stage, shop: Shop) -> None:
    settle(stage, shop)
    order = stage.place_order(email="anne@example.com", products=put_products(stage, 1))
    messages = stage.deliveries(order)
    stage.uninstall()
    before = len(rows(stage, shop, "steps"))
    for message in messages:
        assert stage.send(message).status_code in REFUSED
    assert len(rows(stage, shop, "steps")) == before
    assert rows(stage, shop, "orders") == []


def test_a_second_goodbye_is_harmless(stage: Stage, shop: Shop) -> None:
    stage.uninstall()
    answer = stage.send(stage.farewell())
    assert answer.status_code < 500
    assert present(stage, shop).state == "uninstalled"


def test_a_goodbye_that_another_secret_signed_removes_nobody(stage: Stage, shop: Shop) -> None:
    stage.uninstall()
    again = stage.install()
    assert stage.send(stage.foreign(stage.farewell())).status_code in REFUSED
    assert present(stage, again).state == "installed"


def test_the_goodbye_of_last_time_does_not_end_the_new_installation(
    stage: Stage, shop: Shop
) -> None:
    stage.uninstall()
    goodbye = stage.farewell()
    stage.clock.move(minutes=1)
    again = stage.install()
    inbox = metadata.tables["inbox"]
    with stage.context.db.write() as connection:  # it was lost on the way, and comes only now
        connection.execute(sa.delete(inbox).where(inbox.c.shop_id == shop.id))
    stage.send(goodbye)
    assert present(stage, again).state == "installed"
    assert token(stage, again).domain == shop.domain


def test_coming_back_works_and_keeps_the_evidence_of_consents(stage: Stage, shop: Shop) -> None:
    settle(stage, shop)
    person.subscribe(stage, shop)
    stage.run_steps()
    evidence = rows(stage, shop, "evidence")
    assert evidence
    stage.uninstall()
    assert rows(stage, shop, "evidence") == evidence
    products = put_products(stage, 3)
    again = stage.install()
    assert (again.id, again.key) == (shop.id, shop.key)
    assert again.generation > shop.generation
    settle(stage, again)
    assert rows(stage, again, "evidence") == evidence
    assert stage.client.get(f"/v1/config/{shop.key}").status_code == 200
    if stage.requests():
        kept = [row.product_id for row in rows(stage, again, "products") if not row.gone]
        assert sorted(kept) == sorted(products)
    if capable(stage, again, Embeds):
        assert stage.embedded() == again.key


def test_who_signed_up_at_a_shop_that_left_can_still_unsubscribe(stage: Stage, shop: Shop) -> None:
    settle(stage, shop)
    person.subscribe(stage, shop)
    stage.run_steps()
    link = person.way_out(stage, shop)
    stage.uninstall()
    before = stage.requests()
    unsubscribe(stage.context, link)
    later(stage, hours=1)
    assert [row.state for row in rows(stage, shop, "subscribers")] == ["unsubscribed"]
    assert stage.requests() == before


def test_erasing_the_shop_leaves_nothing_of_it(stage: Stage, shop: Shop) -> None:
    settle(stage, shop)
    stage.place_order(email="anne@example.com", products=put_products(stage, 2))
    person.subscribe(stage, shop)
    stage.run_steps()
    stage.uninstall()
    wish = stage.erasure()
    if wish is None:
        return
    stage.clock.move(hours=48)
    assert stage.send(wish).status_code == 200
    stage.run_steps()
    left = _everything(stage, shop)
    assert not {"subscribers", "evidence", "orders", "customers", "outbox", "vouchers"} & set(left)
    assert stage.send(wish).status_code in (200, *REFUSED)


def test_erasing_with_a_foreign_signature_erases_nothing(stage: Stage, shop: Shop) -> None:
    settle(stage, shop)
    person.subscribe(stage, shop)
    wish = stage.erasure()
    if wish is None:
        return
    assert stage.send(stage.foreign(wish)).status_code == 401
    stage.run_steps()
    assert rows(stage, shop, "evidence")


def _everything(stage: Stage, shop: Shop) -> list[str]:
    with stage.context.db.read() as connection:
        return [
            table.name
            for table in metadata.sorted_tables
            if "shop_id" in table.c
            and connection.execute(sa.select(table).where(table.c.shop_id == shop.id)).first()
        ]
