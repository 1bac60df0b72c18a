"""The setup says what works in this shop, what is different, and what to do instead."""

from __future__ import annotations

import re

import pytest

from plugin.model import Shop
from plugin.services.context import Context
from tests.admin.conftest import Browser
from tests.fakes.platform import FakePlatform
from tests.services.connected import connect


def card(browser: Browser, language: str) -> str:
    browser.client.set_cookie("bleib-language", language, path="/admin")
    found = re.search(r'id="abilities".*?</section>', browser.get("/admin/setup").text, re.DOTALL)
    assert found
    return found[0]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("de", "Mit Shopify geht alles, was Bleib kann."), ("en", "everything works")],
)
def test_a_platform_that_can_do_everything_says_so_in_one_sentence(
    browser: Browser, language: str, sentence: str
) -> None:
    shown = card(browser, language)
    assert sentence in shown
    assert "<h3" not in shown


@pytest.mark.parametrize(
    ("language", "sentence", "note"),
    [
        ("de", "gehen 16 von 17 Dingen ohne Einschränkung", "der letzten 60 Tage"),
        ("en", "16 of 17 things work without limits", "the last 60 days"),
    ],
)
def test_what_works_with_limits_stands_with_its_reason(
    browser: Browser, fake_platform: FakePlatform, language: str, sentence: str, note: str
) -> None:
    fake_platform.support = {**fake_platform.support, "history": "partly"}
    shown = card(browser, language)
    assert sentence in shown
    assert note in shown
    assert shown.index(note) < shown.index("<details>")


def test_a_connection_that_is_gone_is_said_until_it_is_there_again(
    context: Context, browser: Browser, fresh: Shop
) -> None:
    sentence = "nimmt unseren Zugang nicht mehr an"
    assert sentence in browser.get("/admin/").text
    connect(context, fresh)
    assert sentence not in browser.get("/admin/").text
