"""Openings let in once, and late messages do not end what is newer than they are."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from plugin.contracts.platform import Inbound
from plugin.errors import NotAllowedError
from plugin.model import Delivery, Shop
from plugin.services import code_grant, webhooks
from plugin.services.access import access
from plugin.services.context import Context
from plugin.services.tenants import shop_of_id
from plugin.store.installs import install_of
from plugin.store.shops import installs, oauth_states
from tests.conftest import START, MovingClock
from tests.fakes.platform import FakePlatform
from tests.services.connected import connect
from tests.services.sign_up_stage import Stage

DOMAIN = "uferhaus.myshopify.com"


@pytest.fixture
def db_url(sqlite_template: Path, tmp_path: Path) -> str:
    """What is closed here is closed in code, not in SQL: one database is enough."""
    path = tmp_path / "bleib.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def stage(context: Context, shop: Shop) -> Stage:
    return Stage(context, shop)


def test_a_signed_opening_lets_in_once(
    client: FlaskClient, app: Flask, context: Context, fake_platform: FakePlatform, stage: Stage
) -> None:
    with context.db.write() as connection:
        scopes = ",".join(sorted(fake_platform.scopes))
        connection.execute(installs.update().values(scopes=scopes))
    path = "/install/shopify?" + fake_platform.sign(f"shop={stage.shop.domain}")
    assert client.get(path).location == "/admin/"
    before = stage.rows(oauth_states)
    thief = app.test_client()
    answer = thief.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers
    assert "link_used" in answer.text
    assert stage.rows(oauth_states) == before
    # The merchant's own browser is inside already: pressing reload is no attack.
    assert client.get(path).location == "/admin/"


def test_an_opening_before_the_install_works_once_too(
    context: Context, fake_platform: FakePlatform
) -> None:
    query = fake_platform.sign(f"shop={DOMAIN}").encode()
    assert code_grant.begin(context, "shopify", query).state
    with pytest.raises(NotAllowedError, match="link_used"):
        code_grant.begin(context, "shopify", query)


def test_used_openings_are_forgotten_once_they_are_too_old(
    context: Context, fake_platform: FakePlatform, moving_clock: MovingClock, stage: Stage
) -> None:
    for _ in range(5):
        code_grant.begin(context, "shopify", fake_platform.sign("shop=x.myshopify.com").encode())
        moving_clock.move(minutes=11)
    assert len(stage.rows(oauth_states)) == 2  # the newest opening with its state


def uninstalled(domain: str, after: timedelta) -> Delivery:
    return Delivery(
        domain=domain,
        kind="uninstalled",
        topic="app/uninstalled",
        key="e1",
        triggered_at=START + after,
        body={"myshopify_domain": domain},
    )


@pytest.mark.parametrize(
    ("after", "state"),
    [(timedelta(hours=-3), "installed"), (timedelta(seconds=30), "uninstalled")],
)
def test_a_late_uninstall_does_not_end_a_newer_install(
    context: Context,
    fake_platform: FakePlatform,
    monkeypatch: pytest.MonkeyPatch,
    after: timedelta,
    state: str,
) -> None:
    opened = code_grant.begin(context, "shopify", fake_platform.sign(f"shop={DOMAIN}").encode())
    back = fake_platform.sign(f"code=c&shop={DOMAIN}&state={opened.state}").encode()
    shop = code_grant.finish(context, "shopify", back, opened.state)
    delivery = uninstalled(DOMAIN, after)
    monkeypatch.setattr(fake_platform, "verify_webhook", lambda *_: delivery)
    inbound = Inbound({"x-shopify-shop-domain": DOMAIN}, b"")
    assert webhooks.receive(context, "shopify", inbound)
    now = shop_of_id(context, shop.id)
    assert now is not None
    assert now.state == state


def test_a_refreshed_token_does_not_make_an_install_younger(
    context: Context, shop: Shop, moving_clock: MovingClock
) -> None:
    connect(context, shop, hours=1.0)
    moving_clock.move(minutes=58)
    access(context, shop)
    with context.db.read() as connection:
        kept = install_of(connection, shop.id)
    assert kept is not None
    assert (kept.installed_at, kept.updated_at) == (START, START + timedelta(minutes=58))
