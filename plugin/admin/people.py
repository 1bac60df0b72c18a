"""Subscribers: find a person, see what they declared, hand out the proof."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, make_response, request

from plugin.admin.frame import blueprint, page, this_shop, to, words
from plugin.api import current_context
from plugin.errors import BadInputError, UnavailableError
from plugin.services import evidence_export, people, protection
from plugin.services.people import Person
from plugin.texts import area_texts

_TYPES = {"pdf": "application/pdf", "json": "application/json; charset=utf-8"}


@blueprint.get("/people")
def people_page() -> Response:
    """Show one of the lists."""
    return _page()


@blueprint.post("/people")
def people_find() -> Response:
    """Look for a whole address or the number of an order; in no address line, which logs keep."""
    wanted = request.form.get("wanted", "").strip()[:320]
    context, shop = current_context(), this_shop()
    found = people.find(context, shop, wanted) if wanted else None
    if found is not None:
        return to("people_one", person_id=found)
    kept = people.proof_of_address(context, shop, wanted)
    return _page(wanted=wanted, kept=kept, missed=bool(wanted) and kept is None)


@blueprint.get("/people/<int:person_id>")
def people_one(person_id: int) -> Response:
    """Show a person beside the list."""
    return _page(people.person(current_context(), this_shop(), person_id))


@blueprint.get("/people/<int:person_id>/proof.<form>")
def people_proof(person_id: int, form: str) -> Response:
    """Hand out the proof of a person as a file."""
    return _proof(people.person(current_context(), this_shop(), person_id).email, form)


@blueprint.post("/people/proof")
def people_kept_proof() -> Response:
    """Hand out the proof of somebody who stands in no list any more."""
    return _proof(request.form.get("email", ""), request.form.get("form", "pdf"))


@blueprint.post("/people/<int:person_id>/unsubscribe")
def people_unsubscribe(person_id: int) -> Response:
    """End a subscription for somebody who asked the merchant instead of pressing the link."""
    people.unsubscribe(current_context(), this_shop(), person_id)
    return to("people_one", person_id=person_id)


@blueprint.post("/people/<int:person_id>/block")
def people_block(person_id: int) -> Response:
    """Never write to a person again, whatever they order or fill in."""
    context, shop = current_context(), this_shop()
    protection.block(context, shop, people.person(context, shop, person_id).email)
    return to("people_one", person_id=person_id, done="blocked")


def _proof(email: str, form: str) -> Response:
    context, shop, language = current_context(), this_shop(), words().language
    if form not in _TYPES:
        raise BadInputError("field_invalid", field="form")
    try:
        raw = (
            evidence_export.json_of(context, shop, email)
            if form == "json"
            else evidence_export.pdf_of(context, shop, email, language)
        )
    except UnavailableError:
        return _page(no_pdf=True)
    response = make_response(raw)
    name = area_texts("proof").get(language, "file")
    response.headers["Content-Type"] = _TYPES[form]
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _clock(moment: datetime) -> str:
    """Return a moment to the second, as a proof has it."""
    here = moment.astimezone(ZoneInfo(words().zone))
    return f"{words().day(moment)}, {here:%H:%M:%S}"


def _page(chosen: Person | None = None, **values: Any) -> Response:  # noqa: ANN401
    context, shop = current_context(), this_shop()
    before = request.args.get("before", "")
    state = chosen.state if chosen else "confirmed"
    of_state = next(name for name, listed in people.LISTS.items() if listed == state)
    listed = people.page(
        context,
        shop,
        request.args.get("list") or of_state,
        int(before) if before.isdecimal() and len(before) < 10 else None,
    )
    return page(
        "people.html",
        listed=listed,
        lists=people.LISTS,
        one=chosen,
        blocked=people.blocked(context, shop),
        clock=_clock,
        **{"wanted": "", "kept": None, "missed": False, "no_pdf": False, **values},
    )
