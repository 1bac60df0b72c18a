"""Customers, and confirmed sign-ups in the records of those who have an account."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from plugin.contracts.platform import Page
from plugin.model import Access, Customer
from plugin.platforms.woocommerce import shape
from plugin.platforms.woocommerce.answers import RefusedByShopError, as_list
from plugin.platforms.woocommerce.base import WooBase
from plugin.platforms.woocommerce.paging import more_follow
from plugin.platforms.woocommerce.rest import API
from plugin.platforms.woocommerce.shape import Node

_PER_PAGE = 100
_FIELDS = "id,email,is_paying_customer,date_created_gmt,date_modified_gmt"
_STATE = "bleib_newsletter"
_SINCE = "bleib_newsletter_at"


class WooCustomers(WooBase):
    """Reads customers and notes in their accounts that they subscribed.

    Nobody gets an account by subscribing: WooCommerce would write to them about it, and an account
    is not what they asked for.
    """

    def customers(
        self, access: Access, after: str | None, since: datetime | None
    ) -> Page[Customer]:
        """Return a page of customers, changed at or after `since`.

        WooCommerce cannot list them by change: they come by id, and unchanged ones are left out.
        """
        page = int(after or 1)
        reply = self._rest.ask(
            access,
            "GET",
            f"{API}/customers",
            role="all",
            orderby="id",
            order="asc",
            per_page=_PER_PAGE,
            page=page,
            _fields=_FIELDS,
        )
        nodes = as_list(reply)
        found = map(parse_customer, nodes)
        more = more_follow(reply, page, len(nodes), _PER_PAGE)
        return Page(
            tuple(item for item in found if since is None or item.updated_at >= since),
            str(page + 1) if more else None,
        )

    def customer_by_email(self, access: Access, email: str) -> Customer | None:
        """Return the customer with that address, None if there is none."""
        found = self._customer_node(access, email)
        return None if found is None else parse_customer(found)

    def record_consent(self, access: Access, email: str, language: str, at: datetime) -> str | None:
        """Note a confirmed sign-up in the person's account; returns its id, None without one.

        Who unsubscribed after `at` stays unsubscribed.
        """
        found = self._customer_node(access, email)
        if found is None:
            return None
        customer_id = shape.identifier(found)
        if not _is_newer_word(found, at):
            self._note(access, customer_id, "subscribed", at)
        return customer_id

    def withdraw_consent(self, access: Access, email: str, at: datetime) -> None:
        """Note that the person unsubscribed; without an account there is nothing to note."""
        found = self._customer_node(access, email)
        if found is not None and shape.meta(found, _STATE) == "subscribed":
            self._note(access, shape.identifier(found), "unsubscribed", at)

    def _customer_node(self, access: Access, email: str) -> Node | None:
        fields = f"{_FIELDS},meta_data"
        route = f"{API}/customers"
        try:
            reply = self._rest.ask(access, "GET", route, email=email, role="all", _fields=fields)
        except RefusedByShopError as error:
            if error.reason != "rest_invalid_param":
                raise
            return None  # what WordPress takes for no mail address, no account of it can have
        # The shop searches where we ask for one: what it found is compared once more.
        wanted = email.strip().casefold()
        return next((node for node in as_list(reply) if _email(node).casefold() == wanted), None)

    def _note(self, access: Access, customer_id: str, state: str, at: datetime) -> None:
        values: dict[str, Any] = {_STATE: state, _SINCE: f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"}
        content = {"meta_data": [{"key": key, "value": value} for key, value in values.items()]}
        self._rest.send(access, "PUT", f"{API}/customers/{customer_id}", content, _fields="id")


def parse_customer(node: Node) -> Customer:
    """Return a customer; WooCommerce tells whether somebody ever paid, not how often."""
    return Customer(
        id=shape.identifier(node),
        email=_email(node) or None,
        orders_count=int(_paid(node)),
        subscribed=shape.meta(node, _STATE) == "subscribed",
        updated_at=shape.moment(node, "date_modified_gmt", "date_created_gmt"),
    )


def _email(node: Node) -> str:
    return shape.optional_text(node, "email") or ""


def _paid(node: Node) -> bool:
    paid = node.get("is_paying_customer")
    if not isinstance(paid, bool):
        raise shape.wrong()
    return paid


def _is_newer_word(node: Node, at: datetime) -> bool:
    """Tell whether the account holds a word on the newsletter from `at` or later."""
    said = shape.meta(node, _SINCE)
    if shape.meta(node, _STATE) is None or not isinstance(said, str):
        return False
    try:
        return datetime.fromisoformat(said) >= at.astimezone(UTC).replace(microsecond=0)
    except (ValueError, TypeError):
        return False
