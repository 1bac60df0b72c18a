"""Reads an amount that was typed into a field of a table, and says what is wrong with it."""

from __future__ import annotations

from decimal import Decimal

from flask import request

from plugin.admin.amounts import NumberProblemError, read_amount
from plugin.admin.frame import words


def typed_amount(
    name: str, highest: Decimal, problems: dict[str, str], *, percent: bool = False
) -> Decimal | None:
    """Return the amount in a field, None where it is empty or its problem was noted.

    From 0 to `highest`, with two places at most; what is wrong is put into `problems` by field.
    It is money, or `percent`.
    """
    wording = words()
    typed = request.form.get(name, "").strip()
    typed = typed.removesuffix("%").strip() if percent else typed
    if not typed:
        return None
    try:
        amount = read_amount(typed, wording.point)
        if amount > highest or amount != amount.quantize(Decimal("0.01")):
            raise NumberProblemError("range")
    except NumberProblemError as problem:
        say = wording.number if percent else wording.money
        known = {
            "range": wording.t("message.range", low="0", high=wording.number(highest)),
            "ambiguous": wording.t(
                wording.ambiguous,
                first=say((*problem.readings, Decimal(0))[0]),
                second=say((*problem.readings, Decimal(0), Decimal(0))[1]),
            ),
        }
        example = wording.amount_input(Decimal("7.5"))
        problems[name] = known.get(problem.kind, wording.t("message.number", example=example))
        return None
    return amount
