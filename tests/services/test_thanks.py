"""Who has ordered before gets a friendly thank-you of the merchant's choice, and no discount."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.model import Shop
from plugin.services import orders, subscriptions, voucher_report
from plugin.services.context import Context
from plugin.services.thanks import thanks_of
from tests.conftest import KeptMail, MovingClock
from tests.fakes.platform import FakePlatform
from tests.fakes.things import a_customer, an_order
from tests.services.sign_up_stage import MAIL, VOUCHER, Stage, plain

GIFT = {"kind": "gift", "what": {"de": "ein Leinentuch", "en": "a linen cloth"}, "url": ""}
GUIDE = {"kind": "content", "what": {"de": "unser Pflegeheft", "en": "our guide"}, "url": "/heft"}


def settings(thanks: dict[str, Any]) -> dict[str, Any]:
    return {"voucher": {**VOUCHER, "thanks": thanks}}


def customer(stage: Stage) -> None:
    with stage.context.db.write() as connection:
        order = an_order(1, email=MAIL)
        orders.ingest(connection, stage.context, stage.shop, order)


def test_the_page_after_the_confirmation_says_what_there_is_instead(
    context: Context, shop: Shop, kept_mail: KeptMail
) -> None:
    stage = Stage(context, shop, **settings(GUIDE))
    customer(stage)
    token = stage.confirmed(kept_mail)
    found = subscriptions.peek(context, token)
    assert found.outcome == "known_customer"
    assert found.thanks is not None
    assert "unser Pflegeheft" in found.thanks.text
    assert found.thanks.link == f"{shop.storefront_url}/heft"


def test_the_mail_says_it_to_whom_the_platform_alone_knew(
    context: Context, shop: Shop, kept_mail: KeptMail, fake_platform: FakePlatform
) -> None:
    stage = Stage(context, shop, **settings(GUIDE))
    stage.confirmed(kept_mail)
    fake_platform.customers_held.append(a_customer(1, email=MAIL))
    stage.work()
    mail = plain(kept_mail.sent[-1][0])
    assert "unser Pflegeheft" in mail
    assert f"{shop.storefront_url}/heft" in mail
    assert fake_platform.vouchers == {}


def test_a_promised_gift_goes_with_the_next_order_and_the_merchant_sees_which(
    context: Context, shop: Shop, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    stage = Stage(context, shop, **settings(GIFT))
    customer(stage)
    stage.confirmed(kept_mail)
    assert voucher_report.report(context, shop).gifts_waiting == 1
    moving_clock.move(days=3)
    now = context.now()
    order = an_order(2, email=MAIL, created_at=now, updated_at=now)
    take = {"created_at": now}
    with context.db.write() as connection:
        orders.ingest(connection, context, shop, order)
    (due,) = voucher_report.report(context, shop).gifts
    assert (due.number, due.what) == ("#2", "ein Leinentuch")
    moving_clock.move(hours=1)
    later = context.now()
    cancelled = an_order(2, email=MAIL, updated_at=later, cancelled_at=later, **take)
    with context.db.write() as connection:
        orders.ingest(connection, context, shop, cancelled)
    assert voucher_report.report(context, shop).gifts_waiting == 1


@pytest.mark.parametrize("thanks", [{}, {"kind": "plain"}, {"kind": "gift", "what": {"de": " "}}])
def test_without_a_choice_there_is_the_plain_thanks(shop: Shop, thanks: dict[str, Any]) -> None:
    assert thanks_of(shop, settings(thanks), "de") is None
