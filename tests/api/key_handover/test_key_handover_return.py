"""The way back from the key page lets in nobody but the browser that began."""

from __future__ import annotations

from typing import Any

from plugin.services.access import access, signing_secrets
from tests.api.key_handover.counter import Counter
from tests.platforms.woo import DOMAIN


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
