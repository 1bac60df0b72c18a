"""WooCommerce: customers, and what is noted of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from plugin.errors import PlatformError
from plugin.model import Access
from tests.platforms.woo import ACCESS, Site, said


# Consent
def _word(woo: Site, email: str) -> dict[str, str]:
    (found,) = [item for item in woo.shop.customers.values() if item["email"] == email]
    return {item["key"]: item["value"] for item in found["meta_data"]}


# Customers
def test_a_customer_who_paid_once_has_ordered(woo: Site) -> None:
    woo.shop.put_customer("neu@example.com")
    woo.shop.put_customer("Treu@Example.com", paying=True)
    found = woo.platform.customer_by_email(ACCESS, "treu@example.com")
    assert found is not None
    assert (found.orders_count, found.subscribed) == (1, False)
    new = woo.platform.customer_by_email(ACCESS, "neu@example.com")
    assert new is not None
    assert new.orders_count == 0


def test_a_search_that_finds_somebody_else_finds_nobody(woo: Site) -> None:
    other = woo.shop.put_customer("other@example.com")
    woo.script = [said([other])]
    assert woo.platform.customer_by_email(ACCESS, "anne@example.com") is None


def test_an_address_that_wordpress_takes_for_none_belongs_to_nobody(woo: Site) -> None:
    woo.script = [said({"code": "rest_invalid_param"}, 400)]
    assert woo.platform.customer_by_email(ACCESS, "anne@töpferei.example") is None


def test_customers_changed_since_are_told_although_the_shop_lists_all(woo: Site) -> None:
    for number in range(120):
        woo.shop.put_customer(f"a{number}@example.com")
    first = woo.platform.customers(ACCESS, None, None)
    second = woo.platform.customers(ACCESS, first.after, None)
    assert (len(first.items), len(second.items), second.after) == (100, 20, None)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert woo.platform.customers(ACCESS, None, tomorrow).items == ()


def test_a_host_that_drops_the_number_of_pages_loses_no_customers(woo: Site) -> None:
    people = [woo.shop.put_customer(f"a{number}@example.com") for number in range(130)]
    woo.script = [said(people[:100]), said(people[100:])]
    first = woo.platform.customers(ACCESS, None, None)
    assert first.after is not None
    second = woo.platform.customers(ACCESS, first.after, None)
    assert (len(first.items), len(second.items), second.after) == (100, 30, None)


def test_a_confirmed_sign_up_is_noted_in_the_account(woo: Site) -> None:
    made = woo.shop.put_customer("anne@example.com")
    at = datetime(2026, 11, 21, 10, tzinfo=UTC)
    assert woo.platform.record_consent(ACCESS, "anne@example.com", "de", at) == str(made["id"])
    assert _word(woo, "anne@example.com") == {
        "bleib_newsletter": "subscribed",
        "bleib_newsletter_at": "2026-11-21T10:00:00Z",
    }
    found = woo.platform.customer_by_email(ACCESS, "anne@example.com")
    assert found is not None
    assert found.subscribed


def test_nobody_gets_an_account_by_subscribing(woo: Site) -> None:
    now = datetime.now(UTC)
    assert woo.platform.record_consent(ACCESS, "neu@example.com", "de", now) is None
    assert woo.shop.customers == {}


def test_who_unsubscribed_later_stays_unsubscribed(woo: Site) -> None:
    woo.shop.put_customer("anne@example.com")
    at = datetime(2026, 11, 21, 10, tzinfo=UTC)
    woo.platform.record_consent(ACCESS, "anne@example.com", "de", at)
    woo.platform.withdraw_consent(ACCESS, "anne@example.com", at + timedelta(hours=1))
    woo.platform.record_consent(ACCESS, "anne@example.com", "de", at)
    assert _word(woo, "anne@example.com")["bleib_newsletter"] == "unsubscribed"
    woo.platform.record_consent(ACCESS, "anne@example.com", "de", at + timedelta(hours=2))
    assert _word(woo, "anne@example.com")["bleib_newsletter"] == "subscribed"


def test_recording_twice_writes_once(woo: Site) -> None:
    woo.shop.put_customer("anne@example.com")
    at = datetime(2026, 11, 21, 10, tzinfo=UTC)
    for _ in range(2):
        woo.platform.record_consent(ACCESS, "anne@example.com", "de", at)
    woo.platform.withdraw_consent(ACCESS, "nobody@example.com", at)
    assert [request.method for request in woo.seen].count("PUT") == 1


def test_tokens_that_cannot_be_keys_are_not_sent(woo: Site) -> None:
    for token in ("", "ck_a b:cs", "ck_\n:cs", "ckü:cs"):
        with pytest.raises(PlatformError, match="access_revoked"):
            woo.platform.counts(Access(1, ACCESS.domain, token))
    assert woo.seen == []
