"""Cures of failed publish checks, one press each: what each makes of a draft or of the look."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from plugin.contracts.shopwide import Look
from plugin.services import claim_repairs, excluding, look
from plugin.services.check_case import Case, Check
from plugin.services.colours import nearest, on_face
from plugin.services.contrast import Pair
from plugin.services.targeting import moment
from plugin.store import product_names
from plugin.texts import area_texts

#: A countdown that is given an end runs for so long.
_COUNTDOWN = timedelta(days=7)
#: The longest text of the conditions in one language.
_MOST_EXCLUSIONS = 240


@dataclass(frozen=True)
class Cure:
    """A way out of a failed check.

    `name` keys the words of its button, `values` fill them. `draft` is the whole draft as it would
    be, or `fixed` the look of the whole shop; `colour` is one that the merchant should see before.
    """

    name: str
    draft: dict[str, Any] | None = None
    fixed: Look | None = None
    values: dict[str, object] = field(default_factory=dict)
    colour: str = ""


def cures_of(case: Case, draft: dict[str, Any], check: Check) -> list[Cure]:
    """Return the ways out of a failed check that need nothing typed, the gentlest one first."""
    if check.name in ("contrast", "target"):
        return list(_cures_of_look(look.get(case.context, case.shop), check))
    found = []
    for name, change in _CURES.get(check.name, ()):
        cured = copy.deepcopy(draft)
        values = change(cured, case, check)
        if values is not None and cured != draft:
            found.append(Cure(name, cured, values=values))
    return found


def _cures_of_look(fixed: Look, check: Check) -> Iterator[Cure]:
    if check.name == "target":
        yield Cure("height", fixed=fixed.model_copy(update={"button_height": look.LEAST_TARGET}))
        return
    pair = look.unreadable(fixed)[0]
    if pair.name == "on_accent" and fixed.accent:
        yield from _cures_of_button(fixed, pair)
    elif colour := nearest(fixed, pair):
        better = fixed.model_copy(update={pair.field: colour})
        yield Cure("colour", fixed=better, values={"colour": colour}, colour=colour)


def _cures_of_button(fixed: Look, pair: Pair) -> Iterator[Cure]:
    """Another face for the same letters, or other letters on the same face."""
    colour = nearest(fixed, replace(pair, field="accent"))
    if colour:
        face = fixed.model_copy(update={"accent": colour})
        yield Cure("button", fixed=face, values={"colour": colour}, colour=colour)
    label = on_face(fixed.accent)
    if label != fixed.on:
        letters = fixed.model_copy(update={"on": label})
        name = "label_dark" if label == "#000000" else "label_light"
        yield Cure(name, fixed=letters, colour=label)


_Values = dict[str, object]
_Change = Callable[[dict[str, Any], Case, Check], _Values | None]


def _put(tree: dict[str, Any], path: str, value: object) -> None:
    *heads, last = path.split(".")
    for part in heads:
        tree = tree[part]
    tree[last] = value


def _setting(**fixed: Any) -> _Change:  # noqa: ANN401 - any JSON value
    """Return a change that sets fields, their paths written with two low lines for a dot."""

    def change(draft: dict[str, Any], case: Case, check: Check) -> _Values:
        for path, value in fixed.items():
            _put(draft, path.replace("__", "."), value)
        return {}

    return change


def _own_words(draft: dict[str, Any], case: Case, check: Check) -> _Values | None:
    """Leave the text to Bleib in every language, where Bleib has one."""
    if case.content == "message":
        return None
    for path in check.fields:
        text = claim_repairs.text_at(draft, path)
        text.update(dict.fromkeys(text, ""))
    return {}


def _minimum(draft: dict[str, Any], case: Case, check: Check) -> _Values:
    enough = Decimal(draft["voucher"]["value"]) * 2
    draft["voucher"]["minimum"] = format(enough, "f")
    return {"minimum": enough}


def _end(draft: dict[str, Any], case: Case, check: Check) -> _Values:
    zone = ZoneInfo(case.shop.zone)
    begin = max(case.context.now(), _stored(draft["schedule"]["starts"]) or case.context.now())
    day = (begin + _COUNTDOWN).astimezone(zone).date()
    end = datetime.combine(day, time(23, 59), zone).astimezone(ZoneInfo("UTC"))
    draft["schedule"]["ends"] = moment(end)
    return {"end": end}


def _stored(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _kept_end(draft: dict[str, Any], case: Case, check: Check) -> _Values | None:
    if case.announced is None:
        return None
    draft["schedule"]["ends"] = moment(case.announced)
    return {"end": case.announced}


def _everybody(draft: dict[str, Any], case: Case, check: Check) -> _Values:
    plain = case.widget.settings().model_dump(mode="json")
    draft["audience"] = plain["audience"]
    return {}


def _any_time(draft: dict[str, Any], case: Case, check: Check) -> _Values | None:
    if case.announced is not None:
        return None
    draft["schedule"] = case.widget.settings().model_dump(mode="json")["schedule"]
    return {}


def _known_products(draft: dict[str, Any], case: Case, check: Check) -> _Values:
    written = draft["voucher"]["excluded_products"]
    with case.context.db.read() as connection:
        missing = excluding.unknown(connection, case.shop, written)
    draft["voucher"]["excluded_products"] = [line for line in written if line not in missing]
    return {}


def _said_exclusions(draft: dict[str, Any], case: Case, check: Check) -> _Values | None:
    """Write what the voucher leaves out beside the offer, as the shop calls it."""
    written = draft["voucher"]["excluded_products"]
    with case.context.db.read() as connection:
        found = excluding.products_of(connection, case.shop, written)
        titles = product_names.titles_of(connection, case.shop.id, sorted(set(found.values())))
    named = ", ".join(titles[product] for product in found.values() if product in titles)
    words = area_texts("admin")
    said = {
        language: words.get(language, "repair.not_on", "sie", products=named)
        for language in draft["voucher"]["exclusions"]
    }
    if not named or any(len(text) > _MOST_EXCLUSIONS for text in said.values()):
        return None
    for path in check.fields:
        language = path.rpartition(".")[2]
        draft["voucher"]["exclusions"][language] = said[language]
    return {}


def _no_picture(draft: dict[str, Any], case: Case, check: Check) -> _Values:
    for path in check.fields:
        _put(draft, path.partition(".url")[0].partition(".alt")[0] + ".url", "")
    return {}


_NO_VOUCHER = ("no_voucher", _setting(voucher__enabled=False))
_NO_SENTENCE = ("no_sentence", claim_repairs.no_figures)
_TRUE_VOUCHER = ("true_voucher", claim_repairs.what_the_voucher_gives)
_REDUCED = ("some_reduced", claim_repairs.some_are_reduced)
_NO_EARLIER = ("no_earlier", claim_repairs.no_earlier_price)
_ALWAYS_OPEN = ("any_time", _any_time)
_CURES: dict[str, tuple[tuple[str, _Change], ...]] = {
    "language": (("own_words", _own_words),),
    "claim": (_TRUE_VOUCHER, _NO_SENTENCE),
    "price_claim": (_REDUCED, _NO_SENTENCE),
    "price_before": (_NO_EARLIER, _NO_SENTENCE),
    "conditions": (("minimum", _minimum),),
    "excluded_unsaid": (("said", _said_exclusions),),
    "excluded_unknown": (("known", _known_products),),
    "exclusions": (("none_excluded", _setting(voucher__excluded_products=[])),),
    "budget": (_NO_VOUCHER,),
    "floor": (_NO_VOUCHER,),
    "pool": (_NO_VOUCHER,),
    "thanks": (("plain_thanks", _setting(voucher__thanks__kind="plain")),),
    "topics": (("no_topics", _setting(fields__interests__enabled=False)),),
    "gift": (("no_gift", _setting(gift__enabled=False)),),
    "picture": (("no_picture", _no_picture),),
    "alt": (("no_picture", _no_picture),),
    "link": (("no_button", _setting(button__url="", button__label={"de": "", "en": ""})),),
    "cart": (("sign_up", _setting(content="sign_up")),),
    "opens": (("leaving", _setting(trigger__desktop=True, trigger__phone=True)),),
    "countdown": (("end", _end), ("no_countdown", _setting(countdown=False))),
    "end_kept": (("kept_end", _kept_end),),
    "schedule": (_ALWAYS_OPEN,),
    "audience": (("everybody", _everybody),),
}
