"""WooCommerce: coupons are made once, end when they should, and go away again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from plugin.errors import PlatformError, PlatformRefusedError
from plugin.model import VoucherOrder
from tests.platforms.woo import ACCESS, Site, said, woo_site

ENDS = datetime(2027, 1, 31, 22, 59, 59, tzinfo=UTC)  # the last second of the day in Berlin


def voucher(**changes: Any) -> VoucherOrder:
    values: dict[str, Any] = {
        "code": "WELLE-7K3P-Q2X9",
        "title": "Bleib WELLE-7K3P-Q2X9",
        "kind": "amount",
        "value": Decimal("5.00"),
        "currency": "EUR",
        "minimum": Decimal("40.00"),
        "starts_at": ENDS - timedelta(days=30),
        "ends_at": ENDS,
        "customer_id": None,
    }
    return VoucherOrder(**{**values, **changes})


@pytest.fixture
def woo() -> Iterator[Site]:
    with woo_site() as site:
        yield site


def only(woo: Site) -> dict[str, Any]:
    (coupon,) = woo.shop.coupons.values()
    return coupon


def test_a_code_for_one_person_and_one_order(woo: Site) -> None:
    made = woo.platform.issue_voucher(ACCESS, voucher())
    coupon = only(woo)
    assert made == str(coupon["id"])
    assert coupon["code"] == "welle-7k3p-q2x9"
    assert (coupon["discount_type"], coupon["amount"]) == ("fixed_cart", "5.00")
    assert (coupon["usage_limit"], coupon["usage_limit_per_user"]) == (1, 1)
    assert coupon["individual_use"] is True
    assert coupon["minimum_amount"] == "40.00"
    assert coupon["date_expires"] == "2027-01-31T23:59:59"
    assert coupon["date_expires_gmt"] == "2027-01-31T22:59:59"


def test_excluded_products_are_named_to_the_shop(woo: Site) -> None:
    woo.platform.issue_voucher(ACCESS, voucher(excluded=("12", "7")))
    assert only(woo)["excluded_product_ids"] == [12, 7]
    woo.platform.issue_voucher(ACCESS, voucher(code="B", title="Bleib B"))
    assert "excluded_product_ids" not in list(woo.shop.coupons.values())[-1]


def test_a_share_without_a_minimum(woo: Site) -> None:
    woo.platform.issue_voucher(ACCESS, voucher(kind="percent", value=Decimal(10), minimum=None))
    assert (only(woo)["discount_type"], only(woo)["amount"]) == ("percent", "10.00")
    assert only(woo)["minimum_amount"] == "0.00"


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kolkata", "Pacific/Auckland", "UTC"])
def test_the_end_is_written_in_the_shops_own_time(zone: str) -> None:
    with woo_site(zone=zone) as site:
        site.platform.issue_voucher(ACCESS, voucher())
        assert only(site)["date_expires_gmt"] == "2027-01-31T22:59:59"
        assert "PUT" not in {request.method for request in site.seen}


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kolkata"])
def test_a_shop_that_hides_its_zone_gives_it_away_by_the_coupon(zone: str) -> None:
    with woo_site(zone=zone) as site:
        site.site.index_status = 403
        site.platform.issue_voucher(ACCESS, voucher())
        assert only(site)["date_expires_gmt"] == "2027-01-31T22:59:59"


def test_the_zone_is_asked_for_once_an_hour(woo: Site) -> None:
    for number in range(3):
        code = f"WELLE-{number}"
        woo.platform.issue_voucher(ACCESS, voucher(code=code, title=f"Bleib {code}"))
    assert [target for target in woo.targets() if target == "GET /wp-json/"] == ["GET /wp-json/"]


def test_asked_twice_it_exists_once(woo: Site) -> None:
    first = woo.platform.issue_voucher(ACCESS, voucher())
    assert woo.platform.issue_voucher(ACCESS, voucher()) == first
    assert len(woo.shop.coupons) == 1


@pytest.mark.parametrize(
    "foreign",
    [
        {},
        {"meta_data": [{"key": "_bleib", "value": "other"}]},
        {"description": "Bleib WELLE-7K3P-Q2X9"},
    ],
)
def test_a_code_of_somebody_else_is_left_alone(woo: Site, foreign: dict[str, Any]) -> None:
    before = dict(woo.shop.put_coupon("welle-7k3p-q2x9", **foreign))
    with pytest.raises(PlatformRefusedError, match="voucher_code_taken"):
        woo.platform.issue_voucher(ACCESS, voucher())
    assert only(woo) == before


def test_a_search_that_shows_another_code_does_not_count(woo: Site) -> None:
    woo.platform.issue_voucher(ACCESS, voucher(code="OTHER", title="Bleib OTHER"))
    taken = said({"code": "woocommerce_rest_coupon_code_already_exists"}, 400)
    woo.script = [taken, said(list(woo.shop.coupons.values()))]
    with pytest.raises(PlatformRefusedError, match="voucher_code_taken"):
        woo.platform.issue_voucher(ACCESS, voucher())


def test_any_other_refusal_is_final(woo: Site) -> None:
    woo.platform.counts(ACCESS)
    woo.script = [said({}), said({"code": "rest_invalid_param"}, 400)]
    with pytest.raises(PlatformRefusedError, match="code_refused"):
        woo.platform.issue_voucher(ACCESS, voucher())


def test_an_answer_that_got_lost_is_made_good(woo: Site) -> None:
    woo.script = [said({"timezone_string": "Europe/Berlin"}), said({"id": "odd"}, 201)]
    with pytest.raises(PlatformError, match="platform_answer_invalid"):
        woo.platform.issue_voucher(ACCESS, voucher())
    assert woo.platform.issue_voucher(ACCESS, voucher()) == str(only(woo)["id"])


def test_a_withdrawn_code_is_gone_for_good_and_missing_ones_are_no_error(woo: Site) -> None:
    made = woo.platform.issue_voucher(ACCESS, voucher())
    woo.platform.withdraw_voucher(ACCESS, made)
    assert woo.shop.coupons == {}
    assert woo.seen[-1].args["force"] == "true"
    woo.platform.withdraw_voucher(ACCESS, made)
    woo.platform.withdraw_voucher(ACCESS, "../orders/1")
    assert not any("orders" in target for target in woo.targets())
