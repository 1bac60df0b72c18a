"""The frame in the administration: signed, fresh, for this shop alone."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import sqlalchemy as sa

from plugin.model import Shop
from plugin.store.shops import installs
from tests.contract.stages.shopware import SECRET, ShopwareStage
from tests.fakes.shopware_app import Call


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
