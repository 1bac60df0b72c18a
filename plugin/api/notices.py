"""Mails about an order are asked for and ended here, by the link of the order's own page."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from markupsafe import escape
from werkzeug.wrappers import Response as BaseResponse

from plugin.api import current_context
from plugin.api.mail_pages import footer_of
from plugin.api.page_parts import Action, Page
from plugin.api.problems import page_language
from plugin.errors import BadInputError
from plugin.services.parcels import notice_wishes
from plugin.services.parcels.notice_wishes import Wish, Wished
from plugin.services.wording import Voice

blueprint = Blueprint("notices", __name__)


@blueprint.get("/s/<token>/notices")
def ask(token: str) -> Response:
    """Ask whether the mails about an order shall end, or begin again; opening changes nothing."""
    found = notice_wishes.wishes_behind(current_context(), token)
    again = found.wishes.quiet and request.args.get("do") == "again"
    return _show(_page(token, found, "again" if again else "stop"))


@blueprint.post("/s/<token>/notices")
def take(token: str) -> BaseResponse:
    """Do as the person wants: from the page's button, or by the mail program itself (RFC 8058)."""
    found = notice_wishes.take(current_context(), token, _wish())
    if request.args.get("do"):
        return redirect(found.page, code=303)
    return _show(_page(token, found, "stop"))


def _wish() -> Wish:
    asked = request.args.get("do", "")
    if asked == "day":  # an unticked box sends nothing
        return "day" if request.form.get("day") else "no_day"
    if asked == "again":
        return "again"
    if asked:
        raise BadInputError("request_refused", field="do")
    return "quiet"


def _page(token: str, found: Wished, asked: str) -> Page:
    shop, voice = found.shop, Voice("notices", found.shop, page_language())
    key = "silent" if found.wishes.quiet and asked == "stop" else asked
    again = url_for("notices.ask", token=token, do="again")
    action = Action(voice.say(f"{key}.button"), found.page if key == "silent" else None)
    second = Action(voice.say("silent.again"), again) if key == "silent" else None
    return Page(
        language=voice.language,
        status=200,
        shop_name=shop.name,
        title=voice.say(f"{key}.title"),
        text=escape(voice.say(f"{key}.text", order=found.number)),
        action=action,
        second=second or Action(voice.say("back"), found.page),
        tick=key == "silent",
        footer=footer_of(shop, voice),
    )


def _show(page: Page) -> Response:
    response = make_response(render_template("pages/mail_link.html", page=page), page.status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
