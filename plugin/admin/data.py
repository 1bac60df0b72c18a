"""Data: the tag, the API's secret, files, and the stock of codes of a shop of its own."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from plugin.admin.frame import blueprint, page, this_shop, to, words
from plugin.admin.handed import table
from plugin.api import current_context
from plugin.errors import BadInputError, NotFoundError, TooManyError
from plugin.model import Shop
from plugin.services import csv_import, front_door, subscriber_list, voucher_pool
from plugin.services.any_shop import PLATFORM
from plugin.services.csv_kinds import KINDS, template
from plugin.texts import area_texts

#: The parts of a form around the file.
_AROUND = 64 * 1024
#: Seconds between two looks of a page on which a file is being taken in.
_LOOK_SECONDS = 2


@blueprint.url_value_preprocessor
def _room_for_a_file(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    # Before anything reads the form, and its token is read first of all.
    if endpoint == "admin.data_file":
        request.max_content_length = csv_import.MAX_BYTES + _AROUND


@blueprint.get("/data")
def data() -> Response:
    """Show how the shop and Bleib are tied together, and what came in."""
    return _page()


@blueprint.post("/data/secret")
def data_secret() -> Response:
    """Make a new API secret and show it this once."""
    return _page(secret=front_door.renew_secret(current_context(), _own_shop()))


@blueprint.get("/data/templates/<kind>")
def data_template(kind: str) -> Response:
    """Hand out an example file in the merchant's language."""
    _own_shop()
    found = csv_import.kind_of(kind)
    name = words().t(f"data.file.{found.name}").lower().replace(" ", "-")
    return table(template(found, words().language), _plain(name))


def _plain(name: str) -> str:
    return name.encode("ascii", "ignore").decode()


@blueprint.post("/data/files")
def data_file() -> Response:
    """Read and check a file, then show what came of it before anything is taken in."""
    context, shop = current_context(), _own_shop()
    given = request.files.get("file")
    raw = b"" if given is None else given.read(csv_import.MAX_BYTES + 1)
    try:
        kind = csv_import.kind_of(request.form.get("kind", ""))
        found = csv_import.hand_in(context, shop, kind, raw)
    except (BadInputError, NotFoundError, TooManyError) as error:
        said = problem(f"error.{error.code}", field=error.field or "")
        return _page(422, problem=said, chosen=request.form.get("kind", ""))
    return to("data_import", import_id=found.id)


@blueprint.get("/data/files/<int:import_id>")
def data_import(import_id: int) -> Response:
    """Show what a file holds, what does not fit, and how far it is taken in."""
    found = csv_import.look(current_context(), _own_shop(), import_id)
    return page("import.html", file=found, problem=problem, seconds=_LOOK_SECONDS)


@blueprint.post("/data/files/<int:import_id>")
def data_decide(import_id: int) -> Response:
    """Take in what fits of a file, or forget the file."""
    context, shop = current_context(), _own_shop()
    if request.form.get("do") == "drop":
        csv_import.drop_import(context, shop, import_id)
        return to("data")
    csv_import.start_import(context, shop, import_id)
    return to("data_import", import_id=import_id)


@blueprint.get("/data/subscribers.csv")
def data_subscribers() -> Response:
    """Hand out everybody who is subscribed now."""
    people = subscriber_list.as_csv(current_context(), _own_shop())
    return table(people, "bleib-subscribers")


@blueprint.post("/data/codes/drop")
def data_drop_codes() -> Response:
    """Delete every code that nobody has got."""
    voucher_pool.drop_free(current_context(), _own_shop())
    return to("data", done="saved")


def problem(key: str, **values: str) -> str:
    """Return in the merchant's language what is wrong with a file or a cell."""
    texts = area_texts("api")
    known = key if key in texts.keys("de") else "problem.other"
    return texts.get(words().language, known, "sie", **{"limit": "", **values})


def _own_shop() -> Shop:
    shop = this_shop()
    if shop.platform != PLATFORM:  # every other platform tells us all of this by itself
        raise NotFoundError("not_found")
    return shop


def _page(status: int = 200, **values: Any) -> Response:  # noqa: ANN401
    context, shop = current_context(), _own_shop()
    return page(
        "data.html",
        status,
        tag=front_door.script_tag(context, shop),
        places="\n".join(
            f'<div data-bleib="{widget.name}"></div>'
            for widget in context.widgets.values()
            if not widget.interrupts
        ),
        api=context.url(f"/api/v1/{shop.key}"),
        kinds=KINDS,
        files=csv_import.newest(context, shop),
        stock=voucher_pool.stock(context, shop),
        **{"secret": "", "problem": "", "chosen": "orders", **values},
    )
