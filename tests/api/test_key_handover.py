"""Connecting a WooCommerce shop: our form, its unsigned message, the way back, the link."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug import Response
from werkzeug.test import TestResponse

from plugin.app import create_app
from plugin.model import Shop
from plugin.services.access import access, connected, signing_secrets
from plugin.services.context import Context
from plugin.store.db import metadata
from plugin.store.installs import revoke
from plugin.store.shops import shop_by_domain
from tests.fakes.woocommerce import signed_opening
from tests.platforms.woo import DOMAIN, Site, said, woo_site

#: Characters that survive WooCommerce's cleaning of what it is handed.
SURVIVES = re.compile(r"[A-Za-z0-9._-]+")


@dataclass
class Counter:
    """The merchant with one browser, the shop, and the app between them."""

    context: Context
    browser: FlaskClient
    woo: Site

    def form(self, path: str = "/install/woocommerce") -> str:
        page = self.browser.get(path)
        assert page.status_code == 200
        return page.text

    def enter(self, address: str = DOMAIN) -> TestResponse:
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.form())
        assert token is not None
        form = {"csrf_token": token[1], "shop_url": address}
        return self.browser.post("/install/woocommerce", data=form)

    def begin(self) -> str:
        """Enter the address; returns the mark."""
        answer = self.enter()
        assert answer.status_code == 303, answer.text
        return parse_qs(urlsplit(answer.location).query)["user_id"][0]

    def post_keys(self, mark: str, *, rights: str = "read_write", **changes: Any) -> TestResponse:
        headers, body = self.woo.site.keys_message(mark, rights)
        if changes:
            body = json.dumps(json.loads(body) | changes).encode()
        # The shop's server is nobody's browser.
        stranger = self.browser.application.test_client()
        return stranger.post("/auth/woocommerce/keys", data=body, headers=headers)

    def come_back(self, mark: str, success: str = "1", **more: str) -> TestResponse:
        query = "".join(f"&{name}={quote(value)}" for name, value in more.items())
        return self.browser.get(
            f"/auth/woocommerce/return?success={success}&user_id={quote(mark)}{query}"
        )

    def connect(self) -> Shop:
        mark = self.begin()
        assert self.post_keys(mark).status_code == 200
        assert self.come_back(mark).status_code in (200, 302)
        return self.shop()

    def shop(self) -> Shop:
        with self.context.db.read() as connection:
            shop = shop_by_domain(connection, "woocommerce", DOMAIN)
        assert shop is not None
        return shop

    def rows(self, table: str) -> list[Any]:
        with self.context.db.read() as connection:
            return list(connection.execute(sa.select(metadata.tables[table])))


@pytest.fixture
def db_url(sqlite_template: Path, tmp_path: Path) -> str:
    """One database: the contract suite walks the same way on its own."""
    path = tmp_path / "bleib.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def counter(context: Context) -> Iterator[Counter]:
    with woo_site() as woo:
        whole = replace(context, platforms={"woocommerce": woo.platform})
        app = create_app(context=whole)
        app.config["TESTING"] = False
        yield Counter(whole, app.test_client(), woo)


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


# The keys
def test_the_whole_way_ends_in_the_setup(counter: Counter) -> None:
    mark = counter.begin()
    assert counter.post_keys(mark).status_code == 200
    answer = counter.come_back(mark)
    assert (answer.status_code, answer.location) == (302, "/admin/setup")
    assert counter.browser.get("/admin/setup").status_code == 200
    shop = counter.shop()
    assert (shop.name, shop.currency, shop.zone) == ("Uferhaus & Töchter", "EUR", "Europe/Berlin")
    token = access(counter.context, shop).token
    assert re.fullmatch(r"ck_[0-9a-f]{40}:cs_[0-9a-f]{40}", token)
    assert len(signing_secrets(counter.context, shop)[0]) >= 43
    kinds = {row.kind for row in counter.rows("steps")}
    assert {"embed.publish", "webhooks.ensure", "sync.products", "sync.orders"} <= kinds


def test_the_keys_are_tried_at_the_shop_before_they_count(counter: Counter) -> None:
    mark = counter.begin()
    answer = counter.post_keys(mark, consumer_secret="cs_" + "0" * 40)
    assert answer.status_code != 200
    assert counter.rows("shops") == []
    page = counter.come_back(mark)
    assert page.status_code == 200
    assert "nimmt die Schlüssel nicht an" in page.text


@pytest.mark.parametrize("rights", ["read", "write", "", "READ_WRITE"])
def test_keys_that_may_not_do_enough_are_refused(counter: Counter, rights: str) -> None:
    assert counter.post_keys(counter.begin(), rights=rights).status_code == 403
    assert counter.rows("shops") == []


def test_a_shop_that_cannot_answer_while_it_waits_for_us_is_asked_on_the_way_back(
    counter: Counter,
) -> None:
    # A host with one worker answers nobody until its own message is answered.
    mark = counter.begin()
    counter.woo.script = [Response("Fehler", 500)]
    assert counter.post_keys(mark).status_code == 200
    assert counter.rows("shops") == []
    assert counter.come_back(mark).location == "/admin/setup"
    assert connected(counter.context, counter.shop())


def test_keys_that_wait_for_their_trial_lie_sealed(counter: Counter) -> None:
    mark = counter.begin()
    counter.woo.script = [Response("Fehler", 500)]
    counter.post_keys(mark)
    text = repr(counter.rows("oauth_states"))
    assert not [secret for secret in counter.woo.shop.given if secret in text]
    assert mark not in text


def test_a_shop_that_stays_silent_is_asked_for_a_minute_and_not_connected(
    counter: Counter, moving_clock: Any
) -> None:
    mark = counter.begin()
    counter.woo.script = [Response("Fehler", 500) for _ in range(4)]
    counter.post_keys(mark)
    assert "Refresh" in counter.come_back(mark).headers
    assert "Refresh" in counter.come_back(mark, success="0").headers
    page = counter.come_back(mark, look="20")
    assert "antwortet nicht" in page.text
    assert counter.rows("shops") == []
    moving_clock.move(minutes=31)
    assert "abgelaufen" in counter.come_back(mark).text
    assert counter.rows("shops") == []


def test_keys_that_turn_out_wrong_on_the_way_back_are_forgotten(counter: Counter) -> None:
    mark = counter.begin()
    counter.woo.script = [Response("Fehler", 500)]
    counter.post_keys(mark, consumer_secret="cs_" + "0" * 40)
    assert "nimmt die Schlüssel nicht an" in counter.come_back(mark).text
    assert counter.rows("shops") == []
    assert [row for row in counter.rows("oauth_states") if row.keys_sealed] == []


def test_only_the_browser_that_began_lets_waiting_keys_be_tried(counter: Counter) -> None:
    mark = counter.begin()
    counter.woo.script = [Response("Fehler", 500)]
    counter.post_keys(mark)
    other = counter.browser.application.test_client()
    assert other.get(f"/auth/woocommerce/return?success=1&user_id={mark}").status_code == 401
    assert counter.rows("shops") == []
    assert counter.come_back(mark).location == "/admin/setup"


def test_a_mark_is_good_for_one_message(counter: Counter) -> None:
    mark = counter.begin()
    assert counter.post_keys(mark).status_code == 200
    before = access(counter.context, counter.shop()).token
    assert counter.post_keys(mark).status_code == 401
    assert access(counter.context, counter.shop()).token == before


def test_a_mark_is_used_up_even_by_keys_that_do_not_work(counter: Counter) -> None:
    mark = counter.begin()
    counter.post_keys(mark, consumer_secret="cs_" + "0" * 40)
    assert counter.post_keys(mark).status_code == 401
    assert counter.rows("shops") == []


def test_a_mark_dies_after_an_hour(counter: Counter, moving_clock: Any) -> None:
    mark = counter.begin()
    moving_clock.move(minutes=61)
    assert counter.post_keys(mark).status_code == 401
    assert counter.rows("shops") == []


def test_no_changed_mark_is_believed(counter: Counter) -> None:
    mark = counter.begin()
    for place in range(len(mark)):
        spoilt = mark[:place] + ("A" if mark[place] != "A" else "B") + mark[place + 1 :]
        if counter.post_keys(spoilt).status_code == 200:
            # The last letter of a base64 text holds bits that nobody reads.
            assert place in (len(mark) - 1,)
        else:
            assert counter.rows("shops") == []
    for spoilt in ("", "x", mark + "x", mark[:-3], mark.replace(".", ""), "." + mark, mark * 9):
        assert counter.post_keys(spoilt).status_code in (400, 401)


def test_marks_made_for_something_else_are_not_believed(counter: Counter) -> None:
    keys = counter.context.keys
    data = ["woocommerce", DOMAIN, "n", "b"]
    others = [
        keys.sign("oauth_state", data),
        keys.sign("key_handover", data),  # ours, but never given out
        keys.sign("key_handover", ["shopify", DOMAIN, "n", "b"]),
        keys.sign("key_handover", "text"),
        keys.sign("key_handover", 7),
    ]
    for mark in others:
        assert counter.post_keys(mark).status_code == 401
    assert counter.rows("shops") == []


@pytest.mark.parametrize(
    "changes",
    [
        {"user_id": 7},
        {"user_id": None},
        {"user_id": ["x"]},
        {"consumer_key": ""},
        {"consumer_key": "cs_" + "0" * 40},
        {"consumer_key": "ck_a:b" + "0" * 40},
        {"consumer_key": "ck_\n" + "0" * 40},
        {"consumer_secret": 7},
        {"consumer_secret": "cs_" + "0" * 4000},
        {"key_permissions": {"read_write": 1}},
    ],
)
def test_messages_of_another_shape_are_refused(counter: Counter, changes: dict[str, Any]) -> None:
    answer = counter.post_keys(counter.begin(), **changes)
    assert answer.status_code in (400, 401, 403)
    assert counter.rows("shops") == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"user_id=1", b"\xff", b'{"a":1}', b"x" * 9000])
def test_no_other_body_is_taken(counter: Counter, body: bytes) -> None:
    counter.begin()
    answer = counter.browser.post("/auth/woocommerce/keys", data=body)
    assert answer.status_code in (400, 413)


def test_the_shops_address_comes_from_the_mark_alone(counter: Counter) -> None:
    mark = counter.begin()
    answer = counter.post_keys(mark, store_url="https://evil.example", domain="evil.example")
    assert answer.status_code == 200
    assert counter.shop().domain == DOMAIN


def test_connecting_again_replaces_keys_and_secret(counter: Counter) -> None:
    first = counter.connect()
    keys = access(counter.context, first).token
    secrets = signing_secrets(counter.context, first)
    again = counter.connect()
    assert (again.id, again.key) == (first.id, first.key)
    assert again.generation == first.generation + 1
    assert access(counter.context, again).token != keys
    # What the shop still signs with the earlier one is believed for a while, no longer.
    assert signing_secrets(counter.context, again)[0] not in secrets


def test_a_known_shop_lets_nobody_in_by_the_way_back(counter: Counter) -> None:
    counter.connect()
    counter.browser.delete_cookie("bleib")
    mark = counter.begin()
    counter.post_keys(mark)  # somebody else may have been talked into approving it
    answer = counter.come_back(mark)
    assert answer.status_code == 200
    assert "admin.php?page=bleib" in answer.text
    assert counter.browser.get("/admin/").status_code == 401


def test_a_new_shop_lets_in_the_browser_that_began(counter: Counter) -> None:
    mark = counter.begin()
    counter.post_keys(mark)
    assert counter.come_back(mark).status_code == 302
    assert counter.browser.get("/admin/setup").status_code == 200


# The way back
def test_the_return_alone_connects_nothing(counter: Counter) -> None:
    mark = counter.begin()
    for success in ("1", "0", "", "true"):
        answer = counter.come_back(mark, success)
        assert answer.status_code == 200
        assert "Location" not in answer.headers
        assert counter.browser.get("/admin/setup").status_code == 401
    assert counter.rows("shops") == []


def test_a_return_before_the_keys_waits_and_looks_again(counter: Counter) -> None:
    mark = counter.begin()
    page = counter.come_back(mark)
    assert "übergibt die Schlüssel" in page.text
    wait, _, target = page.headers["Refresh"].partition(";url=")
    assert int(wait) >= 2
    counter.post_keys(mark)
    answer = counter.browser.get(target)
    assert (answer.status_code, answer.location) == (302, "/admin/setup")


def test_a_page_does_not_look_for_ever(counter: Counter) -> None:
    mark = counter.begin()
    page = counter.come_back(mark, look="20")
    assert "Refresh" not in page.headers
    assert "nicht gemeldet" in page.text
    for odd in ("-1", "x", "99999", "²"):
        assert counter.come_back(mark, look=odd).status_code == 200


def test_who_says_no_is_told_that_nothing_happened(counter: Counter) -> None:
    page = counter.come_back(counter.begin(), success="0")
    assert "Nicht verbunden" in page.text
    assert f"shop_url={DOMAIN}" in page.text
    assert "Refresh" not in page.headers


def test_a_no_that_comes_after_the_keys_changes_nothing(counter: Counter) -> None:
    mark = counter.begin()
    counter.post_keys(mark)
    assert counter.come_back(mark, success="0").location == "/admin/setup"


def test_another_browser_is_not_let_in(counter: Counter) -> None:
    mark = counter.begin()
    counter.post_keys(mark)
    other = counter.browser.application.test_client()
    path = f"/auth/woocommerce/return?success=1&user_id={mark}"
    assert other.get(path).status_code == 401
    other.set_cookie("bleib-keys", "guessed")
    assert other.get(path).status_code == 401
    assert other.get("/admin/setup").status_code == 401


def test_a_browser_is_not_let_into_a_shop_by_another_opening(counter: Counter) -> None:
    mark = counter.begin()
    stranger = Counter(counter.context, counter.browser.application.test_client(), counter.woo)
    stranger.begin()
    counter.post_keys(mark)
    assert stranger.come_back(mark).status_code == 401


def test_the_cookie_is_gone_once_the_merchant_is_in(counter: Counter) -> None:
    mark = counter.begin()
    counter.post_keys(mark)
    counter.come_back(mark)
    assert counter.browser.get_cookie("bleib-keys") is None
    assert counter.come_back(mark).status_code == 401


def test_a_return_long_after_says_that_it_is_over(counter: Counter, moving_clock: Any) -> None:
    mark = counter.begin()
    counter.post_keys(mark)
    moving_clock.move(minutes=31)
    page = counter.come_back(mark)
    assert page.status_code == 200
    assert "abgelaufen" in page.text


def test_without_a_mark_there_is_nothing_to_come_back_to(counter: Counter) -> None:
    counter.begin()
    for query in ("", "?success=1", "?success=1&user_id=", "?user_id=x"):
        assert counter.browser.get("/auth/woocommerce/return" + query).status_code == 401


# From the plugin
def link(counter: Counter, **changes: Any) -> str:
    shop = counter.shop()
    values: dict[str, Any] = {
        "key": shop.key,
        "secret": signing_secrets(counter.context, shop)[0],
        "at": counter.context.now(),
        **changes,
    }
    return signed_opening("", values["key"], values["secret"], values["at"])


def fresh_browser(counter: Counter) -> FlaskClient:
    return counter.browser.application.test_client()


def test_the_plugins_link_leads_straight_in(counter: Counter) -> None:
    counter.connect()
    browser = fresh_browser(counter)
    answer = browser.get(link(counter))
    assert (answer.status_code, answer.location) == (302, "/admin/")
    assert browser.get("/admin/").status_code == 200


def test_a_link_is_good_once_and_again_for_who_is_inside(counter: Counter) -> None:
    counter.connect()
    browser, used = fresh_browser(counter), link(counter)
    assert browser.get(used).status_code == 302
    assert browser.get(used).status_code == 302
    assert fresh_browser(counter).get(used).status_code == 401


@pytest.mark.parametrize("minutes", [-6, 6, 600])
def test_a_link_of_another_time_is_refused(counter: Counter, minutes: int) -> None:
    counter.connect()
    at: datetime = counter.context.now() + timedelta(minutes=minutes)
    assert fresh_browser(counter).get(link(counter, at=at)).status_code == 401


@pytest.mark.parametrize(
    "changes", [{"secret": "x" * 43}, {"secret": ""}, {"key": "z" * 16}, {"key": ""}]
)
def test_a_link_that_the_shop_did_not_sign_is_refused(
    counter: Counter, changes: dict[str, str]
) -> None:
    counter.connect()
    browser = fresh_browser(counter)
    assert browser.get(link(counter, **changes)).status_code == 401
    assert browser.get("/admin/").status_code == 401


def test_no_changed_letter_of_a_link_goes_unnoticed(counter: Counter) -> None:
    counter.connect()
    path, _, query = link(counter).partition("?")
    for place in range(len(query)):
        spoilt = query[:place] + ("0" if query[place] != "0" else "1") + query[place + 1 :]
        answer = fresh_browser(counter).get(f"{path}?{spoilt}")
        assert answer.status_code in (200, 401), spoilt  # 200: the form, without any signature
        assert "Location" not in answer.headers


@pytest.mark.parametrize("more", ["&x=1", "&shop=other", "&signature=x", "&", "%20"])
def test_nothing_may_stand_behind_the_signature(counter: Counter, more: str) -> None:
    counter.connect()
    assert fresh_browser(counter).get(link(counter) + more).status_code == 401


def test_a_link_of_another_shop_does_not_open_this_one(counter: Counter) -> None:
    first = counter.connect()
    secret = signing_secrets(counter.context, first)[0]
    used = link(counter)
    assert secret not in used
    swapped = used.replace(f"shop={first.key}", f"shop={'z' * 16}")
    assert fresh_browser(counter).get(swapped).status_code == 401


def test_a_shop_whose_keys_are_gone_is_asked_to_connect_again(counter: Counter) -> None:
    shop = counter.connect()
    with counter.context.db.write() as connection:
        held = connection.execute(sa.select(metadata.tables["installs"].c.access_sealed)).scalar()
        revoke(connection, shop.id, held, counter.context.now())
    answer = fresh_browser(counter).get(link(counter))
    assert answer.status_code == 302
    assert answer.location == f"/install/woocommerce?shop_url={DOMAIN}"
    assert not connected(counter.context, shop)
    assert connected(counter.context, counter.connect())
