"""Makes the flyers of orders: vouchers by the guard's leave first, then one PDF for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from plugin.contracts.inserts import Inserts
from plugin.errors import InvalidFieldError, UnavailableError
from plugin.model import Shop
from plugin.services import look, next_order
from plugin.services.context import Context
from plugin.services.inserts import settings as shop_inserts
from plugin.services.inserts.links import flyer_link, hash_of
from plugin.services.wording import Offer, Voice, merchant_text
from plugin.store import inserts as store
from plugin.store.inserts import OrderFacts
from plugin.store.vouchers import Voucher

MOST = 100


@dataclass(frozen=True)
class Words:
    """What one flyer says, apart from its link."""

    shop: str
    heading: str
    greeting: str
    scan: str
    figure: str = ""
    conditions: str = ""
    code: str = ""


def print_flyers(context: Context, shop: Shop, order_ids: Sequence[str]) -> bytes:
    """Return a PDF with a flyer for each of these orders.

    InvalidFieldError("orders_missing", "orders_many") for none, or more than a hundred;
    UnavailableError("codes_pending") while codes are still being made in the shop: nothing is
    printed that the till would not take. Asked again, the same orders have the same flyers.
    """
    if len(order_ids) > MOST:
        raise InvalidFieldError("orders_many", field="order")
    with context.db.write() as connection:
        settings = shop_inserts.read(connection, shop.id)
        found = store.facts_of(connection, shop.id, order_ids)
        if not found:
            raise InvalidFieldError("orders_missing", field="order")
        planned = {one.order_id: _plan(connection, context, shop, settings, one) for one in found}
        for one in found:
            link_hash = hash_of(context.keys, shop.id, one.order_id)
            store.add_flyer(connection, shop.id, one.order_id, link_hash, context.now())
    if any(voucher is not None and voucher.state == "planned" for voucher in planned.values()):
        raise UnavailableError("codes_pending", retry_after=30)
    printed = [
        (words_of(context, shop, settings, voucher), flyer_link(context, shop, order_id))
        for order_id, voucher in planned.items()
    ]
    return _drawn(context, shop, settings, printed)


def sample(context: Context, shop: Shop, settings: Inserts) -> bytes:
    """Return a flyer as it would be, with a code and a link that lead nowhere in particular."""
    words = words_of(context, shop, settings, None, sample_code="UFER-2X7K-9QPM")
    return _drawn(context, shop, settings, [(words, shop.storefront_url)])


def words_of(
    context: Context,
    shop: Shop,
    settings: Inserts,
    voucher: Voucher | None,
    *,
    sample_code: str = "",
    language: str | None = None,
) -> Words:
    """Return what a flyer says in the shop's first language, with an offer if there is one."""
    voice = Voice("parcels", shop, language or shop.languages[0])
    say = voice.say
    plain = Words(
        shop=shop.name,
        heading=merchant_text(settings.heading.public(), voice.language) or say("insert.heading"),
        greeting=merchant_text(settings.greeting.public(), voice.language)
        or say("insert.greeting", shop=shop.name),
        scan=say("insert.scan"),
    )
    if voucher is not None and voucher.state == "issued":
        offer = Offer(voucher.kind, voucher.value, voucher.currency, voucher.minimum, 0, {})
        terms = {"ends": voice.day(voucher.ends_at)}
        return _with_offer(voice, plain, offer, terms, voucher.code)
    if sample_code and settings.voucher.enabled:
        offer = offer_of(settings, shop)
        terms = {"ends": say("insert.days", n=settings.voucher.days)}
        return _with_offer(voice, plain, offer, terms, sample_code)
    return plain


def offer_of(settings: Inserts, shop: Shop) -> Offer:
    """Return what the flyers of a shop offer."""
    voucher = settings.voucher
    minimum = voucher.minimum if voucher.minimum > 0 else None
    return Offer(voucher.kind, voucher.value, shop.currency, minimum, voucher.days, {})


def _with_offer(
    voice: Voice, plain: Words, offer: Offer, terms: dict[str, str], code: str
) -> Words:
    key = "sp.after.voucher_plain"
    if offer.minimum is not None:
        key = "sp.after.voucher_minimum"
        terms |= {"minimum": voice.money(offer.minimum, offer.currency)}
    return Words(
        shop=plain.shop,
        heading=plain.heading,
        greeting=plain.greeting,
        scan=voice.say("insert.scan_voucher"),
        figure=voice.say("insert.figure", figure=voice.figure(offer)),
        conditions=voice.say(key, **terms),
        code=code,
    )


def _plan(
    connection: Connection, context: Context, shop: Shop, settings: Inserts, one: OrderFacts
) -> Voucher | None:
    if not settings.voucher.enabled or one.identity is None:
        # Switched off since: what was printed before stays as it was.
        return next_order.of_order(connection, shop.id, one.order_id, "insert")
    return next_order.plan(
        connection,
        context,
        shop,
        identity=one.identity,
        offer=offer_of(settings, shop),
        occasion="insert",
        order_id=one.order_id,
    )


def _drawn(
    context: Context, shop: Shop, settings: Inserts, printed: Sequence[tuple[Words, str]]
) -> bytes:
    # An extra of the installation, and slow to load: only who prints needs it.
    try:
        from plugin.services.inserts import flyer
    except ModuleNotFoundError:
        raise UnavailableError("pdf_missing") from None
    sheets = [flyer.Sheet(**words.__dict__, link=link) for words, link in printed]
    return flyer.draw(sheets, settings.size, look.get(context, shop).accent)
