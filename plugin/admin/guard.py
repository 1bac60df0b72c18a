"""Discount guard: the budget of a month, what of it is spent, and what was refused."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from flask import Response, request

from plugin.admin.amounts import NumberProblemError, read_amount
from plugin.admin.frame import blueprint, page, this_shop, to, words
from plugin.api import current_context
from plugin.errors import ConflictError
from plugin.services import guard_limits

_HIGHEST = Decimal(1_000_000)


@blueprint.get("/guard")
def guard() -> Response:
    """Show the limits with their present value."""
    return _page()


@blueprint.post("/guard")
def guard_save() -> Response:
    """Save the budget, unless somebody else did meanwhile."""
    context, shop, typed = current_context(), this_shop(), request.form.get("budget", "")
    try:
        budget = _read(typed)
    except NumberProblemError as problem:
        return _page(typed, _explain(problem), status=422)
    try:
        guard_limits.set_budget(context, shop, budget, seen=_seen())
    except ConflictError:
        stored = guard_limits.monthly_budget(context, shop)
        return page("guard_conflict.html", 409, stored=stored, yours=budget)
    return to("guard", done="saved")


def _read(typed: str) -> Decimal:
    budget = read_amount(typed, "," if words().language == "de" else ".")
    if budget > _HIGHEST or budget != budget.quantize(Decimal("0.01")):
        raise NumberProblemError("range")
    return budget


def _seen() -> Decimal:
    try:
        seen = Decimal(request.form.get("seen", ""))
    except InvalidOperation:
        return Decimal(-1)
    return seen if seen.is_finite() else Decimal(-1)


def _explain(problem: NumberProblemError) -> str:
    wording = words()
    if problem.kind == "ambiguous":
        first, second = (wording.money(reading) for reading in problem.readings)
        return wording.t("message.ambiguous", first=first, second=second)
    if problem.kind == "range":
        return wording.t("message.range", low="0", high=wording.number(_HIGHEST))
    return wording.t("message.number", example=wording.amount_input(Decimal(200)))


def _page(typed: str | None = None, problem: str = "", status: int = 200) -> Response:
    report = guard_limits.report(current_context(), this_shop())
    shown = words().amount_input(report.budget) if typed is None else typed
    return page("guard.html", status, report=report, typed=shown, problem=problem)
