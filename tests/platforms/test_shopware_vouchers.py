"""Vouchers of Shopware: one promotion for equal terms, one code for one person."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from plugin.errors import PlatformError, PlatformRefusedError
from plugin.model import VoucherOrder
from tests.fakes import shopware
from tests.platforms.shopware import START, Pair


def voucher(code: str, **changes: Any) -> VoucherOrder:
    values: dict[str, Any] = {
        "code": code,
        "title": f"Bleib {code}",
        "kind": "amount",
        "value": Decimal("5.00"),
        "currency": "EUR",
        "minimum": Decimal("40.00"),
        "starts_at": START,
        "ends_at": START + timedelta(days=30),
        "customer_id": None,
    }
    return VoucherOrder(**{**values, **changes})


def only(pair: Pair, entity: str) -> shopware.Node:
    (row,) = pair.shop.listed(entity)
    return row


def test_a_code_belongs_to_a_promotion_with_its_terms(pair: Pair) -> None:
    issued = pair.adapter.issue_voucher(pair.access, voucher("UFER-1"))
    code, promotion = only(pair, "promotion_individual_code"), only(pair, "promotion")
    assert (code["id"], code["code"]) == (issued, "UFER-1")
    assert code["promotionId"] == promotion["id"]
    assert promotion["active"]
    assert promotion["useCodes"]
    assert promotion["useIndividualCodes"]
    assert promotion["preventCombination"]
    assert promotion["validUntil"] == "2026-12-21T09:00:00.000+00:00"
    assert [item["salesChannelId"] for item in promotion["salesChannels"]] == [shopware.CHANNEL]
    (discount,) = promotion["discounts"]
    assert (discount["scope"], discount["type"], discount["value"]) == ("cart", "absolute", 5.0)


def test_the_minimum_is_a_rule_on_the_value_of_the_goods(pair: Pair) -> None:
    pair.adapter.issue_voucher(pair.access, voucher("UFER-1"))
    rule = only(pair, "rule")
    assert only(pair, "promotion")["cartRules"] == [{"id": rule["id"]}]
    outer, inner, condition = rule["conditions"]
    assert (outer["type"], inner["type"]) == ("orContainer", "andContainer")
    assert (inner["parentId"], condition["parentId"]) == (outer["id"], inner["id"])
    assert condition["type"] == "cartGoodsPrice"
    assert condition["value"] == {"operator": ">=", "amount": 40.0}


def test_without_a_minimum_there_is_no_rule(pair: Pair) -> None:
    for number, minimum in enumerate((None, Decimal("0.00"))):
        pair.adapter.issue_voucher(pair.access, voucher(f"UFER-{number}", minimum=minimum))
    assert pair.shop.listed("rule") == []
    assert all("cartRules" not in row for row in pair.shop.listed("promotion"))


def test_excluded_products_are_kept_out_by_a_rule_for_the_goods(pair: Pair) -> None:
    excluded = {"excluded": ("a" * 32,), "excluded_variants": ("b" * 32, "a" * 32)}
    pair.adapter.issue_voucher(pair.access, voucher("UFER-1", minimum=None, **excluded))
    pair.adapter.issue_voucher(pair.access, voucher("UFER-2", minimum=None, **excluded))
    pair.adapter.issue_voucher(pair.access, voucher("UFER-3", minimum=None))
    (rule,) = pair.shop.listed("rule")
    (condition,) = [one for one in rule["conditions"] if one["type"] == "cartLineItem"]
    assert condition["value"] == {"operator": "!=", "identifiers": ["a" * 32, "b" * 32]}
    without, within = sorted(
        pair.shop.listed("promotion"), key=lambda row: row["discounts"][0]["considerAdvancedRules"]
    )
    assert within["discounts"][0]["discountRules"] == [{"id": rule["id"]}]
    assert "discountRules" not in without["discounts"][0]
    assert "cartRules" not in within


def test_a_percentage_is_one(pair: Pair) -> None:
    order = voucher("UFER-1", kind="percent", value=Decimal("10.00"))
    pair.adapter.issue_voucher(pair.access, order)
    (discount,) = only(pair, "promotion")["discounts"]
    assert (discount["type"], discount["value"]) == ("percentage", 10.0)


def test_an_amount_in_another_currency_is_written_in_the_systems_own(pair: Pair) -> None:
    channel = pair.shop.rows["sales_channel"][shopware.CHANNEL]
    channel["currency"] = {"id": shopware.new_id(), "isoCode": "CHF", "factor": 0.8}
    pair.adapter.issue_voucher(pair.access, voucher("UFER-1", currency="CHF"))
    (discount,) = only(pair, "promotion")["discounts"]
    assert discount["value"] == 6.25


def test_equal_terms_share_a_promotion_and_others_do_not(pair: Pair) -> None:
    for number in range(3):
        pair.adapter.issue_voucher(pair.access, voucher(f"UFER-{number}"))
    assert len(pair.shop.listed("promotion")) == 1
    day_after = START + timedelta(days=31)
    pair.adapter.issue_voucher(pair.access, voucher("UFER-3", ends_at=day_after))
    pair.adapter.issue_voucher(pair.access, voucher("UFER-4", value=Decimal("6.00")))
    assert len(pair.shop.listed("promotion")) == 3
    assert len(pair.shop.listed("rule")) == 1
    assert len(pair.shop.listed("promotion_individual_code")) == 5


def test_asking_again_answers_the_same(pair: Pair) -> None:
    first = pair.adapter.issue_voucher(pair.access, voucher("UFER-1"))
    assert pair.adapter.issue_voucher(pair.access, voucher("UFER-1")) == first
    assert len(pair.shop.listed("promotion_individual_code")) == 1


def test_a_code_of_the_merchant_is_left_alone(pair: Pair) -> None:
    pair.adapter.issue_voucher(pair.access, voucher("UFER-1"))
    only(pair, "promotion_individual_code")["id"] = shopware.new_id()
    with pytest.raises(PlatformRefusedError, match="voucher_code_taken"):
        pair.adapter.issue_voucher(pair.access, voucher("ufer-1"))


def test_a_failure_that_is_no_taken_code_stays_a_failure(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = shopware.error(500, "1452", "Integrity constraint violation: 1452")
    monkeypatch.setattr(pair.shop, "_created", lambda *_: refused)
    with pytest.raises(PlatformError, match="platform_failed"):
        pair.adapter.issue_voucher(pair.access, voucher("UFER-1"))
    assert pair.shop.listed("promotion") == []


def test_the_last_code_takes_its_promotion_along(pair: Pair) -> None:
    codes = [pair.adapter.issue_voucher(pair.access, voucher(f"UFER-{n}")) for n in range(2)]
    pair.adapter.withdraw_voucher(pair.access, codes[0])
    assert len(pair.shop.listed("promotion")) == 1
    pair.adapter.withdraw_voucher(pair.access, codes[1])
    assert pair.shop.listed("promotion") == []
    pair.adapter.withdraw_voucher(pair.access, codes[1])


def test_the_link_leads_to_the_cart_where_the_script_redeems_the_code(pair: Pair) -> None:
    link = pair.adapter.voucher_link("https://uferhaus.de/de/", "A&B=C D")
    assert link == "https://uferhaus.de/de/checkout/cart?bleib_voucher=A%26B%3DC%20D"
