"""WooCommerce: what the site tells of itself."""

from __future__ import annotations

from typing import Any

import pytest

from tests.platforms.woo import ACCESS, Site, said


# The shop itself
def test_facts_come_from_settings_and_from_what_the_site_tells_everybody(woo: Site) -> None:
    facts = woo.platform.shop_facts(ACCESS)
    assert facts.name == "Uferhaus & Töchter"
    assert (facts.currency, facts.zone) == ("EUR", "Europe/Berlin")
    assert facts.email == "hallo@uferhaus.example"
    assert facts.storefront_url == woo.url
    assert facts.scopes == {"read_write"}


def test_the_keys_are_not_shown_to_what_needs_none(woo: Site) -> None:
    woo.platform.shop_facts(ACCESS)
    index = [request for request in woo.seen if request.path.endswith("/wp-json/")]
    assert index
    assert all("Authorization" not in request.headers for request in index)


def test_a_site_that_hides_itself_gets_its_zone_from_its_country(woo: Site) -> None:
    woo.site.index_status = 401
    facts = woo.platform.shop_facts(ACCESS)
    assert (facts.name, facts.zone) == ("uferhaus.example", "Europe/Berlin")


@pytest.mark.parametrize(
    ("about", "zone"),
    [
        ({"timezone_string": "America/New_York", "gmt_offset": "-5"}, "America/New_York"),
        ({"timezone_string": "", "gmt_offset": "2"}, "Etc/GMT-2"),
        ({"timezone_string": "", "gmt_offset": -5}, "Etc/GMT+5"),
        ({"timezone_string": "", "gmt_offset": "0"}, "UTC"),
        ({"timezone_string": "", "gmt_offset": "5.5"}, "Europe/Berlin"),
        ({"timezone_string": "Nowhere/Land"}, "Europe/Berlin"),
        ({"timezone_string": 7, "gmt_offset": []}, "UTC"),
    ],
)
def test_zones_without_a_name_become_zones_of_the_same_offset(
    woo: Site, about: dict[str, Any], zone: str
) -> None:
    settings = [
        {"id": "woocommerce_currency", "value": "EUR"},
        {"id": "woocommerce_default_country", "value": "DE:DE-BW"},
    ]
    woo.script = [said(settings), said({"name": "X", **about})]
    assert woo.platform.shop_facts(ACCESS).zone == zone


def test_counts_are_the_totals_of_the_headers(woo: Site) -> None:
    woo.shop.put_product("A")
    woo.shop.put_customer("a@example.com")
    counts = woo.platform.counts(ACCESS)
    assert (counts.products, counts.customers, counts.orders) == (1, 1, 0)


def test_a_host_that_drops_the_totals_is_no_obstacle(woo: Site) -> None:
    woo.script = [said([]), said([]), said([])]
    assert woo.platform.counts(ACCESS).products is None
