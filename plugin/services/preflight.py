"""What a voucher still needs in the cart, told to whoever came with its link."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy.engine import Connection

from plugin.contracts.platform import IssuesVouchers
from plugin.errors import NotFoundError
from plugin.model import Shop, storefront_id
from plugin.services.context import Context
from plugin.services.wording import Offer, Voice
from plugin.store import catalogue, product_names
from plugin.store import vouchers as store
from plugin.store.vouchers import Voucher

#: What the end of a voucher's link names for the storefront to open, as a saved cart's does: no
#: campaign of any shop has this number (widgets/_runtime/preflight.ts).
OPENS = 999_999_999
MARK = f"#bleib-cart={OPENS}."
#: The name of its files among the built ones; no campaign of a merchant has such a widget.
WIDGET = "preflight"
#: How the storefront's config names it: nothing of the page ever opens it, the link alone does.
OPENED: dict[str, Any] = {
    "id": OPENS, "widget": WIDGET, "version": 1, "when": ["any"], "settings": {}
}  # fmt: skip
#: 96 bits: nobody finds another person's voucher by trying.
_PROOF_LENGTH = 24

State = Literal[
    "applies", "missing", "excluded", "blocked", "open", "soon", "expired", "used"
]  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line of a cart as the storefront tells it; `price` of one piece, None if unknown."""

    product: str
    variant: str
    quantity: int
    price: Decimal | None


@dataclass(frozen=True)
class Terms:
    """What a voucher asks for, as it was promised.

    `excluded` holds products and variants as storefronts call them; `whole` says that the shop
    takes it for no part of a cart that holds one of them.
    """

    minimum: Decimal
    excluded: frozenset[str] = frozenset()
    whole: bool = False


@dataclass(frozen=True)
class Verdict:
    """What stands between a cart and a voucher; `goods` is the worth of what it is valid for."""

    state: State
    goods: Decimal = Decimal(0)
    missing: Decimal = Decimal(0)
    #: The lines it is not valid for.
    out: tuple[Line, ...] = ()


def judge(terms: Terms, lines: Sequence[Line]) -> Verdict:
    """Return whether a voucher applies to a cart, and what is missing if it does not.

    As the platforms reckon: the minimum is asked of the whole cart, except where the shop takes
    the voucher only for a cart without any of the excluded products.
    """
    out = tuple(one for one in lines if {one.product, one.variant} & terms.excluded)
    valid = [one for one in lines if one not in out]
    counted = valid if terms.whole else lines
    prices = [(one.price, one.quantity) for one in counted]
    goods = sum((price * count for price, count in prices if price is not None), Decimal(0))
    if any(price is None for price, _ in prices):
        return Verdict("open", out=out)
    missing = max(terms.minimum - goods, Decimal(0))
    if out and (not valid or (terms.whole and missing)):
        return Verdict("excluded", goods, missing if valid else Decimal(0), out)
    if missing:
        return Verdict("missing", goods, missing, out)
    return Verdict("blocked" if out and terms.whole else "applies", goods, out=out)


def link_mark(context: Context, voucher: Voucher) -> str:
    """Return the end of a voucher's link, which no server ever sees."""
    return f"{MARK}{voucher.id}-{_proof(context, voucher.shop_id, voucher.id)}"


def check(
    context: Context,
    shop: Shop,
    token: str,
    lines: Sequence[Line],
    *,
    currency: str,
    language: str,
) -> dict[str, Any]:
    """Return in words what the voucher of a link still needs in this cart.

    `currency` is the one of the prices, "" for the shop's own. NotFoundError("not_found") for a
    link that is none of this shop, and for a voucher that was never given out.
    """
    number, _, proof = token.partition("-")
    voucher_id = int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 0
    if not hmac.compare_digest(proof.encode(), _proof(context, shop.id, voucher_id).encode()):
        raise NotFoundError("not_found")
    with context.db.read() as connection:
        voucher = store.voucher_by_id(connection, shop.id, voucher_id)
        if voucher is None or voucher.state == "refused":
            raise NotFoundError("not_found")
        verdict = _verdict(connection, context, shop, voucher, lines)
        titles = catalogue.titles(connection, shop.id, [one.product for one in verdict.out])
    if currency and currency != voucher.currency and verdict.state in _COUNTED:
        verdict = Verdict("open")
    typed = context.maybe(shop, IssuesVouchers) is None
    return _in_words(
        Voice("cart", shop, language), voucher, verdict, sorted(titles.values()), typed
    )


_COUNTED = ("applies", "missing", "excluded", "blocked")


def _proof(context: Context, shop_id: int, voucher_id: int) -> str:
    return context.keys.check_value(shop_id, "voucher_link", str(voucher_id))[:_PROOF_LENGTH]


def _verdict(
    connection: Connection, context: Context, shop: Shop, voucher: Voucher, lines: Sequence[Line]
) -> Verdict:
    over = _over(voucher, context.now())
    if over is not None:
        return Verdict(over)
    products = list((voucher.terms or {}).get("products", ()))
    excluded = product_names.names_of(connection, shop.id, products) if products else frozenset()
    platform = context.platforms.get(shop.platform)
    partly = platform is not None and platform.support.get("exclusions") == "partly"
    terms = Terms(
        minimum=voucher.minimum or Decimal(0),
        excluded=excluded,
        whole=partly and voucher.kind == "amount",
    )
    return judge(terms, [replace(one, product=storefront_id(one.product)) for one in lines])


def _over(voucher: Voucher, now: datetime) -> State | None:
    if voucher.state in ("redeemed", "cancelled"):
        return "used"
    if voucher.state == "expired" or voucher.ends_at <= now:
        return "expired"
    return "soon" if voucher.state == "planned" else None


def _in_words(
    voice: Voice, voucher: Voucher, verdict: Verdict, titles: Sequence[str], typed: bool
) -> dict[str, Any]:
    offer = Offer(
        voucher.kind, voucher.value, voucher.currency, voucher.minimum, days=0, exclusions={}
    )
    missing = voice.money(verdict.missing, voucher.currency)
    words = {
        "figure": voice.figure(offer),
        "ends": voice.day(voucher.ends_at),
        "minimum": voice.money(voucher.minimum or Decimal(0), voucher.currency),
        "missing": missing,
        "goods": voice.money(verdict.goods, voucher.currency),
        "what": ", ".join(titles),
    }
    state = verdict.state
    return {
        "state": state,
        "title": voice.say("title", **words),
        "text": voice.say(f"{state}.text", **words),
        "strong": missing if state == "missing" else "",
        "note": _note(voice, voucher, verdict, words, typed),
        "share": _share(voucher, verdict),
        "hide": voice.say("hide"),
        "over": state in ("expired", "used"),
    }


def _note(
    voice: Voice, voucher: Voucher, verdict: Verdict, words: dict[str, str], typed: bool
) -> str:
    state = verdict.state
    if state == "open" and voucher.minimum is None:
        return ""
    if state == "excluded" and not verdict.missing:
        return voice.say("excluded_only.note", **words)
    if state not in ("missing", "applies"):
        return voice.say(f"{state}.note", **words)
    note = voice.say(f"{state}_typed.note" if typed else f"{state}.note", **words)
    return f"{note} {voice.say('except', **words)}" if verdict.out else note


def _share(voucher: Voucher, verdict: Verdict) -> int | None:
    """Return how much of the minimum is there, in whole percent below 100; None without a meter."""
    if verdict.state != "missing" or not voucher.minimum:
        return None
    return int(verdict.goods * 100 / voucher.minimum)
