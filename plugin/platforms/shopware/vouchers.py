"""Voucher codes: one code for one person, created once however often it is asked for.

A code is an individual code of a promotion; all codes with the same terms and the same last day
share one promotion, so that a merchant's list grows by one line a day at most. Shopware lets an
individual code be redeemed once, and gives neither it nor its promotion a way to name a guest:
whoever holds the code may use it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC
from typing import Any
from urllib.parse import quote

from plugin.errors import PlatformError, PlatformRefusedError
from plugin.model import Access, VoucherOrder
from plugin.platforms.shopware.base import ShopwareBase
from plugin.platforms.shopware.channels import Channel, read_channels
from plugin.platforms.shopware.shape import identifier
from plugin.shape import Node

#: What the storefront's cart script looks for in the address of a page.
LINK_MARK = "bleib_voucher"
_CODE = "promotion-individual-code"
_CODE_FIELDS = {"includes": {"promotion_individual_code": ["id", "code", "promotionId"]}}


class ShopwareVouchers(ShopwareBase):
    """Creates and removes codes."""

    def issue_voucher(self, access: Access, order: VoucherOrder) -> str:
        """Create the code and return the platform's id of it.

        Idempotent by code, because its id follows from it. PlatformRefusedError
        ("voucher_code_taken") if a foreign promotion has the code.
        """
        promotion_id = self._promotion(access, order)
        code_id = id_of("code", order.code)
        content = {"id": code_id, "promotionId": promotion_id, "code": order.code}
        try:
            self._api.create(access, _CODE, content)
        except PlatformError:
            # A code in use is answered like a database out of order: look what is true.
            found = self._code(access, "code", order.code)
            if found is None:
                raise
            if identifier(found) != code_id:
                raise PlatformRefusedError("voucher_code_taken") from None
        return code_id

    def withdraw_voucher(self, access: Access, voucher_id: str) -> None:
        """Remove the code from the shop, and its promotion with its last code."""
        found = self._code(access, "id", voucher_id)
        if found is None:
            return
        promotion_id = identifier(found, "promotionId")
        self._api.change(access, "DELETE", f"{_CODE}/{identifier(found)}")
        if self._code(access, "promotionId", promotion_id) is None:
            with suppress(PlatformRefusedError):  # the code is gone, and that is what counts
                self._api.change(access, "DELETE", f"promotion/{promotion_id}")

    def voucher_link(self, storefront_url: str, code: str) -> str:
        """Return a page of the shop on which the cart script redeems the code.

        Shopware's own way to redeem one takes no plain link.
        """
        return f"{storefront_url.rstrip('/')}/checkout/cart?{LINK_MARK}={quote(code, safe='')}"

    def _code(self, access: Access, field: str, value: str) -> Node | None:
        wanted = {"type": "equals", "field": field, "value": value}
        return self._api.first(access, _CODE, {**_CODE_FIELDS, "filter": [wanted]})

    def _promotion(self, access: Access, order: VoucherOrder) -> str:
        promotion_id = id_of("promotion", *_terms(order), order.ends_at.isoformat())
        if not self._exists(access, "promotion", promotion_id):
            rules = _Rules(
                cart=self._rule(access, _minimum_rule(order)),
                goods=self._rule(access, _goods_rule(order)),
            )
            channels = read_channels(self._api, access)
            self._create_once(access, "promotion", _promotion(promotion_id, order, channels, rules))
        return promotion_id

    def _rule(self, access: Access, content: Mapping[str, Any] | None) -> str | None:
        if content is None:
            return None
        if not self._exists(access, "rule", content["id"]):
            self._create_once(access, "rule", content)
        return str(content["id"])

    def _create_once(self, access: Access, entity: str, content: Mapping[str, Any]) -> None:
        try:
            self._api.create(access, entity, content)
        except PlatformError:
            if not self._exists(access, entity, content["id"]):  # made meanwhile by another step
                raise

    def _exists(self, access: Access, entity: str, entity_id: str) -> bool:
        wanted = {"type": "equals", "field": "id", "value": entity_id}
        asked = {"filter": [wanted], "includes": {entity: ["id"]}}
        return self._api.first(access, entity, asked) is not None


def id_of(*parts: str) -> str:
    """Return the id that always follows from the same parts: the shop lets its clients choose."""
    return hashlib.sha256("\n".join(("bleib", *parts)).encode()).hexdigest()[:32]


def _terms(order: VoucherOrder) -> tuple[str, ...]:
    minimum = "" if order.minimum is None else f"{order.minimum:f}"
    return order.kind, f"{order.value:f}", order.currency, minimum, *sorted(order.excluded)


@dataclass(frozen=True)
class _Rules:
    """Ids of the rules of a promotion: for which carts it is, and for which goods in them."""

    cart: str | None
    goods: str | None


def _promotion(
    promotion_id: str, order: VoucherOrder, channels: tuple[Channel, ...], rules: _Rules
) -> dict[str, Any]:
    unit = "%" if order.kind == "percent" else order.currency
    # An amount is written in the system's own currency; the shop reckons it back.
    same = order.kind == "percent" or not channels or channels[0].currency != order.currency
    value = order.value / (1 if same else channels[0].factor)
    return {
        "id": promotion_id,
        "name": f"Bleib {order.value:f} {unit}, {order.ends_at:%Y-%m-%d}",
        "active": True,
        "priority": 1,
        "exclusive": False,
        "useCodes": True,
        "useIndividualCodes": True,
        "useSetGroups": False,
        "preventCombination": True,
        "customerRestriction": False,
        "validUntil": order.ends_at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "salesChannels": [
            {
                "id": id_of("promotion-channel", promotion_id, channel.id),
                "promotionId": promotion_id,
                "salesChannelId": channel.id,
                "priority": 1,
            }
            for channel in channels
        ],
        "discounts": [
            {
                "id": id_of("promotion-discount", promotion_id),
                "promotionId": promotion_id,
                "scope": "cart",
                "type": "percentage" if order.kind == "percent" else "absolute",
                "value": round(float(value), 6),
                "considerAdvancedRules": rules.goods is not None,
                **({} if rules.goods is None else {"discountRules": [{"id": rules.goods}]}),
            }
        ],
        **({} if rules.cart is None else {"cartRules": [{"id": rules.cart}]}),
    }


def _minimum_rule(order: VoucherOrder) -> dict[str, Any] | None:
    # The value of the goods alone: neither shipping nor another promotion counts.
    if order.minimum is None or order.minimum <= 0:
        return None
    rule_id = id_of("rule", order.currency, f"{order.minimum:f}")
    value = {"operator": ">=", "amount": float(order.minimum)}
    name = f"Bleib >= {order.minimum:f} {order.currency}"
    return _rule(rule_id, name, "rule-minimum", "cartGoodsPrice", value)


def _goods_rule(order: VoucherOrder) -> dict[str, Any] | None:
    """The rule that every article keeps but the excluded ones.

    Shopware looks at the article and at what it is a variant of, and one of them is enough: so
    both are named.
    """
    if not order.excluded:
        return None
    ids = sorted({*order.excluded, *order.excluded_variants})
    rule_id = id_of("rule-goods", *ids)
    value = {"operator": "!=", "identifiers": ids}
    return _rule(rule_id, f"Bleib: ohne {len(ids)} Artikel", "rule-not", "cartLineItem", value)


def _rule(rule_id: str, name: str, mark: str, kind: str, value: dict[str, Any]) -> dict[str, Any]:
    outer, inner = id_of("rule-or", rule_id), id_of("rule-and", rule_id)
    return {
        "id": rule_id,
        "name": name,
        "priority": 1,
        "conditions": [
            _condition(outer, rule_id, "orContainer"),
            _condition(inner, rule_id, "andContainer", parentId=outer),
            _condition(id_of(mark, rule_id), rule_id, kind, parentId=inner, value=value),
        ],
    }


def _condition(condition_id: str, rule_id: str, kind: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"id": condition_id, "ruleId": rule_id, "type": kind, "position": 0, **more}
