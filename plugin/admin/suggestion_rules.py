"""What goes with what: the merchant's rules for suggestions, one by one and as a table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response, request

from plugin.admin.data import problem
from plugin.admin.frame import blueprint, page, this_shop, to, words
from plugin.admin.handed import table
from plugin.api import current_context
from plugin.errors import BadInputError, InvalidFieldError, NotFoundError, TooLargeError
from plugin.services.csv_reading import MAX_BYTES
from plugin.services.csv_tables import Taken
from plugin.services.suggestions import cart_trial, relation_csv, rules
from plugin.services.suggestions.rules import KINDS, SIDES, Line, Typed

#: The parts of a form around the file.
_AROUND = 64 * 1024
_LANGUAGES = ("de", "en")
#: Actions of one rule, and by how many places it moves.
_MOVES = {"up": -1, "down": 1}


@blueprint.url_value_preprocessor
def _room_for_a_table(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    # Before anything reads the form, and its token is read first of all.
    if endpoint == "admin.rules_file":
        request.max_content_length = MAX_BYTES + _AROUND


@blueprint.get("/suggestions")
def rules_page() -> Response:
    """Show the rules and the form for one; `rule` names the one to change."""
    wanted = request.args.get("rule", "")
    chosen = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else None
    return _page(chosen)


@blueprint.post("/suggestions")
def rules_save() -> Response:
    """Add a rule, or change one."""
    number = request.form.get("rule", 0, type=int) or None
    problems: dict[str, str] = {}
    typed = _typed(problems)
    if not problems:
        problems = dict(rules.save(current_context(), this_shop(), typed, number))
    if problems:
        return _page(number, problems=problems, status=422)
    return to("rules_page", done="saved")


@blueprint.post("/suggestions/<int:rule_id>/<act>")
def rules_act(rule_id: int, act: str) -> Response:
    """Move a rule, switch it, or delete it."""
    context, shop = current_context(), this_shop()
    if act in _MOVES:
        rules.move(context, shop, rule_id, _MOVES[act])
    elif act in ("on", "off"):
        rules.switch(context, shop, rule_id, on=act == "on")
    elif act == "delete":
        rules.delete(context, shop, rule_id)
    else:
        raise NotFoundError("unknown_rule")
    return to("rules_page", _anchor=f"rule-{rule_id}" if act != "delete" else "rules")


@blueprint.get("/suggestions/rules.csv")
def rules_csv() -> Response:
    """Hand out the rules as a table."""
    text = relation_csv.file_of(current_context(), this_shop(), words().language)
    return table(text, "bleib-rules")


@blueprint.post("/suggestions/file")
def rules_file() -> Response:
    """Take in a table of rules."""
    sent = request.files.get("file")
    if sent is None:
        return to("rules_page")
    try:
        taken = relation_csv.take(current_context(), this_shop(), sent.read())
    except (BadInputError, TooLargeError, InvalidFieldError) as error:
        said = problem(f"error.{error.code}", field=error.field or "")
        return _page(refused=said, status=422)
    return _page(taken=taken)


def _typed(problems: dict[str, str]) -> Typed:
    form = request.form
    return Typed(
        kind=form.get("kind", ""),
        of_kind=form.get("of_kind", ""),
        of=form.get("of", ""),
        to_kind=form.get("to_kind", ""),
        to=form.get("to", ""),
        pinned="pinned" in form,
        since=_day("since", problems),
        until=_day("until", problems),
        yearly="yearly" in form,
        words={language: form.get(f"words_{language}", "") for language in _LANGUAGES},
    )


def _day(name: str, problems: dict[str, str]) -> date | None:
    text = request.form.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        problems[name] = "day"
        return None


def _page(
    chosen: int | None = None,
    *,
    problems: Mapping[str, str] | None = None,
    taken: Taken | None = None,
    refused: str = "",
    status: int = 200,
) -> Response:
    context, shop = current_context(), this_shop()
    found = rules.lines(context, shop)
    one = next((line for line in found if line.id == chosen), None)
    wanted = request.args.get("cart", "").strip()[:300]
    return page(
        "suggestion_rules.html",
        status,
        shown=[line for line in found if line.rule.kind != "never"],
        barred=[line for line in found if line.rule.kind == "never"],
        season=_season,
        names=rules.names(context, shop),
        related=rules.related(context, shop),
        tried=cart_trial.tried(context, shop, wanted, words().language) if wanted else None,
        kinds=KINDS,
        sides=SIDES,
        one=one,
        typed=request.form.to_dict() if problems else _as_form(one),
        problems=problems or {},
        longest=rules.LONGEST_WORDS,
        taken=taken,
        refused=refused,
        say=problem,
        written=lambda text: rules.as_typed(text, words().language),
    )


def _as_form(line: Line | None) -> dict[str, str]:
    """Return what the form shows of a rule: the names of its fields with their texts."""
    if line is None:
        return {}
    rule = line.rule
    shown = {
        "kind": rule.kind,
        "of_kind": rule.of_kind,
        "of": "" if rule.of_kind == "any" else line.of_name,
        "to_kind": rule.to_kind,
        "to": line.to_name,
        "since": _full(rule.since),
        "until": _full(rule.until),
    }
    for language in _LANGUAGES:
        shown[f"words_{language}"] = rules.as_typed(rule.words.get(language, ""), language)
    if rule.pinned:
        shown["pinned"] = "1"
    if _is_yearly(rule.since):
        shown["yearly"] = "1"
    return shown


def _is_yearly(day: str | None) -> bool:
    return day is not None and len(day) == len("12-24")


def _full(day: str | None) -> str:
    if day is None:
        return ""
    # A leap year has every day that a yearly window may begin or end with.
    return f"2028-{day}" if _is_yearly(day) else day


def _season(line: Line) -> str:
    """Return in words when a rule holds, "" for always."""
    since, until = line.rule.since, line.rule.until
    if since is None and until is None:
        return ""
    yearly = _is_yearly(since or until)
    show = words().short_day if yearly else words().day
    shown = {
        name: show(date.fromisoformat(_full(day)))
        for name, day in (("since", since), ("until", until))
        if day is not None
    }
    key = "yearly" if yearly else "_".join(shown)
    return words().t(f"rules.season.{key}", **shown)
