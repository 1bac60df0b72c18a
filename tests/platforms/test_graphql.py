"""The Admin API client: throttling in both forms, errors, and answers of the wrong shape."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.errors import AccessRevokedError, PlatformError, PlatformRefusedError
from plugin.model import Access
from plugin.platforms.shopify import ShopifyPlatform
from tests.fakes.raw_server import answer
from tests.platforms.admin import ACCESS, DOMAIN, FakeAdmin, json_answer

PRODUCT = "gid://shopify/Product/1"
NONE = {"product": None}


def error(code: str, *path: str) -> dict[str, Any]:
    return {"message": "no", "path": list(path), "extensions": {"code": code}}


def throttled(needed: float, available: float, rate: float) -> bytes:
    status = {"maximumAvailable": 2000.0, "currentlyAvailable": available, "restoreRate": rate}
    cost = {"requestedQueryCost": needed, "actualQueryCost": None, "throttleStatus": status}
    return json_answer({"errors": [error("THROTTLED")], "extensions": {"cost": cost}})


def test_throttle_with_status_200_waits_until_the_bucket_holds_enough(
    admin: FakeAdmin, shopify: ShopifyPlatform, pauses: list[float]
) -> None:
    admin.will_raw("Product", throttled(500, 100, 100))
    admin.will("Product", NONE)
    assert shopify.product(ACCESS, PRODUCT) is None
    assert pauses == [4.0]


def test_throttle_with_status_429_waits_as_long_as_it_names(
    admin: FakeAdmin, shopify: ShopifyPlatform, pauses: list[float]
) -> None:
    admin.will_raw("Product", json_answer({}, "429 Too Many Requests", ("Retry-After: 2.0",)))
    admin.will("Product", NONE)
    assert shopify.product(ACCESS, PRODUCT) is None
    assert pauses == [2.0]


@pytest.mark.parametrize(
    "raw",
    [
        throttled(5000, 0, 100),
        json_answer({}, "429 Too Many Requests", ("Retry-After: 50",)),
    ],
)
def test_throttle_that_lasts_is_for_later(
    raw: bytes, admin: FakeAdmin, shopify: ShopifyPlatform, pauses: list[float]
) -> None:
    admin.will_raw("Product", raw)
    with pytest.raises(PlatformError, match="platform_busy") as caught:
        shopify.product(ACCESS, PRODUCT)
    assert caught.value.retry_after == 50
    assert caught.value.advice == "retry"
    assert pauses == []


def test_throttle_that_never_ends_is_given_up(
    admin: FakeAdmin, shopify: ShopifyPlatform, pauses: list[float]
) -> None:
    admin.will_raw("Product", throttled(500, 100, 100))
    with pytest.raises(PlatformError, match="platform_busy"):
        shopify.product(ACCESS, PRODUCT)
    assert sum(pauses) <= 10


@pytest.mark.parametrize(
    "cost",
    [
        {},
        {"cost": None},
        {"cost": {"requestedQueryCost": "x", "throttleStatus": {}}},
        {
            "cost": {
                "requestedQueryCost": 5,
                "throttleStatus": {"currentlyAvailable": 1, "restoreRate": 0},
            }
        },
    ],
)
def test_throttle_that_names_no_cost_waits_a_little(
    cost: dict[str, Any], admin: FakeAdmin, shopify: ShopifyPlatform, pauses: list[float]
) -> None:
    admin.will_raw("Product", json_answer({"errors": [error("THROTTLED")], "extensions": cost}))
    admin.will("Product", NONE)
    assert shopify.product(ACCESS, PRODUCT) is None
    assert pauses == [2.0]


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
def test_refused_token_means_connect_again(
    status: str, admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    admin.will_raw("Product", json_answer({"errors": "[API] Invalid"}, status))
    with pytest.raises(AccessRevokedError):
        shopify.product(ACCESS, PRODUCT)
    assert len(admin.calls) == 1


@pytest.mark.parametrize("token", ["", "a b", "a\r\nX: y", "tökén"])
def test_token_that_cannot_be_one_is_never_sent(
    token: str, admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    with pytest.raises(AccessRevokedError):
        shopify.product(Access(1, DOMAIN, token), PRODUCT)
    assert admin.calls == []


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        ("402 Payment Required", PlatformError, "shop_paused"),
        ("423 Locked", PlatformError, "shop_paused"),
        ("404 Not Found", PlatformRefusedError, "platform_refused"),
        ("500 Internal Server Error", PlatformError, "platform_failed"),
        ("302 Found", PlatformError, "platform_failed"),
    ],
)
def test_each_status_says_what_may_help(
    status: str, kind: type[PlatformError], code: str, admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    admin.will_raw("Product", answer(b"<html>", status))
    with pytest.raises(PlatformError) as caught:
        shopify.product(ACCESS, PRODUCT)
    assert (type(caught.value), caught.value.code) == (kind, code)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Maintenance</body></html>",
        b'{"data":{"product":',
        b"null",
        b"[]",
        b'"text"',
        b"{}",
        b'{"data":null}',
        b'{"data":[]}',
        b'{"data":{"product":[]}}',
        b'{"data":{"product":{}}}',
        b'{"data":{"product":"x"}}',
        b'{"data":{"product":null},"errors":"x"}',
        b'{"data":{"product":null},"errors":["x"]}',
        b'{"data":{"n":NaN}}',
        b"[" * 100_000,
        '{"data":{"product":null}}'.encode("utf-16"),
    ],
)
def test_answer_of_another_shape_is_a_platform_error(
    body: bytes, admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    admin.will_raw("Product", answer(body))
    with pytest.raises(PlatformError, match="platform_answer_invalid") as caught:
        shopify.product(ACCESS, PRODUCT)
    assert caught.value.advice == "retry"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("INTERNAL_SERVER_ERROR", "platform_failed"),
        ("ACCESS_DENIED", "platform_scope_missing"),
        ("", "platform_refused"),
        ("undefinedField", "platform_refused"),
    ],
)
def test_error_with_status_200_says_what_may_help(
    code: str, expected: str, admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    admin.will("Product", NONE, errors=[error(code, "product")])
    with pytest.raises(PlatformError, match=expected):
        shopify.product(ACCESS, PRODUCT)


def test_change_is_not_sent_twice_when_the_platform_fails(
    admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    admin.will_raw("DiscountDelete", answer(status="503 Busy"))
    with pytest.raises(PlatformError, match="platform_failed"):
        shopify.withdraw_voucher(ACCESS, "gid://shopify/DiscountCodeNode/1")
    assert len(admin.calls) == 1


def test_question_is_asked_again_when_the_platform_fails(
    admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    admin.will_raw("Product", answer(status="503 Busy"))
    admin.will("Product", NONE)
    assert shopify.product(ACCESS, PRODUCT) is None
    assert len(admin.calls) == 2


def test_version_that_moved_is_noticed(
    admin: FakeAdmin, shopify: ShopifyPlatform, capsys: pytest.CaptureFixture[str]
) -> None:
    body = b'{"data":{"product":null}}'
    admin.will_raw("Product", answer(body, headers=("X-Shopify-API-Version: 2027-01",)))
    shopify.product(ACCESS, PRODUCT)
    assert "version_moved" in capsys.readouterr().out
