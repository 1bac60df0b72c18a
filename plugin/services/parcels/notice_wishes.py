"""What the person who ordered wants to hear of it: nothing more, or a mail on the day it comes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.order_rows import open_email
from plugin.services.parcels import finding, notices
from plugin.services.parcels.blocks import Block, Field, Form, Send
from plugin.services.parcels.drawing import Drawing
from plugin.services.parcels.links import page_link
from plugin.services.wording import Voice
from plugin.store import notices as store
from plugin.store import order_pages, parcels
from plugin.store.notices import Wishes

__all__ = ["Wish", "Wished", "Wishes", "block", "take", "wishes_behind"]

Wish = Literal["quiet", "again", "day", "no_day"]


@dataclass(frozen=True)
class Wished:
    """What was said about the mails of one order, and the address of the order's page."""

    shop: Shop
    number: str
    page: str
    wishes: Wishes


def wishes_behind(context: Context, token: str) -> Wished:
    """Return what was said about the order that a link leads to; errors as `finding.order_of`."""
    shop, order = finding.order_of(context, token)
    with context.db.read() as connection:
        wishes = store.wishes_of(connection, shop.id, order.order_id)
    return Wished(shop, order.number, page_link(context, shop, order.order_id), wishes)


def take(context: Context, token: str, wish: Wish) -> Wished:
    """Do as the person wants who came by a link of ours; asking twice changes nothing."""
    shop, order = finding.order_of(context, token)
    with context.db.write() as connection:
        parcels.order_by_id(connection, shop.id, order.order_id, lock=True)
        wishes = store.wishes_of(connection, shop.id, order.order_id, lock=True)
        if wish in ("quiet", "again"):
            wishes = replace(wishes, quiet=wish == "quiet")
        else:
            wishes = replace(wishes, on_the_day=wish == "day")
        store.put_wishes(connection, shop.id, order.order_id, wishes)
        order_pages.touch_order(connection, shop.id, order.order_id)
        if wishes.quiet:
            notices.drop_waiting(connection, shop, order.order_id)
    return Wished(shop, order.number, page_link(context, shop, order.order_id), wishes)


def block(drawing: Drawing) -> Block | None:
    """Return the section of an order's page in which one asks for a mail, or for none.

    None where there is nothing to be told any more, or nobody to be told.
    """
    shop, order, sent = drawing.shop, drawing.order, drawing.status.parcels
    arrived = bool(sent) and all(one.delivered_at for one in sent)
    if arrived or order.cancelled_at is not None or not order.email_sealed:
        return None
    settings = drawing.settings.notices
    if not settings.answered:
        return None
    wishes = store.wishes_of(drawing.connection, shop.id, order.order_id)
    voice = Voice("notices", shop, drawing.language, prefix="block.")
    address = f"{drawing.page}/notices"
    title = voice.say("title")
    if wishes.quiet:
        button = (voice.say("again"), f"{address}?do=again")
        return Block("notices", title, (voice.say("silent"),), button, tone="quiet")
    email = _masked(open_email(drawing.context.keys, shop.id, order.email_sealed))
    only = voice.say("only", email=email)
    if settings.arriving:
        button = (voice.say("stop"), address)
        return Block("notices", title, (voice.say("writing"), only), button, tone="quiet")
    tick = Field("day", "tick", voice.say("tick"), note=only, ticked=wishes.on_the_day)
    form = Form(f"{address}?do=day", (tick,), (Send(voice.say("save")),))
    return Block("notices", title, form=form, tone="quiet")


def _masked(email: str) -> str:
    """Return an address as only its owner knows it again."""
    local, _, domain = email.rpartition("@")
    return f"{local[:2]}…@{domain}"
