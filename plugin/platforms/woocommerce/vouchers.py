"""Coupons: one code for one person, created once however often it is asked for."""

from __future__ import annotations

import time
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from plugin.errors import PlatformError, PlatformRefusedError
from plugin.model import Access, VoucherOrder
from plugin.platforms.woocommerce import shape
from plugin.platforms.woocommerce.answers import RefusedByShopError, as_list, as_object
from plugin.platforms.woocommerce.base import WooBase
from plugin.platforms.woocommerce.rest import API
from plugin.platforms.woocommerce.shape import Node
from plugin.platforms.woocommerce.shop import zone_of

#: Our mark on a coupon: its own code, so that a copy the merchant makes of it is theirs.
_MARK = "_bleib"
_TAKEN = "woocommerce_rest_coupon_code_already_exists"
_LOCAL = "%Y-%m-%dT%H:%M:%S"
#: How long a shop's time zone is believed, in seconds.
_ZONE_KEPT = 3600.0


class WooVouchers(WooBase):
    """Creates and removes codes."""

    def issue_voucher(self, access: Access, order: VoucherOrder) -> str:
        """Create the code and return the shop's id of it.

        Idempotent by code: if a coupon of ours has the code already, its id is returned.
        PlatformRefusedError("voucher_code_taken") if a foreign one has it, ("code_refused") if
        the shop declines it for another reason.
        """
        content = _coupon(order, self._zone(access))
        try:
            made = self._rest.send(access, "POST", f"{API}/coupons", content)
        except RefusedByShopError as error:
            if error.reason != _TAKEN:
                raise PlatformRefusedError("code_refused") from None
            made = self._existing(access, order)
        self._correct_end(access, made, order)
        return shape.identifier(made)

    def withdraw_voucher(self, access: Access, voucher_id: str) -> None:
        """Remove the code from the shop; a missing one is no error."""
        if not voucher_id.isdigit():
            return
        try:
            self._rest.send(access, "DELETE", f"{API}/coupons/{voucher_id}", force="true")
        except RefusedByShopError as error:
            if not error.reason.endswith("_invalid_id"):
                raise

    def voucher_link(self, storefront_url: str, code: str) -> str:
        """Return the address by which our plugin puts the code into the shopper's cart."""
        return f"{storefront_url.rstrip('/')}/?bleib_voucher={quote(code, safe='')}"

    def _existing(self, access: Access, order: VoucherOrder) -> Node:
        reply = self._rest.ask(access, "GET", f"{API}/coupons", code=order.code.lower())
        for found in as_list(reply):
            same = shape.text(found, "code").lower() == order.code.lower()
            if same and shape.meta(found, _MARK) == order.code.lower():
                return found
        raise PlatformRefusedError("voucher_code_taken")

    def _correct_end(self, access: Access, made: Node, order: VoucherOrder) -> None:
        """Set the end right where the shop's clock turned out to be another than we took it for."""
        local = shape.optional_moment(made, "date_expires")
        ends = shape.optional_moment(made, "date_expires_gmt")
        wanted = order.ends_at.replace(microsecond=0)
        if local is None or ends is None or ends == wanted:
            return
        right = wanted + (local - ends)
        content = {"date_expires": right.strftime(_LOCAL)}
        self._rest.send(access, "PUT", f"{API}/coupons/{shape.identifier(made)}", content)

    def _zone(self, access: Access) -> ZoneInfo:
        """Return the shop's time zone: coupons end in its local time."""
        zone, until = self._zones.get(access.domain, (None, 0.0))
        if zone is not None and until > time.monotonic():
            return ZoneInfo(zone)
        try:
            reply = self._rest.index(access.domain, "gmt_offset,timezone_string")
            zone = zone_of(as_object(reply)) if reply.status == 200 else None
        except PlatformError:
            zone = None
        if zone is None:
            return ZoneInfo("UTC")
        self._zones[access.domain] = (zone, time.monotonic() + _ZONE_KEPT)
        return ZoneInfo(zone)


def _coupon(order: VoucherOrder, zone: ZoneInfo) -> dict[str, Any]:
    coupon: dict[str, Any] = {
        "code": order.code.lower(),  # the shop writes codes small, whatever it is sent
        "description": order.title,
        "discount_type": "percent" if order.kind == "percent" else "fixed_cart",
        "amount": _plain(order.value),
        "individual_use": True,
        "usage_limit": 1,
        "usage_limit_per_user": 1,
        "date_expires": _local(order.ends_at, zone),
        "meta_data": [{"key": _MARK, "value": order.code.lower()}],
    }
    if order.minimum is not None and order.minimum > 0:
        coupon["minimum_amount"] = _plain(order.minimum)
    # A variation goes with its product. A code for a fixed amount is refused for the whole cart.
    products = [int(product) for product in order.excluded if product.isdecimal()]
    if products:
        coupon["excluded_product_ids"] = products
    return coupon


def _local(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime(_LOCAL)


def _plain(value: Decimal) -> str:
    return f"{value:f}"
