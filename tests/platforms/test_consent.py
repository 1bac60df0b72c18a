"""Confirmed sign-ups and their withdrawal in the shop's customer records."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from plugin.errors import PlatformRefusedError
from plugin.platforms.shopify import ShopifyPlatform
from tests.platforms.admin import ACCESS, FakeAdmin, declined

AT = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
EMAIL = "anna@example.com"
CUSTOMER = "gid://shopify/Customer/5"
CONFIRMED = {
    "marketingState": "SUBSCRIBED",
    "marketingOptInLevel": "CONFIRMED_OPT_IN",
    "consentUpdatedAt": "2026-11-21T10:00:00Z",
}


def known(state: str, level: str | None = None, changed: str | None = None) -> dict[str, Any]:
    address = {
        "emailAddress": EMAIL,
        "marketingState": state,
        "marketingOptInLevel": level,
        "marketingUpdatedAt": changed,
    }
    found = {
        "id": CUSTOMER,
        "numberOfOrders": "0",
        "updatedAt": "2026-11-20T10:00:00Z",
        "defaultEmailAddress": address,
    }
    return {"customerByIdentifier": found}


def updated() -> dict[str, Any]:
    customer = {"id": CUSTOMER, "defaultEmailAddress": {"marketingState": "SUBSCRIBED"}}
    return {"customerEmailMarketingConsentUpdate": {"customer": customer, "userErrors": []}}


def test_new_person_becomes_a_confirmed_customer(
    admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    admin.will("CustomerByEmail", {"customerByIdentifier": None})
    admin.will(
        "CustomerCreate", {"customerCreate": {"customer": {"id": CUSTOMER}, "userErrors": []}}
    )
    assert shopify.record_consent(ACCESS, EMAIL, "de", AT) == CUSTOMER
    assert admin.sent("CustomerCreate")[0]["input"] == {
        "email": EMAIL,
        "locale": "de",
        "emailMarketingConsent": CONFIRMED,
    }


@pytest.mark.parametrize(
    ("state", "level"),
    [
        ("NOT_SUBSCRIBED", None),
        ("PENDING", "SINGLE_OPT_IN"),
        ("SUBSCRIBED", "SINGLE_OPT_IN"),
        ("UNSUBSCRIBED", "CONFIRMED_OPT_IN"),
    ],
)
def test_known_customer_is_marked_as_confirmed(
    state: str, level: str | None, admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    admin.will("CustomerByEmail", known(state, level, "2026-11-01T00:00:00Z"))
    admin.will("CustomerConsent", updated())
    assert shopify.record_consent(ACCESS, EMAIL, "de", AT) == CUSTOMER
    assert admin.sent("CustomerConsent")[0]["input"] == {
        "customerId": CUSTOMER,
        "emailMarketingConsent": CONFIRMED,
    }


def test_recording_twice_changes_nothing(admin: FakeAdmin, shopify: ShopifyPlatform) -> None:
    admin.will("CustomerByEmail", known("SUBSCRIBED", "CONFIRMED_OPT_IN", "2026-11-21T10:00:00Z"))
    assert shopify.record_consent(ACCESS, EMAIL, "de", AT) == CUSTOMER
    assert admin.sent("CustomerConsent") == []


def test_person_who_left_after_confirming_stays_unsubscribed(
    admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    admin.will("CustomerByEmail", known("UNSUBSCRIBED", None, "2026-11-21T10:00:05Z"))
    assert shopify.record_consent(ACCESS, EMAIL, "de", AT) == CUSTOMER
    assert admin.sent("CustomerConsent") == []


def test_customer_created_meanwhile_is_updated(admin: FakeAdmin, shopify: ShopifyPlatform) -> None:
    admin.will("CustomerByEmail", {"customerByIdentifier": None})
    admin.will("CustomerByEmail", known("NOT_SUBSCRIBED"))
    admin.will("CustomerCreate", declined("customerCreate", "TAKEN", "email", customer=None))
    admin.will("CustomerConsent", updated())
    assert shopify.record_consent(ACCESS, EMAIL, "de", AT) == CUSTOMER


def test_address_that_the_platform_declines_is_refused(
    admin: FakeAdmin, shopify: ShopifyPlatform, capsys: pytest.CaptureFixture[str]
) -> None:
    admin.will("CustomerByEmail", {"customerByIdentifier": None})
    data = declined("customerCreate", "", "email", message=f"{EMAIL} is invalid", customer=None)
    admin.will("CustomerCreate", data)
    with pytest.raises(PlatformRefusedError, match="customer_refused"):
        shopify.record_consent(ACCESS, EMAIL, "de", AT)
    assert EMAIL not in capsys.readouterr().out


@pytest.mark.parametrize("state", ["SUBSCRIBED", "PENDING"])
def test_withdrawal_is_written(state: str, admin: FakeAdmin, shopify: ShopifyPlatform) -> None:
    admin.will("CustomerByEmail", known(state))
    admin.will("CustomerConsent", updated())
    shopify.withdraw_consent(ACCESS, EMAIL, AT)
    assert admin.sent("CustomerConsent")[0]["input"]["emailMarketingConsent"] == {
        "marketingState": "UNSUBSCRIBED",
        "consentUpdatedAt": "2026-11-21T10:00:00Z",
    }


@pytest.mark.parametrize(
    "found", [{"customerByIdentifier": None}, known("UNSUBSCRIBED"), known("NOT_SUBSCRIBED")]
)
def test_withdrawal_of_what_is_not_given_does_nothing(
    found: dict[str, Any], admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    admin.will("CustomerByEmail", found)
    shopify.withdraw_consent(ACCESS, EMAIL, AT)
    assert admin.sent("CustomerConsent") == []
