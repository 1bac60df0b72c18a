"""The page about mails: sender, checks in plain words with the record, who is held back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from flask import Flask

from plugin.app import create_app
from plugin.dns_out import DnsLookup
from plugin.model import Shop
from plugin.services import senders, suppression
from plugin.services.context import Context
from plugin.services.identity import identity_of
from tests.conftest import make_config
from tests.dns_server import NameServer, name_server

if TYPE_CHECKING:
    from tests.admin.conftest import Browser


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
def shop_browser(
    installed: Callable[..., Shop], sign_in: Callable[[Shop], Browser]
) -> tuple[Shop, Browser]:
    shop = installed()
    return shop, sign_in(shop)


def _save(browser: Browser, address: str) -> str:
    answer = browser.post("/admin/mail", "/admin/mail", name="", address=address, reply_to="")
    return browser.get(answer.headers["Location"]).text if answer.location else answer.text


def test_what_is_missing_is_shown_with_the_record_until_it_is_there(
    shop_browser: tuple[Shop, Browser], names: NameServer, context: Context
) -> None:
    shop, browser = shop_browser
    shown = _save(browser, "hallo@uferhaus.example")
    assert "3 Einträge fehlen" in shown
    assert "Die Unterschrift Ihrer Mails fehlt" in shown
    assert "v=spf1 include:localhost.localdomain ~all" in shown
    assert "v=DMARC1; p=none; rua=mailto:hallo@uferhaus.example" in shown
    for finding in senders.setting(context, shop).findings:
        if finding.record is not None:
            assert finding.record.value in shown
            names.texts[finding.record.name] = [finding.record.value]
    browser.post("/admin/mail/check", "/admin/mail")
    shown = browser.get("/admin/mail").text
    assert "Ihre Mails kommen von hallo@uferhaus.example." in shown
    assert "alles eingetragen" in shown


def test_a_dns_that_is_silent_is_said_and_nothing_is_lost(
    shop_browser: tuple[Shop, Browser], names: NameServer
) -> None:
    _, browser = shop_browser
    names.broken.add("uferhaus.example")
    shown = _save(browser, "hallo@uferhaus.example")
    assert "Das DNS antwortet gerade nicht" in shown
    assert 'value="hallo@uferhaus.example"' in shown


def test_what_is_no_address_stays_in_the_form_with_the_reason(
    shop_browser: tuple[Shop, Browser],
) -> None:
    _, browser = shop_browser
    shown = _save(browser, '"><script>@gmail.com')
    assert "Das ist keine Mailadresse" in shown
    assert "<script>@" not in shown
    assert "Bei diesem Anbieter" in _save(browser, "laden@gmail.com")


def test_foreign_records_are_shown_as_text(
    shop_browser: tuple[Shop, Browser], names: NameServer
) -> None:
    _, browser = shop_browser
    names.texts["uferhaus.example"] = ["v=spf1 <img src=x onerror=alert(1)> -all"]
    shown = _save(browser, "hallo@uferhaus.example")
    assert "<img" not in shown
    assert "&lt;img" in shown


def test_an_address_that_is_held_back_is_let_go(
    shop_browser: tuple[Shop, Browser], context: Context
) -> None:
    shop, browser = shop_browser
    identity = identity_of(context.keys, shop.id, "weg@post.example")
    with context.db.write() as connection:
        suppression.bounced(connection, context, shop.id, identity, "hard", "5.1.1")
    for said in ("wird wieder angeschrieben", "war nicht zurückgehalten"):
        answer = browser.post("/admin/mail/release", "/admin/mail", email="weg@post.example")
        assert said in browser.get(answer.headers["Location"]).text
    refused = browser.post("/admin/mail/release", "/admin/mail", email="nobody")
    assert refused.status_code == 422
