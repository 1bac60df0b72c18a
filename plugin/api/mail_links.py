"""The pages behind our mail links: opening one changes nothing, its button does."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from plugin.api import current_context
from plugin.api.caller import net_address
from plugin.api.mail_pages import (
    cart_page,
    confirmation_page,
    invalid_page,
    unsubscribe_page,
    waiting_page,
)
from plugin.api.page_parts import Page
from plugin.api.preference_page import preference_page
from plugin.api.problems import page_language
from plugin.errors import NotAllowedError
from plugin.services import confirmations, saved_carts, unsubscribing
from plugin.services import preferences as choosing

blueprint = Blueprint("mail_links", __name__, static_folder="static", static_url_path="/pages")


@blueprint.get("/c/<token>")
def confirmation(token: str) -> Response:
    """Ask whether to confirm. Mail scanners follow links, so this alone never confirms."""
    return _show(confirmation_page(token, confirmations.peek(current_context(), token)))


@blueprint.post("/c/<token>")
def confirm(token: str) -> Response:
    """Confirm; a second press says what came of the first."""
    return _show(
        confirmation_page(token, confirmations.confirm(current_context(), token, net_address()))
    )


@blueprint.get("/c/<token>/use")
def use(token: str) -> BaseResponse:
    """Lead to the cart with the person's voucher, once the shop has it."""
    found = confirmations.peek(current_context(), token)
    if found.voucher_link is not None:
        return redirect(found.voucher_link, code=303)
    if found.outcome == "voucher":
        return _show(waiting_page(token, found))
    return _show(confirmation_page(token, found))


@blueprint.get("/b/<token>")
def saved_cart(token: str) -> Response:
    """Show a cart that was taken along, and lead to it on a press."""
    return _show(cart_page(saved_carts.peek(current_context(), token)))


@blueprint.get("/u/<token>")
def unsubscribe(token: str) -> Response:
    """Ask whether to unsubscribe."""
    return _show(unsubscribe_page(token, unsubscribing.subscription(current_context(), token)))


@blueprint.post("/u/<token>")
def unsubscribe_now(token: str) -> Response:
    """Unsubscribe: from the page's button, or by the mail program itself (RFC 8058)."""
    return _show(unsubscribe_page(token, unsubscribing.unsubscribe(current_context(), token)))


@blueprint.get("/u/<token>/preferences")
def preferences(token: str) -> Response:
    """Show what a subscriber has chosen."""
    found = choosing.choices(current_context(), token)
    return _choices(token, found, saved="saved" in request.args)


@blueprint.post("/u/<token>/preferences")
def choose(token: str) -> BaseResponse:
    """Take over what a subscriber chose."""
    wish = choosing.Wish(
        personalised="personalised" in request.form,
        language=request.form.get("language", ""),
        pause="pause" in request.form,
    )
    choosing.save(current_context(), token, wish)
    # Loading the answer anew must not send the form once more.
    return redirect(url_for("mail_links.preferences", token=token, saved=1), code=303)


def _choices(token: str, found: choosing.Choices, *, saved: bool) -> Response:
    page = preference_page(token, found, saved=saved)
    if page is None:
        left = unsubscribing.subscription(current_context(), token)
        return _show(unsubscribe_page(token, left))
    return _private(make_response(render_template("pages/preferences.html", page=page)))


@blueprint.errorhandler(NotAllowedError)
def _not_ours(_error: NotAllowedError) -> Response:
    return _show(invalid_page(page_language()))


def _show(page: Page) -> Response:
    return _private(make_response(render_template("pages/mail_link.html", page=page), page.status))


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
