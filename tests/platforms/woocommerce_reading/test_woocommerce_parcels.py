"""WooCommerce: parcels from the notes of the tracking plugins."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from plugin.platforms.woocommerce.order_parts import parse_order
from tests.platforms.woo import order_node


# Parcels
def _tracked(*items: Any, as_object: bool = False) -> Any:
    value: Any = (
        {str(place): item for place, item in enumerate(items)} if as_object else list(items)
    )
    meta = [{"id": 9, "key": "_wc_shipment_tracking_items", "value": value}]
    return parse_order(order_node(meta_data=meta)).shipments  # type: ignore[union-attr]


ITEM = {
    "tracking_provider": "dhl-de",
    "custom_tracking_provider": "",
    "custom_tracking_link": "",
    "tracking_number": "00340434161094042557",
    "date_shipped": "1795219200",
    "tracking_id": "0123456789abcdef0123456789abcdef",
}


def test_parcels_come_from_the_note_of_the_tracking_plugins() -> None:
    (parcel,) = _tracked(ITEM)
    assert parcel.carrier == "dhl de"
    assert parcel.tracking_number == "00340434161094042557"
    assert parcel.created_at == datetime.fromtimestamp(1795219200, UTC)
    assert parcel.status == "confirmed"
    assert (parcel.delivered_at, parcel.milestones) == (None, ())
    assert parcel.id.endswith("-0123456789abcdef0123456789abcdef")


def test_a_list_with_gaps_is_a_list() -> None:
    assert len(_tracked(ITEM, {**ITEM, "tracking_id": "b"}, as_object=True)) == 2


def test_a_carrier_of_the_merchants_own_keeps_its_name_and_link() -> None:
    link = "https://kurier.example/?n=1"
    own = {"tracking_provider": "", "custom_tracking_provider": "Kurier Süd"}
    (parcel,) = _tracked({**ITEM, **own, "custom_tracking_link": link})
    assert (parcel.carrier, parcel.tracking_url) == ("Kurier Süd", link)


@pytest.mark.parametrize(
    "item",
    [
        {**ITEM, "tracking_number": ""},
        {**ITEM, "tracking_number": None},
        {**ITEM, "tracking_number": ["x"]},
        "text",
        7,
        None,
    ],
)
def test_notes_without_a_number_are_no_parcels(item: Any) -> None:
    assert _tracked(item) == ()


@pytest.mark.parametrize("shipped", ["", None, "soon", "99999999999999999999", -1, [], "0"])
def test_a_strange_day_of_dispatch_becomes_the_day_of_the_change(shipped: Any) -> None:
    (parcel,) = _tracked({**ITEM, "date_shipped": shipped})
    assert parcel.created_at == parcel.updated_at


@pytest.mark.parametrize("link", ["javascript:alert(1)", "//evil.example", "x", 'https://a/"x', 7])
def test_only_plain_links_to_the_web_are_kept(link: Any) -> None:
    (parcel,) = _tracked({**ITEM, "custom_tracking_link": link})
    assert parcel.tracking_url is None


@pytest.mark.parametrize("value", ["", "a:0:{}", 7, True, None, {"a": "b"}])
def test_a_note_that_cannot_be_read_is_no_parcel(value: Any) -> None:
    meta = [{"id": 9, "key": "_wc_shipment_tracking_items", "value": value}]
    order = parse_order(order_node(meta_data=meta))
    assert order is not None
    assert order.shipments == ()
