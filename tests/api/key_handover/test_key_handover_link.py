"""The link from the plugin into the app."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from plugin.services.access import connected, signing_secrets
from plugin.store.db import metadata
from plugin.store.installs import revoke
from tests.api.key_handover.counter import Counter
from tests.fakes.woocommerce import signed_opening
from tests.platforms.woo import DOMAIN


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
