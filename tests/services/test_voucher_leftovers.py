"""What a voucher leaves behind that nobody gets after all: no code in the shop, no spent budget."""

from __future__ import annotations

from decimal import Decimal

import pytest

from plugin.errors import PlatformError
from plugin.model import Access, Order, Shop, VoucherOrder
from plugin.services import guard_limits, orders, privacy
from plugin.services.context import Context
from plugin.store.vouchers import vouchers
from tests.conftest import KeptMail, MovingClock
from tests.fakes.platform import FakePlatform
from tests.services.sign_up_stage import MAIL, Stage

pytestmark = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)


@pytest.fixture
def stage(context: Context, shop: Shop) -> Stage:
    return Stage(context, shop)


@pytest.fixture
def lost_answer(fake_platform: FakePlatform, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shop makes the first code, and its answer never arrives."""
    make = fake_platform.issue_voucher

    def made_in_silence(access: Access, order: VoucherOrder) -> str:
        make(access, order)
        monkeypatch.setattr(fake_platform, "issue_voucher", make)
        raise PlatformError("platform_unreachable")

    monkeypatch.setattr(fake_platform, "issue_voucher", made_in_silence)


def _buy(stage: Stage) -> None:
    now = stage.context.now()
    order = Order(
        id="1", number="1", email=MAIL, postcode="78462", country="DE", customer_id=None,
        currency="EUR", total=Decimal(50), discount=Decimal(0), codes=(), paid=True,
        created_at=now, updated_at=now, cancelled_at=None, lines=(),
    )  # fmt: skip
    with stage.context.db.write() as connection:
        orders.ingest(connection, stage.context, stage.shop, order)


@pytest.mark.usefixtures("lost_answer")
@pytest.mark.parametrize("gone", ["bought", "erased"])
def test_a_code_whose_answer_got_lost_does_not_stay_in_the_shop_when_it_is_refused(
    stage: Stage,
    kept_mail: KeptMail,
    fake_platform: FakePlatform,
    moving_clock: MovingClock,
    gone: str,
) -> None:
    stage.confirmed(kept_mail)
    stage.work()
    assert len(fake_platform.vouchers) == 1
    if gone == "bought":
        _buy(stage)
    else:
        privacy.erase_person(stage.context, stage.shop, MAIL)
    moving_clock.move(hours=1)
    stage.work()
    assert [row.state for row in stage.rows(vouchers)] == ["refused"]
    assert fake_platform.vouchers == {}


def test_a_voucher_whose_person_is_erased_before_the_shop_hears_of_it_gives_its_budget_back(
    stage: Stage, kept_mail: KeptMail
) -> None:
    stage.confirmed(kept_mail)
    privacy.erase_person(stage.context, stage.shop, MAIL)
    stage.work()
    assert [row.state for row in stage.rows(vouchers)] == ["refused"]
    assert guard_limits.report(stage.context, stage.shop).spent == 0
