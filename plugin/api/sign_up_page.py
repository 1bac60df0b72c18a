"""The sign-up page: a form that needs no script, under our address and inside the shop's own."""

from __future__ import annotations

import time

from flask import Blueprint, Response, make_response, render_template, request

from plugin.api import current_context, current_shop_by_key
from plugin.api.caller import net_address
from plugin.api.mail_pages import footer_of
from plugin.api.problems import page_language
from plugin.api.subscriptions import ANSWER_AFTER
from plugin.contracts.platform import ForwardsPages
from plugin.errors import (
    BleibError,
    ChallengeError,
    ConflictError,
    NotAllowedError,
    NotFoundError,
    TooManyError,
)
from plugin.model import Shop
from plugin.services import insight, sign_up_page, tenants
from plugin.services.context import able
from plugin.services.robots import is_robot
from plugin.services.sign_up_page import Filled, Sheet
from plugin.services.wording import Voice, page_address
from plugin.texts import LANGUAGES

blueprint = Blueprint("sign_up_page", __name__)

_MAX_BYTES = 8 * 1024
_LONGEST_MARK = 1000
#: Styles and target are addressed absolutely: through the shop's proxy "self" is the shop.
_CSP = (
    "default-src 'none'; style-src 'self' {origin}; img-src 'self' data:; base-uri 'none'; "
    "form-action 'self' {origin}; frame-ancestors 'none'"
)
#: What a form may hold beside the questions that its campaign asks.
_OURS = ("mark", "email", "newsletter", "personalised", "website", "lang")


@blueprint.get("/n/<key>")
def form(key: str) -> Response:
    """Show the form of the shop, or of the campaign that `?form=` names."""
    shop = current_shop_by_key(key)
    return _blank(shop, sign_up_page.address(current_context(), shop))


@blueprint.get("/proxy/<platform>/newsletter")
def proxied(platform: str) -> Response:
    """Show the form inside the shop's own domain; the platform's signature says which shop it is.

    It is sent to our own address: through the proxy every shopper would come from the same one.
    """
    context = current_context()
    raw_query = request.query_string.decode("ascii", "replace")
    domain = able(context.platform(platform), ForwardsPages).verify_proxy(raw_query, context.now())
    shop = tenants.shop_of_domain(context, platform, domain)
    if shop is None or shop.state != "installed":
        raise NotFoundError("unknown_shop")
    return _blank(shop, sign_up_page.shop_address(context, shop) or "")


@blueprint.post("/n/<key>")
def send(key: str) -> Response:
    """Take the form in: the same page for every address alike; faults only about the form."""
    shop = current_shop_by_key(key)
    context = current_context()
    begun = time.monotonic()
    filled = _filled(shop)
    try:
        sheet = sign_up_page.same_sheet(context, shop, filled)
        faults = sign_up_page.send(context, shop, filled)
    except BleibError as error:
        if error.status < 500:
            insight.refuse(context, shop, error.code)
        return _refused(shop, error)
    if faults:
        return _form(shop, sheet, filled, faults, 422)
    time.sleep(max(0.0, begun + ANSWER_AFTER - time.monotonic()))
    return _page(
        "pages/sign_up_thanks.html",
        shop,
        sheet.voice.language,
        say=sheet.voice.say,
        mail=filled.email.strip(),
        figure=sheet.form.figure,
        shop_label=Voice("pages", shop, sheet.voice.language).say("shop"),
        again=sign_up_page.address(context, shop, sheet.campaign.id),
    )


def _blank(shop: Shop, place: str) -> Response:
    number = request.args.get("form", "")
    asked = int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else None
    language = _language(shop, page_language())
    sheet = sign_up_page.open_sheet(current_context(), shop, language, asked, place)
    if sheet is None:
        return _say(shop, language, "closed", 404)
    return _form(shop, sheet, None, {}, 200)


def _filled(shop: Shop) -> Filled:
    request.max_content_length = _MAX_BYTES
    entries = request.form
    purposes = [one for one in ("newsletter", "personalised") if entries.get(one)]
    return Filled(
        mark=entries.get("mark", "")[:_LONGEST_MARK],
        email=entries.get("email", ""),
        purposes=tuple(purposes),
        fields={
            name: entries.getlist(name) if name == "interests" else entries[name]
            for name in entries
            if name not in _OURS
        },
        website=entries.get("website", ""),
        language=_language(shop, entries.get("lang", "")),
        net_address=net_address(),
        robot=is_robot(request.headers.get("User-Agent", "")),
    )


def _form(
    shop: Shop, sheet: Sheet, filled: Filled | None, faults: dict[str, str], status: int
) -> Response:
    voice = sheet.voice
    return _page(
        "pages/sign_up.html",
        shop,
        voice.language,
        status,
        action=sign_up_page.address(current_context(), shop),
        sheet=sheet,
        form=sheet.form,
        filled=filled,
        faults={field: voice.say(key) for field, key in faults.items()},
        say=voice.say,
        page=Voice("sign_up", shop, voice.language, prefix="page."),
        others=[one for one in shop.languages if one != voice.language],
    )


def _refused(shop: Shop, error: BleibError) -> Response:
    language = _language(shop, request.form.get("lang", ""))
    if isinstance(error, ChallengeError | TooManyError):
        return _say(shop, language, "wait", 429)
    if isinstance(error, NotAllowedError | ConflictError):
        return _say(shop, language, "old", 410)
    raise error


def _say(shop: Shop, language: str, key: str, status: int) -> Response:
    voice = Voice("sign_up", shop, language, prefix="page.")
    context = current_context()
    back = sign_up_page.address(context, shop) if key == "old" else shop.storefront_url
    return _page(
        "pages/sign_up_note.html",
        shop,
        language,
        status,
        title=voice.say(f"{key}.title"),
        text=voice.say(f"{key}.text"),
        label=voice.say("old.button" if key == "old" else "shop"),
        back=back,
    )


def _page(
    template: str,
    shop: Shop,
    language: str,
    status: int = 200,
    **words: object,
) -> Response:
    context = current_context()
    footer = footer_of(shop, Voice("pages", shop, language))
    sheets = ("/pages/pages.css", "/pages/assets/sign_up.css", footer.look)
    html = render_template(
        template,
        shop=shop,
        language=language,
        styles=[context.url(sheet) for sheet in sheets],
        footer=footer,
        privacy=page_address(shop.privacy_url),
        **words,
    )
    response = make_response(html, status)
    response.headers["Content-Security-Policy"] = _CSP.format(origin=context.config.public_url)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _language(shop: Shop, asked: str) -> str:
    return asked if asked in LANGUAGES and asked in shop.languages else shop.languages[0]
