"""The unsigned message of WooCommerce with the keys is believed for its mark alone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from werkzeug import Response

from plugin.services.access import access, connected, signing_secrets
from tests.api.key_handover.counter import Counter
from tests.platforms.woo import DOMAIN


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
