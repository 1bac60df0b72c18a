"""The answer to a cart as JSON, with all its words: reasons, unit prices, earlier prices."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from babel.numbers import format_currency

from plugin.model import Measure, Money, Shop, storefront_id
from plugin.services.context import Context
from plugin.services.suggestions import remembering
from plugin.services.suggestions.alternatives import Better
from plugin.services.suggestions.facts import Facts, Form
from plugin.services.suggestions.for_cart import ForCart, Suggested, for_cart
from plugin.services.suggestions.question import CartQuestion
from plugin.services.suggestions.remembering import Known
from plugin.services.suggestions.shopper import Shopper
from plugin.services.wording import Voice, merchant_text

#: Longer titles are cut in reasons: the shopper knows what lies in the cart.
_LONGEST_TITLE = 48
#: § 5 PAngV: the unit of the price is 1 kg, 1 l, 1 m; smaller ones by how many make one.
_GERMAN_UNITS = {
    "mg": ("kg", 1_000_000), "g": ("kg", 1000), "ml": ("l", 1000), "cl": ("l", 100),
    "mm": ("m", 1000), "cm": ("m", 100),
}  # fmt: skip
_CENT = Decimal("0.01")
#: What is told of a product takes so much for each of its forms, about.
_BYTES_OF_WORDS = 1_000


def answer(
    context: Context, shop: Shop, question: CartQuestion, shopper: Shopper | None = None
) -> dict[str, Any]:
    """Return what a storefront may know of the suggestions for a cart, ready for JSON.

    Without a shopper's own history the same question has the same answer until orders, catalogue,
    rules or settings change.
    """
    # Before anything is read: words must not be remembered for a later version than they are of.
    known = remembering.known(context, shop)
    return told(known, for_cart(context, shop, question, shopper), question.language)


def told(known: Known, found: ForCart, language: str) -> dict[str, Any]:
    """Return suggestions in words; `known` is from before they were found."""
    words = _Words(known.shop, language)
    return {
        "campaign": found.campaign,
        "items": [_item(item, words, known) for item in found.items],
    }


class _Words:
    """Says prices and reasons of one shop in one language."""

    def __init__(self, shop: Shop, language: str) -> None:
        #: Under which they are remembered: all that they depend on beside the product.
        self.kind = f"words {language} {shop.currency} {shop.locale} {shop.address}"
        self._shop = shop
        self._voice = Voice("cart", shop, language)

    def price(self, amount: Decimal) -> dict[str, str]:
        return {"amount": str(amount.quantize(_CENT)), "currency": self._shop.currency}

    def unit(self, form: Form) -> str | None:
        """Return the price of a unit, None where none is known or it is the price itself."""
        told, price = form.measure, form.unit_price()
        if told is None or price is None:
            return None
        price, told = _by_law(price, told, self._shop.locale)
        if price == form.price:
            return None
        per = "" if told.per == 1 else f"{told.per.normalize():f}\u00a0"
        name = self._voice.say("pieces") if told.per_unit == "item" else told.per_unit
        return f"{self._exact(price)}/{per}{name}"

    def _exact(self, amount: Decimal) -> str:
        # With its cents always: it is compared with others.
        locale = "de-DE" if self._voice.locale == "de-AT" else self._voice.locale
        return str(format_currency(amount, self._shop.currency, locale=locale.replace("-", "_")))

    def earlier(self, before: Money) -> str:
        """Return the earlier price, named as what it is: a struck one alone says nothing."""
        return self._voice.say("lowest", price=self._voice.money(before.amount, before.currency))

    def from_price(self, forms: Sequence[Form]) -> str | None:
        """Return "ab 12,90 €" where the forms that can be bought do not cost the same."""
        prices = {form.price for form in forms}
        if len(prices) == 1:
            return None
        least = min(prices).quantize(_CENT)
        return self._voice.say("from", price=self._voice.money(least, self._shop.currency))

    def reason(self, item: Suggested) -> str:
        """Return why it is shown: in the merchant's own words where there are some."""
        title = _shortened(item.because)
        own = merchant_text(dict(item.idea.words), self._voice.language)
        if own:
            return own.replace("{with}", title)
        kind = item.idea.kind
        if kind == "alternative" and item.better is not None:
            return self._instead(title, item.better)
        # What they share is nothing without what it is shared with, and the other way round.
        key = "reason.shared" if item.idea.shared else f"reason.{kind}"
        return self._voice.say(key, **{"with": title, "shared": item.idea.shared})

    def _instead(self, title: str, gained: Better) -> str:
        if gained.saved:
            price = self._voice.money(gained.saved.quantize(_CENT), self._shop.currency)
            return self._voice.say("reason.cheaper", **{"with": title, "saved": price})
        key = "reason.rated" if gained.better_rated else "reason.alternative"
        return self._voice.say(key, **{"with": title})

    def choice(self, forms: Sequence[Form]) -> dict[str, Any]:
        """Return what there is to choose among the forms of a product."""
        names = dict.fromkeys(name for form in forms for name, _ in form.options)
        # A part that is the same in every form is nothing to choose.
        varying = [name for name in names if len({dict(f.options).get(name) for f in forms}) > 1]
        return {
            "name": " / ".join(varying) or self._voice.say("choice"),
            "of": [self._form(form, varying) for form in forms],
        }

    def _form(self, form: Form, varying: Sequence[str]) -> dict[str, Any]:
        values = dict(form.options)
        said = " / ".join(values[name] for name in varying if values.get(name))
        found = {
            "variant_number": storefront_id(form.variant_id),
            "title": said or form.title,
            "available": form.available,
            "price": self.price(form.price),
        }
        return found | _present(unit=self.unit(form))


def _item(item: Suggested, words: _Words, known: Known) -> dict[str, Any]:
    # With `_product`, the whole list of fields that leave the house: no cost, margin, stock, score.
    facts = item.facts
    product = known.kept(
        words.kind,
        facts.product_id,
        lambda: _product(facts, item.form, words),
        size=_BYTES_OF_WORDS * len(facts.forms),
    )
    return {
        **product,
        "reason": {
            "kind": item.idea.kind,
            "with": item.because,
            "text": words.reason(item),
        },
        "mark": item.idea.mark,
        **_present(
            before=words.earlier(item.before) if item.before else None,
            replaces=item.idea.because if item.idea.kind == "alternative" else None,
        ),
    }


def _product(facts: Facts, form: Form, words: _Words) -> dict[str, Any]:
    """Return what is told of a product in every cart."""
    return {
        "product": facts.product_id,
        "variant": form.variant_id,
        "variant_number": storefront_id(form.variant_id),
        "handle": facts.handle,
        "title": facts.title,
        "url": facts.url,
        "image": facts.image_url,
        "price": words.price(form.price),
        **_present(
            **{"from": words.from_price(facts.buyable)},
            unit=words.unit(form),
            choice=words.choice(facts.forms) if len(facts.forms) > 1 else None,
        ),
    }


def _present(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON values
    return {name: value for name, value in fields.items() if value is not None}


def _by_law(price: Decimal, told: Measure, locale: str) -> tuple[Decimal, Measure]:
    """Return the price of the unit that the shop's country asks for."""
    bigger = _GERMAN_UNITS.get(told.per_unit) if locale.endswith("DE") else None
    if bigger is not None:
        unit, count = bigger
        price, per = price / told.per * count, Decimal(1)
        told = Measure(told.amount, told.unit, per, unit)
    elif locale.endswith("DE"):
        price, told = price / told.per, Measure(told.amount, told.unit, Decimal(1), told.per_unit)
    return price.quantize(_CENT), told


def _shortened(title: str) -> str:
    if len(title) <= _LONGEST_TITLE:
        return title
    return title[:_LONGEST_TITLE].rsplit(" ", 1)[0].rstrip(" ,.-") + "…"
