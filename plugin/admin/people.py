"""Subscribers: find a person, see what they declared, hand out the proof."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, make_response, request, url_for

from plugin.admin.frame import blueprint, page, this_shop, to, words
from plugin.admin.who import actor, name_of
from plugin.api import current_context
from plugin.errors import BadInputError, InvalidFieldError, UnavailableError
from plugin.services import blocked_people, evidence_export, people, protection, team
from plugin.services.people import Person
from plugin.texts import area_texts

#: The list of who is never written to, beside those of services/people.py.
_BLOCKED = "blocked"
_NOT_SOUGHT = {"wanted": "", "kept": None, "barred": False, "missed": False, "no_pdf": False}
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
    kept, barred = people.proof_of_address(context, shop, wanted), _is_blocked(wanted)
    missed = bool(wanted) and kept is None and not barred
    return _page(wanted=wanted, kept=kept, barred=barred, missed=missed)


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


@blueprint.get("/people/<int:person_id>/block")
def people_block_ask(person_id: int) -> Response:
    """Say what blocking a person means, and ask once."""
    one = people.person(current_context(), this_shop(), person_id)
    if one.blocked:
        return to("people_one", person_id=person_id)
    yes = url_for("admin.people_block", person_id=person_id)
    return ask_to_block(one.email, yes, url_for("admin.people_one", person_id=person_id))


@blueprint.post("/people/<int:person_id>/block")
def people_block(person_id: int) -> Response:
    """Never write to a person again, whatever they order or fill in."""
    context, shop = current_context(), this_shop()
    email = people.person(context, shop, person_id).email
    protection.block(context, shop, email, actor=actor().id)
    return to("people_one", person_id=person_id, done="blocked")


def ask_to_block(address: str, yes: str, no: str, **carried: str) -> Response:
    """Answer with the one question: `yes` gets the form with what it carries, `no` leads back."""
    return page("people_block.html", email=address, yes=yes, no=no, carried=carried)


def _is_blocked(wanted: str) -> bool:
    try:
        return protection.is_blocked(current_context(), this_shop(), wanted)
    except InvalidFieldError:
        return False


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


def _clock(moment: datetime, before: datetime | None = None) -> str:
    """Return a moment to the second, as a proof has it; its day unless that of the one before."""
    zone = ZoneInfo(words().zone)
    here = moment.astimezone(zone)
    if before is not None and before.astimezone(zone).date() == here.date():
        return f"{here:%H:%M:%S}"
    return f"{words().day(moment)}, {here:%H:%M:%S}"


def _page(chosen: Person | None = None, **values: Any) -> Response:  # noqa: ANN401
    context, shop = current_context(), this_shop()
    state = chosen.state if chosen else "confirmed"
    of_state = next(name for name, listed in people.LISTS.items() if listed == state)
    name = request.args.get("list") or of_state
    said = people.lists(context, shop)
    counts = {**said.counts, _BLOCKED: blocked_people.size(context, shop)}
    return page(
        "people.html",
        name=name,
        counts=counts,
        confirm_days=said.confirm_days,
        one=chosen,
        clock=_clock,
        **_listed(name),
        **(_NOT_SOUGHT | values),
    )


def _listed(name: str) -> dict[str, Any]:
    context, shop = current_context(), this_shop()
    before, oldest = request.args.get("before", ""), request.args.get("sort") == "oldest"
    if name != _BLOCKED:
        return {"listed": people.page(context, shop, name, before, oldest=oldest), "oldest": oldest}
    start = int(before) if before.isdecimal() and len(before) < 10 else 0
    names, wording = team.names(context, shop), words()
    listed = blocked_people.page(context, shop, start)
    by = {line.by: name_of(line.by, names, wording) for line in listed.lines if line.by}
    return {"listed": listed, "by": by, "oldest": False}
