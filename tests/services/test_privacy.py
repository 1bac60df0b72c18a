"""A person can be shown, erased and forgotten, wherever something of them is stored."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from plugin.errors import InvalidFieldError
from plugin.model import Shop
from plugin.services import catalogue, orders, privacy, steps, tenants
from plugin.services import evidence as proofs
from plugin.services.context import Context
from plugin.services.identity import identity_of
from plugin.services.installing import uninstall
from plugin.services.steps import Step
from plugin.store import personal, shop_deletion
from plugin.store.catalogue import customers
from plugin.store.db import metadata
from plugin.store.evidence import evidence
from plugin.store.orders import order_lines, shipments
from plugin.store.orders import orders as order_rows
from plugin.store.outbox import outbox
from plugin.store.steps import steps as step_rows
from plugin.store.subscribers import subscribers
from plugin.store.vouchers import vouchers
from tests.conftest import START, MovingClock
from tests.fakes.platform import FakePlatform
from tests.fakes.things import a_customer, a_parcel, an_order
from tests.services.connected import connect

MARA, EVA = "mara@post.example", "eva@post.example"


def live(context: Context, shop: Shop, email: str, number: int) -> str:
    """Leave a trace of a person in every table that may hold one."""
    identity = identity_of(context.keys, shop.id, email)
    order = an_order(
        number, email=email, shipments=(a_parcel(number),), customer_id=f"customer-{number}"
    )
    sealed = context.keys.seal(shop.id, "email", email)
    mail = {
        "kind": "confirmation",
        "key": f"mail-{number}",
        "message_id": f"<{number}@x>",
        "identity": identity,
        "recipient_sealed": context.keys.seal(shop.id, "mail", email),
        "values_sealed": context.keys.seal(shop.id, "mail", "{}"),
        "language": "de",
        "state": "queued",
        "attempts": 0,
        "resent": 0,
        "followed": False,
        "queued_at": START,
    }
    person = {
        "identity": identity,
        "email_sealed": sealed,
        "state": "confirmed",
        "language": "de",
        "purposes": ["newsletter"],
        "campaign_id": 1,
        "campaign_version": 1,
        "widget": "newsletter",
        "requested_at": START,
        "mails_sent": 1,
    }
    voucher = {
        "identity": identity,
        "code": f"CODE-{number}",
        "campaign_id": 1,
        "widget": "newsletter",
        "kind": "amount",
        "value": 5,
        "currency": "EUR",
        "reserved": 5,
        "state": "issued",
        "planned_at": START,
        "ends_at": START + timedelta(days=30),
        "order_id": order.id,
    }
    rows: list[tuple[sa.Table, dict[str, Any]]] = [
        (outbox, mail),
        (subscribers, person),
        (vouchers, {name: value for name, value in voucher.items() if name in vouchers.c}),
        (
            customers,
            {
                "customer_id": f"customer-{number}",
                "identity": identity,
                "orders_count": 1,
                "updated_at": START,
            },
        ),
    ]
    with context.db.write() as connection:
        orders.ingest(connection, context, shop, order)
        for table, values in rows:
            connection.execute(sa.insert(table).values(shop_id=shop.id, **values))
        proofs.record(
            connection, context, shop, identity=identity, kind="confirmed", page="https://x"
        )
    return identity


def dump(context: Context, *but: str) -> str:
    with context.db.read() as connection:
        return repr(
            [
                connection.execute(sa.select(table)).all()
                for table in metadata.sorted_tables
                if table.name not in but
            ]
        )


def test_the_inventory_names_erasure_and_expiry_of_every_column() -> None:
    places = privacy.inventory()
    assert {"orders", "subscribers", "evidence", "outbox", "vouchers"} <= {p.table for p in places}
    for place in places:
        assert place.datum
        if place.keep_days is not None:
            assert place.table in personal.AGE, f"{place.table} has no column that tells its age"


def test_every_table_with_an_identity_is_registered() -> None:
    registered = {(place.table, place.column) for place in privacy.inventory()}
    for table in metadata.sorted_tables:
        for name in ("identity", "email_sealed", "recipient_sealed", "email_check"):
            if name in table.c:
                assert (table.name, name) in registered, f"{table.name}.{name}"


def test_an_export_opens_what_is_sealed_and_is_json(context: Context, shop: Shop) -> None:
    live(context, shop, MARA, 1)
    live(context, shop, EVA, 2)
    export = privacy.export_person(context, shop, email=MARA)
    text = json.dumps(export, ensure_ascii=False)
    assert export["data"]["subscribers"][0]["email"] == MARA
    assert export["data"]["orders"][0]["email"] == MARA
    assert export["data"]["shipments"][0]["carrier"] == "DHL"
    assert {"evidence", "vouchers", "outbox", "customers", "order_lines"} <= set(export["data"])
    assert EVA not in text
    assert "CODE-2" not in text


def test_an_export_by_customer_id_finds_the_orders(context: Context, shop: Shop) -> None:
    live(context, shop, MARA, 1)
    export = privacy.export_person(context, shop, customer_id="customer-1")
    assert [row["number"] for row in export["data"]["orders"]] == ["#1"]


def test_erasing_leaves_no_trace_but_the_locked_proof(context: Context, shop: Shop) -> None:
    identity = live(context, shop, MARA, 1)
    receipt = privacy.erase_person(context, shop, email=MARA, customer_id="customer-1")
    assert receipt["kept_locked"] == {"evidence": 1, "vouchers": 1}
    left = dump(context, "evidence", "vouchers")
    for trace in (identity, "customer-1", "gid://shopify/Order/1'", "00340434161094000001"):
        assert trace not in left
    with context.db.read() as connection:
        assert connection.execute(sa.select(outbox.c.state)).scalars().all() == ["cancelled"]
        assert connection.execute(sa.select(evidence.c.identity)).scalars().all() == [identity]
        assert connection.execute(sa.select(shipments)).all() == []
        assert len(connection.execute(sa.select(order_lines)).all()) == 1


def test_erasing_one_person_leaves_the_others(context: Context, shop: Shop) -> None:
    live(context, shop, MARA, 1)
    other = live(context, shop, EVA, 2)
    before = len(json.dumps(privacy.export_person(context, shop, email=EVA)))
    for _ in range(2):
        privacy.erase_person(context, shop, email=MARA)
    assert len(json.dumps(privacy.export_person(context, shop, email=EVA))) == before
    assert other in dump(context)


def test_erasing_in_one_shop_leaves_the_person_in_another(
    context: Context, shop: Shop, make_shop: Callable[..., Shop]
) -> None:
    other = make_shop("other.myshopify.com")
    live(context, shop, MARA, 1)
    identity = live(context, other, MARA, 2)
    privacy.erase_person(context, shop, email=MARA, customer_id="customer-2")
    assert identity in dump(context)


def test_an_erased_order_does_not_come_back(context: Context, shop: Shop) -> None:
    live(context, shop, MARA, 1)
    privacy.erase_person(context, shop, email=MARA)
    later = an_order(1, email=MARA, updated_at=START + timedelta(days=1))
    with context.db.write() as connection:
        assert not orders.ingest(connection, context, shop, later)
        assert len(connection.execute(sa.select(order_rows)).all()) == 1


def test_erasing_somebody_unknown_is_harmless(context: Context, shop: Shop) -> None:
    live(context, shop, MARA, 1)
    before = dump(context)
    with pytest.raises(InvalidFieldError):
        privacy.erase_person(context, shop, email="no address at all")
    receipt = privacy.erase_person(context, shop, email="nobody@post.example")
    assert receipt == {"erased": {}, "kept_locked": {}}
    privacy.erase_person(context, shop)
    assert dump(context) == before


def retention(context: Context, shop: Shop) -> None:
    privacy.retention(context, Step(1, shop.id, "privacy.retention", "r", {}, 1))


def test_personal_columns_expire_one_after_another(
    context: Context, shop: Shop, moving_clock: MovingClock
) -> None:
    identity = live(context, shop, MARA, 1)
    moving_clock.move(days=200)
    retention(context, shop)
    with context.db.read() as connection:
        mail = connection.execute(sa.select(outbox.c.identity, outbox.c.values_sealed)).one()
        order = connection.execute(sa.select(order_rows)).one()
    assert tuple(mail) == (None, None)
    assert order.email_sealed is None
    assert order.identity == identity
    moving_clock.move(days=600)
    retention(context, shop)
    with context.db.read() as connection:
        assert connection.execute(sa.select(order_rows.c.identity)).scalar() is None


def test_the_proof_of_a_living_consent_does_not_expire(
    context: Context, shop: Shop, moving_clock: MovingClock
) -> None:
    live(context, shop, MARA, 1)
    moving_clock.move(days=5 * 365)
    retention(context, shop)
    with context.db.write() as connection:
        assert connection.execute(sa.select(evidence.c.page)).scalars().all() == ["https://x"]
        connection.execute(sa.update(subscribers).values(state="unsubscribed"))
    retention(context, shop)
    with context.db.read() as connection:
        row = connection.execute(sa.select(evidence.c.identity, evidence.c.page)).one()
    assert tuple(row) == (None, None)


def test_after_ten_years_an_order_has_no_name(
    context: Context, shop: Shop, moving_clock: MovingClock
) -> None:
    live(context, shop, MARA, 1)
    moving_clock.move(days=3660)
    retention(context, shop)
    with context.db.read() as connection:
        kept = connection.execute(sa.select(order_rows.c.order_id, order_rows.c.number)).one()
    assert kept.order_id.startswith("erased:")
    assert kept.number == ""


def test_erased_customers_are_not_known_as_buyers(
    context: Context, shop: Shop, fake_platform: FakePlatform
) -> None:
    connect(context, shop)
    fake_platform.customers_held = [a_customer(1)]
    catalogue.sync_customers(context, Step(1, shop.id, "s", "s", {"generation": 1}, 1))
    privacy.erase_person(context, shop, email="kunde1@post.example")
    with context.db.read() as connection:
        assert connection.execute(sa.select(customers)).all() == []


def test_an_interrupted_erasure_of_a_shop_goes_on_where_it_stopped(
    context: Context, make_shop: Callable[..., Shop], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, other = make_shop(), make_shop("other.myshopify.com")
    live(context, shop, MARA, 1)
    identity = live(context, other, EVA, 2)
    with context.db.write() as connection:
        uninstall(connection, context, shop)
        steps.enqueue(connection, context, shop.id, "privacy.erase_shop", key="erase")
    gone = tenants.shop_of_id(context, shop.id)
    assert gone is not None
    monkeypatch.setattr(shop_deletion, "_DELETED_AT_ONCE", 1)
    real = shop_deletion.delete_some_rows

    def dies_at_orders(connection: sa.Connection, shop_id: int, table: sa.Table) -> int:
        if table.name == "orders":
            raise KeyboardInterrupt
        return real(connection, shop_id, table)

    monkeypatch.setattr(shop_deletion, "delete_some_rows", dies_at_orders)
    with pytest.raises(KeyboardInterrupt):
        privacy.erase_shop(context, gone)
    with context.db.read() as connection:
        waiting = connection.execute(sa.select(step_rows.c.kind)).scalars().all()
    assert "privacy.erase_shop" in waiting
    monkeypatch.setattr(shop_deletion, "delete_some_rows", real)
    privacy.erase_shop(context, gone)
    assert tenants.shop_of_id(context, shop.id) is None
    assert identity in dump(context)
    assert "gid://shopify/Order/1'" not in dump(context)
