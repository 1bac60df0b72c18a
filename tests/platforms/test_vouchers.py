"""Codes: one for one person, the same however often it is asked for."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from plugin.errors import PlatformRefusedError
from plugin.model import VoucherOrder
from plugin.platforms.shopify import ShopifyPlatform
from tests.platforms.admin import ACCESS, FakeAdmin, declined

NODE = "gid://shopify/DiscountCodeNode/4"
CODE = "WILLKOMMEN-8K2P-QX"


def ordered(**changes: Any) -> VoucherOrder:
    values: dict[str, Any] = {
        "code": CODE,
        "title": f"Bleib {CODE}",
        "kind": "amount",
        "value": Decimal("5.00"),
        "currency": "EUR",
        "minimum": Decimal("40.00"),
        "starts_at": datetime(2026, 11, 21, tzinfo=UTC),
        "ends_at": datetime(2026, 12, 21, tzinfo=UTC),
        "customer_id": "gid://shopify/Customer/5",
    }
    return VoucherOrder(**{**values, **changes})


def created() -> dict[str, Any]:
    return {"discountCodeBasicCreate": {"codeDiscountNode": {"id": NODE}, "userErrors": []}}


def taken_by(title: str) -> dict[str, Any]:
    discount = {
        "__typename": "DiscountCodeBasic",
        "title": title,
        "status": "ACTIVE",
        "startsAt": "2026-11-21T00:00:00Z",
        "endsAt": None,
        "usageLimit": 1,
        "asyncUsageCount": 0,
    }
    return {"codeDiscountNodeByCode": {"id": NODE, "codeDiscount": discount}}


def test_amount_for_one_customer(admin: FakeAdmin, shopify: ShopifyPlatform) -> None:
    admin.will("DiscountCreate", created())
    assert shopify.issue_voucher(ACCESS, ordered()) == NODE
    assert admin.sent("DiscountCreate")[0]["discount"] == {
        "title": f"Bleib {CODE}",
        "code": CODE,
        "startsAt": "2026-11-21T00:00:00Z",
        "endsAt": "2026-12-21T00:00:00Z",
        "usageLimit": 1,
        "appliesOncePerCustomer": True,
        "context": {"customers": {"add": ["gid://shopify/Customer/5"]}},
        "customerGets": {
            "items": {"all": True},
            "value": {"discountAmount": {"amount": "5.00", "appliesOnEachItem": False}},
        },
        "minimumRequirement": {"subtotal": {"greaterThanOrEqualToSubtotal": "40.00"}},
        "combinesWith": {
            "orderDiscounts": False,
            "productDiscounts": False,
            "shippingDiscounts": False,
        },
    }


@pytest.mark.parametrize(("value", "share"), [("10", 0.1), ("7.5", 0.075), ("100", 1.0)])
def test_percentage_for_everyone_who_has_the_code(
    value: str, share: float, admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    admin.will("DiscountCreate", created())
    order = ordered(kind="percent", value=Decimal(value), minimum=None, customer_id=None)
    shopify.issue_voucher(ACCESS, order)
    sent = admin.sent("DiscountCreate")[0]["discount"]
    assert sent["context"] == {"all": "ALL"}
    assert sent["customerGets"]["value"] == {"percentage": share}
    assert "minimumRequirement" not in sent


def test_round_amount_is_never_written_with_an_exponent(
    admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    admin.will("DiscountCreate", created())
    shopify.issue_voucher(ACCESS, ordered(value=Decimal("1E+1"), minimum=Decimal("0")))
    sent = admin.sent("DiscountCreate")[0]["discount"]
    assert sent["customerGets"]["value"]["discountAmount"]["amount"] == "10"
    assert "minimumRequirement" not in sent


@pytest.mark.parametrize("title", [f"Bleib {CODE}", "Willkommen"])
def test_code_that_exists_already_with_our_title_is_taken_as_issued(
    title: str, admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    order = ordered(title=title)
    admin.will("DiscountCreate", created())
    shopify.issue_voucher(ACCESS, order)
    mark = admin.sent("DiscountCreate")[0]["discount"]["title"]
    assert CODE in mark
    taken = declined(
        "discountCodeBasicCreate", "TAKEN", "basicCodeDiscount", "code", codeDiscountNode=None
    )
    admin.will("DiscountCreate", taken)
    admin.will("DiscountByCode", taken_by(mark))
    assert shopify.issue_voucher(ACCESS, order) == NODE


@pytest.mark.parametrize(
    "found",
    [
        taken_by("Sommer 2026"),
        {"codeDiscountNodeByCode": None},
        {
            "codeDiscountNodeByCode": {
                "id": NODE,
                "codeDiscount": {"__typename": "DiscountCodeFreeShipping"},
            }
        },
    ],
)
def test_code_of_a_foreign_discount_is_refused(
    found: dict[str, Any], admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    taken = declined(
        "discountCodeBasicCreate", "TAKEN", "basicCodeDiscount", "code", codeDiscountNode=None
    )
    admin.will("DiscountCreate", taken)
    admin.will("DiscountByCode", found)
    with pytest.raises(PlatformRefusedError, match="voucher_code_taken"):
        shopify.issue_voucher(ACCESS, ordered())


def test_voucher_that_the_platform_declines_is_refused(
    admin: FakeAdmin, shopify: ShopifyPlatform, capsys: pytest.CaptureFixture[str]
) -> None:
    data = declined(
        "discountCodeBasicCreate",
        "EXCEEDED_MAX",
        "basicCodeDiscount",
        message="anna@example.com has too many",
        codeDiscountNode=None,
    )
    admin.will("DiscountCreate", data)
    with pytest.raises(PlatformRefusedError, match="code_refused") as caught:
        shopify.issue_voucher(ACCESS, ordered())
    assert caught.value.advice == "give_up"
    printed = capsys.readouterr().out
    assert "EXCEEDED_MAX" in printed
    assert "anna@example.com" not in printed


def test_withdrawing_a_code_that_is_gone_does_nothing(
    admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    gone = declined("discountCodeDelete", "INVALID", "id", deletedCodeDiscountId=None)
    done = {"discountCodeDelete": {"deletedCodeDiscountId": NODE, "userErrors": []}}
    admin.will("DiscountDelete", done)
    admin.will("DiscountDelete", gone)
    shopify.withdraw_voucher(ACCESS, NODE)
    shopify.withdraw_voucher(ACCESS, NODE)
    assert len(admin.calls) == 2


def test_withdrawal_that_the_platform_declines_is_refused(
    admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    data = declined("discountCodeDelete", "INTERNAL_ERROR", deletedCodeDiscountId=None)
    admin.will("DiscountDelete", data)
    with pytest.raises(PlatformRefusedError):
        shopify.withdraw_voucher(ACCESS, NODE)


def test_link_puts_the_code_into_the_cart(shopify: ShopifyPlatform) -> None:
    link = shopify.voucher_link("https://uferhaus.example/", CODE)
    assert link == f"https://uferhaus.example/discount/{CODE}?redirect=/cart"
    assert "a%2Fb%3F" in shopify.voucher_link("https://uferhaus.example", "a/b?")
