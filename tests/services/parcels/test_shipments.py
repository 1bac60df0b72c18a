"""A parcel is shown to whoever proves it is theirs, and to nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from plugin.model import Milestone, Order, Shop
from plugin.services import orders
from plugin.services.context import Context
from plugin.services.parcels import finding
from plugin.services.parcels.carriers import proper_name, tracking_link
from plugin.services.parcels.finding import Proof
from plugin.services.parcels.status import OrderStatus
from plugin.services.parcels.words import told
from tests.conftest import START
from tests.fakes.things import a_line, a_parcel, an_order


def take(context: Context, shop: Shop, **values: Any) -> Order:
    order = an_order(**values)
    with context.db.write() as connection:
        orders.ingest(connection, context, shop, order)
    return order


def look(context: Context, shop: Shop, net: str = "192.0.2.1", **proof: str) -> OrderStatus | None:
    found = finding.lookup(context, shop, Proof(**{"order": "#1007", **proof}), net).found
    return None if found is None else found.status


def status(context: Context, shop: Shop, **values: Any) -> OrderStatus:
    take(context, shop, **values)
    found = look(context, shop, postcode="78462")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("values", "stage", "condition"),
    [
        ({"paid": False}, 1, "normal"),
        ({}, 2, "normal"),
        ({"shipments": (a_parcel(status="LABEL_PRINTED"),)}, 2, "announced"),
        ({"shipments": (a_parcel(status="FULFILLED"),)}, 3, "normal"),
        ({"shipments": (a_parcel(),)}, 3, "normal"),
        ({"shipments": (a_parcel(status="OUT_FOR_DELIVERY"),)}, 4, "normal"),
        ({"shipments": (a_parcel(status="DELIVERED", delivered_at=START),)}, 4, "normal"),
        ({"shipments": (a_parcel(status="DELAYED"),)}, 3, "delayed"),
        (
            {"shipments": (a_parcel(expected_on=(START - timedelta(days=2)).date()),)},
            3,
            "delayed",
        ),
        ({"shipments": (a_parcel(status="NOT_DELIVERED"),)}, 3, "returned"),
        ({"shipments": (a_parcel(status="LOST"),)}, 3, "lost"),
        ({"shipments": (a_parcel(status="CANCELED"),)}, 2, "normal"),
        ({"cancelled_at": START}, 2, "cancelled"),
        ({"shipments": (a_parcel(1), a_parcel(2, status="LABEL_PRINTED"))}, 2, "normal"),
    ],
)
def test_stage_and_condition_follow_the_platform(
    context: Context, shop: Shop, values: dict[str, Any], stage: int, condition: str
) -> None:
    found = status(context, shop, **values)
    assert (found.stage, found.condition) == (stage, condition)


def test_without_a_date_for_each_parcel_no_date_is_promised(context: Context, shop: Shop) -> None:
    found = status(context, shop, shipments=(a_parcel(1), a_parcel(2, expected_on=None)))
    assert found.title_date is None


@pytest.mark.parametrize(
    ("carrier", "host"),
    [
        ("DHL", "www.dhl.de"),
        ("dhl paket", "www.dhl.de"),
        ("DPD DE", "tracking.dpd.de"),
        ("GLS", "gls-group.eu"),
        ("Hermes", "www.myhermes.de"),
        ("UPS", "www.ups.com"),
        ("Österreichische Post", "www.post.at"),
        ("Schweizer Post", "service.post.ch"),
    ],
)
def test_links_come_from_our_own_templates(carrier: str, host: str) -> None:
    link = tracking_link(carrier, "0034 0434-1610.9400")
    assert link is not None
    assert link.startswith(f"https://{host}/")
    assert "00340434161" in link


@pytest.mark.parametrize(
    ("carrier", "number"),
    [
        ("Brieftaube", "00340434161094"),
        (None, "00340434161094"),
        ("DHL", None),
        ("DHL", "javascript:alert(1)"),
        ("DHL", '1" onclick="x'),
        ("DHL", "../../evil"),
        ("DHL", "١٢٣٤٥٦٧٨٩٠"),
    ],
)
def test_odd_carriers_and_numbers_get_no_link(carrier: str | None, number: str | None) -> None:
    assert tracking_link(carrier, number) is None


def test_an_unknown_carrier_keeps_its_name() -> None:
    assert proper_name("Brieftaube") == "Brieftaube"
    assert proper_name("dhl paket") == "DHL"


def test_items_are_those_of_the_order(context: Context, shop: Shop) -> None:
    lines = (a_line(place=1, title="Kanne", quantity=1), a_line(place=2, title="Tasse", quantity=4))
    found = status(context, shop, lines=lines)
    assert [(item.title, item.quantity) for item in found.items] == [("Kanne", 1), ("Tasse", 4)]


def test_what_else_goes_with_an_order_is_asked_only_once_all_has_arrived(
    context: Context, shop: Shop
) -> None:
    def articles(**parcel: Any) -> tuple[str, ...]:
        known = status(context, shop, shipments=(a_parcel(**parcel),))
        return told(shop, known, "de", context.now()).products

    assert articles() == ()
    assert articles(status="FAILURE") == ()
    assert articles(status="DELIVERED", delivered_at=START) == ("1",)


def test_of_two_milestones_in_one_second_the_later_told_is_the_last(
    context: Context, shop: Shop
) -> None:
    marks = tuple(
        Milestone(f"gid://shopify/FulfillmentEvent/{number}", kind, START, None)
        for number, kind in ((9, "out_for_delivery"), (10, "delivered"))
    )
    found = status(context, shop, shipments=(a_parcel(milestones=marks),))
    kinds = [event.kind for event in found.parcels[0].events]
    assert kinds[:2] == ["delivered", "out_for_delivery"]
