"""The storefront claims only what the guard would give, and shows some shoppers no claim."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from plugin.model import Shop
from plugin.services import (
    excluding,
    experiments,
    guard,
    guard_limits,
    storefront_config,
    subscriptions,
)
from plugin.services.arms import shared
from plugin.services.check_case import Case
from plugin.services.claim_words import without_claim
from plugin.services.context import Context
from plugin.services.guard_checks import guard_checks
from plugin.services.guard_rules import Limits, QuietTime
from plugin.services.storefront_config import config_bytes
from plugin.services.targeting import as_seen
from plugin.store.exposures import Place, add_exposures
from plugin.store.shops import shop_by_id
from tests.conftest import START, KeptMail, MovingClock
from tests.services.sign_up_stage import VOUCHER, Stage
from tests.services.test_guard import stock

TITLES = {"title": {"de": "5 € für Sie", "en": "€5 for you"}, "lead": {"de": "Post vom See"}}


@pytest.fixture(autouse=True)
def _no_memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(storefront_config, "TTL_SECONDS", -1.0)
    storefront_config._answers.clear()
    yield
    storefront_config._answers.clear()


@pytest.fixture
def db_url(sqlite_template: Path, tmp_path: Path) -> str:
    """One database is enough here: the guard's own queries run on both in test_guard.py."""
    path = tmp_path / "bleib.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def stage(context: Context, shop: Shop) -> Stage:
    return Stage(context, shop, **TITLES)


def campaign(stage: Stage) -> dict[str, Any]:
    answer = config_bytes(stage.context, stage.shop.key)
    assert answer is not None
    return dict(json.loads(answer[0])["campaigns"][0])


def version(stage: Stage) -> int:
    with stage.context.db.read() as connection:
        shop = shop_by_id(connection, stage.shop.id)
    assert shop is not None
    return shop.config_version


def test_one_in_ten_sees_the_same_form_without_a_claim(stage: Stage) -> None:
    found = campaign(stage)
    assert found["arms"] == [["a", 90], ["h", 10]]
    assert found["variants"] == {"h": {"voucher": None, "title": None}}
    assert found["settings"]["voucher"]["value"] == "5.00"


def test_nobody_is_held_back_once_the_merchant_has_said_so(stage: Stage) -> None:
    guard_limits.save(stage.context, stage.shop, Limits(no_holdout=True), seen=0)
    assert "arms" not in campaign(stage)


def test_in_a_quiet_time_the_form_stands_there_without_a_claim(
    stage: Stage, moving_clock: MovingClock
) -> None:
    week = QuietTime(start=date(2026, 11, 23), end=date(2026, 11, 29))
    guard_limits.save(stage.context, stage.shop, Limits(quiet=(week,)), seen=0)
    stage.work()
    before = version(stage)
    assert guard.claim_open(stage.context, stage.shop)
    for days, is_open in ((2, False), (7, True)):
        moving_clock.move(days=days)
        stage.work()  # the steps at the borders of the quiet time
        assert version(stage) > before
        before = version(stage)
        settings = campaign(stage)["settings"]
        assert (settings["voucher"] is not None) == is_open == bool(settings["title"])
        assert settings["lead"] == {"de": "Post vom See"}
        assert guard.claim_open(stage.context, stage.shop) == is_open
    assert stage.dead() == []


def test_who_was_shown_no_claim_is_told_nothing_of_a_refusal(
    stage: Stage, kept_mail: KeptMail
) -> None:
    today = QuietTime(start=START.date(), end=START.date())
    guard_limits.save(stage.context, stage.shop, Limits(quiet=(today,)), seen=0)
    token = stage.confirmed(kept_mail)
    assert subscriptions.peek(stage.context, token).outcome == "none"


def test_with_the_budget_spent_the_claim_goes(stage: Stage, kept_mail: KeptMail) -> None:
    guard_limits.save(stage.context, stage.shop, Limits(budget=Decimal(9)), seen=0)
    assert campaign(stage)["settings"]["voucher"] is not None
    stage.confirmed(kept_mail)
    stage.work()
    assert campaign(stage)["settings"]["voucher"] is None
    assert not guard.claim_open(stage.context, stage.shop)


@pytest.mark.parametrize(
    ("text", "stays"),
    [
        ("Sie gehen schon?", True), ("10 % sparen", False), ("CHF 5 geschenkt", False),
        ("Ihr Gutschein wartet", False), ("Neues vom See, 2026", True), ("Save 5 EUR", False),
    ],
)  # fmt: skip
def test_words_that_promise_go_with_the_claim(text: str, stays: bool) -> None:
    assert ("title" not in without_claim({"title": {"de": text}})) == stays


def test_the_proof_holds_what_a_held_back_shopper_read() -> None:
    seen = as_seen({"voucher": VOUCHER, **TITLES}, "h")
    assert (seen["voucher"], seen["title"]) == (None, None)


@pytest.mark.parametrize(
    ("weights", "held_back", "expected"),
    [
        ({"a": 100}, 10, {"a": 90, "h": 10}),
        ({"-": 10, "a": 90}, 10, {"-": 10, "a": 81, "h": 9}),
        ({"-": 10, "a": 45, "b": 45}, 50, {"-": 10, "a": 23, "b": 23, "h": 44}),
        ({"a": 100}, 0, {"a": 100}),
    ],
)
def test_who_is_held_back_comes_from_those_who_are_shown_anything(
    weights: dict[str, int], held_back: int, expected: dict[str, int]
) -> None:
    assert shared(weights, held_back) == expected


def test_holding_back_does_not_look_like_an_unfair_draw(context: Context, shop: Shop) -> None:
    stage = Stage(context, shop)
    window = stage.publish("exit_intent", experiment={"holdout": 10})
    seen = {("-", "withheld"): 1000, ("a", "impression"): 8100, ("h", "impression"): 900}
    with context.db.write() as connection:
        add_exposures(
            connection,
            shop.id,
            {
                Place(START.date(), window, 1, arm, "real", kind): number
                for (arm, kind), number in seen.items()
            },
        )
    assert not experiments.result(context, shop, window).sample_ratio.suspicious


def test_what_the_margin_floor_leaves_out_has_to_stand_beside_the_offer(
    stage: Stage,
) -> None:
    stock(stage, {"a": ("20.00", "8.00"), "b": ("20.00", None)})
    guard_limits.save(stage.context, stage.shop, Limits(floor_on=True), seen=0)
    assert _failed(stage, level="no") == [("floor", 1)]
    assert _failed(stage, level="yes") == [("left_out", 1)]
    assert _failed(stage, level="yes", exclusions={"de": "Kannen", "en": "pots"}) == []


def _failed(stage: Stage, *, level: str, **voucher: Any) -> list[tuple[str, object]]:
    widget = stage.context.widgets["newsletter"]
    draft = {"voucher": {**VOUCHER, "exclusions": {"de": "", "en": ""}, **voucher}}
    settings = widget.settings.model_validate_json(json.dumps(draft))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(excluding, "level", lambda *_: level)
        found = guard_checks(Case(stage.context, stage.shop, widget, settings))
    return [(check.name, check.values["n"]) for check in found if not check.passed]
