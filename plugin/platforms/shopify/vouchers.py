"""Discount codes: one code for one person, created once however often it is asked for."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from plugin.errors import PlatformRefusedError
from plugin.model import Access, VoucherOrder
from plugin.platforms.shopify import shape
from plugin.platforms.shopify.answers import refuse
from plugin.platforms.shopify.base import ShopifyBase


class ShopifyVouchers(ShopifyBase):
    """Creates and removes codes."""

    def issue_voucher(self, access: Access, order: VoucherOrder) -> str:
        """Create the code and return the platform's id of it.

        Idempotent by code: if the code exists already with our title, its id is returned.
        PlatformRefusedError("voucher_code_taken") if a foreign discount has the code,
        ("code_refused") if the platform declines it for another reason.
        """
        payload, problems = self._graphql.change(
            access, "discount_create", "discountCodeBasicCreate", {"discount": _input(order)}
        )
        if any(problem.code in ("TAKEN", "DUPLICATE") for problem in problems):
            return self._existing(access, order)
        refuse(problems, "code_refused")
        return shape.gid(shape.node(payload, "codeDiscountNode"))

    def withdraw_voucher(self, access: Access, voucher_id: str) -> None:
        """Remove the code from the shop; a missing one is no error."""
        _, problems = self._graphql.change(
            access, "discount_delete", "discountCodeDelete", {"id": voucher_id}
        )
        # The only argument is the id, so whatever is said about it means: there is no such code.
        refuse(tuple(problem for problem in problems if problem.place != ("id",)))

    def voucher_link(self, storefront_url: str, code: str) -> str:
        """Return the address that puts the code into the shopper's cart."""
        return f"{storefront_url.rstrip('/')}/discount/{quote(code, safe='')}?redirect=/cart"

    def _existing(self, access: Access, order: VoucherOrder) -> str:
        data = self._graphql.run(access, "discount_by_code", {"code": order.code})
        found = shape.optional_node(data, "codeDiscountNodeByCode")
        discount = None if found is None else shape.optional_node(found, "codeDiscount")
        if found is None or discount is None or discount.get("title") != _title(order):
            raise PlatformRefusedError("voucher_code_taken")
        return shape.gid(found)


def _title(order: VoucherOrder) -> str:
    # The code in the title is our mark: no foreign discount carries both by chance.
    return order.title if order.code in order.title else f"{order.title} {order.code}"


def _input(order: VoucherOrder) -> dict[str, Any]:
    who: dict[str, Any] = {"all": "ALL"}
    if order.customer_id:
        who = {"customers": {"add": [order.customer_id]}}
    discount: dict[str, Any] = {
        "title": _title(order),
        "code": order.code,
        "startsAt": _stamp(order.starts_at),
        "endsAt": _stamp(order.ends_at),
        "usageLimit": 1,
        "appliesOncePerCustomer": True,
        "context": who,
        "customerGets": {"items": {"all": True}, "value": _value(order)},
        "combinesWith": {
            "orderDiscounts": False,
            "productDiscounts": False,
            "shippingDiscounts": False,
        },
    }
    if order.minimum is not None and order.minimum > 0:
        least = _plain(order.minimum)
        discount["minimumRequirement"] = {"subtotal": {"greaterThanOrEqualToSubtotal": least}}
    return discount


def _value(order: VoucherOrder) -> dict[str, Any]:
    if order.kind == "percent":
        return {"percentage": float(order.value / 100)}  # the platform counts 10 % as 0.1
    return {"discountAmount": {"amount": _plain(order.value), "appliesOnEachItem": False}}


def _plain(value: Decimal) -> str:
    return f"{value:f}"


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
