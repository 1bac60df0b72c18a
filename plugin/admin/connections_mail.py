"""The e-mail service of a shop: credentials, list, and letting go again."""

from __future__ import annotations

from flask import Response, request

from plugin.admin.frame import blueprint, page, this_shop, to, words
from plugin.api import current_context
from plugin.contracts.mail_service import MailList
from plugin.errors import BleibError, InvalidFieldError, PlatformError, TooManyError
from plugin.services import mail_connections


@blueprint.get("/connections/mail/<service>")
def connections_mail(service: str) -> Response:
    """Show what one service asks for and what it cannot do."""
    return _form(service)


@blueprint.post("/connections/mail/<service>")
def connections_mail_save(service: str) -> Response:
    """Check the credentials at the service and keep them; the list comes next."""
    context, shop = current_context(), this_shop()
    try:
        mail_connections.connect(context, shop, service, request.form)
    except (InvalidFieldError, PlatformError, TooManyError) as error:
        return _form(service, 422, explain(error), error.field or "")
    found = mail_connections.present(context, shop)
    if found is not None and found.state == "connected":
        return to("connections", done="saved")
    return to("connections_list")


@blueprint.get("/connections/list")
def connections_list() -> Response:
    """Show the lists of the account."""
    return _lists()


@blueprint.post("/connections/list")
def connections_list_save() -> Response:
    """Take one of them; from now on people are brought to it."""
    context, shop = current_context(), this_shop()
    everybody = request.form.get("everybody") == "yes"
    try:
        mail_connections.choose_list(
            context, shop, request.form.get("list", ""), everybody=everybody
        )
    except (InvalidFieldError, PlatformError) as error:
        return _lists(422, explain(error))
    return to("connections", done="saved")


@blueprint.post("/connections/disconnect")
def connections_disconnect() -> Response:
    """Forget the service."""
    mail_connections.disconnect(current_context(), this_shop())
    return to("connections", done="saved")


def explain(error: BleibError) -> str:
    """Return in the merchant's language what a service or an input is at fault with."""
    key = f"connections.problem.{error.code}"
    return words().t(key if words().has(key) else "connections.problem.other")


def _form(name: str, status: int = 200, problem: str = "", field: str = "") -> Response:
    context, shop = current_context(), this_shop()
    service = mail_connections.service_named(context, name)
    return page(
        "connections_mail.html",
        status,
        service=service,
        cannot=sorted(service.cannot),
        before=mail_connections.present(context, shop),
        problem=problem,
        field=field,
    )


def _lists(status: int = 200, problem: str = "") -> Response:
    context, shop = current_context(), this_shop()
    found = mail_connections.present(context, shop)
    if found is None:
        return to("connections")
    lists: tuple[MailList, ...] = ()
    try:
        lists = mail_connections.lists(context, shop)
    except PlatformError as error:
        problem = problem or explain(error)
    return page("connections_list.html", status, chosen=found, lists=lists, problem=problem)
