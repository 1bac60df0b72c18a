"""Hostile strings in every field of a config run nothing on a shop's page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from bench.hostile import control, designs, draw_all
from bench.hostile_strings import strings
from bench.shop_pages import Shopfront, open_shopfront

#: Every so manieth string: all kinds are among them.
SAMPLE = strings()[::375]
#: Those that fetch something from elsewhere, or leave the style rule that they stand in.
FETCHING = [one for one in strings() if one.endswith(("a.js", "css)}"))]


@pytest.fixture(scope="module")
def shopfront() -> Iterator[Shopfront]:
    with open_shopfront() as front:
        yield front


def test_nothing_runs_in_any_design(chromium: Browser, shopfront: Shopfront) -> None:
    found = draw_all(chromium, shopfront, SAMPLE)
    assert found.ran == []
    assert found.empty == []
    assert found.draws == len(SAMPLE) * len(designs())


def test_nothing_is_fetched_from_elsewhere(chromium: Browser, shopfront: Shopfront) -> None:
    found = draw_all(chromium, shopfront, FETCHING)
    assert found.ran == []


def test_the_same_strings_run_where_careless_code_puts_them(
    chromium: Browser, shopfront: Shopfront
) -> None:
    assert len(control(chromium, shopfront, SAMPLE)) >= len(SAMPLE) / 2


def test_there_are_six_thousand_different_strings() -> None:
    assert len(set(strings())) == 6000
