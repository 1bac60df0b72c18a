"""Rules mean the same in Python and in the browser: both are held to the cases of rules.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.widgets.rules import LEAVES, holds, leaves

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "rules.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: json.dumps(case)[:80])
def test_a_rule_holds_as_agreed(case: dict[str, Any]) -> None:
    assert holds(case["rule"], case["facts"]) is case["holds"]


def test_every_kind_of_rule_is_seen_to_hold_and_not_to_hold() -> None:
    seen = {
        (leaf[0], case["holds"]) for case in CASES if case["rule"] for leaf in leaves(case["rule"])
    }
    groups = {"all", "any", "not"}
    assert {(name, told) for name in set(LEAVES) - groups for told in (True, False)} <= seen
