"""What each control of a form shows of a stored value, and reads of what was typed into it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from plugin.admin.amounts import NumberProblemError, read_amount, read_whole
from plugin.admin.fields import Control, Field
from plugin.admin.wording import Words
from plugin.sanitize import plain_text

Form = MultiDict[str, str]
#: How browsers write the value of a date and time field.
_MOMENT = "%Y-%m-%dT%H:%M"


class EntryProblemError(ValueError):
    """What was typed cannot be read; `args[0]` is the sentence for the merchant."""


def typed(value: Any, field: Field, words: Words) -> Any:  # noqa: ANN401 - any JSON value
    """Return a stored value as one would type it."""
    if value is None:
        return ""
    if field.control == "amount":
        return words.amount_input(Decimal(value))
    if field.control == "lines":
        return "\n".join(value)
    if field.control == "several":
        return [str(item) for item in value]
    if field.control == "moment":
        at = datetime.fromisoformat(value).astimezone(ZoneInfo(words.zone))
        return at.strftime(_MOMENT)
    return value if field.control in _KEPT else str(value)


#: Controls whose value goes into the page as it is.
_KEPT = ("words", "switch")


def entered(form: Form, field: Field, languages: tuple[str, ...], before: Any) -> Any:  # noqa: ANN401
    """Return what stands in a control; a text in a language that did not stand there stays."""
    if field.control == "words":
        stood = {lang: name for lang in languages if (name := f"{field.path}.{lang}") in form}
        return {**before, **{lang: plain_text(form[name]) for lang, name in stood.items()}}
    if field.control == "switch":
        return bool(form.get(field.path))
    if field.control == "several":
        # The gap for a further one may be left open.
        return [one for one in form.getlist(field.path) if one]
    if field.control == "colour" and form.get(f"{field.path}.page"):
        return ""  # ticked: taken from the shop's page
    return form.get(field.path, "")


def read(entry: Any, field: Field, words: Words) -> Any:  # noqa: ANN401
    """Return the value of what was entered; EntryProblemError with the reason if it is none."""
    if field.optional and entry == "" and field.control in ("whole", "amount", "moment"):
        return None
    reader = _READERS.get(field.control)
    try:
        return reader(entry, field, words) if reader else entry
    except NumberProblemError as problem:
        raise EntryProblemError(_explain(problem, field, words)) from None


def _amount(entry: str, field: Field, words: Words) -> str:
    return format(read_amount(entry, words.point), "f")


def _whole(entry: str, field: Field, words: Words) -> int:
    return read_whole(entry)


def _lines(entry: str, field: Field, words: Words) -> list[str]:
    return [clean for line in entry.splitlines() if (clean := plain_text(line).strip())]


def _several(entry: list[str], field: Field, words: Words) -> list[int] | list[str]:
    return [read_whole(item) for item in entry] if field.numbered else entry


def _line(entry: str, field: Field, words: Words) -> str:
    return plain_text(entry).strip()


def _clock(entry: str, field: Field, words: Words) -> str:
    # Some browsers add the seconds.
    return entry.strip()[:5]


def _moment(entry: str, field: Field, words: Words) -> str:
    try:
        local = datetime.fromisoformat(entry)
    except ValueError:
        raise EntryProblemError(words.t("message.moment")) from None
    at = local if local.tzinfo else local.replace(tzinfo=ZoneInfo(words.zone))
    try:
        return at.astimezone(UTC).isoformat()
    except OverflowError:
        raise EntryProblemError(words.t("message.moment")) from None


_READERS: dict[Control, Callable[[Any, Field, Words], Any]] = {
    "amount": _amount,
    "whole": _whole,
    "share": _whole,
    "lines": _lines,
    "several": _several,
    "line": _line,
    "clock": _clock,
    "moment": _moment,
}


def _explain(problem: NumberProblemError, field: Field, words: Words) -> str:
    if problem.kind == "ambiguous" and field.unit == "currency":
        first, second = (words.money(reading) for reading in problem.readings)
        return words.t(words.ambiguous, first=first, second=second)
    example = words.amount_input(Decimal("4.50") if field.control == "amount" else Decimal(30))
    return words.t("message.number", example=example)
