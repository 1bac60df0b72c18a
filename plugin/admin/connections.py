"""Connections: where people who signed up go, and files of them in and out."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from plugin.admin.data import problem
from plugin.admin.frame import blueprint, page, this_shop, to, words
from plugin.admin.handed import table
from plugin.api import current_context
from plugin.contracts.platform import SyncsConsent
from plugin.errors import BadInputError, NotFoundError, TooManyError
from plugin.services import (
    csv_import,
    mail_connections,
    outgoing_webhooks,
    subscriber_import,
    subscriber_list,
)
from plugin.services.csv_import import Import

#: The parts of a form around the file.
_AROUND = 64 * 1024
#: Seconds between two looks of a page on which a file is being taken in.
_LOOK_SECONDS = 2


@blueprint.url_value_preprocessor
def _room_for_people(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    # Before anything reads the form, and its token is read first of all.
    if endpoint == "admin.connections_file":
        request.max_content_length = csv_import.MAX_BYTES + _AROUND


@blueprint.get("/connections")
def connections() -> Response:
    """Show where people go, and what needs the merchant."""
    return show()


@blueprint.get("/connections/subscribers.csv")
def connections_people() -> Response:
    """Hand out everybody who is subscribed now."""
    people = subscriber_list.as_csv(current_context(), this_shop())
    return table(people, "bleib-subscribers")


@blueprint.post("/connections/files")
def connections_file() -> Response:
    """Read and check a file of people, then show what came of it before anything is taken in."""
    given = request.files.get("file")
    raw = b"" if given is None else given.read(csv_import.MAX_BYTES + 1)
    source = request.form.get("source", "")
    try:
        kind = subscriber_import.kind_with(source)
        found = csv_import.hand_in(current_context(), this_shop(), kind, raw)
    except (BadInputError, TooManyError) as error:
        return show(422, source=source, file_problem=_said(error.code, error.field or ""))
    return to("connections_import", import_id=found.id)


@blueprint.get("/connections/files/<int:import_id>")
def connections_import(import_id: int) -> Response:
    """Show what a file of people holds, what does not fit, and how far it is taken in."""
    file = _known(import_id)
    return page("import.html", file=file, problem=problem, seconds=_LOOK_SECONDS)


@blueprint.post("/connections/files/<int:import_id>")
def connections_decide(import_id: int) -> Response:
    """Take in what fits of a file, or forget the file."""
    context, shop, found = current_context(), this_shop(), _known(import_id)
    if request.form.get("do") == "drop":
        csv_import.drop_import(context, shop, found.id)
        return to("connections")
    csv_import.start_import(context, shop, found.id)
    return to("connections_import", import_id=found.id)


def show(status: int = 200, **values: Any) -> Response:  # noqa: ANN401 - of the template
    """Return the page, with what a form on it was filled in with and what is wrong with that."""
    context, shop = current_context(), this_shop()
    chosen = mail_connections.present(context, shop)
    service = None if chosen is None else context.mail_services.get(chosen.service)
    files = [one for one in csv_import.newest(context, shop) if one.kind == subscriber_import.NAME]
    return page(
        "connections.html",
        status,
        in_shop=context.maybe(shop, SyncsConsent) is not None,
        services=context.mail_services,
        chosen=chosen,
        cannot=sorted(service.cannot) if service else [],
        targets=outgoing_webhooks.targets(context, shop),
        topics=outgoing_webhooks.TOPICS,
        files=files,
        **{
            "source": "", "file_problem": "", "url": "", "wanted": outgoing_webhooks.TOPICS,
            "hook_problem": "", **values,
        },
    )  # fmt: skip


def _known(import_id: int) -> Import:
    found = csv_import.look(current_context(), this_shop(), import_id)
    if found.kind != subscriber_import.NAME:
        raise NotFoundError("unknown_import")
    return found


def _said(code: str, field: str) -> str:
    own = f"connections.problem.{code}"
    return words().t(own) if words().has(own) else problem(f"error.{code}", field=field)
