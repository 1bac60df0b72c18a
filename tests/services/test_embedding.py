"""Installing inside the platform's admin: once, however many come; again after leaving."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from plugin.errors import (
    BleibError,
    ForbiddenError,
    NotAllowedError,
    PlatformError,
    PlatformRefusedError,
)
from plugin.model import Shop
from plugin.services import embedding, installing
from plugin.services.access import access, mark_revoked
from plugin.services.context import Context
from plugin.services.frame_sessions import (
    own_token,
    preview_token,
    shop_of_preview,
    who_holds,
)
from plugin.store import shops
from plugin.store.steps import steps as step_rows
from tests.conftest import START, MovingClock
from tests.fakes.framed_platform import FramedPlatform, id_token

DOMAIN = "uferhaus.myshopify.com"


@pytest.fixture
def fake_platform() -> FramedPlatform:
    return FramedPlatform()


def enter(context: Context, token: str | None = None) -> embedding.Opening:
    return embedding.enter(context, "shopify", token or id_token(at=context.now()), DOMAIN)


def rows(context: Context, table: sa.Table) -> int:
    with context.db.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def uninstall(context: Context, shop: Shop) -> None:
    with context.db.write() as connection:
        installing.uninstall(connection, context, shop)


def test_a_first_page_installs_the_shop(context: Context, fake_platform: FramedPlatform) -> None:
    opening = enter(context)
    assert opening.fresh
    assert (opening.shop.domain, opening.shop.state) == (DOMAIN, "installed")
    assert fake_platform.calls == ["exchange_session_token", "shop_facts"]
    assert access(context, opening.shop).token == "access-1"
    assert rows(context, step_rows) > 0


def test_a_connected_shop_is_let_in_and_nothing_is_traded(
    context: Context, fake_platform: FramedPlatform
) -> None:
    first = enter(context)
    second = enter(context)
    assert (second.shop, second.fresh) == (first.shop, False)
    assert fake_platform.calls.count("exchange_session_token") == 1


def test_many_first_pages_at_once_make_one_installation(
    context: Context, fake_platform: FramedPlatform
) -> None:
    with ThreadPoolExecutor(6) as pool:
        openings = list(pool.map(lambda _: enter(context), range(6)))
    assert fake_platform.calls.count("exchange_session_token") == 1
    assert {opening.shop.id for opening in openings} == {openings[0].shop.id}
    assert [opening.fresh for opening in openings].count(True) == 1
    assert {opening.shop.generation for opening in openings} == {1}


def test_an_exchange_that_failed_stands_in_nobodys_way(
    context: Context, fake_platform: FramedPlatform
) -> None:
    errors: list[BleibError] = [
        PlatformError("platform_unreachable"),
        PlatformRefusedError("grant_refused"),
        NotAllowedError("session_token_invalid"),
    ]
    fake_platform.fail("exchange_session_token", *errors)
    for error in errors:
        with pytest.raises(type(error), match=error.code):
            enter(context)
        assert rows(context, shops.shops) == 0
    assert enter(context).fresh


def test_a_process_that_died_on_the_way_blocks_nobody_for_long(
    context: Context, moving_clock: MovingClock
) -> None:
    with context.db.write() as connection:
        assert embedding._claim(connection, context, "shopify", DOMAIN, context.now())
    moving_clock.move(seconds=31)
    assert enter(context).fresh


def test_missing_rights_store_nothing(context: Context, fake_platform: FramedPlatform) -> None:
    fake_platform.scopes = frozenset({"read_products"})
    with pytest.raises(ForbiddenError, match="scopes_missing"):
        enter(context)
    assert rows(context, shops.shops) == rows(context, shops.installs) == 0


def test_a_token_of_another_shop_than_the_address_names_is_refused(
    context: Context, fake_platform: FramedPlatform
) -> None:
    with pytest.raises(NotAllowedError, match="session_token_invalid"):
        enter(context, id_token("other.myshopify.com"))
    assert fake_platform.calls == []


def test_an_old_token_is_refused_before_anything_is_asked(
    context: Context, fake_platform: FramedPlatform, moving_clock: MovingClock
) -> None:
    token = id_token()
    moving_clock.move(seconds=71)
    with pytest.raises(NotAllowedError, match="session_token_invalid"):
        enter(context, token)
    assert fake_platform.calls == []


def test_a_shop_that_left_comes_back_with_its_rows(
    context: Context, fake_platform: FramedPlatform
) -> None:
    before = enter(context).shop
    uninstall(context, before)
    again = enter(context)
    assert again.fresh
    assert (again.shop.id, again.shop.key) == (before.id, before.key)
    assert again.shop.generation > before.generation
    assert access(context, again.shop).token == "access-2"


def test_a_connection_that_was_taken_back_is_made_anew(
    context: Context, fake_platform: FramedPlatform
) -> None:
    before = enter(context).shop
    mark_revoked(context, before)
    again = enter(context)
    assert again.fresh
    assert access(context, again.shop).token == "access-2"


def test_a_token_speaks_for_its_own_shop_while_it_is_installed(context: Context) -> None:
    shop = enter(context).shop
    held = who_holds(context, id_token(), "frame")
    assert held is not None
    assert (held.shop, held.since) == (shop, None)
    assert who_holds(context, id_token("other.myshopify.com"), "frame") is None
    uninstall(context, shop)
    assert who_holds(context, id_token(), "frame") is None


def test_our_own_token_is_good_for_one_use_of_its_kind(context: Context) -> None:
    shop = enter(context).shop
    frame, opening = own_token(context, shop, "frame"), own_token(context, shop, "opening")
    held = who_holds(context, frame, "frame")
    assert held is not None
    assert held.since == int(START.timestamp())
    assert who_holds(context, opening, "opening") is not None
    assert who_holds(context, frame, "opening") is None
    assert who_holds(context, opening, "frame") is None
    session = context.keys.sign("session", [shop.id, shop.generation, 0])
    assert who_holds(context, session, "frame") is None


def test_a_chain_of_renewed_tokens_ends_after_half_a_day(
    context: Context, moving_clock: MovingClock
) -> None:
    shop = enter(context).shop
    began = int(context.now().timestamp())
    moving_clock.move(hours=11, minutes=59)
    renewed = own_token(context, shop, "frame", since=began)
    assert who_holds(context, renewed, "frame") is not None
    moving_clock.move(minutes=1)
    assert who_holds(context, renewed, "frame") is None


def test_our_own_tokens_die_with_the_installation(context: Context) -> None:
    shop = enter(context).shop
    token, preview = own_token(context, shop, "frame"), preview_token(context, shop, 7)
    uninstall(context, shop)
    enter(context)
    assert who_holds(context, token, "frame") is None
    assert shop_of_preview(context, preview, 7) is None


def test_the_preview_of_one_campaign_is_no_other(context: Context) -> None:
    shop = enter(context).shop
    token = preview_token(context, shop, 7)
    assert shop_of_preview(context, token, 7) == shop
    assert shop_of_preview(context, token, 8) is None
    assert who_holds(context, token, "frame") is None
    assert shop_of_preview(context, own_token(context, shop, "frame"), 7) is None
