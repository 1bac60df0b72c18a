"""Codes that nobody used leave the shop, also where that could not be done when they ended."""

from __future__ import annotations

import pytest

from plugin.model import Shop
from plugin.services import steps
from plugin.services.context import Context
from plugin.store import vouchers as store
from plugin.store.installs import delete_install
from plugin.store.shops import installs
from tests.conftest import KeptMail, MovingClock
from tests.fakes.platform import FakePlatform
from tests.services.sign_up_stage import Stage


@pytest.fixture
def stage(context: Context, shop: Shop, kept_mail: KeptMail) -> Stage:
    stage = Stage(context, shop)
    stage.confirmed(kept_mail)
    stage.work()
    return stage


def state(stage: Stage) -> tuple[str, bool]:
    row = stage.rows(store.vouchers)[0]
    return row.state, row.removed_at is not None


def tidy(stage: Stage) -> None:
    with stage.context.db.write() as connection:
        steps.enqueue(connection, stage.context, stage.shop.id, "vouchers.tidy", key="tidy")
    stage.work()


def test_after_its_end_it_is_removed_and_that_is_noted(
    stage: Stage, fake_platform: FakePlatform, moving_clock: MovingClock
) -> None:
    moving_clock.move(days=32)
    stage.work()
    assert fake_platform.vouchers == {}
    assert state(stage) == ("expired", True)


def test_a_shop_that_had_left_gets_rid_of_it_when_it_is_back(
    stage: Stage, fake_platform: FakePlatform, moving_clock: MovingClock
) -> None:
    with stage.context.db.write() as connection:
        kept = connection.execute(installs.select()).one()._asdict()
        delete_install(connection, stage.shop.id)
    moving_clock.move(days=32)
    stage.work()
    assert state(stage) == ("expired", False)
    assert fake_platform.vouchers
    tidy(stage)  # nobody to speak with: nothing happens
    assert state(stage) == ("expired", False)
    with stage.context.db.write() as connection:
        connection.execute(installs.insert().values(**kept))
        steps.enqueue(connection, stage.context, stage.shop.id, "vouchers.tidy", key="again")
    stage.work()
    assert fake_platform.vouchers == {}
    assert state(stage) == ("expired", True)


def test_tidying_leaves_alone_what_was_used_and_what_still_holds(
    stage: Stage, fake_platform: FakePlatform
) -> None:
    tidy(stage)
    assert state(stage) == ("issued", False)
    assert fake_platform.vouchers
