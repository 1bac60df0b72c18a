"""The setup: tick, word and sentence say the same; one step is unfolded, one button filled."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from flask import Flask

from plugin.app import create_app
from plugin.dns_out import DnsLookup
from plugin.model import Shop
from plugin.services import senders
from plugin.services.context import Context
from plugin.store import shop_switches
from tests.conftest import make_config
from tests.dns_server import NameServer, name_server

if TYPE_CHECKING:
    from tests.admin.conftest import Browser
    from tests.conftest import MovingClock

OWN = "hallo@uferhaus.example"
DETAILS = {
    "imprint": "Uferhaus GmbH, Seestraße 1",
    "privacy_url": "https://uferhaus.example/datenschutz",
    "address": "sie",
}


@pytest.fixture
def names() -> Iterator[NameServer]:
    with name_server() as server:
        server.texts["localhost.localdomain"] = ["v=spf1 -all"]
        yield server


@pytest.fixture
def app(context: Context, names: NameServer) -> Flask:
    lookup = DnsLookup(make_config(dns_server=names.address))
    return create_app(context=replace(context, dns=lookup))


@pytest.fixture
def shop(installed: Callable[..., Shop], context: Context) -> Shop:
    """A shop whose storefront has Bleib on every page: the first step is done."""
    found, pages = installed(), ("home", "product", "cart")
    with context.db.write() as connection:
        shop_switches.save_embed(connection, found.id, at=context.now(), checked=pages, found=pages)
    return found


@pytest.fixture
def browser(shop: Shop, sign_in: Callable[[Shop], Browser]) -> Browser:
    return sign_in(shop)


def _step(page: str, name: str) -> str:
    found = re.search(
        rf'<li class="step[^>]*id="step-{name}">.*?(?=<li class="step|</ol>\s)', page, re.S
    )
    assert found, name
    return found[0]


def _wish(browser: Browser) -> str:
    browser.post("/admin/setup/sender", **DETAILS)
    browser.post("/admin/mail", back="setup", name="", address=OWN, reply_to="")
    return browser.get("/admin/setup").text


def _let_in(names: NameServer, context: Context, shop: Shop) -> None:
    for finding in senders.setting(context, shop).findings:
        if finding.record is not None:
            names.texts[finding.record.name] = [finding.record.value]


def test_with_a_missing_record_the_step_is_open_everywhere(browser: Browser) -> None:
    page = _wish(browser)
    step = _step(page, "sender")
    assert 'class="step now"' in step
    assert "3 Einträge fehlen" in step
    assert "Anleitung an Ihren Techniker schicken" in step
    assert "Drei Schritte sind noch offen." in page
    assert "1 von 4" in page


def test_who_cannot_reach_the_dns_goes_on_without_it(
    browser: Browser, context: Context, shop: Shop
) -> None:
    step = _step(_wish(browser), "sender")
    assert "Vorerst ohne eigene Adresse" in step
    token = {"back": "setup", "name": "", "address": "", "reply_to": ""}
    browser.post("/admin/mail", "/admin/setup", **token)
    page = browser.get("/admin/setup").text
    assert 'class="step done"' in _step(page, "sender")
    assert "Zwei Schritte sind noch offen." in page
    assert senders.setting(context, shop).used.address == context.config.mail_from


def test_the_open_page_asks_the_dns_every_minute_and_says_so(
    browser: Browser, names: NameServer, context: Context, shop: Shop, moving_clock: MovingClock
) -> None:
    step = _step(_wish(browser), "sender")
    asked = re.search(r'id="sender-checks"[^>]*hx-get="([^"]+)"[^>]*every 60s', step)
    assert asked
    assert "Bleib prüft jede Minute von selbst, solange diese Seite offen ist." in step
    _let_in(names, context, shop)
    moving_clock.move(seconds=61)
    answer = browser.get(asked[1].replace("&amp;", "&")).text
    assert 'class="step done now"' in _step(answer, "sender")
    assert "alles eingetragen" in _step(answer, "sender")
    assert "Weiter" in _step(answer, "sender")
    assert 'class="step now"' in _step(browser.get("/admin/setup").text, "widgets")


def test_a_silent_dns_changes_nothing(
    browser: Browser, names: NameServer, moving_clock: MovingClock
) -> None:
    _wish(browser)
    names.broken.add("uferhaus.example")
    moving_clock.move(seconds=61)
    assert "3 Einträge fehlen" in browser.get("/admin/setup/embed?step=2&sender=1").text
    browser.post("/admin/mail/check", back="setup")
    said = browser.post("/admin/mail/check", back="setup").headers["Location"]
    assert "Das DNS antwortet gerade nicht" in browser.get(said).text


@pytest.mark.parametrize("step", range(5))
def test_one_step_is_unfolded_and_one_button_filled(browser: Browser, step: int) -> None:
    for prepare in (lambda: None, lambda: _wish_only(browser), lambda: _wish(browser)):
        prepare()
        page = browser.get("/admin/setup" + (f"?step={step}" if step else "")).text
        assert len(re.findall(r'<li class="step[^"]* now"', page)) == 1
        assert len(re.findall(r'class="(?:button )?first"', page)) <= 1


def _wish_only(browser: Browser) -> None:
    browser.post("/admin/mail", back="setup", name="", address=OWN, reply_to="")


def test_what_bleib_can_do_comes_folded_after_the_steps(browser: Browser) -> None:
    page = browser.get("/admin/setup").text
    assert page.index('class="steps"') < page.index('<details class="whole">')
