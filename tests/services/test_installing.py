"""Installing stores everything or nothing; a token is refreshed once; leaving cleans up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa

from plugin.errors import (
    AccessRevokedError,
    ForbiddenError,
    NotAllowedError,
    PlatformError,
    PlatformRefusedError,
)
from plugin.model import Grant, Shop
from plugin.services import code_grant, embeds, installing, rights, steps
from plugin.services.access import access
from plugin.services.context import Context
from plugin.services.installing import covers
from plugin.services.storefront_config import config_bytes
from plugin.services.tenants import shop_of_id
from plugin.store import installs as store
from plugin.store import shops, sync
from plugin.store.steps import steps as step_rows
from tests.conftest import MovingClock
from tests.fakes.platform import FakePlatform
from tests.services.connected import connect

DOMAIN = "uferhaus.myshopify.com"


def entry(context: Context, platform: FakePlatform, domain: str = DOMAIN) -> installing.Entry:
    return code_grant.begin(context, "shopify", platform.sign(f"shop={domain}").encode())


def callback(platform: FakePlatform, state: str, domain: str = DOMAIN, code: str = "c1") -> bytes:
    return platform.sign(f"code={code}&shop={domain}&state={state}").encode()


def install(context: Context, platform: FakePlatform) -> Shop:
    state = entry(context, platform).state
    return code_grant.finish(context, "shopify", callback(platform, state), state)


def rows(context: Context, table: sa.Table) -> int:
    with context.db.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def nothing_stored(context: Context) -> bool:
    return rows(context, shops.shops) == 0 and rows(context, shops.installs) == 0


def test_a_new_shop_is_sent_to_consent_with_a_fresh_state(
    context: Context, fake_platform: FakePlatform
) -> None:
    first, second = entry(context, fake_platform), entry(context, fake_platform)
    assert first.shop is None
    assert first.state != second.state
    assert parse_qs(urlsplit(first.redirect).query)["state"] == [first.state]


def test_the_state_is_stored_as_a_hash_only(context: Context, fake_platform: FakePlatform) -> None:
    state = entry(context, fake_platform).state
    with context.db.read() as connection:
        kept = connection.execute(sa.select(shops.oauth_states.c.state_hash)).scalars().all()
    assert state not in kept


def test_finishing_stores_shop_sealed_tokens_and_first_steps(
    context: Context, fake_platform: FakePlatform
) -> None:
    shop = install(context, fake_platform)
    assert (shop.domain, shop.state, shop.generation) == (DOMAIN, "installed", 1)
    assert (shop.locale, shop.currency) == ("de-DE", "EUR")
    with context.db.read() as connection:
        kept = store.install_of(connection, shop.id)
        kinds = list(connection.execute(sa.select(step_rows.c.kind)).scalars())
        runs = sync.runs_of(connection, shop.id)
    assert kept is not None
    assert "access-1" not in kept.access_sealed
    assert kinds == ["embed.publish", "sync.products", "sync.customers", "sync.orders"]
    assert [run.state for run in runs] == ["waiting"] * 4
    assert access(context, shop).token == "access-1"


def test_a_connected_shop_is_let_in_without_consent(
    context: Context, fake_platform: FakePlatform
) -> None:
    shop = install(context, fake_platform)
    again = entry(context, fake_platform)
    assert again.shop is not None
    assert (again.shop.id, again.redirect) == (shop.id, "/admin/")


def test_a_shop_that_took_a_right_is_asked_again_and_what_waited_for_it_goes_on(
    context: Context, fake_platform: FakePlatform
) -> None:
    shop = install(context, fake_platform)
    with context.db.write() as connection:
        connection.execute(
            sa.update(step_rows)
            .where(step_rows.c.kind == "sync.orders")
            .values(state="dead", error="platform_scope_missing", finished_at=context.now())
        )
    assert [one.right for one in rights.lacking(context, shop)] == ["orders"]
    state = code_grant.ask_again(context, shop).state
    code_grant.finish(context, "shopify", callback(fake_platform, state), state)
    assert rights.lacking(context, shop) == []


def test_a_state_works_once(context: Context, fake_platform: FakePlatform) -> None:
    state = entry(context, fake_platform).state
    query = callback(fake_platform, state)
    code_grant.finish(context, "shopify", query, state)
    with pytest.raises(NotAllowedError, match="state_invalid"):
        code_grant.finish(context, "shopify", query, state)
    assert fake_platform.calls.count("exchange") == 1


@pytest.mark.parametrize("cookie", ["", "someone-elses-state", "ünïcode", "x" * 5000])
def test_a_state_of_another_browser_is_refused(
    context: Context, fake_platform: FakePlatform, cookie: str
) -> None:
    state = entry(context, fake_platform).state
    with pytest.raises(NotAllowedError, match="state_invalid"):
        code_grant.finish(context, "shopify", callback(fake_platform, state), cookie)
    assert nothing_stored(context)


def test_a_state_is_bound_to_its_shop(context: Context, fake_platform: FakePlatform) -> None:
    state = entry(context, fake_platform, "victim.myshopify.com").state
    with pytest.raises(NotAllowedError, match="state_invalid"):
        code_grant.finish(context, "shopify", callback(fake_platform, state), state)
    assert nothing_stored(context)


def test_an_empty_state_with_an_empty_cookie_is_refused(
    context: Context, fake_platform: FakePlatform
) -> None:
    with pytest.raises(NotAllowedError, match="state_invalid"):
        code_grant.finish(context, "shopify", callback(fake_platform, ""), "")
    assert nothing_stored(context)


def test_a_state_expires_after_ten_minutes(
    context: Context, fake_platform: FakePlatform, moving_clock: MovingClock
) -> None:
    state = entry(context, fake_platform).state
    moving_clock.move(minutes=11)
    with pytest.raises(NotAllowedError, match="state_invalid"):
        code_grant.finish(context, "shopify", callback(fake_platform, state), state)
    assert nothing_stored(context)


def test_a_forged_return_is_refused_and_leaves_the_state(
    context: Context, fake_platform: FakePlatform
) -> None:
    state = entry(context, fake_platform).state
    genuine = callback(fake_platform, state)
    forged = genuine[:-1] + (b"1" if genuine.endswith(b"0") else b"0")
    with pytest.raises(NotAllowedError, match="signature_invalid"):
        code_grant.finish(context, "shopify", forged, state)
    assert nothing_stored(context)
    assert code_grant.finish(context, "shopify", callback(fake_platform, state), state)


def test_missing_scopes_store_nothing(context: Context, fake_platform: FakePlatform) -> None:
    fake_platform.scopes = frozenset({"read_orders"})
    with pytest.raises(ForbiddenError, match="scopes_missing"):
        install(context, fake_platform)
    assert nothing_stored(context)


def test_a_code_that_the_platform_refuses_stores_nothing(
    context: Context, fake_platform: FakePlatform
) -> None:
    fake_platform.fail("exchange", PlatformRefusedError("platform_refused"))
    with pytest.raises(NotAllowedError, match="state_invalid"):
        install(context, fake_platform)
    assert nothing_stored(context)


def test_an_unknown_platform_does_not_exist(context: Context) -> None:
    with pytest.raises(Exception, match="unknown_platform"):
        code_grant.begin(context, "magento", b"shop=x")


def test_writing_includes_reading() -> None:
    assert covers(frozenset({"write_orders"}), frozenset({"read_orders", "write_orders"}))
    assert not covers(frozenset({"read_orders"}), frozenset({"write_orders"}))


def test_coming_back_raises_the_generation_and_keeps_the_key(
    context: Context, fake_platform: FakePlatform
) -> None:
    first = install(context, fake_platform)
    with context.db.write() as connection:
        installing.uninstall(connection, context, first)
    second = install(context, fake_platform)
    assert (second.id, second.key, second.generation) == (first.id, first.key, 3)


def test_leaving_deletes_tokens_stops_the_config_and_is_done_once(
    context: Context, fake_platform: FakePlatform
) -> None:
    shop = install(context, fake_platform)
    assert config_bytes(context, shop.key) is not None
    for _ in range(2):
        with context.db.write() as connection:
            left = shops.shop_by_id(connection, shop.id)
            assert left is not None
            installing.uninstall(connection, context, left)
    after = shop_of_id(context, shop.id)
    assert after is not None
    assert (after.state, after.generation) == ("uninstalled", 2)
    assert rows(context, shops.installs) == 0
    assert rows(context, step_rows) == 0
    with pytest.raises(AccessRevokedError):
        access(context, shop)


@pytest.fixture
def tired(context: Context, shop: Shop) -> Shop:
    """A shop whose token has two minutes left."""
    connect(context, shop, hours=1.0)
    return shop


def test_a_token_near_its_end_is_refreshed_once_by_many(
    context: Context, tired: Shop, fake_platform: FakePlatform, moving_clock: MovingClock
) -> None:
    moving_clock.move(minutes=58)
    fake_platform.tokens = 4
    with ThreadPoolExecutor(8) as pool:
        tokens = set(pool.map(lambda _: access(context, tired).token, range(16)))
    assert fake_platform.calls.count("refresh") == 1
    assert tokens <= {"access-0", "access-5"}
    assert access(context, tired).token == "access-5"


def test_both_new_tokens_are_stored(
    context: Context, tired: Shop, fake_platform: FakePlatform, moving_clock: MovingClock
) -> None:
    moving_clock.move(minutes=58)
    fake_platform.tokens = 4
    access(context, tired)
    with context.db.read() as connection:
        kept = store.install_of(connection, tired.id)
    assert kept is not None
    assert context.keys.unseal(tired.id, "refresh", kept.refresh_sealed or "") == "refresh-5"


def test_a_failed_refresh_is_not_hammered(
    context: Context, tired: Shop, fake_platform: FakePlatform, moving_clock: MovingClock
) -> None:
    moving_clock.move(minutes=58)
    fake_platform.fail("refresh", *[PlatformError("platform_busy")] * 5)
    for _ in range(5):
        assert access(context, tired).token == "access-0"
    assert fake_platform.calls.count("refresh") == 1
    moving_clock.move(seconds=61)
    access(context, tired)
    assert fake_platform.calls.count("refresh") == 2


def test_an_expired_token_is_never_used(
    context: Context,
    tired: Shop,
    fake_platform: FakePlatform,
    moving_clock: MovingClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("plugin.services.access._LONGEST_WAIT_SECONDS", 0.0)
    moving_clock.move(minutes=61)
    fake_platform.fail("refresh", PlatformError("platform_busy"))
    for _ in range(3):
        with pytest.raises(PlatformError, match="token_refresh_failed"):
            access(context, tired)
    assert fake_platform.calls.count("refresh") == 1


def test_a_revoked_connection_is_asked_once(
    context: Context, tired: Shop, fake_platform: FakePlatform, moving_clock: MovingClock
) -> None:
    moving_clock.move(minutes=58)
    fake_platform.fail("refresh", AccessRevokedError("access_revoked"))
    for _ in range(3):
        with pytest.raises(AccessRevokedError):
            access(context, tired)
    assert fake_platform.calls.count("refresh") == 1


def test_a_refresh_that_ends_after_an_uninstall_stores_nothing(
    context: Context,
    tired: Shop,
    fake_platform: FakePlatform,
    moving_clock: MovingClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moving_clock.move(minutes=58)
    real = fake_platform.refresh

    def leaves_meanwhile(domain: str, refresh_token: str) -> Grant:
        with context.db.write() as connection:
            installing.uninstall(connection, context, tired)
        return real(domain, refresh_token)

    monkeypatch.setattr(fake_platform, "refresh", leaves_meanwhile)
    access(context, tired)
    assert rows(context, shops.installs) == 0


def test_the_embed_gets_the_public_key(context: Context, fake_platform: FakePlatform) -> None:
    shop = install(context, fake_platform)
    step = steps.Step(1, shop.id, "embed.publish", "k", {"generation": 1}, 1)
    embeds.publish(context, step)
    assert fake_platform.published == {DOMAIN: shop.key}


def test_short_tokens_are_not_refreshed_at_every_call(
    context: Context, shop: Shop, fake_platform: FakePlatform, moving_clock: MovingClock
) -> None:
    connect(context, shop, hours=60 / 3600)
    for _ in range(3):
        access(context, shop)
    assert fake_platform.calls == []
    moving_clock.move(seconds=timedelta(seconds=50).total_seconds())
    access(context, shop)
    assert fake_platform.calls == ["refresh"]
