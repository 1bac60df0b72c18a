"""Draws the pages of a withdrawal: form, last look, receipt, and what stands instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import Response, make_response, render_template, url_for

from plugin.api import current_context
from plugin.api.mail_pages import footer_of
from plugin.model import Shop
from plugin.services.parcels.links import lookup_page, page_link
from plugin.services.withdrawals.cases import Case
from plugin.services.withdrawals.entries import Entry, answers_alone, declaration, shown_mark
from plugin.services.withdrawals.receipts import Receipt, exact, what_follows
from plugin.services.wording import Voice

_CSP = (
    "default-src 'none'; style-src 'self' {origin}; img-src 'self' data:; base-uri 'none'; "
    "form-action 'self' {origin}; frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Place:
    """Where somebody declares: the case, where its form goes, the order's page ("" for none)."""

    shop: Shop
    case: Case
    action: str
    language: str
    order_page: str = ""

    @property
    def over(self) -> bool:
        """Tell whether nothing can be declared here."""
        order = self.case.order
        return self.case.kind is None or (order is not None and order.cancelled_at is not None)

    @property
    def late(self) -> bool:
        """Tell whether the law's period is over and only the shop's own will is left."""
        period = self.case.period
        return period is not None and period.right and self.case.kind == "voluntary"


def form_page(place: Place, entry: Entry, faults: Mapping[str, str] | None = None) -> Response:
    """Return step one: three entries and, of an order with several items, which of them."""
    voice = _voice(place)
    kind = place.case.kind
    return _page(
        "form.html",
        place.shop,
        voice,
        422 if faults else 200,
        place=place,
        case=place.case,
        entry=entry,
        chosen=entry.chosen or {},
        faults={field: voice.say(key) for field, key in (faults or {}).items()},
        title=voice.say(f"{kind}.title"),
        lead=voice.say(f"{kind}.lead"),
        choose=voice.say(f"{kind}.choose"),
        no_email_needed=answers_alone(place.case),
        excluded=_excluded(voice, place),
        others=[one for one in place.shop.languages if one != place.language],
    )


def check_page(place: Place, entry: Entry) -> Response:
    """Return step two: the declaration in words, and the button that makes it one."""
    voice, kind = _voice(place), place.case.kind
    return _page(
        "check.html",
        place.shop,
        voice,
        place=place,
        entry=entry,
        chosen=entry.chosen or {},
        wording=declaration(entry, place.case, place.shop),
        shown=shown_mark(entry, place.case, place.shop),
        lead=voice.say(f"{kind}.confirm_lead"),
        confirm=voice.say(f"{kind}.confirm"),
        keep=place.order_page or place.shop.storefront_url,
    )


def receipt_page(shop: Shop, receipt: Receipt, pdf: str) -> Response:
    """Return the receipt, with the second in which the declaration came in."""
    voice = Voice("withdrawals", shop, receipt.language)
    order = "" if receipt.order_id is None else page_link(current_context(), shop, receipt.order_id)
    due = {"due": receipt.refund_by, "free": receipt.free, "how": receipt.how}
    return _page(
        "receipt.html",
        shop,
        voice,
        receipt=receipt,
        title=voice.say(f"{receipt.kind}.done"),
        text=voice.say(
            "receipt.text" if receipt.email else "receipt.text_own",
            day=voice.day(receipt.declared_at),
            time=exact(receipt.declared_at, shop.zone),
            email=receipt.email,
        ),
        items=[f"{number} × {title}" if number > 1 else title for title, number in receipt.items],
        due="" if receipt.refund_by is None else voice.day(receipt.refund_by),
        follows=what_follows(voice, due),
        pdf=pdf,
        order_page=order,
    )


def over_page(place: Place) -> Response:
    """Return what stands where nothing can be declared: why, and what else there is."""
    voice, case = _voice(place), place.case
    if case.order is not None and case.order.cancelled_at is not None:
        return _note(place, voice, "cancelled", 200)
    period = case.period
    if period is None:
        return _nowhere(place, voice)
    if not period.right:
        return _note(place, voice, "none", 200)
    text, write = [voice.say("late.text")], (voice.say("late.write"), f"{place.order_page}/message")
    actions = [write]
    if case.kind == "voluntary" and period.returns_until is not None:
        text.append(voice.say("late.voluntary", day=_short(voice, period.returns_until)))
        actions.insert(0, (voice.say("voluntary.button"), f"{place.action}?return=1"))
    return _page(
        "note.html",
        place.shop,
        voice,
        title=voice.say("late.title", day=_short(voice, period.ends or period.latest)),
        text=" ".join(text),
        note=voice.say("late.warranty"),
        actions=actions,
    )


def _nowhere(place: Place, voice: Voice) -> Response:
    # Which law holds follows from where an order goes to, and only its own page knows that.
    return _page(
        "note.html",
        place.shop,
        voice,
        title=voice.say("none.title"),
        text=voice.say("none.text"),
        note=voice.say("none.elsewhere"),
        actions=[
            (voice.say("none.find"), lookup_page(current_context(), place.shop)),
            (voice.say("receipt.to_shop"), place.shop.storefront_url),
        ],
    )


def wait_page(place: Place, seconds: int | None) -> Response:
    """Return what stands where too much came in; nothing is declared then."""
    response = _note(place, _voice(place), "wait", 429)
    if seconds is not None:
        response.headers["Retry-After"] = str(seconds)
    return response


def private(response: Response) -> Response:
    """Mark an answer as one person's: not stored, not indexed, told to no other page."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _note(place: Place, voice: Voice, key: str, status: int) -> Response:
    to_order = (voice.say("receipt.to_order"), place.order_page)
    to_shop = (voice.say("receipt.to_shop"), place.shop.storefront_url)
    return _page(
        "note.html",
        place.shop,
        voice,
        status,
        title=voice.say(f"{key}.title"),
        text=voice.say(f"{key}.text"),
        note="",
        actions=[to_order if place.order_page else to_shop],
    )


def _excluded(voice: Voice, place: Place) -> tuple[str, ...]:
    case = place.case
    if not case.excluded or case.kind != "statutory":
        return ()
    names = {"shop": place.shop.name, "items": ", ".join(case.excluded)}
    reason = case.why_excluded(voice.language)
    lines = (voice.say("form.excluded", **names), reason, voice.say("form.excluded_but", **names))
    return tuple(line for line in lines if line)


def _short(voice: Voice, day: date) -> str:
    """Return "13. November": the year says nothing within a period of weeks."""
    return voice.weekday(day).partition(", ")[2] or voice.day(day)


def _voice(place: Place) -> Voice:
    return Voice("withdrawals", place.shop, place.language)


def _page(template: str, shop: Shop, voice: Voice, status: int = 200, **words: object) -> Response:
    context = current_context()
    footer = footer_of(shop, Voice("pages", shop, voice.language))
    sheets = ("/pages/pages.css", "/pages/assets/sign_up.css", "/pages/assets/withdrawal.css")
    html = render_template(
        f"withdrawals/{template}",
        shop=shop,
        language=voice.language,
        say=voice.say,
        styles=[context.url(sheet) for sheet in (*sheets, footer.look)],
        footer=footer,
        look_up=url_for("withdrawals.form", key=shop.key),
        **words,
    )
    response = make_response(html, status)
    response.headers["Content-Security-Policy"] = _CSP.format(origin=context.config.public_url)
    return private(response)
