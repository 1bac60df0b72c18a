"""How a Shopware shop comes in, and how nobody else does: registration, confirmation, frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from plugin.clock import utc_now
from plugin.model import Shop
from plugin.services import registering
from plugin.services.access import access, connected, mark_revoked, signing_secrets
from plugin.store.shops import installs, shop_by_id, shops
from tests.contract.moves import rows, settle
from tests.contract.platform_side import Loopback
from tests.contract.stages.shopware import DOMAIN, SECRET, ShopwareStage
from tests.fakes.shopware import FakeShopware
from tests.fakes.shopware_app import Call, ShopwareApp, sign

OTHER = "zweithaus.example"


@pytest.fixture
def second() -> Iterator[FakeShopware]:
    """Another shop, at an address of its own."""
    server = Loopback()
    held = FakeShopware(server.url, utc_now)
    server.app = held
    yield held
    server.stop()


@pytest.fixture
def stage(tmp_path: Path, sqlite_template: Path, second: FakeShopware) -> Iterator[ShopwareStage]:
    database = tmp_path / "app.sqlite3"
    database.write_bytes(sqlite_template.read_bytes())
    opened = ShopwareStage(f"sqlite:///{database}", {OTHER: second.url})
    yield opened
    opened.close()


@pytest.fixture
def shop(stage: ShopwareStage) -> Shop:
    return stage.install()


@pytest.fixture
def stranger(stage: ShopwareStage, second: FakeShopware) -> ShopwareApp:
    """Somebody with the secret of the app, who claims to be the first shop at another address."""
    app = ShopwareApp(second, f"https://{OTHER}", SECRET)
    app.shop_id = stage.app.shop_id
    return app


def present(stage: ShopwareStage, shop: Shop) -> Shop:
    with stage.context.db.read() as connection:
        found = shop_by_id(connection, shop.id)
    assert found is not None
    return found


def shop_rows(stage: ShopwareStage) -> list[Any]:
    with stage.context.db.read() as connection:
        return list(connection.execute(sa.select(shops).order_by(shops.c.id)))


def register(stage: ShopwareStage, app: ShopwareApp | None = None) -> TestResponse:
    return stage.call((app or stage.app).registration(stage.clock()), method="GET")


def confirm(stage: ShopwareStage, app: ShopwareApp, answer: dict[str, str]) -> TestResponse:
    return stage.call(app.confirmation(answer, stage.clock()))


def untouched(stage: ShopwareStage, shop: Shop) -> bool:
    now = present(stage, shop)
    same = (now.state, now.domain, now.generation) == ("installed", DOMAIN, shop.generation)
    return same and signing_secrets(stage.context, shop) == (stage.app.secret,)


# The first registration


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


# The confirmation


def test_no_changed_byte_of_a_confirmation_is_taken(stage: ShopwareStage) -> None:
    call = stage.app.confirmation(stage.register().get_json(), stage.clock())
    for place in range(len(call.body)):
        letter = b"x" if call.body[place : place + 1] != b"x" else b"y"
        body = call.body[:place] + letter + call.body[place + 1 :]
        assert stage.call(replace(call, body=body)).status_code in (400, 401), body
    for body in (b"", b"{}", b"[]", call.body + b" ", b"\xff", b"[" * 5000, call.body * 2):
        assert stage.call(replace(call, body=body)).status_code in (400, 401)
    assert stage.call(replace(call, body=b" " * 20_000)).status_code == 413
    assert shop_rows(stage) == []
    assert stage.call(call).status_code == 204


def test_a_confirmation_needs_the_new_secret_and_its_own_state(stage: ShopwareStage) -> None:
    call = stage.app.confirmation(stage.register().get_json(), stage.clock())
    for secret in (SECRET, "", "0" * 64):
        headers = {**call.headers, "shopware-shop-signature": sign(secret, call.body)}
        assert stage.call(replace(call, headers=headers)).status_code == 401
    for path in (
        "/install/shopware/confirm",
        call.path[:-1],
        call.path.replace("=new.", "=proven."),
    ):
        assert stage.call(replace(call, path=path)).status_code == 401
    assert shop_rows(stage) == []


def test_a_confirmation_counts_once(stage: ShopwareStage) -> None:
    call = stage.app.confirmation(stage.register().get_json(), stage.clock())
    assert stage.call(call).status_code == 204
    assert stage.call(call).status_code == 401
    assert len(shop_rows(stage)) == 1


@pytest.mark.parametrize("minutes", [6, 11])
def test_a_confirmation_that_comes_late_is_refused(stage: ShopwareStage, minutes: int) -> None:
    told = stage.register().get_json()
    call = stage.app.confirmation(told, stage.clock())
    stage.clock.move(minutes=minutes)
    assert stage.call(call).status_code == 401
    stage.clock.move(minutes=5)
    assert confirm(stage, stage.app, told).status_code == 401
    assert shop_rows(stage) == []


def test_a_confirmation_of_another_shop_is_refused(
    stage: ShopwareStage, second: FakeShopware
) -> None:
    told = stage.register().get_json()
    for change in ("id", "url"):
        app = ShopwareApp(
            second, f"https://{OTHER}" if change == "url" else stage.app.shop_url, SECRET
        )
        app.shop_id = "AnotherShopId123" if change == "id" else stage.app.shop_id
        call = app.confirmation({**told, "proof": app.proof()}, stage.clock())
        assert stage.call(call).status_code == 401
    assert shop_rows(stage) == []


@pytest.mark.parametrize("days", [0, 3])
def test_an_app_that_is_switched_on_later_works_from_then_on(
    stage: ShopwareStage, days: int
) -> None:
    told = stage.register().get_json()
    assert confirm(stage, stage.app, told).status_code == 204
    stage.app.confirmed(told)
    shop = stage.shop(DOMAIN)
    product = stage.put_product(1)
    for _ in range(1 + 40 * days):
        stage.run_steps()
        stage.clock.move(hours=2)
    assert connected(stage.context, shop)
    asked = stage.requests()
    assert asked < 60 + 400 * days
    stage.held.active = True
    assert stage.call(stage.app.message("app.activated", {}, stage.clock())).status_code == 200
    settle(stage, shop)
    assert stage.shop(DOMAIN).name == "Uferhaus"
    assert stage.embedded() == shop.key
    assert [row.product_id for row in rows(stage, shop, "products")] == [product]


def test_an_app_that_was_switched_off_for_a_while_goes_on(stage: ShopwareStage, shop: Shop) -> None:
    settle(stage, shop)
    stage.held.active = False
    order = stage.place_order(email="anne@example.com", products=[stage.put_product(1)])
    stage.clock.move(minutes=20)
    for message in stage.deliveries(order):
        stage.send(message)
    stage.run_steps()
    assert not connected(stage.context, shop)
    stage.held.active = True
    assert stage.call(stage.app.message("app.activated", {}, stage.clock())).status_code == 200
    stage.run_steps()
    assert connected(stage.context, shop)
    assert [row.order_id for row in rows(stage, shop, "orders")] == [order]


def test_opening_an_app_that_works_again_is_enough(stage: ShopwareStage, shop: Shop) -> None:
    settle(stage, shop)
    mark_revoked(stage.context, shop)
    assert stage.visit(stage.app.opening(stage.clock())).status_code == 302
    assert connected(stage.context, shop)


def test_a_shop_that_cannot_answer_while_it_waits_is_asked_later(stage: ShopwareStage) -> None:
    told = stage.register().get_json()
    call = stage.app.confirmation(told, stage.clock())
    stage.held.active = True
    stage.trouble("failed", 50)
    assert stage.call(call).status_code == 204
    stage.calm()
    shop = stage.shop(DOMAIN)
    assert shop.name == DOMAIN
    stage.run_steps()
    assert stage.shop(DOMAIN).name == "Uferhaus"
    assert access(stage.context, shop).token in stage.held.tokens


# The same shop again


def test_a_new_secret_counts_from_the_confirmation_on_and_the_old_one_a_minute_more(
    stage: ShopwareStage, shop: Shop
) -> None:
    old = stage.app.secret
    told = stage.register().get_json()
    assert untouched(stage, shop)
    assert confirm(stage, stage.app, told).status_code == 204
    assert signing_secrets(stage.context, shop) == (told["secret"], old)
    late = stage.app.message("app.updated", [], stage.clock())
    assert stage.call(late).status_code == 200
    stage.clock.move(seconds=61)
    assert signing_secrets(stage.context, shop) == (told["secret"],)
    assert stage.call(stage.app.message("app.updated", [], stage.clock())).status_code == 401
    assert present(stage, shop).generation == shop.generation


def test_a_shop_may_try_its_secrets_one_after_the_other(stage: ShopwareStage, shop: Shop) -> None:
    now = stage.clock()
    known = stage.app.secret
    for secret in ("a-secret-that-was-never-confirmed" * 2, "another-one-of-those" * 4):
        stage.app.secret = secret
        assert stage.call(stage.app.registration(now), method="GET").status_code == 403
    stage.app.secret = known
    told = stage.call(stage.app.registration(now), method="GET").get_json()
    assert confirm(stage, stage.app, told).status_code == 204
    assert present(stage, shop).generation == shop.generation


def test_a_wrong_previous_signature_at_the_confirmation_is_refused(
    stage: ShopwareStage, shop: Shop
) -> None:
    call = stage.app.confirmation(stage.register().get_json(), stage.clock())
    headers = {**call.headers, "shopware-shop-signature-previous": sign("x" * 64, call.body)}
    assert stage.call(replace(call, headers=headers)).status_code == 401
    assert untouched(stage, shop)


def test_a_shop_moves_with_its_own_signature(
    stage: ShopwareStage, shop: Shop, second: FakeShopware
) -> None:
    stage.app.shop_url = f"https://{OTHER}"
    told = stage.register().get_json()
    assert present(stage, shop).domain == DOMAIN
    call = stage.app.confirmation(told, stage.clock())
    second.keys = stage.held.keys
    assert stage.call(call).status_code == 204
    moved = present(stage, shop)
    assert (moved.domain, moved.storefront_url, moved.key) == (OTHER, second.url, shop.key)


def test_an_older_version_comes_back_after_its_goodbye(stage: ShopwareStage) -> None:
    stage.app.signs_twice = False
    shop = stage.install()
    stage.uninstall()
    again = stage.install()
    assert again.id == shop.id
    assert again.generation == shop.generation + 2


def test_an_older_version_whose_goodbye_got_lost_needs_the_operator(stage: ShopwareStage) -> None:
    stage.app.signs_twice = False
    shop = stage.install()
    assert register(stage).status_code == 403
    assert untouched(stage, shop)
    registering.allow_once(stage.context, shop)
    stage.clock.move(seconds=1)
    again = stage.install()
    assert again.id == shop.id
    assert register(stage).status_code == 403


def test_an_older_version_that_changed_its_keys_is_believed_at_its_own_word(
    stage: ShopwareStage,
) -> None:
    stage.app.signs_twice = False
    shop = stage.install()
    stage.revoke()
    assert stage.install().id == shop.id


def test_what_the_operator_allowed_ends_after_an_hour(stage: ShopwareStage) -> None:
    stage.app.signs_twice = False
    shop = stage.install()
    registering.allow_once(stage.context, shop)
    stage.clock.move(minutes=61)
    assert register(stage).status_code == 403


# Somebody else


def test_the_secret_of_the_app_alone_takes_over_no_connected_shop(
    stage: ShopwareStage, shop: Shop, stranger: ShopwareApp
) -> None:
    for signed in ("", stage.app.secret[::-1]):
        stranger.secret = signed
        stage.clock.move(seconds=1)
        assert register(stage, stranger).status_code == 403
    stranger.shop_url, stranger.secret = stage.app.shop_url, ""
    stage.clock.move(seconds=1)
    assert register(stage, stranger).status_code == 403
    assert untouched(stage, shop)


@pytest.mark.parametrize("kind", ["failed", "html", "truncated", "elsewhere", "wrong_types"])
def test_a_shop_that_is_down_cannot_be_taken_over(
    stage: ShopwareStage, shop: Shop, stranger: ShopwareApp, kind: Any
) -> None:
    stage.trouble(kind, 50)
    assert register(stage, stranger).status_code == 403
    stage.calm()
    assert untouched(stage, shop)


def test_a_shop_whose_goodbye_got_lost_is_not_taken_over_from_another_address(
    stage: ShopwareStage, shop: Shop, stranger: ShopwareApp
) -> None:
    stage.revoke()
    stranger.secret = ""
    assert register(stage, stranger).status_code == 403
    assert untouched(stage, shop)


def test_a_fresh_id_at_a_known_address_is_the_shop_that_is_known(
    stage: ShopwareStage, shop: Shop, stranger: ShopwareApp
) -> None:
    stranger.shop_id, stranger.shop_url = "AnotherShopId123", stage.app.shop_url
    assert register(stage, stranger).status_code == 403
    assert untouched(stage, shop)


def test_a_shop_that_left_hands_nothing_on_to_another_address(
    stage: ShopwareStage, shop: Shop, stranger: ShopwareApp
) -> None:
    stage.uninstall()
    told = register(stage, stranger).get_json()
    assert confirm(stage, stranger, told).status_code == 204
    old, new = shop_rows(stage)
    assert (old.id, old.domain, old.state, old.platform_id) == (
        shop.id, DOMAIN, "uninstalled", None,
    )  # fmt: skip
    assert (new.domain, new.platform_id) == (OTHER, stranger.shop_id)
    assert new.key != shop.key
    stage.clock.move(seconds=1)
    stage.app.shop_id = "TheShopsFreshId1"
    assert stage.install().id == shop.id


def test_a_shop_that_left_is_not_led_away_in_two_steps(
    stage: ShopwareStage, shop: Shop, stranger: ShopwareApp
) -> None:
    stage.uninstall()
    elsewhere = stranger.shop_url
    stranger.shop_id = "AnIdOfStrangers1"
    for address in (stage.app.shop_url, elsewhere):
        stranger.shop_url, stranger.secret = address, ""
        told = register(stage, stranger).get_json()
        assert confirm(stage, stranger, told).status_code == 204
        stranger.confirmed(told)
        stage.clock.move(seconds=1)
    stranger.shop.active = True
    stage.run_steps()
    assert stage.visit(stranger.opening(stage.clock())).status_code == 302
    assert present(stage, shop).domain == DOMAIN
    stage.clock.move(seconds=1)
    assert stage.install().id == shop.id


def test_a_shop_that_left_is_taken_back_only_with_keys_that_work_there(
    stage: ShopwareStage, shop: Shop, stranger: ShopwareApp
) -> None:
    stage.uninstall()
    stranger.shop_url = stage.app.shop_url
    told = register(stage, stranger).get_json()
    assert confirm(stage, stranger, told).status_code == 204
    stranger.confirmed(told)
    stage.run_steps()
    assert stage.visit(stranger.opening(stage.clock())).status_code == 502
    stage.clock.move(seconds=1)
    again = stage.install()
    assert again.id == shop.id
    assert stage.visit(stranger.opening(stage.clock())).status_code == 401


@pytest.mark.parametrize("known", [True, False])
def test_whoever_registers_while_the_shop_is_down_gets_not_in_and_locks_nobody_out(
    stage: ShopwareStage, stranger: ShopwareApp, *, known: bool
) -> None:
    if known:
        stage.install()
        stage.uninstall()
    stranger.shop_url = stage.app.shop_url
    told = register(stage, stranger).get_json()
    stage.trouble("failed", 50)
    assert confirm(stage, stranger, told).status_code == 204
    stranger.confirmed(told)
    stage.clock.move(seconds=1)
    assert stage.visit(stranger.opening(stage.clock())).status_code == 502
    stage.calm()
    assert stage.visit(stranger.opening(stage.clock())).status_code == 502
    stage.clock.move(minutes=2)
    assert stage.visit(stranger.opening(stage.clock())).status_code == 502
    shop = stage.install()
    assert stage.visit(stage.app.opening(stage.clock())).status_code == 302
    assert stage.visit(stranger.opening(stage.clock())).status_code == 401
    assert signing_secrets(stage.context, shop) == (stage.app.secret,)


def test_a_connected_shop_is_not_replaced_by_one_whose_keys_nobody_saw(
    stage: ShopwareStage, shop: Shop, stranger: ShopwareApp
) -> None:
    registering.allow_once(stage.context, shop)
    stranger.shop_url = stage.app.shop_url
    told = register(stage, stranger).get_json()
    assert confirm(stage, stranger, told).status_code == 204
    stranger.confirmed(told)
    for _ in range(8):
        stage.run_steps()
        assert stage.visit(stranger.opening(stage.clock())).status_code == 401
        stage.clock.move(minutes=10)
    stage.run_steps()
    assert untouched(stage, shop)
    (waited,) = (row for row in rows(stage, shop, "steps") if row.kind == "shop.replace")
    assert waited.state == "done"
    assert stage.app.secret not in repr(waited)


def test_an_older_version_is_replaced_once_its_new_keys_work(stage: ShopwareStage) -> None:
    stage.app.signs_twice = False
    shop = stage.install()
    stage.app.removed()  # without a goodbye
    registering.allow_once(stage.context, shop)
    told = register(stage).get_json()
    assert confirm(stage, stage.app, told).status_code == 204
    stage.app.confirmed(told)
    stage.run_steps()
    assert present(stage, shop).generation == shop.generation
    stage.held.active = True
    stage.clock.move(seconds=30)
    stage.run_steps()
    assert present(stage, shop).generation == shop.generation + 1
    assert stage.visit(stage.app.opening(stage.clock())).status_code == 302
    settle(stage, shop)
    assert stage.embedded() == shop.key


def test_a_newer_version_that_was_installed_anew_without_a_goodbye_is_taken(
    stage: ShopwareStage, shop: Shop
) -> None:
    settle(stage, shop)
    stage.app.removed()
    again = stage.install()
    assert (again.id, again.generation) == (shop.id, shop.generation + 1)
    settle(stage, again)
    assert stage.embedded() == shop.key


def test_registrations_begun_before_another_one_was_confirmed_are_dead(
    stage: ShopwareStage, stranger: ShopwareApp
) -> None:
    stranger.shop_url = stage.app.shop_url
    prepared = register(stage, stranger).get_json()
    stage.clock.move(seconds=1)
    shop = stage.install()
    stranger.shop = stage.held
    keys = dict(stage.held.keys)
    assert confirm(stage, stranger, prepared).status_code == 401
    stage.held.keys = keys
    assert untouched(stage, shop)


# The frame in the administration


def test_the_administration_opens_the_admin_in_its_frame(stage: ShopwareStage, shop: Shop) -> None:
    answer = stage.visit(stage.app.opening(stage.clock()))
    assert answer.status_code == 302
    target = answer.headers["Location"]
    assert target.startswith("/admin/")
    assert parse_qs(urlsplit(target).query)["lang"] == ["de"]
    page = stage.visit(target)
    for _ in range(3):
        if page.status_code != 302:
            break
        page = stage.visit(page.headers["Location"])
    assert page.status_code == 200, page.headers
    assert f"frame-ancestors {stage.server.url}" in page.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in page.headers


def test_no_changed_byte_of_an_opening_is_taken(stage: ShopwareStage, shop: Shop) -> None:
    path = stage.app.opening(stage.clock())
    head, _, query = path.partition("?")
    for place, letter in enumerate(query):
        changed = query[:place] + ("x" if letter != "x" else "y") + query[place + 1 :]
        assert stage.visit(f"{head}?{changed}").status_code == 401, changed


def test_an_opening_ends_with_its_only_signature(stage: ShopwareStage, shop: Shop) -> None:
    path = stage.app.opening(stage.clock())
    signature = path.rpartition("=")[2]
    for changed in (
        path + "&lang=en",
        path + f"&shopware-shop-signature={signature}",
        path.replace("?", f"?shopware-shop-signature={signature}&"),
        path.partition("&shopware-shop-signature")[0],
        "/install/shopware",
        "/install/shopware?shop-id=" + stage.app.shop_id,
    ):
        assert stage.visit(changed).status_code == 401, changed


def test_old_openings_and_those_of_shops_that_left_are_refused(
    stage: ShopwareStage, shop: Shop
) -> None:
    path = stage.app.opening(stage.clock())
    stage.clock.move(minutes=6)
    assert stage.visit(path).status_code == 401
    stage.uninstall()
    assert stage.visit(stage.app.opening(stage.clock())).status_code == 401


def test_the_apps_own_secret_opens_no_shop(stage: ShopwareStage, shop: Shop) -> None:
    stage.app.secret = SECRET
    assert stage.visit(stage.app.opening(stage.clock())).status_code == 401


def test_platforms_that_do_not_register_themselves_have_no_such_door(stage: ShopwareStage) -> None:
    for method, path in (("GET", "register"), ("POST", "confirm")):
        for platform in ("shopify", "woocommerce", "magento"):
            answer = stage.call(Call(f"/install/{platform}/{path}?a=b", {}, b"{}"), method=method)
            assert answer.status_code in (404, 409), (platform, path)


def test_nothing_of_a_pending_secret_is_stored(stage: ShopwareStage) -> None:
    told = stage.register().get_json()
    with stage.context.db.read() as connection:
        states = repr(connection.exec_driver_sql("SELECT * FROM oauth_states").all())
        assert connection.execute(sa.select(installs)).all() == []
    assert told["secret"] not in states
    assert told["confirmation_url"].rpartition("=")[2] not in states
