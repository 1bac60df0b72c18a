"""The first request of a shop: signed over raw bytes, fresh, once, and from the net."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from plugin.services.access import signing_secrets
from tests.contract.stages.shopware import DOMAIN, SECRET, ShopwareStage
from tests.fakes.shopware_app import sign
from tests.handshake.moves import confirm, shop_rows


def test_the_whole_way_ends_with_an_installed_shop(stage: ShopwareStage) -> None:
    answer = stage.register()
    told = answer.get_json()
    assert told["proof"] == stage.app.proof()
    assert 64 <= len(told["secret"]) <= 255
    assert answer.headers["Cache-Control"] == "no-store"
    assert shop_rows(stage) == []
    assert confirm(stage, stage.app, told).status_code == 204
    stage.app.confirmed(told)
    assert stage.shop(DOMAIN).name == DOMAIN  # the keys of an app work once it is switched on
    stage.held.active = True
    assert stage.visit(stage.app.opening(stage.clock())).status_code == 302
    shop = stage.shop(DOMAIN)
    assert (shop.name, shop.email) == ("Uferhaus", "hallo@uferhaus.example")
    assert (shop.currency, shop.zone, shop.storefront_url) == (
        "EUR", "Europe/Berlin", stage.server.url,
    )  # fmt: skip
    assert signing_secrets(stage.context, shop) == (told["secret"],)
    assert shop_rows(stage)[0].platform_id == stage.app.shop_id


def test_every_registration_gets_another_secret(stage: ShopwareStage) -> None:
    first = stage.register().get_json()
    stage.clock.move(seconds=1)
    assert stage.register().get_json()["secret"] != first["secret"]


def test_the_raw_query_is_signed_and_not_one_that_was_rebuilt(stage: ShopwareStage) -> None:
    call = stage.app.registration(stage.clock())
    encoded = call.path.replace("://", "%3A%2F%2F")
    assert stage.call(replace(call, path=encoded), method="GET").status_code == 401
    query = encoded.partition("?")[2]
    headers = {**call.headers, "shopware-app-signature": sign(SECRET, query)}
    answer = stage.call(replace(call, path=encoded, headers=headers), method="GET")
    assert answer.get_json()["proof"] == stage.app.proof()


def test_no_changed_byte_of_a_registration_is_taken(stage: ShopwareStage) -> None:
    call = stage.app.registration(stage.clock())
    head, _, query = call.path.partition("?")
    for place, letter in enumerate(query):
        changed = query[:place] + ("x" if letter != "x" else "y") + query[place + 1 :]
        answer = stage.call(replace(call, path=f"{head}?{changed}"), method="GET")
        assert answer.status_code == 401, changed
    for extra in (query + "&shop-id=x", "a=1&" + query, query + "&", query[:-1], ""):
        assert stage.call(replace(call, path=f"{head}?{extra}"), method="GET").status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        lambda mark: "",
        lambda mark: mark.upper(),
        lambda mark: mark[:-1],
        lambda mark: mark + "0",
        lambda mark: " " + mark,
        lambda mark: "0" * 64,
        lambda mark: sign("another-secret-of-at-least-32-bytes!", "x"),
        lambda mark: "\u00e9" + mark[1:],
    ],
)
def test_no_other_signature_is_taken(stage: ShopwareStage, change: Callable[[str], str]) -> None:
    call = stage.app.registration(stage.clock())
    mark = change(call.headers["shopware-app-signature"])
    if mark == call.headers["shopware-app-signature"]:
        return  # a signature without letters has no upper case
    headers = {**call.headers, "shopware-app-signature": mark.encode().decode("latin-1")}
    assert stage.call(replace(call, headers=headers), method="GET").status_code == 401


def test_an_empty_secret_signs_nothing(stage: ShopwareStage) -> None:
    call = stage.app.registration(stage.clock())
    query = call.path.partition("?")[2]
    headers = {"shopware-app-signature": sign("", query)}
    assert stage.call(replace(call, headers=headers), method="GET").status_code == 401


@pytest.mark.parametrize("seconds", [-3600, -301, 302, 86400])
def test_old_and_future_registrations_are_refused(stage: ShopwareStage, seconds: int) -> None:
    call = stage.app.registration(stage.clock())
    stage.clock.move(seconds=-seconds)
    assert stage.call(call, method="GET").status_code == 401


def test_a_registration_is_answered_once(stage: ShopwareStage) -> None:
    call = stage.app.registration(stage.clock())
    assert stage.call(call, method="GET").status_code == 200
    again = stage.call(call, method="GET")
    assert again.status_code == 401
    assert "secret" not in again.get_json()


@pytest.mark.parametrize(
    "url",
    [
        "http://uferhaus.de",
        "https://uferhaus.de:8443",
        "https://127.0.0.1",
        "https://[::1]",
        "https://localhost",
        "https://a@uferhaus.de",
        "https://uferhaus.de/?x=1",
        "https://uferhaus.de/../admin",
        "https://uferhaus.de\\.evil.example",
        "ftp://uferhaus.de",
        "uferhaus.de",
        "",
    ],
)
def test_only_web_addresses_with_tls_are_shops(stage: ShopwareStage, url: str) -> None:
    stage.app.shop_url = url
    answer = stage.register()
    assert answer.status_code == 400
    assert "Adresse" in answer.get_json()["error"] or answer.get_json()["error"]
    assert shop_rows(stage) == []


def test_a_refusal_is_said_in_the_language_of_the_administration(stage: ShopwareStage) -> None:
    call = stage.app.registration(stage.clock())
    stage.clock.move(hours=1)
    german = stage.call(call, method="GET").get_json()["error"]
    headers = {**call.headers, "sw-user-language": "en-GB"}
    english = stage.call(replace(call, headers=headers), method="GET").get_json()["error"]
    assert german != english
    assert "Verwaltung" in german


def test_while_the_apps_secret_rotates_each_shop_is_answered_with_its_own(
    stage: ShopwareStage,
) -> None:
    adapter: Any = stage.context.platforms["shopware"]
    adapter._secrets = ("the-new-secret-of-at-least-32-bytes!", SECRET)
    assert stage.register().get_json()["proof"] == stage.app.proof()
