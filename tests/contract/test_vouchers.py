"""A voucher is made once, however often, by how many, and over how many crashes it is asked for."""

from __future__ import annotations

from contextlib import suppress

import pytest

from plugin.contracts.platform import IssuesVouchers
from plugin.errors import PlatformError, PlatformRefusedError
from plugin.model import Shop
from tests.contract.moves import capable, together, token, voucher
from tests.contract.stage import Stage


def test_a_voucher_that_is_asked_for_twice_exists_once(stage: Stage, shop: Shop) -> None:
    vouchers = capable(stage, shop, IssuesVouchers)
    if vouchers is None:
        return
    held, order = token(stage, shop), voucher(stage)
    first = vouchers.issue_voucher(held, order)
    assert vouchers.issue_voucher(held, order) == first
    assert _codes(stage).count(order.code.upper()) == 1


def test_a_voucher_that_many_ask_for_at_once_exists_once(stage: Stage, shop: Shop) -> None:
    vouchers = capable(stage, shop, IssuesVouchers)
    if vouchers is None:
        return
    held, order = token(stage, shop), voucher(stage)
    issued = together(6, lambda: vouchers.issue_voucher(held, order))
    assert len(set(issued)) == 1
    assert _codes(stage).count(order.code.upper()) == 1


def test_different_vouchers_at_once_do_not_hinder_each_other(stage: Stage, shop: Shop) -> None:
    vouchers = capable(stage, shop, IssuesVouchers)
    if vouchers is None:
        return
    held = token(stage, shop)
    orders = [voucher(stage, f"WELLE-{number:04d}-ABCD") for number in range(6)]
    line = iter(orders)
    issued = together(6, lambda: vouchers.issue_voucher(held, next(line)))
    assert len(set(issued)) == 6
    assert {order.code for order in orders} <= set(_codes(stage))


@pytest.mark.parametrize("kind", ["truncated", "half", "html"])
def test_an_answer_that_got_lost_costs_no_second_voucher(
    stage: Stage, shop: Shop, kind: str
) -> None:
    vouchers = capable(stage, shop, IssuesVouchers)
    if vouchers is None:
        return
    held, order = token(stage, shop), voucher(stage)
    stage.trouble(kind)  # type: ignore[arg-type]
    with suppress(PlatformError):  # a client may see at once that it was made
        vouchers.issue_voucher(held, order)
    stage.calm()
    issued = vouchers.issue_voucher(held, order)
    assert vouchers.issue_voucher(held, order) == issued
    assert _codes(stage).count(order.code.upper()) == 1


def test_a_code_that_the_merchant_uses_already_is_left_alone(stage: Stage, shop: Shop) -> None:
    vouchers = capable(stage, shop, IssuesVouchers)
    if vouchers is None:
        return
    order = voucher(stage, "SOMMER-2026")
    stage.take_code("SOMMER-2026")
    before = stage.vouchers()
    with pytest.raises(PlatformRefusedError, match="voucher_code_taken"):
        vouchers.issue_voucher(token(stage, shop), order)
    assert stage.vouchers() == before


def test_a_percentage_is_issued_as_well(stage: Stage, shop: Shop) -> None:
    vouchers = capable(stage, shop, IssuesVouchers)
    if vouchers is None:
        return
    order = voucher(stage, kind="percent", minimum=None)
    vouchers.issue_voucher(token(stage, shop), order)
    assert order.code.upper() in _codes(stage)


def test_a_withdrawn_voucher_is_gone_and_withdrawing_it_again_is_no_error(
    stage: Stage, shop: Shop
) -> None:
    vouchers = capable(stage, shop, IssuesVouchers)
    if vouchers is None:
        return
    held, order = token(stage, shop), voucher(stage)
    issued = vouchers.issue_voucher(held, order)
    vouchers.withdraw_voucher(held, issued)
    assert order.code.upper() not in _codes(stage)
    vouchers.withdraw_voucher(held, issued)


def test_the_link_leads_into_this_shop_and_escapes_the_code(stage: Stage, shop: Shop) -> None:
    vouchers = capable(stage, shop, IssuesVouchers)
    if vouchers is None:
        return
    link = vouchers.voucher_link(shop.storefront_url, "A&B=C D")
    assert link.startswith(shop.storefront_url)
    assert "A&B" not in link
    assert " " not in link


def _codes(stage: Stage) -> list[str]:
    return [code.upper() for code in stage.vouchers()]
