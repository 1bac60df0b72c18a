from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from plugin.errors import (
    NotAllowedError,
    PlatformError,
    PlatformRefusedError,
)
from plugin.model import Customer, Shop
from plugin.services import insight, subscriptions
from plugin.services.context import Context
from plugin.store.evidence import evidence
from plugin.store.guard import decisions_between
from plugin.store.outbox import outbox
from plugin.store.steps import steps
from plugin.store.subscribers import subscribers
from plugin.store.vouchers import vouchers
from tests.conftest import START, KeptMail, MovingClock
from tests.fakes.platform import FakePlatform
from tests.services.sign_up_stage import MAIL, Stage


@pytest.fixture
def stage(context: Context, shop: Shop) -> Stage:
    return Stage(context, shop)


def _count(stage: Stage, kind: str) -> int:
    day = insight.day_of(stage.shop, stage.context.now())
    found = insight.overview(stage.context, stage.shop, day, day)
    return found.of("newsletter").total(kind)


def test_opening_the_link_confirms_nothing(stage: Stage, kept_mail: KeptMail) -> None:
    stage.ask()
    stage.work()
    token = stage.link_in(kept_mail.sent[0][0])
    for _ in range(3):
        found = subscriptions.peek(stage.context, token)
    assert found.state == "pending"
    assert found.email == MAIL
    assert stage.rows(subscribers)[0].state == "pending"


def test_confirming_tells_the_shop_and_brings_the_voucher(
    stage: Stage, kept_mail: KeptMail, fake_platform: FakePlatform
) -> None:
    stage.confirmed(kept_mail)
    stage.work()
    (voucher,) = stage.rows(vouchers)
    assert voucher.state == "issued"
    assert list(fake_platform.vouchers) == [voucher.code]
    assert fake_platform.consents == {MAIL: "subscribed"}
    assert stage.rows(subscribers)[0].customer_id == f"customer-{MAIL}"
    assert fake_platform.vouchers[voucher.code].customer_id == f"customer-{MAIL}"
    assert voucher.code in kept_mail.sent[-1][0].as_string()
    assert _count(stage, "confirmed") == 1
    assert stage.dead() == []


def test_second_confirmation_click_does_nothing(
    stage: Stage, kept_mail: KeptMail, fake_platform: FakePlatform
) -> None:
    token = stage.confirmed(kept_mail)
    stage.work()
    before = len(stage.rows(steps))
    found = subscriptions.confirm(stage.context, token)
    stage.work()
    assert found.state == "confirmed"
    assert found.outcome == "voucher"
    assert len(stage.rows(steps)) == before
    assert _count(stage, "confirmed") == 1
    assert len(kept_mail.sent) == 2
    assert len(fake_platform.vouchers) == 1


def test_two_confirmations_at_once_are_one(stage: Stage, kept_mail: KeptMail) -> None:
    stage.ask()
    stage.work()
    token = stage.link_in(kept_mail.sent[0][0])
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: subscriptions.confirm(stage.context, token), range(8)))
    assert {item.state for item in found} == {"confirmed"}
    assert len(stage.rows(vouchers)) == 1
    assert [row.kind for row in stage.rows(evidence)].count("confirmed") == 1


def test_an_address_nobody_confirmed_is_deleted_after_seven_days(
    stage: Stage, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    stage.ask()
    stage.work()
    token = stage.link_in(kept_mail.sent[0][0])
    moving_clock.move(days=7, seconds=1)
    assert subscriptions.peek(stage.context, token).state == "expired"
    assert subscriptions.confirm(stage.context, token).state == "expired"
    stage.work()
    assert stage.rows(subscribers) == []
    (mail,) = stage.rows(outbox)
    assert mail.recipient_sealed is None
    assert mail.values_sealed is None
    assert subscriptions.confirm(stage.context, token).state == "expired"


def test_the_link_of_an_earlier_request_points_to_the_newer_one(
    stage: Stage, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    stage.ask()
    stage.work()
    old = stage.link_in(kept_mail.sent[0][0])
    moving_clock.move(hours=25)
    stage.ask()
    stage.work()
    new = stage.link_in(kept_mail.sent[1][0])
    assert subscriptions.confirm(stage.context, old).state == "superseded"
    assert subscriptions.confirm(stage.context, new).state == "confirmed"


def test_a_link_for_a_deleted_row_does_not_open_whoever_got_its_number(
    stage: Stage, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    stage.ask("first@post.example")
    stage.work()
    old = stage.link_in(kept_mail.sent[0][0])
    moving_clock.move(days=8)
    stage.work()
    stage.ask("second@post.example")
    found = subscriptions.confirm(stage.context, old)
    assert found.state in ("expired", "superseded")
    assert found.email is None
    assert stage.rows(subscribers)[0].state == "pending"


def test_an_existing_customer_is_thanked_without_a_voucher(
    stage: Stage, kept_mail: KeptMail, context: Context
) -> None:
    from plugin.services.identity import identity_of
    from plugin.store.catalogue import customers

    with context.db.write() as connection:
        connection.execute(
            customers.insert().values(
                shop_id=stage.shop.id,
                customer_id="c1",
                identity=identity_of(context.keys, stage.shop.id, MAIL),
                orders_count=2,
                updated_at=context.now(),
            )
        )
    token = stage.confirmed(kept_mail)
    stage.work()
    assert subscriptions.peek(context, token).outcome == "known_customer"
    assert stage.rows(vouchers) == []
    assert [mail["Subject"] for mail, _ in kept_mail.sent] == [
        "Bitte bestätigen Sie Ihre E‑Mail-Adresse"
    ]


def test_who_signs_up_in_time_gets_the_voucher_and_who_comes_late_learns_why_not(
    context: Context, shop: Shop, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    stage = Stage(context, shop, schedule={"ends": "2026-11-21T10:00:00Z"})
    in_time = stage.form("a@post.example")
    subscriptions.request(context, shop, in_time)
    stage.work()
    moving_clock.move(hours=1)
    # Confirming later than that is no fault: the promise was made in time.
    token = stage.link_in(kept_mail.sent[-1][0])
    assert subscriptions.confirm(context, token).state == "confirmed"
    stage.work()
    assert subscriptions.peek(context, token).outcome == "voucher"
    late = stage.confirmed(kept_mail, "b@post.example")
    assert subscriptions.peek(context, late).outcome == "offer_ended"
    with context.db.read() as connection:
        window = (START, context.now() + timedelta(seconds=1))
        found = decisions_between(connection, shop.id, *window)
    assert found == {("allow", "within_budget"): 1, ("no", "offer_ended"): 1}


def test_a_customer_only_the_platform_knows_gets_thanks_instead_of_a_code(
    stage: Stage, kept_mail: KeptMail, fake_platform: FakePlatform, context: Context
) -> None:
    fake_platform.customers_held.append(Customer("c9", MAIL, 3, False, context.now()))
    token = stage.confirmed(kept_mail)
    stage.work()
    assert fake_platform.vouchers == {}
    assert stage.rows(vouchers)[0].state == "refused"
    assert kept_mail.sent[-1][0]["Subject"] == "Danke, es hat geklappt"
    assert subscriptions.peek(context, token).outcome == "known_customer"


def test_a_shop_that_refuses_the_record_does_not_keep_the_voucher_back(
    stage: Stage, kept_mail: KeptMail, fake_platform: FakePlatform
) -> None:
    fake_platform.fail("record_consent", PlatformRefusedError("customer_refused"))
    stage.confirmed(kept_mail)
    stage.work()
    assert stage.rows(vouchers)[0].state == "issued"
    assert stage.dead() == [("consent.record", "customer_refused")]


def test_a_platform_that_is_down_delays_and_loses_nothing(
    stage: Stage, kept_mail: KeptMail, fake_platform: FakePlatform, moving_clock: MovingClock
) -> None:
    fake_platform.fail("record_consent", *[PlatformError("platform_down")] * 3)
    fake_platform.fail("issue_voucher", *[PlatformError("platform_down")] * 3)
    stage.confirmed(kept_mail)
    for _ in range(8):
        stage.work()
        moving_clock.move(hours=1)
    assert stage.rows(vouchers)[0].state == "issued"
    assert len(fake_platform.vouchers) == 1
    assert len(kept_mail.sent) == 2


def test_after_unsubscribing_the_old_confirmation_link_does_not_subscribe_again(
    stage: Stage, kept_mail: KeptMail
) -> None:
    token = stage.confirmed(kept_mail)
    stage.work()
    off = subscriptions.peek(stage.context, token).unsubscribe_token
    assert off is not None
    subscriptions.unsubscribe(stage.context, off)
    assert subscriptions.confirm(stage.context, token).state == "unsubscribed"
    assert stage.rows(subscribers)[0].state == "unsubscribed"


def test_who_comes_back_after_unsubscribing_gets_no_second_voucher(
    stage: Stage, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    first = stage.confirmed(kept_mail)
    stage.work()
    off = subscriptions.peek(stage.context, first).unsubscribe_token
    assert off is not None
    subscriptions.unsubscribe(stage.context, off)
    moving_clock.move(days=2)
    second = stage.confirmed(kept_mail, "marlene.ost+zwei@post.example")
    stage.work()
    assert subscriptions.peek(stage.context, second).outcome == "already_had"
    assert len(stage.rows(vouchers)) == 1
    assert stage.rows(subscribers)[0].state == "confirmed"


def test_without_a_voucher_in_the_form_nothing_is_promised_or_planned(
    context: Context, shop: Shop, kept_mail: KeptMail
) -> None:
    stage = Stage(context, shop, voucher={"enabled": False})
    token = stage.confirmed(kept_mail)
    stage.work()
    assert subscriptions.peek(context, token).outcome == "none"
    assert stage.rows(vouchers) == []
    assert len(kept_mail.sent) == 1


def test_nobody_confirms_with_a_link_of_another_purpose_or_shop(
    stage: Stage, kept_mail: KeptMail, context: Context
) -> None:
    stage.ask()
    person = stage.rows(subscribers)[0]
    data = [stage.shop.id, person.id, round(person.requested_at.timestamp() * 1e6)]
    for purpose in ("unsubscribe", "session", "preview", "oauth_state"):
        with pytest.raises(NotAllowedError, match="link_invalid"):
            subscriptions.confirm(context, context.keys.sign(purpose, data))  # type: ignore[arg-type]
    foreign = context.keys.sign("confirm", [stage.shop.id + 1, *data[1:]])
    assert subscriptions.confirm(context, foreign).state == "expired"
    assert stage.rows(subscribers)[0].state == "pending"
