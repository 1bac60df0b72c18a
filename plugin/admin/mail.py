"""Mails: who they come from and whether that is allowed, what arrived, who is not written to."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, request

from plugin.admin.frame import blueprint, page, this_shop, to, words
from plugin.api import current_context
from plugin.errors import InvalidFieldError, UnavailableError
from plugin.services import mail_figures, senders, suppression

_FIELDS = ("name", "address", "reply_to")


@dataclass(frozen=True)
class Entered:
    """What stands in the form."""

    name: str
    address: str
    reply_to: str


@blueprint.get("/mail")
def mail() -> Response:
    """Show sender, deliveries and who is held back."""
    return _page()


@blueprint.post("/mail")
def mail_save() -> Response:
    """Save the sender and look at once whether it is allowed."""
    typed = {name: request.form.get(name, "") for name in _FIELDS}
    try:
        senders.save(current_context(), this_shop(), **typed)
    except InvalidFieldError as error:
        problems = {str(error.field): words().t(f"mail.problem.{error.code}")}
        return _page(Entered(**typed), problems, status=422)
    return _look("saved")


@blueprint.post("/mail/check")
def mail_check() -> Response:
    """Ask the DNS because the merchant pressed the button."""
    return _look("checked")


@blueprint.post("/mail/release")
def mail_release() -> Response:
    """Let an address be tried again that was held back because its mails came back."""
    typed = request.form.get("email", "")
    try:
        found = suppression.release(current_context(), this_shop(), typed)
    except InvalidFieldError as error:
        problems = {"email": words().t(f"mail.problem.{error.code}")}
        return _page(None, problems, status=422, typed=typed)
    return to("mail", done="released" if found else "nobody")


def _look(done: str) -> Response:
    try:
        senders.check(current_context(), this_shop())
    except UnavailableError:
        done = "silent"
    if request.form.get("back") == "setup":
        # Who does without an own address goes on; else the step stays open to be looked at.
        step = 2 if senders.setting(current_context(), this_shop()).address else None
        return to("setup_page", step=step, done=done if done in ("saved", "silent") else None)
    return to("mail", done=done)


def _page(
    entered: Entered | None = None,
    problems: dict[str, str] | None = None,
    status: int = 200,
    typed: str = "",
) -> Response:
    context, shop = current_context(), this_shop()
    setting = senders.setting(context, shop)
    done = request.args.get("done", "")
    return page(
        "mail.html",
        status,
        setting=setting,
        entered=entered or Entered(setting.name, setting.address, setting.reply_to),
        problems=problems or {},
        typed=typed,
        figures=mail_figures.figures(context, shop),
        held=suppression.count(context, shop),
        said=done if done in ("checked", "silent", "released", "nobody") else "",
    )
