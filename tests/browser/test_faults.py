"""Whatever fails between a shop and Bleib, the shop goes on as if Bleib were not there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from bench.faults import FAULTS, PATHS, TARGETS, all_cases, run, sample
from bench.shop_pages import Shopfront, open_shopfront


@pytest.fixture(scope="module")
def shopfront() -> Iterator[Shopfront]:
    with open_shopfront() as front:
        yield front


def test_every_kind_of_shop_works_with_every_fault_at_everything_asked_for(
    chromium: Browser, shopfront: Shopfront
) -> None:
    _, outcomes = run(chromium, shopfront, sample())
    assert {str(one.case): one.wrong for one in outcomes if one.wrong} == {}


def test_the_sample_meets_every_target_template_and_quick_fault() -> None:
    cases = sample()
    assert {case.target for case in cases} == set(TARGETS)
    assert {case.template for case in cases} == set(PATHS)
    assert {case.fault for case in cases} == set(FAULTS) - {"slow"}
    assert len(all_cases()) == len(FAULTS) * len(TARGETS) * len(PATHS)
