"""Two shops with something in every table, each marked so that a leak of it can be seen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

import sqlalchemy as sa
from flask.testing import FlaskClient

from plugin.model import Order, Shop
from plugin.services import (
    campaigns,
    evidence,
    insight,
    orders,
    outgoing_webhooks,
    person_requests,
    preflight,
    suggestions,
    team,
)
from plugin.services.confirmations import stamp_of
from plugin.services.context import Context
from plugin.services.identity import identity_of
from plugin.services.inserts import links, printing
from plugin.services.parcels.links import token_of
from plugin.services.person_requests import Person
from plugin.services.saved_carts import Item
from plugin.services.service_promise import messages
from plugin.services.service_promise.messages import Wanted
from plugin.services.steps import Step
from plugin.services.withdrawals import cases
from plugin.services.withdrawals.declaring import declare
from plugin.services.withdrawals.entries import Entry
from plugin.services.withdrawals.receipts import receipt_token
from plugin.store import catalogue, parcels, relations, sync, vouchers, webhook_targets
from plugin.store import person_requests as store_requests
from plugin.store.db import metadata
from plugin.store.relations import Rule
from plugin.store.steps import steps
from plugin.store.subscribers import subscribers
from tests.conftest import START
from tests.fakes.things import a_line, a_parcel, a_product, an_order
from tests.services.connected import connect
from tests.services.saved_cart_stage import offer, save


@dataclass(frozen=True)
class Tenant:
    """One shop with the ids of what belongs to it; `mark` stands in all its texts."""

    shop: Shop
    mark: str
    email: str
    campaign: int
    #: A campaign of the parcel page that runs, and the ticket of a view of the page.
    running: int
    ticket: str
    step: int
    request: int
    #: The request that was answered.
    receipt: int
    hook: int
    rule: int
    order: Order
    subscriber: int
    session: str
    shipment_token: str
    confirm_token: str
    unsubscribe_token: str
    why_token: str
    cart_token: str
    voucher_token: str
    withdrawal: int
    receipt_token: str
    message: int
    flyer_token: str
    member: int

    @property
    def product(self) -> str:
        return f"gid://shopify/Product/{self.mark}1"


def settle(context: Context, shop: Shop, mark: str) -> Tenant:
    """Fill a shop."""
    email = f"{mark.lower()}@post.example"
    connect(context, shop)
    with context.db.write() as connection:
        campaigns.ensure_defaults(connection, context, shop.id)
        _catalogue(context, connection, shop, mark)
        order = _order(mark, email)
        orders.ingest(connection, context, shop, order)
        sync.update_run(connection, shop.id, "orders", state="done")
        insight.count(
            connection, shop.id, day=START.date(), widget="newsletter", kind="impression", count=7
        )
        dead = connection.execute(
            sa.insert(steps)
            .values(
                shop_id=shop.id,
                kind="mail.send",
                key=f"dead-{mark}",
                payload={},
                state="dead",
                due_at=START,
                attempts=12,
                error="mail_rejected",
                created_at=START,
                finished_at=START,
            )
            .returning(steps.c.id)
        ).scalar_one()
        asking = Person(email, None)
        wish = person_requests.note(connection, context, shop, "access", asking, source="platform")
        answered = person_requests.note(
            connection, context, shop, "access", asking, source="platform"
        )
        store_requests.close(connection, shop.id, [answered], at=START, by=mark, receipt={})
        person = _subscriber(context, connection, shop, email)
        evidence.record(
            connection,
            context,
            shop,
            identity=identity_of(context.keys, shop.id, email),
            kind="requested",
            email=email,
            wording=mark,
        )
        hook = _webhook(context, connection, shop, mark)
        rule = relations.insert_rule(connection, shop.id, _rule(mark), START)
    suggestions.learn_from_orders(
        context, Step(1, shop.id, "suggestions.learn", "l", {"generation": shop.generation}, 1)
    )
    for campaign in campaigns.all_of(context, shop):
        if campaign.widget in ("cross_sell", "shipment_status"):
            campaigns.publish(context, shop, campaign.id)
    newsletter = next(c for c in campaigns.all_of(context, shop) if c.widget == "newsletter")
    tracking = next(c for c in campaigns.all_of(context, shop) if c.widget == "shipment_status")
    identity = identity_of(context.keys, shop.id, email)
    keys, stamp = context.keys, stamp_of(START)
    return Tenant(
        shop=shop,
        mark=mark,
        email=email,
        campaign=newsletter.id,
        running=tracking.id,
        ticket=keys.sign("ticket", [shop.key, mark]),
        step=dead,
        request=wish,
        receipt=answered,
        hook=hook,
        rule=rule,
        order=order,
        subscriber=person,
        session=keys.sign("session", [shop.id, shop.generation]),
        shipment_token=token_of(keys, shop.id, order.id),
        confirm_token=keys.sign("confirm", [shop.id, person, stamp]),
        unsubscribe_token=keys.sign("unsubscribe", [shop.id, person, identity[:16]]),
        why_token=keys.sign("why", [shop.id, shop.generation]),
        cart_token=_saved_cart(context, shop, mark),
        voucher_token=_voucher(context, shop, mark),
        withdrawal=_withdrawal(context, shop, order.id),
        receipt_token=receipt_token(context, shop, _withdrawal(context, shop, order.id)),
        message=_message(context, shop, order.id, mark),
        flyer_token=_flyer(context, shop, order.id),
        member=_member(context, shop, mark),
    )


def _member(context: Context, shop: Shop, mark: str) -> int:
    """Let somebody belong to the shop's team."""
    with context.db.write() as connection:
        values = {"name": f"{mark} Anna", "email": f"anna@{mark}.example", "role": "owner"}
        return team.invite(connection, context, shop, **values).id


def _withdrawal(context: Context, shop: Shop, order_id: str) -> int:
    """Withdraw from an order; the second time it is the same declaration."""
    with context.db.read() as connection:
        order = parcels.order_by_id(connection, shop.id, order_id)
    assert order is not None
    case = cases.case_of(context, shop, order)
    entry = Entry(name="A", order=order.number, whole=True, mark="m" * 22)
    token = declare(context, shop, case, entry, "192.0.2.1")
    return int(context.keys.unsign("withdrawal", token)[1])


def _flyer(context: Context, shop: Shop, order_id: str) -> str:
    printing.print_flyers(context, shop, [order_id])
    return links.token_of(context.keys, shop.id, order_id)


def _message(context: Context, shop: Shop, order_id: str, mark: str) -> int:
    with context.db.read() as connection:
        order = parcels.order_by_id(connection, shop.id, order_id)
    assert order is not None
    messages.take(context, shop, order, Wanted("other", mark), "192.0.2.1", "de")
    return messages.waiting(context, shop)[0].message.id


def _rule(mark: str) -> Rule:
    words = {"de": f"Weil {mark} dazugehört"}
    return Rule("fits", "any", "", "tag", mark, False, True, None, None, words)


def _voucher(context: Context, shop: Shop, mark: str) -> str:
    row = {
        "identity": mark, "code": f"{mark}-CODE", "campaign_id": 1, "widget": "newsletter",
        "kind": "amount", "value": Decimal(5), "currency": "EUR", "minimum": Decimal(40),
        "reserved": Decimal(5), "state": "issued", "planned_at": START, "issued_at": START,
        "ends_at": START + timedelta(days=30), "terms": {"products": []},
    }  # fmt: skip
    with context.db.write() as connection:
        voucher_id = vouchers.insert_voucher(connection, shop.id, row)
        voucher = vouchers.voucher_by_id(connection, shop.id, voucher_id)
    assert voucher is not None
    return preflight.link_mark(context, voucher).removeprefix(preflight.MARK)


def _catalogue(context: Context, connection: sa.Connection, shop: Shop, mark: str) -> None:
    for number in (1, 2):
        product = a_product(1, title=f"{mark} Schale {number}")
        variant = replace(product.variants[0], id=f"gid://shopify/ProductVariant/{mark}{number}")
        catalogue.put_products(
            connection,
            shop.id,
            [replace(product, id=f"gid://shopify/Product/{mark}{number}", variants=(variant,))],
        )
    for number in range(5):
        past = START - timedelta(days=number + 1)
        lines = tuple(
            a_line(number, place, product_id=f"gid://shopify/Product/{mark}{place}")
            for place in (1, 2)
        )
        orders.ingest(
            connection,
            context,
            shop,
            an_order(number, id=f"{mark}-{number}", lines=lines, created_at=past, updated_at=past),
        )


def _order(mark: str, email: str) -> Order:
    return an_order(
        1007,
        id=f"gid://shopify/Order/{mark}",
        number=f"#{mark}1007",
        email=email,
        lines=(a_line(1007, 1, title=f"{mark} Kanne"),),
        shipments=(a_parcel(1007, id=f"parcel-{mark}"),),
    )


def _webhook(context: Context, connection: sa.Connection, shop: Shop, mark: str) -> int:
    row = {
        "url": f"https://{mark.lower()}.example/bleib", "topics": ["voucher.issued"],
        "secret_sealed": context.keys.seal(shop.id, outgoing_webhooks.SEAL, mark),
        "state": "on", "created_at": START,
    }  # fmt: skip
    return webhook_targets.insert_target(connection, shop.id, row)


def _saved_cart(context: Context, shop: Shop, mark: str) -> str:
    offer(context, shop)
    product = f"gid://shopify/Product/{mark}1"
    return save(context, shop, items=[Item(variant="1", product=product, quantity=1)])


def _subscriber(context: Context, connection: sa.Connection, shop: Shop, email: str) -> int:
    return int(
        connection.execute(
            sa.insert(subscribers)
            .values(
                shop_id=shop.id,
                identity=identity_of(context.keys, shop.id, email),
                email_sealed=context.keys.seal(shop.id, "email", email),
                state="pending",
                language="de",
                purposes=["newsletter"],
                campaign_id=1,
                campaign_version=1,
                widget="newsletter",
                requested_at=START,
                expires_at=START + timedelta(days=7),
                mails_sent=1,
                last_mail_at=START,
            )
            .returning(subscribers.c.id)
        ).scalar_one()
    )


def sign_in(client: FlaskClient, session: str | None) -> None:
    """Give the client a session cookie, or take it away."""
    client.delete_cookie("bleib")
    if session is not None:
        client.set_cookie("bleib", session)


def rows_of(context: Context, shop: Shop) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of a shop, by table; limits count tries and are left out."""
    found: dict[str, list[tuple[object, ...]]] = {}
    with context.db.read() as connection:
        for table in metadata.sorted_tables:
            column = table.c.get("shop_id", table.c.get("id") if table.name == "shops" else None)
            if column is None or table.name == "limits":
                continue
            query = sa.select(table).where(column == shop.id).order_by(*table.primary_key)
            found[table.name] = [tuple(row) for row in connection.execute(query)]
    return found
