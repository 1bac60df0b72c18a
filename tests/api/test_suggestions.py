"""Suggestions asked for in a body: long carts, and shoppers whom the shop's server names."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from plugin.services import orders, suggestions
from plugin.services.context import Context
from plugin.services.identity import identity_of
from plugin.store.subscribers import subscribers
from tests.conftest import START
from tests.fakes.things import a_line, an_order
from tests.own_shop import OwnShop, identity_hash, with_script_tag

AGREED, PLAIN, LEFT = "mara@post.example", "jona@post.example", "left@post.example"


@pytest.fixture
def own(context: Context) -> OwnShop:
    """Return a shop with three subscribers who ordered the same two products, one of them twice."""
    own = OwnShop(with_script_tag(context))
    people = ((AGREED, "confirmed", ["newsletter", "personalised"]),
              (PLAIN, "confirmed", ["newsletter"]),
              (LEFT, "unsubscribed", ["newsletter", "personalised"]))  # fmt: skip
    for number, (email, state, purposes) in enumerate(people):
        with context.db.write() as connection:
            row = {
                "shop_id": own.shop.id,
                "identity": identity_of(context.keys, own.shop.id, email),
                "email_sealed": context.keys.seal(own.shop.id, "email", email),
                "state": state,
                "language": "de",
                "purposes": purposes,
                "campaign_id": 1,
                "campaign_version": 1,
                "widget": "newsletter",
                "requested_at": START,
                "mails_sent": 0,
                "customer_id": f"c-{number}",
            }
            connection.execute(sa.insert(subscribers).values(**row))
            for order, place, gone in ((0, 1, None), (1, 1, None), (2, 2, None), (3, 3, START)):
                name = 10 * number + order
                made = an_order(
                    name,
                    email=email,
                    customer_id=f"c-{number}",
                    cancelled_at=gone,
                    lines=(a_line(name, place),),
                )
                orders.ingest(connection, context, own.shop, made)
    return own


def ask(own: OwnShop, **body: Any) -> TestResponse:
    return own.client.post(f"/v1/{own.shop.key}/suggestions", data=json.dumps(body))


def product(number: int) -> str:
    return f"gid://shopify/Product/{number}"


def test_own_purchases_count_for_nobody_who_did_not_agree(own: OwnShop) -> None:
    def had(who: str) -> dict[str, int]:
        given = identity_hash(own.secret, who)
        return dict(suggestions.shopper_of(own.context, own.shop, who, given, "203.0.113.7").bought)

    bought = {product(1): 2, product(2): 1}
    assert [had(AGREED), had("c-0")] == [bought, bought]
    for who in (PLAIN, "c-1", LEFT, "nobody@post.example", "no address@"):
        assert had(who) == {}, who


def test_nobody_is_believed_without_the_hash_of_the_shops_server(own: OwnShop) -> None:
    answer = ask(own, cart=[], customer={"id": AGREED, "hash": identity_hash(own.secret, PLAIN)})
    assert (answer.status_code, answer.json) == (401, {"error": "signature_invalid"})
    known = ask(own, cart=[], customer={"id": AGREED, "hash": identity_hash(own.secret, AGREED)})
    assert (known.status_code, known.headers["Cache-Control"]) == (200, "no-store")


def test_a_cart_of_500_lines_with_the_longest_ids_is_read(own: OwnShop) -> None:
    cart = [{"product": f"{number:080}", "quantity": 3} for number in range(500)]
    answer = ask(own, cart=cart, total="12345.60", place="drawer", lang="en")
    assert (answer.status_code, answer.json) == (200, {"campaign": None, "items": []})


def test_what_was_not_agreed_is_refused(own: OwnShop) -> None:
    wrong: list[dict[str, Any]] = [
        {"cart": "1,2"},
        {"cart": [], "cost": 1},
        {"cart": [], "customer": "mara"},
        {"cart": [], "customer": {"id": "c-0"}},
        {"cart": [], "customer": {"id": 5, "hash": "x"}},
        {"cart": [], "place": "checkout"},
        {"cart": [], "total": "much"},
    ]
    assert [ask(own, **body).status_code for body in wrong] == [400] * len(wrong)
