"""The voucher for a next order that a delivered one is thanked with, where the guard allows it."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from plugin.contracts.platform import IssuesVouchers
from plugin.contracts.service import NextVoucher
from plugin.model import Shop
from plugin.services import next_order
from plugin.services.context import Context
from plugin.services.parcels.blocks import Block
from plugin.services.parcels.drawing import Drawing
from plugin.services.parcels.visits import arm
from plugin.services.wording import Offer, Voice
from plugin.store.parcels import FoundOrder
from plugin.store.vouchers import Voucher


def plan(
    connection: Connection,
    context: Context,
    shop: Shop,
    order: FoundOrder,
    identity: str | None,
    settings: NextVoucher,
) -> None:
    """Ask the guard for the voucher of an order, once; nobody is told unless it is there.

    Those who see the page without anything that sells, to tell what that changes, get none.
    """
    held = arm(order.order_id) == "h" or shop.stopped_at is not None
    if not settings.enabled or identity is None or held:
        return
    offer = Offer(
        kind=settings.kind,
        value=settings.value,
        currency=shop.currency,
        minimum=settings.minimum if settings.minimum > 0 else None,
        days=settings.days,
        exclusions={},
    )
    next_order.plan(
        connection,
        context,
        shop,
        identity=identity,
        offer=offer,
        occasion="thanks",
        order_id=order.order_id,
    )


def block(drawing: Drawing, voice: Voice) -> Block | None:
    """Return the voucher of an order with all its conditions; None until its code is there."""
    context, shop = drawing.context, drawing.shop
    # Used up or taken back, it is a matter of the shop's vouchers, which know no pages.
    drawing.only_this_quarter()
    voucher = next_order.of_order(drawing.connection, shop.id, drawing.order.order_id, "thanks")
    if voucher is None or voucher.state != "issued" or voucher.ends_at <= drawing.now:
        return None
    drawing.only_until(voucher.ends_at)
    say = voice.say
    offer = Offer(voucher.kind, voucher.value, voucher.currency, voucher.minimum, 0, {})
    words = {"ends": voice.day(voucher.ends_at)}
    key = "sp.after.voucher_plain"
    if voucher.minimum is not None:
        key = "sp.after.voucher_minimum"
        words["minimum"] = voice.money(voucher.minimum, voucher.currency)
    return Block(
        key="thanks",
        title=say("sp.after.voucher"),
        lead=say("sp.after.voucher_text", figure=voice.figure(offer)),
        lines=(say(key, **words), say("sp.after.voucher_code", code=voucher.code)),
        button=_button(context, shop, voice, voucher),
        tone="good",
        advertises=True,
    )


def _button(context: Context, shop: Shop, voice: Voice, voucher: Voucher) -> tuple[str, str] | None:
    platform = context.maybe(shop, IssuesVouchers)
    if platform is None:
        return None  # it has to be typed in
    link = platform.voucher_link(shop.storefront_url, voucher.code)
    return voice.say("sp.after.voucher_button"), link
