"""Discount guard: the limits of the whole shop, a trial of them, and what the vouchers brought."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from flask import Response, request

from plugin.admin import guard_form
from plugin.admin.frame import blueprint, page, this_shop, to, words
from plugin.admin.guard_charts import Range, range_of, refusals, trial_chart
from plugin.admin.guard_form import Form
from plugin.admin.wording import Words
from plugin.api import current_context
from plugin.errors import ConflictError
from plugin.model import Shop
from plugin.services import guard_costs, guard_effect, guard_limits, guard_trial
from plugin.services.context import Context
from plugin.services.guard_effect import Effect
from plugin.services.guard_limits import SavedLimits
from plugin.services.guard_margin import tax_of
from plugin.services.guard_rules import LEAST_ORDERS, Limits


@blueprint.get("/guard")
def guard() -> Response:
    """Show the limits with their present value, and a trial of them."""
    saved, tax = _saved()
    return _page(saved, guard_form.shown(saved.limits, tax, words()))


@blueprint.post("/guard")
def guard_save() -> Response:
    """Save the limits, unless somebody else did meanwhile."""
    saved, tax = _saved()
    form = guard_form.read(request.form, saved.limits, tax, words())
    if form.limits is None:
        return _page(saved, form, status=422)
    try:
        guard_limits.save(current_context(), this_shop(), form.limits, seen=_seen())
    except ConflictError:
        return _conflict(saved, form, form.limits)
    return to("guard", done="saved")


@blueprint.post("/guard/trial")
def guard_try() -> Response:
    """Show what a month would have cost under the limits in the form; saves nothing."""
    saved, tax = _saved()
    form = guard_form.read(request.form, saved.limits, tax, words())
    return _page(saved, form, seen=_seen())


def _saved() -> tuple[SavedLimits, Decimal]:
    saved = guard_limits.limits_of(current_context(), this_shop())
    return saved, tax_of(saved.limits, this_shop())


def _seen() -> int:
    seen = request.form.get("seen", "")
    return int(seen) if re.fullmatch(r"[0-9]{1,9}", seen, re.ASCII) else -1


def _page(
    saved: SavedLimits, form: Form, *, status: int = 200, seen: int | None = None
) -> Response:
    context, shop = current_context(), this_shop()
    found = guard_effect.effect(context, shop)
    return page(
        "guard.html",
        status,
        report=guard_limits.report(context, shop),
        form=form,
        seen=saved.revision if seen is None else seen,
        costs=guard_costs.report(context, shop),
        least_orders=LEAST_ORDERS,
        effect=found,
        ranges=_ranges(found),
        **_trial(context, shop, form.limits or saved.limits),
    )


def _trial(context: Context, shop: Shop, limits: Limits) -> dict[str, object]:
    months = guard_trial.months(context, shop)
    if not months:
        return {"months": [], "trial": None, "chart": None, "tried": limits}
    wanted = request.values.get("month", "")
    chosen = next((one for one in months if one.isoformat() == wanted), None)
    month: date = chosen or guard_trial.with_codes(context, shop, months) or months[0]
    trial = guard_trial.run(context, shop, month, limits)
    chart = trial_chart(trial, limits.budget) if trial.cost else None
    return {
        "months": months,
        "trial": trial,
        "kept_back": refusals(trial),
        "chart": chart,
        "tried": limits,
    }


def _ranges(found: Effect) -> list[tuple[str, Range | None]]:
    intervals = {
        "sign_ups": found.sign_ups,
        "orders": found.orders,
        "revenue": found.revenue,
        "margin": found.margin,
    }
    return [
        (name, None if interval is None else range_of(interval))
        for name, interval in intervals.items()
    ]


def _conflict(saved: SavedLimits, form: Form, yours: Limits) -> Response:
    """Show both: what is saved by now, and what this merchant wanted to save."""
    wording, tax = words(), tax_of(yours, this_shop())
    here, there = (guard_form.shown(one, tax, wording) for one in (saved.limits, yours))
    differ = [
        (
            f"guard.field.{name}",
            guard_form.said(name, saved.limits, tax, wording),
            guard_form.said(name, yours, tax, wording),
        )
        for name in here.values
        if here.values[name] != there.values[name]
    ]
    on, off = wording.t("guard.on"), wording.t("guard.off")
    differ += [
        (
            f"guard.field.{name}",
            on if here.switches[name] else off,
            off if here.switches[name] else on,
        )
        for name in here.switches
        if here.switches[name] != there.switches[name]
    ]
    if here.quiet != there.quiet:
        quiet = (_in_words(saved.limits, wording), _in_words(yours, wording))
        differ.append(("guard.field.quiet", *quiet))
    return page("guard_conflict.html", 409, seen=saved.revision, form=form, differ=differ)


def _in_words(limits: Limits, wording: Words) -> str:
    times = [
        wording.t(
            "format.range", start=wording.short_day(one.start), end=wording.short_day(one.end)
        )
        for one in limits.quiet
    ]
    return wording.both(times) if times else "–"
