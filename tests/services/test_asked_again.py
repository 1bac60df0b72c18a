"""Who left and is asked for again, by whoever types the address in, has still left."""

from __future__ import annotations

import pytest

from plugin.model import Shop
from plugin.services import privacy
from plugin.services.context import Context
from plugin.store.subscribers import subscribers
from plugin.store.vouchers import vouchers
from tests.conftest import KeptMail, MovingClock
from tests.services.sign_up_stage import MAIL
from tests.services.sync_stage import SyncStage

# What the tables do on PostgreSQL stands in tests/store.
pytestmark = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)


@pytest.fixture
def stage(
    context: Context, shop: Shop, kept_mail: KeptMail, moving_clock: MovingClock
) -> SyncStage:
    """Somebody whom the e-mail service knows, who left and was asked for again a day later."""
    stage = SyncStage(context, shop)
    stage.connect_service()
    stage.confirmed(kept_mail)
    stage.work()
    assert stage.fake.gets_mail(MAIL)
    stage.fake.later(hours=1)
    moving_clock.move(days=1, hours=1)
    return stage


def test_who_was_asked_for_again_before_the_service_heard_of_the_farewell_is_taken_off_there(
    stage: SyncStage,
) -> None:
    stage.leave()
    stage.ask()
    stage.work()
    assert stage.person().state == "pending"
    assert not stage.fake.gets_mail(MAIL)


def test_erasing_who_was_asked_for_again_reaches_the_service(stage: SyncStage) -> None:
    stage.leave()
    stage.work()
    stage.ask()
    privacy.erase_person(stage.context, stage.shop, MAIL)
    stage.work()
    assert stage.fake.people == {}


def test_an_address_that_is_deleted_unanswered_is_forgotten_where_it_was_known_before(
    stage: SyncStage, moving_clock: MovingClock
) -> None:
    stage.leave()
    stage.work()
    stage.ask()
    moving_clock.move(days=8)
    stage.work()
    assert stage.rows(subscribers) == []
    assert stage.fake.people == {}
    assert stage.dead() == []


def test_the_voucher_of_who_left_and_was_asked_for_again_at_once_is_made_all_the_same(
    context: Context, shop: Shop, kept_mail: KeptMail
) -> None:
    stage = SyncStage(context, shop)
    stage.confirmed(kept_mail)
    stage.leave()
    stage.ask()
    assert stage.person().state == "pending"
    stage.work()
    assert [row.state for row in stage.rows(vouchers)] == ["issued"]
