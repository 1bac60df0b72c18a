"""Confirmed sign-ups in the shop's own customer records."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from plugin.errors import PlatformRefusedError
from plugin.model import Access
from plugin.platforms.shopify import shape
from plugin.platforms.shopify.answers import refuse
from plugin.platforms.shopify.catalogue import ShopifyCatalogue
from plugin.platforms.shopify.shape import Node


class ShopifyConsent(ShopifyCatalogue):
    """Writes consent and its withdrawal."""

    def record_consent(self, access: Access, email: str, language: str, at: datetime) -> str:
        """Create or update the customer as confirmed subscriber; returns the customer's id.

        Someone who unsubscribed in the shop after `at` stays unsubscribed.
        """
        found = self._customer_node(access, email)
        if found is None:
            created = self._create(access, email, language, at)
            if created is not None:
                return created
            found = self._customer_node(access, email)  # created meanwhile by someone else
        if found is None:
            raise PlatformRefusedError("customer_refused")
        customer_id = shape.gid(found)
        if _needs_consent(found, at):
            self._update(access, customer_id, _consent("SUBSCRIBED", at))
        return customer_id

    def withdraw_consent(self, access: Access, email: str, at: datetime) -> None:
        """Mark the customer as unsubscribed; an unknown address is no error."""
        found = self._customer_node(access, email)
        if found is None or _state(found) in (None, "UNSUBSCRIBED", "NOT_SUBSCRIBED"):
            return
        self._update(access, shape.gid(found), _consent("UNSUBSCRIBED", at))

    def _create(self, access: Access, email: str, language: str, at: datetime) -> str | None:
        content = {
            "email": email,
            "locale": language,
            "emailMarketingConsent": _consent("SUBSCRIBED", at),
        }
        payload, problems = self._graphql.change(
            access, "customer_create", "customerCreate", {"input": content}
        )
        if any("email" in problem.place for problem in problems):
            return None
        refuse(problems, "customer_refused")
        return shape.gid(shape.node(payload, "customer"))

    def _update(self, access: Access, customer_id: str, consent: dict[str, Any]) -> None:
        content = {"customerId": customer_id, "emailMarketingConsent": consent}
        _, problems = self._graphql.change(
            access, "customer_consent", "customerEmailMarketingConsentUpdate", {"input": content}
        )
        refuse(problems, "customer_refused")


def _consent(state: str, at: datetime) -> dict[str, Any]:
    consent = {
        "marketingState": state,
        "consentUpdatedAt": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
    }
    if state == "SUBSCRIBED":
        consent["marketingOptInLevel"] = "CONFIRMED_OPT_IN"
    return consent


def _address(found: Node) -> Node:
    return shape.optional_node(found, "defaultEmailAddress") or {}


def _state(found: Node) -> str | None:
    return shape.optional_text(_address(found), "marketingState")


def _needs_consent(found: Node, at: datetime) -> bool:
    address = _address(found)
    state = _state(found)
    if state == "SUBSCRIBED":
        return address.get("marketingOptInLevel") != "CONFIRMED_OPT_IN"
    changed = shape.optional_moment(address, "marketingUpdatedAt")
    return not (state == "UNSUBSCRIBED" and changed is not None and changed > at)
