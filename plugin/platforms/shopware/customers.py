"""Customers of a shop: accounts, and a record for each order of a guest."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from plugin.contracts.platform import Page
from plugin.model import Access, Customer
from plugin.platforms.shopware.base import ShopwareBase
from plugin.platforms.shopware.changes import Listing, read_page
from plugin.platforms.shopware.shape import changed, identifier
from plugin.shape import Node, flag, optional_text, text, whole

_CUSTOMER = {
    "includes": {
        "customer": ["id", "autoIncrement", "email", "guest", "orderCount", "createdAt",
                     "updatedAt"],
    },
}  # fmt: skip
_LISTING = Listing("customer", _CUSTOMER, ("createdAt", "updatedAt"), changed, 100)
_MOST_OF_ONE = 100


class ShopwareCustomers(ShopwareBase):
    """Reads customers."""

    def customers(
        self, access: Access, after: str | None, since: datetime | None
    ) -> Page[Customer]:
        """Return a page of customers, oldest change first, changed at or after `since`."""
        found, more = read_page(self._api, access, _LISTING, after, since, self._clock())
        wanted = {email for item in found if (email := _email(item))}
        subscribed = self._subscribed(access, wanted)
        return Page(tuple(_customer([item], subscribed) for item in found), more)

    def customer_by_email(self, access: Access, email: str) -> Customer | None:
        """Return the person with that address, None if there is none.

        Every order of a guest leaves a record of its own: all of them are one person here, and
        the account, where there is one, gives its id.
        """
        wanted = {"type": "equals", "field": "email", "value": email}
        asked = {**_CUSTOMER, "filter": [wanted], "limit": _MOST_OF_ONE}
        found = self._api.search(access, "customer", asked)
        if not found:
            return None
        return _customer(found, self._subscribed(access, {email.lower()}))

    def _subscribed(self, access: Access, emails: Collection[str]) -> set[str]:
        if not emails:
            return set()
        asked = {
            "filter": [
                {"type": "equalsAny", "field": "email", "value": sorted(emails)},
                {"type": "equalsAny", "field": "status", "value": ["optIn", "direct"]},
            ],
            "includes": {"newsletter_recipient": ["email"]},
            "limit": max(len(emails), _MOST_OF_ONE),
        }
        found = self._api.search(access, "newsletter-recipient", asked)
        return {text(item, "email").lower() for item in found}


def _customer(records: list[Node], subscribed: set[str]) -> Customer:
    account = min(records, key=lambda record: flag(record, "guest"))
    email = _email(account)
    return Customer(
        id=identifier(account),
        email=email,
        orders_count=sum(whole(record, "orderCount") for record in records),
        subscribed=email is not None and email in subscribed,
        updated_at=max(changed(record) for record in records),
    )


def _email(item: Node) -> str | None:
    found = optional_text(item, "email")
    return None if found is None else found.lower()
