"""Two shops of their own, each with its secret: neither sees or changes anything of the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from plugin.api.any_shop import OPERATIONS
from plugin.services import front_door
from plugin.services.context import Context
from plugin.services.door_links import Registration
from tests.own_shop import OwnShop, a_product, a_shipment, an_order, with_script_tag
from tests.security.world import rows_of, sign_in

CSV = b"Artikelnummer;Artikel;Adresse;Preis\n9;Kanne;/kanne;40,00\n"
BODIES: dict[str, Any] = {
    "put_orders": {"orders": [an_order(5)]},
    "put_shipments": {"shipments": [a_shipment(carrier="OURMARK")]},
    "put_products": {"products": [a_product(5)]},
    "add_codes": {"codes": ["THEIR-1"], "kind": "amount", "value": "5"},
    "forget_customer": {"email": "theirmark@post.example"},
    "import_file": CSV,
}


@dataclass
class Two:
    ours: OwnShop
    theirs: OwnShop
    file: int


@pytest.fixture
def two(context: Context) -> Two:
    context = with_script_tag(context)
    ours, theirs = OwnShop(context), OwnShop.__new__(OwnShop)
    theirs.context, theirs.client, theirs.ticks = context, ours.client, 0
    entered = front_door.add(
        context, Registration("theirs.example", "THEIRMARK", "t@theirs.example")
    )
    theirs.shop, theirs.secret = entered.shop, entered.secret
    order = an_order(
        77, email="theirmark@post.example", shipments=[a_shipment(carrier="THEIRMARK")]
    )
    theirs.call("PUT", "/orders", {"orders": [order]})
    theirs.call("PUT", "/products", {"products": [a_product(77, title="THEIRMARK")]})
    theirs.call("POST", "/voucher-codes", BODIES["add_codes"])
    handed: Any = theirs.call("POST", "/imports/products", CSV).json
    return Two(ours, theirs, handed["id"])


def path_of(rule: str, two: Two) -> str:
    parts = {
        "<order_id>": "77",
        "<shipment_id>": "p1",
        "<product_id>": "77",
        "<kind>": "products",
        "<int:import_id>": str(two.file),
    }
    for name, value in parts.items():
        rule = rule.replace(name, value)
    return rule


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: str(operation.name))
def test_ids_of_another_shop_lead_nowhere_and_its_secret_opens_nothing(
    two: Two, operation: Any
) -> None:
    before = rows_of(two.ours.context, two.theirs.shop)
    path, body = path_of(operation.rule, two), BODIES.get(operation.name)
    # With our secret in our shop, but with their ids.
    answer = two.ours.call(operation.method, path, body)
    assert answer.status_code < 500
    assert "THEIRMARK" not in answer.text
    if "<" in operation.rule and "<kind>" not in operation.rule:
        assert answer.status_code == 404
    # With our secret in their shop.
    two.theirs.ticks += 10
    foreign = two.theirs.call(operation.method, path, body, secret=two.ours.secret)
    assert foreign.status_code == 401
    assert rows_of(two.ours.context, two.theirs.shop) == before


def test_the_data_page_shows_and_changes_nothing_of_another_shop(two: Two) -> None:
    context, client = two.ours.context, two.ours.client
    client.application.config["WTF_CSRF_ENABLED"] = False
    shop = two.ours.shop
    sign_in(client, context.keys.sign("session", [shop.id, shop.generation]))
    assert client.get("/admin/data").status_code == 200
    assert two.theirs.shop.key not in client.get("/admin/data").text
    before = rows_of(context, two.theirs.shop)
    for method in ("GET", "POST"):
        answer = client.open(f"/admin/data/files/{two.file}", method=method, data={"do": "drop"})
        assert answer.status_code == 404
    for path in ("secret", "codes/drop"):
        assert client.post(f"/admin/data/{path}").status_code < 400
    assert rows_of(context, two.theirs.shop) == before
