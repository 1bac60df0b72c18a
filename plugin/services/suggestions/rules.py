"""The merchant's rules as they are edited: read from a form or a file, checked, put in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from plugin.errors import NotFoundError
from plugin.model import Shop
from plugin.sanitize import plain_text
from plugin.services.context import Context
from plugin.services.suggestions.relations import in_season
from plugin.store import catalogue, shops
from plugin.store import labels as label_store
from plugin.store import relations as store
from plugin.store.labels import label_of
from plugin.store.relations import Rule, StoredRule

KINDS = ("accessory", "fits", "refill", "alternative", "never")
SIDES = ("product", "tag", "category")
#: Rules of one shop, and the longest reason of one.
MOST_RULES, LONGEST_WORDS = 1000, 80
#: Names in a list to choose from.
_MOST_NAMES = 300
_LONGEST_NAME = 120
#: How a merchant writes the place of the cart's product in a reason.
_PLACES = ("[Artikel]", "[product]")


#: The products that each name means, with their titles.
Named = Mapping[str, Sequence[tuple[str, str]]]


@dataclass(frozen=True)
class Typed:
    """A rule as somebody typed it; sides name a product, a tag or a category."""

    kind: str
    of_kind: str
    of: str
    to_kind: str
    to: str
    pinned: bool = False
    since: date | None = None
    until: date | None = None
    yearly: bool = False
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """A rule as a page shows it; `state` is on, off, out (of season) or missing (a product)."""

    id: int
    rule: Rule
    of_name: str
    to_name: str
    state: str


def lines(context: Context, shop: Shop) -> list[Line]:
    """Return the shop's rules in their order."""
    today = context.now().astimezone(ZoneInfo(shop.zone)).date()
    with context.db.read() as connection:
        found = store.rules(connection, shop.id)
        sides = [
            (kind, name)
            for one in found
            for kind, name in (
                (one.rule.of_kind, one.rule.of),
                (one.rule.to_kind, one.rule.to),
            )
        ]
        ids = {name for kind, name in sides if kind == "product"}
        titles = catalogue.titles(connection, shop.id, sorted(ids)) if ids else {}
    return [_line(one, titles, today) for one in found]


def _line(stored: StoredRule, titles: Mapping[str, str], today: date) -> Line:
    rule = stored.rule
    names = [
        titles.get(name, "") if kind == "product" else name
        for kind, name in ((rule.of_kind, rule.of), (rule.to_kind, rule.to))
    ]
    lost = "product" in (rule.of_kind if not names[0] else "", rule.to_kind if not names[1] else "")
    if lost:
        state = "missing"
    elif not rule.active:
        state = "off"
    else:
        state = "on" if in_season(rule.since, rule.until, today) else "out"
    return Line(stored.id, rule, names[0] or rule.of, names[1] or rule.to, state)


def names(context: Context, shop: Shop) -> dict[str, list[str]]:
    """Return names to choose from: of products, tags and categories, no more than a list bears."""
    with context.db.read() as connection:
        return {
            "product": store.all_titles(connection, shop.id, _MOST_NAMES),
            "tag": _words(label_store.known_labels(connection, shop.id, "tag", _MOST_NAMES)),
            "category": _words(
                label_store.known_labels(connection, shop.id, "category", _MOST_NAMES)
            ),
        }


def _words(found: Sequence[tuple[str, int]]) -> list[str]:
    return [word for word, _ in found]


def related(context: Context, shop: Shop) -> int:
    """Return of how many products the shop's own software says what goes with them."""
    with context.db.read() as connection:
        return store.count_related(connection, shop.id)


def save(
    context: Context, shop: Shop, typed: Typed, rule_id: int | None = None
) -> Mapping[str, str]:
    """Append a rule, or change one; returns what is wrong by field, and then nothing is kept."""
    with context.db.write() as connection:
        shops.lock_shop(connection, shop.id)
        rule, problems = checked(connection, shop, typed, meant(connection, shop, [typed]))
        if rule is None:
            return problems
        known = {one.id: one.rule for one in store.rules(connection, shop.id)}
        if rule_id is not None:
            if rule_id not in known:
                raise NotFoundError("unknown_rule")
            rule = replace(rule, active=known[rule_id].active)
            store.update_rule(connection, shop.id, rule_id, rule)
        elif len(known) >= MOST_RULES:
            return {"": "too_many"}
        else:
            store.insert_rule(connection, shop.id, rule, context.now())
    return {}


def meant(connection: Connection, shop: Shop, typed: Iterable[Typed]) -> Named:
    """Return which products the names of rules mean, for `checked`."""
    sides = ((one.of_kind, one.of, one.to_kind, one.to) for one in typed)
    wanted = [
        _tidy(name)
        for of_kind, of, to_kind, to in sides
        for kind, name in ((of_kind, of), (to_kind, to))
        if kind == "product" and _tidy(name)
    ]
    return store.named_products(connection, shop.id, wanted)


def _tidy(name: str) -> str:
    return " ".join(plain_text(name).split())[: _LONGEST_NAME + 1]


def checked(
    connection: Connection, shop: Shop, typed: Typed, named: Named
) -> tuple[Rule | None, Mapping[str, str]]:
    """Return the rule that was typed, or what is wrong with it by field."""
    problems: dict[str, str] = {}
    if typed.kind not in KINDS:
        problems["kind"] = "choice"
    sides = _Sides(connection, shop, named, problems)
    of = sides.read(typed.of_kind, typed.of, "of")
    to = sides.read(typed.to_kind, typed.to, "to")
    if typed.to_kind == "any":
        problems["to"] = "choice"
    elif not problems and (typed.of_kind, of) == (typed.to_kind, to):
        problems["to"] = "same"
    problems |= _season_problems(typed)
    words = _own_words(typed.words, problems)
    if problems:
        return None, problems
    since, until = (_day(day, yearly=typed.yearly) for day in (typed.since, typed.until))
    return Rule(
        kind=typed.kind,
        of_kind=typed.of_kind,
        of=of,
        to_kind=typed.to_kind,
        to=to,
        pinned=typed.pinned and typed.kind != "never",
        active=True,
        since=since,
        until=until,
        words=words,
    ), {}


@dataclass(frozen=True)
class _Sides:
    """Reads what the sides of a rule refer to, and notes what does not fit."""

    connection: Connection
    shop: Shop
    named: Named
    problems: dict[str, str]

    def read(self, kind: str, name: str, place: str) -> str:
        """Return a product's id, or a word."""
        wanted = _tidy(name)
        problem = self._problem(kind, wanted)
        if problem:
            self.problems[place] = problem
        elif kind == "product":
            return self.named[wanted][0][0]
        return "" if kind == "any" else wanted

    def _problem(self, kind: str, wanted: str) -> str:
        if kind == "any":
            return ""
        if kind not in SIDES:
            return "choice"
        if not wanted or len(wanted) > _LONGEST_NAME:
            return "too_long" if wanted else "missing"
        if kind == "product":
            count = len(self.named.get(wanted, ()))
            return "" if count == 1 else ("several" if count else "unknown_product")
        side = (kind, label_of(wanted))
        carried = label_store.carriers(self.connection, self.shop.id, [side], 1)
        return "" if carried[side] else f"unknown_{kind}"


def _season_problems(typed: Typed) -> dict[str, str]:
    if typed.yearly and (typed.since is None or typed.until is None):
        return {"since" if typed.since is None else "until": "both_days"}
    if typed.yearly or typed.since is None or typed.until is None or typed.since <= typed.until:
        return {}
    return {"until": "before_since"}


def _day(day: date | None, *, yearly: bool) -> str | None:
    if day is None:
        return None
    return f"{day:%m-%d}" if yearly else day.isoformat()


def _own_words(typed: Mapping[str, str], problems: dict[str, str]) -> dict[str, str]:
    words: dict[str, str] = {}
    for language, text in typed.items():
        kept = " ".join(plain_text(text).split())
        for place in _PLACES:
            kept = kept.replace(place, "{with}")
        if len(kept) > LONGEST_WORDS:
            problems[f"words_{language}"] = "too_long"
        elif set(kept.replace("{with}", "")) & set("{}<>"):
            problems[f"words_{language}"] = "pattern"
        elif kept:
            words[language] = kept
    return words


def as_typed(words: str, language: str) -> str:
    """Return a reason as the merchant wrote it."""
    return words.replace("{with}", _PLACES[0] if language == "de" else _PLACES[1])


def move(context: Context, shop: Shop, rule_id: int, by: int) -> None:
    """Move a rule up (-1) or down (1); the first stays first, the last last."""
    with context.db.write() as connection:
        shops.lock_shop(connection, shop.id)
        ids = [one.id for one in store.rules(connection, shop.id)]
        if rule_id not in ids:
            raise NotFoundError("unknown_rule")
        at = ids.index(rule_id)
        ids.insert(min(max(at + by, 0), len(ids) - 1), ids.pop(at))
        store.put_order(connection, shop.id, ids)


def switch(context: Context, shop: Shop, rule_id: int, *, on: bool) -> None:
    """Switch a rule on or off."""
    with context.db.write() as connection:
        rule = _known(connection, shop, rule_id).rule
        store.update_rule(connection, shop.id, rule_id, replace(rule, active=on))


def delete(context: Context, shop: Shop, rule_id: int) -> None:
    """Delete a rule."""
    with context.db.write() as connection:
        _known(connection, shop, rule_id)
        store.delete_rule(connection, shop.id, rule_id)


def _known(connection: Connection, shop: Shop, rule_id: int) -> StoredRule:
    for one in store.rules(connection, shop.id):
        if one.id == rule_id:
            return one
    raise NotFoundError("unknown_rule")
