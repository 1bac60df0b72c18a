"""Protection of sign-ups: what was held off, throw-away addresses, and who is never written to."""

from __future__ import annotations

from flask import Response, request, url_for

from plugin.admin.frame import blueprint, page, this_shop, to
from plugin.admin.people import ask_to_block
from plugin.admin.who import actor
from plugin.api import current_context
from plugin.errors import BadInputError, InvalidFieldError
from plugin.services import protection as service

#: What a change is answered with, above the page.
SAID = ("blocked", "blocked_before", "unblocked", "not_blocked", "released", "rule")


@blueprint.get("/protection")
def protection() -> Response:
    """Show how sign-ups are protected."""
    return _page()


@blueprint.post("/protection/rule")
def protection_rule() -> Response:
    """Say what happens to throw-away addresses."""
    rule = request.form.get("rule", "")
    if rule == "flag":
        service.set_rule(current_context(), this_shop(), "flag")
    elif rule == "refuse":
        service.set_rule(current_context(), this_shop(), "refuse")
    else:
        raise BadInputError("field_invalid", field="rule")
    return to("protection", said="rule")


@blueprint.post("/protection/people")
def protection_people() -> Response:
    """Put an address on the block list, asking once, or take it off."""
    context, shop, email = current_context(), this_shop(), request.form.get("email", "").strip()
    who = actor().id
    try:
        if request.form.get("do") == "unblock":
            removed = service.unblock(context, shop, email, actor=who)
            said = "unblocked" if removed else "not_blocked"
        elif "sure" in request.form or service.is_blocked(context, shop, email):
            added = service.block(context, shop, email, actor=who)
            said = "blocked" if added else "blocked_before"
        else:
            back = url_for("admin.protection")
            return ask_to_block(email, request.path, back, email=email, do="block", sure="1")
    except InvalidFieldError:
        return _page(422, typed=email, problem=True)
    return to("protection", said=said)


@blueprint.post("/protection/release")
def protection_release() -> Response:
    """Let the circuit breaker go."""
    service.release(current_context(), this_shop())
    return to("protection", said="released")


def _page(status: int = 200, *, typed: str = "", problem: bool = False) -> Response:
    said = request.args.get("said", "")
    return page(
        "protection.html",
        status,
        report=service.report(current_context(), this_shop()),
        days=service.REPORT_DAYS,
        said=said if said in SAID else "",
        typed=typed,
        problem=problem,
    )
