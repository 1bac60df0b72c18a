"""The mailbox page: what the app's real SMTP delivery brought in."""

from __future__ import annotations

import re
from email.message import EmailMessage

from flask import Blueprint, Response, abort, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from plugin.demo.database import Row
from plugin.demo.post_office import parsed_mail
from plugin.demo.shop import current_shop

mailbox = Blueprint("mailbox", __name__)
VIEWS = ("html", "text", "headers", "phone", "dark")
# A mail may bring its own styles and pictures; scripts never run, links leave the frame.
_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
_DARK_RULE = re.compile(r"\(\s*prefers-color-scheme\s*:\s*dark\s*\)", re.IGNORECASE)
_LIGHT_RULE = re.compile(r"\(\s*prefers-color-scheme\s*:\s*light\s*\)", re.IGNORECASE)
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src http: https: data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


def body_of(message: EmailMessage, kind: str) -> str:
    """Return the text or html body of a mail; empty if it has none."""
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""


def _mail(number: int) -> Row:
    row = current_shop().db.one("SELECT * FROM mails WHERE id = ?", number)
    if row is None:
        abort(404)
    return row


@mailbox.get("/postfach")
@mailbox.get("/postfach/<int:number>")
def show(number: int | None = None) -> str:
    """Show the list of mails and one of them, the newest unless another was chosen."""
    shop = current_shop()
    mails = shop.db.all("SELECT * FROM mails ORDER BY id DESC LIMIT 200")
    chosen = _mail(number) if number is not None else (mails[0] if mails else None)
    message = parsed_mail(bytes(chosen["raw"])) if chosen is not None else None
    view = request.args.get("view", "html")
    return render_template(
        "mailbox.html",
        page="mailbox",
        mails=mails,
        chosen=chosen,
        message=message,
        text=body_of(message, "plain") if message is not None else "",
        view=view if view in VIEWS else "html",
    )


def _darkened(body: str) -> str:
    """Return a mail as a dark mail program shows it: its own dark rules apply."""
    body = _DARK_RULE.sub("(min-width: 0)", body)
    body = _LIGHT_RULE.sub("(max-width: 0)", body)
    return _HEAD.sub(r"\g<0><style>:root{color-scheme:dark}</style>", body, count=1)


@mailbox.get("/postfach/<int:number>/html")
def html(number: int) -> Response:
    """Serve the HTML body of a mail for the frame of the page."""
    message = parsed_mail(bytes(_mail(number)["raw"]))
    body = body_of(message, "html") or "<!doctype html><title>–</title><p>–</p>"
    if request.args.get("view") == "dark":
        body = _darkened(body)
    body = _HEAD.sub(r'\g<0><base target="_top">', body, count=1)
    response = Response(body, mimetype="text/html")
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    return response


@mailbox.post("/postfach/leeren")
def clear() -> AnyResponse:
    """Throw all mails away."""
    with current_shop().db.write() as connection:
        connection.execute("DELETE FROM mails")
    return redirect("/postfach", 303)
