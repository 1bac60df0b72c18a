"""Settings become rules: whatever a merchant sets, a browser can read it and nothing gets lost."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.contracts.targeting import Audience, Schedule, Trigger, Who
from plugin.services.targeting import rule_of, variant_of, weights_of
from tests.widgets.rules import GROUPS, LEAVES, Rule, holds, leaves
from widgets.exit_intent.settings import Comparison, ExitIntentSettings, VersionB

_SECONDS = st.none() | st.integers(10, 600)
_WORD = st.text("abcxyz-*", min_size=1, max_size=8)
_WORDS = st.lists(_WORD, max_size=3).map(tuple)
_PATHS = st.lists(_WORD.map(lambda word: f"/{word}"), max_size=3).map(tuple)
_AMOUNT = st.none() | st.decimals("0.01", "10000", places=2)
_MOMENT = st.none() | st.integers(0, 900).map(
    lambda days: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=days)
)
_WHOM = st.sampled_from(["all", "only", "not"])
_HOURS = st.sampled_from([("", ""), ("09:00", "17:00"), ("22:00", "23:59")])

triggers = st.builds(
    Trigger,
    desktop=st.booleans(),
    phone=st.booleans(),
    returned=st.booleans(),
    idle_seconds=_SECONDS,
    click=st.sampled_from(["", "#help"]),
    event=st.sampled_from(["", "cart:open"]),
    after_seconds=_SECONDS,
    scrolled=st.none() | st.integers(5, 100),
    views=st.none() | st.integers(2, 50),
    cart_value=_AMOUNT,
    match=st.sampled_from(["any", "all"]),
    min_seconds=st.integers(3, 120),
)
people = st.builds(
    Who,
    urls=_PATHS,
    not_urls=_PATHS,
    pages=st.lists(st.sampled_from(["home", "cart", "other"]), max_size=3).map(tuple),
    devices=st.lists(st.sampled_from(["phone", "desktop"]), max_size=2).map(tuple),
    languages=st.lists(st.sampled_from(["de", "en"]), max_size=2).map(tuple),
    referrers=_WORDS,
    utm_source=st.just("") | _WORD,
    visitor=st.sampled_from(["all", "new", "returning"]),
    subscribers=_WHOM,
    customers=_WHOM,
    cart=st.sampled_from(["all", "filled", "empty"]),
    cart_min=_AMOUNT,
    cart_max=_AMOUNT,
    cart_products=_WORDS,
)
schedules = st.tuples(
    _MOMENT, _MOMENT, st.lists(st.integers(1, 7), max_size=4).map(tuple), _HOURS
).map(
    lambda drawn: Schedule(
        starts=drawn[0],
        ends=drawn[1],
        weekdays=drawn[2],
        hours_from=drawn[3][0],
        hours_to=drawn[3][1],
    )
)
anything = st.builds(
    ExitIntentSettings,
    trigger=triggers,
    schedule=schedules,
    audience=st.builds(Audience, first=people, second=people, third=people),
)

#: One leaf of each kind as it has to look, by its name.
_SHAPES: dict[str, tuple[tuple[type, ...], ...]] = {
    "exit": ((str,),),
    "returned": (),
    "idle": ((int,),),
    "clicked": ((str,),),
    "event": ((str,),),
    "seconds": ((int,),),
    "scrolled": ((int,),),
    "views": ((int,),),
    "cart_value": ((int, float, type(None)), (int, float, type(None))),
    "cart_items": ((int,), (int, type(None))),
    "returning": ((bool,),),
    "subscriber": ((bool,),),
    "customer": ((bool,),),
    "utm": ((str,), (str,)),
    "between": ((str, type(None)), (str, type(None))),
    "hours": ((list,), (str,), (str,)),
}


def _well_shaped(leaf: Rule) -> bool:
    name, *values = leaf
    if name not in _SHAPES:  # a list of any length, but never an empty one
        return bool(values) and all(isinstance(value, str) for value in values)
    shape = _SHAPES[name]
    return len(values) == len(shape) and all(
        isinstance(value, types) for value, types in zip(values, shape, strict=True)
    )


@settings(max_examples=60, deadline=None)
@given(anything)
def test_whatever_is_set_a_browser_can_read_it(drawn: ExitIntentSettings) -> None:
    rule = rule_of(drawn)
    assert rule is not None
    assert json.loads(json.dumps(rule)) == rule
    for leaf in leaves(rule):
        assert leaf[0] in set(LEAVES) - set(GROUPS)
        assert _well_shaped(leaf), leaf
    assert holds(rule, {"now": "2027-01-01T12:00:00Z", "zone": "Europe/Berlin"}) in (True, False)


@settings(max_examples=60, deadline=None)
@given(anything)
def test_before_its_first_seconds_nothing_opens(drawn: ExitIntentSettings) -> None:
    facts = {
        "moment": ["exit", "desktop"],
        "seconds": drawn.trigger.min_seconds - 1,
        "now": "2027-01-01T12:00:00Z",
        "zone": "Europe/Berlin",
    }
    rule = rule_of(drawn)
    assert rule is not None
    assert holds(rule, facts) is False


def test_the_defaults_are_the_exit_on_both_devices_after_five_seconds() -> None:
    rule = rule_of(ExitIntentSettings())
    assert rule == ["all", ["any", ["exit", "desktop"], ["exit", "phone"]], ["seconds", 5]]


def _settings(**values: Any) -> ExitIntentSettings:
    return ExitIntentSettings(**values)


def test_any_is_one_sign_of_many_and_all_is_a_moment_with_everything_else() -> None:
    signs: dict[str, Any] = {"phone": False, "scrolled": 50, "after_seconds": 60}
    one = rule_of(_settings(trigger=Trigger(**signs, match="any")))
    every = rule_of(_settings(trigger=Trigger(**signs, match="all")))
    assert one is not None
    assert every is not None
    read_half = {"seconds": 30, "scrolled": 50}
    assert holds(one, read_half)
    assert not holds(every, read_half)
    leaving = {"moment": ["exit", "desktop"], "seconds": 60, "scrolled": 50}
    assert holds(every, leaving)
    assert not holds(every, {**leaving, "scrolled": 49})


@pytest.mark.parametrize("phone", [True, False])
def test_who_clicks_has_asked_and_need_not_wait(phone: bool) -> None:
    trigger = Trigger(desktop=False, phone=phone, click="#help", scrolled=50, match="all")
    rule = rule_of(_settings(trigger=trigger))
    assert rule is not None
    click = {"moment": ["clicked", "#help"], "seconds": 1}
    assert holds(rule, {**click, "scrolled": 50})
    assert not holds(rule, {**click, "scrolled": 49})
    leaving = {"moment": ["exit", "phone"], "scrolled": 50}
    assert not holds(rule, {**leaving, "seconds": 1})
    assert holds(rule, {**leaving, "seconds": 5}) is phone


@pytest.mark.parametrize("match", ["any", "all"])
def test_without_any_sign_it_never_opens(match: str) -> None:
    trigger = Trigger.model_validate({"desktop": False, "phone": False, "match": match})
    rule = rule_of(_settings(trigger=trigger))
    assert rule is not None
    assert not holds(rule, {"seconds": 999, "moment": ["exit", "desktop"]})


def test_groups_are_alternatives_and_what_stands_in_one_holds_together() -> None:
    audience = Audience(
        first=Who(urls=("/sale*",), devices=("phone",)),
        third=Who(referrers=("google.com",), pages=("home", "other")),
    )
    rule = rule_of(_settings(audience=audience))
    assert rule is not None
    leaving = {"moment": ["exit", "phone"], "seconds": 9}
    assert holds(rule, {**leaving, "url": "/sale/socks", "device": "phone"})
    assert not holds(rule, {**leaving, "url": "/sale/socks", "device": "tablet"})
    found = {"url": "/", "referrer": "www.google.com/search"}
    assert holds(rule, {**leaving, **found, "page": "blog"})
    assert not holds(rule, {**leaving, **found, "page": "product"})


def test_an_amount_of_whole_units_is_a_whole_number_and_long_identifiers_are_cut() -> None:
    who = Who.model_validate_json(
        '{"cart_min": "40", "cart_max": "59.50", "cart_products": '
        '["gid://shopify/Product/77", "78"]}'
    )
    rule = rule_of(_settings(audience=Audience(first=who)))
    assert rule is not None
    assert [leaf for leaf in leaves(rule) if leaf[0].startswith("cart")] == [
        ["cart_value", 40, 59.5],
        ["cart_has", "77", "78"],
    ]


def test_the_schedule_is_told_in_utc_and_without_hours_whole_days_are_meant() -> None:
    schedule = Schedule.model_validate_json(
        '{"starts": "2026-12-01T08:30:59+01:00", "weekdays": [7, 6, 7]}'
    )
    rule = rule_of(_settings(schedule=schedule))
    assert rule is not None
    assert rule[1:3] == [
        ["between", "2026-12-01T07:30:00Z", None],
        ["hours", [6, 7], "00:00", "24:00"],
    ]


def test_a_widget_without_any_targeting_has_no_rule() -> None:
    assert rule_of(VersionB()) is None


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 50), st.booleans(), st.booleans(), st.integers(10, 90))
def test_shares_make_a_hundred_and_nobody_is_held_out_only_if_that_was_ticked(
    holdout: int, no_holdout: bool, second: bool, share: int
) -> None:
    experiment = Comparison(
        holdout=holdout, no_holdout=no_holdout, b=VersionB(enabled=second, share=share)
    )
    weights = weights_of(_settings(experiment=experiment))
    assert sum(weights.values()) == 100
    assert all(weight > 0 for weight in weights.values())
    assert weights.get("-", 0) == (0 if no_holdout else holdout)
    assert ("b" in weights) == second


def test_the_defaults_hold_every_tenth_out_and_compare_nothing() -> None:
    assert weights_of(ExitIntentSettings()) == {"-": 10, "a": 90}
    assert variant_of(ExitIntentSettings()) is None
    assert weights_of(VersionB()) == {"a": 100}
