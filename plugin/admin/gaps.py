"""Targeting as one sentence with gaps: each gap is a native control of the form below it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from plugin.admin.controls import Form
from plugin.admin.fields import Field, at
from plugin.admin.wording import Words

#: What can be chosen for numbers; another value that is set stands among them.
_STEPS: dict[str, tuple[int, ...]] = {
    "trigger.after_seconds": (5, 10, 20, 30, 45, 60, 90, 120, 180, 300, 600),
    "trigger.scrolled": (10, 25, 50, 75, 90, 100),
    "recontact_days": (30, 60, 90, 180, 365),
}
_MOMENTS = ("schedule.starts", "schedule.ends")
_CHOICES = ("audience.first.subscribers", "trigger.match")
_PAGES = "audience.first.pages"
#: How somebody leaves, on which devices: two switches that are one gap.
LEAVING = {"both": (True, True), "desktop": (True, False), "phone": (False, True), "": (False,) * 2}
_LEAVES = ("trigger.desktop", "trigger.phone")
#: Fields that are gaps of the sentence wherever a widget has them.
IN_SENTENCE = frozenset((*_STEPS, *_MOMENTS, *_CHOICES, _PAGES, *_LEAVES))
_PLACE = re.compile(r"\{(\w+)\}")
_SIGNS = ",."
#: An end that is asked for begins so far ahead.
_AHEAD = {"schedule.starts": (1, time(0, 0)), "schedule.ends": (30, time(23, 59))}


@dataclass(frozen=True)
class Gap:
    """One gap; `name` is what it posts, `label` its whole clause, `options` value and words.

    `moment` is the field with day and time that the gap unfolds, `value` what is chosen, `close`
    the sign that must not be parted from it.
    """

    name: str
    id: str
    label: str
    options: tuple[tuple[str, str], ...]
    value: str
    moment: str = ""
    close: str = ""


def has_sentence(fields: list[Field]) -> bool:
    """Tell whether a widget's settings can be said in the sentence."""
    return _PAGES in {field.path for field in fields}


def sentence_of(fields: list[Field], draft: dict[str, Any], words: Words) -> list[str | Gap]:
    """Return the sentence in its order: words of ours, and gaps."""
    by_path = {field.path: field for field in fields}
    kind = "window" if "trigger.after_seconds" in by_path else "inline"
    found: list[str | Gap] = []
    for number, piece in enumerate(_PLACE.split(words.t(f"target.sentence.{kind}"))):
        if number % 2 == 0:
            found.append(piece)
        else:
            found += _gaps(piece, by_path, draft, words)
    return list(_closed(found))


def _closed(pieces: list[str | Gap]) -> Iterator[str | Gap]:
    """Move the sign behind a gap to the gap, so that no line begins with it."""
    for place, piece in enumerate(pieces):
        before = pieces[place - 1] if place else ""
        after = pieces[place + 1] if place + 1 < len(pieces) else ""
        if isinstance(piece, Gap):
            behind = after if isinstance(after, str) else ""
            signs = len(behind) - len(behind.lstrip(_SIGNS))
            yield replace(piece, close=behind[:signs])
        elif left := piece.lstrip(_SIGNS) if isinstance(before, Gap) else piece:
            yield left


def spread(form: Form, now: datetime, zone: str) -> Form:
    """Return a posted form in which the gaps that stand for several fields are those fields.

    A date that was asked for and not yet given begins tomorrow, or ends in a month.
    """
    plain = Form(form)
    for path, leaves in zip(_LEAVES, zip(*LEAVING.values(), strict=True), strict=True):
        if "target.leaving" in form:
            chosen = dict(zip(LEAVING, leaves, strict=True)).get(form["target.leaving"])
            plain.setlist(path, ["1"] if chosen else [])
    for path in _MOMENTS:
        name = _moment_name(path)
        if name not in form:
            continue
        if not form[name]:
            plain[path] = ""
        elif not form.get(path):
            plain[path] = _ahead(path, now, zone)
    return plain


def _ahead(path: str, now: datetime, zone: str) -> str:
    days, hour = _AHEAD[path]
    day = (now.astimezone(ZoneInfo(zone)) + timedelta(days=days)).date()
    return datetime.combine(day, hour).strftime("%Y-%m-%dT%H:%M")


def _moment_name(path: str) -> str:
    return "target." + path.rpartition(".")[2]


def _gaps(
    piece: str, by_path: dict[str, Field], draft: dict[str, Any], words: Words
) -> Iterator[str | Gap]:
    if piece == "pages":
        yield from _pages(by_path[_PAGES], at(draft, _PAGES), words)
    elif piece == "leaving":
        yield _leaving(draft, words)
    else:
        field = by_path[_PATHS[piece]]
        value = at(draft, field.path)
        if field.path in _MOMENTS:
            yield _moment(field, value, words)
        elif field.path in _STEPS:
            yield _number(field, value, words)
        else:
            yield _gap(field.path, field.path, str(value), field.options, words)


_PATHS = {
    "whom": "audience.first.subscribers",
    "after": "trigger.after_seconds",
    "scrolled": "trigger.scrolled",
    "match": "trigger.match",
    "quiet": "recontact_days",
    "starts": "schedule.starts",
    "ends": "schedule.ends",
}


def _gap(
    path: str, name: str, value: str, values: tuple[str, ...], words: Words, end: str = ""
) -> Gap:
    key = path.rpartition(".")[2]
    options = tuple((one, words.t(f"target.{key}.{one or 'none'}")) for one in values)
    return _labelled(path, name, value, options, words, end)


def _labelled(
    path: str, name: str, value: str, options: tuple[tuple[str, str], ...], words: Words, end: str
) -> Gap:
    key = path.rpartition(".")[2]
    label = f"{words.t(f'target.{key}.label')}: {dict(options)[value]}"
    return Gap(name, "f-" + path.replace(".", "-") + end, label, options, value)


def _pages(field: Field, chosen: list[str], words: Words) -> Iterator[str | Gap]:
    """One gap for each kind of page, and one for a further kind."""
    for number, page in enumerate([*chosen, ""]):
        if number == len(field.options):
            return
        if number:
            yield words.t("target.pages.and")
        left = tuple(one for one in field.options if one == page or one not in chosen)
        none = "none" if number == 0 else "no_more"
        options = tuple((one, words.t(f"target.pages.{one or none}")) for one in ("", *left))
        end = f"-{number}" if number else ""
        yield _labelled(_PAGES, _PAGES, page, options, words, end)
        if not chosen:
            return


def _leaving(draft: dict[str, Any], words: Words) -> Gap:
    present = tuple(bool(at(draft, path)) for path in _LEAVES)
    value = next(name for name, leaves in LEAVING.items() if tuple(leaves) == present)
    options = tuple((one, words.t(f"target.leaving.{one or 'none'}")) for one in LEAVING)
    return _labelled("trigger.desktop", "target.leaving", value, options, words, "")


def _number(field: Field, value: int | None, words: Words) -> Gap:
    key = field.name
    steps = sorted({*_STEPS[field.path], *([] if value is None else [value])})
    options = [] if not field.optional else [("", words.t(f"target.{key}.none"))]
    for one in steps:
        special = f"target.{key}.{one}"
        said = words.t(special) if words.has(special) else words.t(f"target.{key}.some", n=one)
        options.append((str(one), said))
    return _labelled(
        field.path, field.path, "" if value is None else str(value), tuple(options), words, ""
    )


def _moment(field: Field, value: str | None, words: Words) -> Gap:
    key = field.name
    options = (("", words.t(f"target.{key}.none")), ("at", words.t(f"target.{key}.at")))
    chosen = "at" if value else ""
    label = f"{words.t(f'target.{key}.label')}: {dict(options)[chosen]}"
    return Gap(
        name=_moment_name(field.path),
        id=f"g-{key}",
        label=label,
        options=options,
        value=chosen,
        moment=field.path,
    )
