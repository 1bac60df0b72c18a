"""Connecting a WooCommerce shop begins with a form of ours."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from tests.api.key_handover.counter import Counter
from tests.platforms.woo import DOMAIN, said

#: Characters that survive WooCommerce's cleaning of what it is handed.
SURVIVES = re.compile(r"[A-Za-z0-9._-]+")


# The form
def test_the_form_asks_for_the_address_in_both_languages(counter: Counter) -> None:
    german = counter.browser.get("/install/woocommerce?lang=de").text
    english = counter.browser.get("/install/woocommerce?lang=en").text
    assert "Adresse Ihres Shops" in german
    assert "Address of your shop" in english
    assert 'lang="de"' in german


def test_an_address_from_the_plugin_stands_in_the_field(counter: Counter) -> None:
    page = counter.form("/install/woocommerce?shop_url=https%3A%2F%2Fshop.example")
    assert 'value="https://shop.example"' in page


def test_nothing_that_is_handed_in_becomes_markup(counter: Counter) -> None:
    evil = '"><script>alert(1)</script>'
    assert "<script>" not in counter.form("/install/woocommerce?shop_url=" + quote(evil))
    answer = counter.enter(evil)
    assert answer.status_code == 422
    assert "<script>" not in answer.text


def test_looking_at_the_form_asks_nobody_and_stores_nothing(counter: Counter) -> None:
    counter.form("/install/woocommerce?shop_url=" + DOMAIN)
    assert counter.woo.seen == []
    assert counter.rows("oauth_states") == []


def test_the_form_leads_to_the_key_page_of_that_shop(counter: Counter) -> None:
    answer = counter.enter(f"https://{DOMAIN}/")
    assert answer.status_code == 303
    assert answer.location.startswith(f"{counter.woo.url}/wc-auth/v1/authorize?")
    query = {name: value[0] for name, value in parse_qs(urlsplit(answer.location).query).items()}
    public = counter.context.config.public_url
    assert query["app_name"] == "Bleib"
    assert query["scope"] == "read_write"
    assert query["return_url"] == f"{public}/auth/woocommerce/return"
    assert query["callback_url"] == f"{public}/auth/woocommerce/keys"
    assert SURVIVES.fullmatch(query["user_id"])


def test_each_opening_has_a_mark_of_its_own(counter: Counter) -> None:
    assert len({counter.begin() for _ in range(5)}) == 5


def test_the_cookie_of_the_browser_is_closed_to_scripts_and_other_sites(counter: Counter) -> None:
    cookie = counter.enter().headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Max-Age=3600" in cookie


def test_the_form_needs_its_token(counter: Counter) -> None:
    counter.form()
    for token in ("", "x", "ImEi.x.y"):
        form = {"csrf_token": token, "shop_url": DOMAIN}
        answer = counter.browser.post("/install/woocommerce", data=form)
        assert (answer.status_code, answer.get_json()["error"]) == (400, "csrf_failed")
    assert counter.woo.seen == []


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "keine Adresse"),
        ("localhost:9200", "keine Adresse"),
        ("http://169.254.169.254/latest/meta-data", "keine Adresse"),
        ("http://127.0.0.1:8080/", "keine Adresse"),
        ("https://user:pw@uferhaus.example", "keine Adresse"),
        ("nobody-has-this-name.invalid", "antwortet gerade niemand"),
    ],
)
def test_addresses_that_lead_nowhere_are_explained_beside_the_field(
    counter: Counter, address: str, words: str
) -> None:
    answer = counter.enter(address)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert counter.woo.seen == []
    assert counter.rows("oauth_states") == []


def test_a_site_without_woocommerce_is_explained(counter: Counter) -> None:
    counter.woo.script = [said({"namespaces": ["wp/v2"]})]
    assert "kein WooCommerce" in counter.enter().text


def test_nobody_lets_us_knock_at_doors_without_end(counter: Counter, moving_clock: Any) -> None:
    for _ in range(60):
        assert counter.enter().status_code == 303
    before = len(counter.woo.seen)
    assert counter.enter().status_code == 429
    assert len(counter.woo.seen) == before
    moving_clock.move(hours=2)
    assert counter.enter().status_code == 303
