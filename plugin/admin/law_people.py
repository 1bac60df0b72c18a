"""One person on request: what is stored, handed out as a file, or erased with a receipt."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, make_response, request

from plugin.admin.frame import blueprint, page, this_shop, to, words
from plugin.admin.who import actor
from plugin.api import current_context
from plugin.errors import BadInputError, InvalidFieldError, NotAllowedError
from plugin.services import person_requests, privacy
from plugin.services.identity import clean_email
from plugin.services.person_requests import Person

_PURPOSE = "law_person"


@blueprint.get("/law/person")
def law_person() -> Response:
    """Ask whom it is about."""
    return page("law_person.html", person=None)


@blueprint.post("/law/person")
def law_person_find() -> Response:
    """Show what is stored of the owner of an address; in no address line, which logs keep."""
    wanted = request.form.get("wanted", "").strip()[:320]
    try:
        return _shown(Person(clean_email(wanted), None))
    except InvalidFieldError:
        return page("law_person.html", 422, person=None, wanted=wanted, wrong=True)


@blueprint.get("/law/requests/<int:request_id>")
def law_request(request_id: int) -> Response:
    """Show a request with what is stored of the person, or the receipt once it is answered."""
    found, person = person_requests.get(current_context(), this_shop(), request_id)
    if found.done_at is not None or not (person.email or person.customer_id):
        return to("law_receipt", request_id=request_id)
    return _shown(person, asked=found)


@blueprint.post("/law/person/file")
def law_export() -> Response:
    """Hand out all that is stored of a person, and note that it was."""
    person, who = _named(), actor()
    found = person_requests.hand_out(current_context(), this_shop(), person, who.name, who.id)
    response = make_response(json.dumps(found, ensure_ascii=False, indent=2, default=str))
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="bleib-person.json"'
    return response


@blueprint.post("/law/person/erase")
def law_erase() -> Response:
    """Say what goes, what stays and why; erase once that was read."""
    person, who = _named(), actor()
    if request.form.get("do") != "erase":
        return _shown(person, erasing=True)
    never_again = "never_again" in request.form and person.email is not None
    receipt = person_requests.erase(
        current_context(), this_shop(), person, who.name, who.id, never_again=never_again
    )
    return to("law", erased=receipt, **({"blocked": "1"} if never_again else {}))


def _shown(person: Person, *, erasing: bool = False, **more: Any) -> Response:  # noqa: ANN401
    context, shop = current_context(), this_shop()
    found = privacy.export_person(context, shop, person.email, customer_id=person.customer_id)
    sealed = context.keys.seal(shop.id, _PURPOSE, json.dumps([person.email, person.customer_id]))
    goes, stays = _parted({table: len(rows) for table, rows in found["data"].items()})
    template = "law_erase.html" if erasing else "law_person.html"
    return page(template, person=person, who=sealed, goes=goes, stays=stays, **more)


def _named() -> Person:
    """Return the person of the form, sealed by us: no address of theirs stands in a log."""
    shop = this_shop()
    try:
        told = current_context().keys.unseal(shop.id, _PURPOSE, request.form.get("who", ""))
    except NotAllowedError:
        raise BadInputError("field_invalid", field="who") from None
    email, customer_id = json.loads(told)
    return Person(email, customer_id)


def _parted(rows: dict[str, int]) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """Return by kind of data how much goes, and how much stays as a proof."""
    goes: dict[str, int] = {}
    stays: dict[str, int] = {}
    rule: dict[str, privacy.PersonalColumn] = {}
    for one in privacy.inventory():
        rule.setdefault(one.table, one)
    for table, number in rows.items():
        column = rule.get(table)
        if column is None:
            continue
        side = stays if column.erase == "keep_locked" else goes
        name = words().t(f"law.datum.{column.datum}")
        side[name] = side.get(name, 0) + number
    return sorted(goes.items()), sorted(stays.items())
