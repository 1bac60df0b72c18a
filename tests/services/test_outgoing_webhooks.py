"""Messages for developers: signed, tried again, given up in the end, and gone with the person."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from decimal import Decimal

import pytest

from plugin.errors import ConflictError, InvalidFieldError, NotFoundError, PlatformError
from plugin.errors import PlatformRefusedError as Refused
from plugin.model import Shop
from plugin.services import orders, outgoing_webhooks, privacy
from plugin.services.context import Context
from plugin.services.outgoing_webhooks import TOPICS, Made
from plugin.store.steps import steps as step_rows
from plugin.store.vouchers import vouchers
from plugin.store.webhook_targets import webhook_deliveries, webhook_targets
from tests.conftest import KeptMail, MovingClock
from tests.fakes.things import an_order
from tests.services.sign_up_stage import MAIL
from tests.services.sync_stage import SyncStage

URL = "https://dev.example/bleib"

# What the tables do on PostgreSQL stands in tests/store/test_connections.py.
pytestmark = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)


@pytest.fixture
def stage(context: Context, shop: Shop) -> SyncStage:
    return SyncStage(context, shop)


@pytest.fixture
def made(stage: SyncStage) -> Made:
    return outgoing_webhooks.add(stage.context, stage.shop, URL, TOPICS)


def try_for_days(stage: SyncStage, clock: MovingClock, days: int = 3) -> None:
    for _ in range(days * 8):
        clock.move(hours=3)
        stage.work()


def test_everything_that_happens_is_told_once_with_a_signature_over_the_raw_bytes(
    stage: SyncStage, made: Made, kept_mail: KeptMail
) -> None:
    stage.confirmed(kept_mail)
    stage.work()
    code = stage.rows(vouchers)[0].code
    order = an_order(7, email=MAIL, codes=(code,), discount=Decimal("5.00"))
    with stage.context.db.write() as connection:
        for _ in range(2):
            orders.ingest(connection, stage.context, stage.shop, order)
    stage.leave()
    stage.work()
    told = {post.told["topic"]: post.told for post in stage.posts.posted}
    # The fifth: test_withdrawals.py.
    assert {*told} == {*TOPICS} - {"withdrawal.declared"}
    assert len(stage.posts.posted) == 4
    for post in stage.posts.posted:
        at, given = post.headers["Bleib-Signature"].removeprefix("t=").split(",v1=")
        message = at.encode() + b"." + post.body
        expected = hmac.new(made.secret.encode(), message, hashlib.sha256).hexdigest()
        assert given == expected
        assert int(at) == int(stage.context.now().timestamp())
        assert post.headers["Bleib-Event"] == post.told["id"]
        assert post.told["shop"] == stage.shop.key
    assert told["subscriber.confirmed"]["data"]["email"] == MAIL
    assert told["voucher.issued"]["data"]["code"] == code
    assert told["voucher.redeemed"]["data"]["discount"] == "5.00"
    assert told["voucher.redeemed"]["data"]["order"] == order.id
    assert told["subscriber.unsubscribed"]["data"]["unsubscribed_at"] is not None


def test_only_what_was_chosen_is_told(stage: SyncStage, kept_mail: KeptMail) -> None:
    outgoing_webhooks.add(stage.context, stage.shop, URL, ["voucher.issued"])
    stage.confirmed(kept_mail)
    stage.work()
    assert [post.told["topic"] for post in stage.posts.posted] == ["voucher.issued"]


def test_a_refusal_is_tried_again_with_the_same_id_and_then_written_down(
    stage: SyncStage, made: Made, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    stage.posts.answers = [500, PlatformError("platform_timeout"), 302]
    outgoing_webhooks.ping(stage.context, stage.shop, made.target.id)
    stage.work()
    try_for_days(stage, moving_clock, 1)
    assert len({post.told["id"] for post in stage.posts.posted}) == 1
    assert len(stage.posts.posted) == 4
    row = stage.rows(webhook_deliveries)[0]
    assert (row.state, row.attempts, row.status, row.error) == ("delivered", 4, 204, None)


def test_after_two_days_of_refusals_the_log_says_so_and_once_more_is_possible(
    stage: SyncStage, made: Made, moving_clock: MovingClock
) -> None:
    stage.posts.always = 503
    outgoing_webhooks.ping(stage.context, stage.shop, made.target.id)
    try_for_days(stage, moving_clock)
    row = stage.rows(webhook_deliveries)[0]
    assert (row.state, row.attempts, row.status) == ("failed", 12, 503)
    assert stage.dead() == []
    stage.posts.always = 200
    outgoing_webhooks.again(stage.context, stage.shop, made.target.id, row.id)
    stage.work()
    assert stage.rows(webhook_deliveries)[0].state == "delivered"
    with pytest.raises(NotFoundError):
        outgoing_webhooks.again(stage.context, stage.shop, made.target.id, row.id)


def test_an_address_that_takes_nothing_for_days_is_given_up_until_it_is_switched_on(
    stage: SyncStage, made: Made, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    stage.posts.always = 500
    for _ in range(4):
        outgoing_webhooks.ping(stage.context, stage.shop, made.target.id)
        try_for_days(stage, moving_clock, 2)
    assert stage.rows(webhook_targets)[0].state == "given_up"
    posted = len(stage.posts.posted)
    stage.confirmed(kept_mail)
    stage.work()
    assert len(stage.posts.posted) == posted
    outgoing_webhooks.switch(stage.context, stage.shop, made.target.id, on=True)
    assert stage.rows(webhook_targets)[0].failing_since is None


@pytest.mark.parametrize(
    ("answer", "state", "error"),
    [(410, "given_up", "webhook_status"), (Refused("x"), "on", "webhook_address_not_allowed")],
)
def test_what_can_never_work_is_tried_once(
    stage: SyncStage, made: Made, answer: object, state: str, error: str
) -> None:
    stage.posts.answers = [answer]  # type: ignore[list-item]
    outgoing_webhooks.ping(stage.context, stage.shop, made.target.id)
    stage.work()
    assert stage.rows(webhook_deliveries)[0].state == "failed"
    assert stage.rows(webhook_deliveries)[0].error == error
    assert stage.rows(webhook_targets)[0].state == state


def test_of_an_erased_person_nothing_is_told_and_nothing_is_left(
    stage: SyncStage, made: Made, kept_mail: KeptMail
) -> None:
    stage.posts.always = 500
    stage.confirmed(kept_mail)
    stage.work()
    assert stage.rows(webhook_deliveries)
    privacy.erase_person(stage.context, stage.shop, MAIL)
    assert stage.rows(webhook_deliveries) == []
    before = len(stage.posts.posted)
    stage.context.clock.move(days=1)  # type: ignore[attr-defined]
    stage.work()
    assert len(stage.posts.posted) == before


def test_nothing_of_a_person_lies_in_the_log_or_in_the_steps(
    stage: SyncStage, made: Made, kept_mail: KeptMail
) -> None:
    stage.posts.always = 500
    stage.confirmed(kept_mail)
    stage.work()
    stored = str(stage.rows(webhook_deliveries)) + str(stage.rows(step_rows))
    assert MAIL not in stored
    assert made.secret not in str(stage.rows(webhook_targets))
    assert made.secret not in repr(made)


def test_a_new_secret_signs_at_once(stage: SyncStage, made: Made) -> None:
    renewed = outgoing_webhooks.renew_secret(stage.context, stage.shop, made.target.id)
    assert renewed.secret != made.secret
    outgoing_webhooks.ping(stage.context, stage.shop, made.target.id)
    stage.work()
    post = stage.posts.posted[0]
    at, given = post.headers["Bleib-Signature"].removeprefix("t=").split(",v1=")
    message = at.encode() + b"." + post.body
    assert given == hmac.new(renewed.secret.encode(), message, hashlib.sha256).hexdigest()


@pytest.mark.parametrize(
    "url",
    [
        "http://dev.example/", "https://dev.example:8443/", "ftp://dev.example/", "dev.example",
        "https://user:pass@dev.example/", "https://", "", "https://dev.example/#x",
        "https://dev.example/ü", "https://dev.example/a b", "https://" + "a" * 600,
        "https://dev.example\\@localhost/",
    ],
)  # fmt: skip
def test_addresses_that_no_developer_has_are_refused(stage: SyncStage, url: str) -> None:
    with pytest.raises(InvalidFieldError, match="webhook_url_invalid"):
        outgoing_webhooks.add(stage.context, stage.shop, url, TOPICS)


def test_five_addresses_are_enough_and_each_wants_something(stage: SyncStage) -> None:
    with pytest.raises(InvalidFieldError, match="webhook_topics_missing"):
        outgoing_webhooks.add(stage.context, stage.shop, URL, ["other"])
    for _ in range(5):
        outgoing_webhooks.add(stage.context, stage.shop, URL, TOPICS)
    with pytest.raises(ConflictError, match="webhooks_full"):
        outgoing_webhooks.add(stage.context, stage.shop, URL, TOPICS)


def test_the_log_goes_after_thirty_days(
    stage: SyncStage, made: Made, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    from plugin.services.steps import Step

    stage.confirmed(kept_mail)
    stage.work()
    moving_clock.time += timedelta(days=31)
    privacy.retention(stage.context, Step(1, stage.shop.id, "privacy.retention", "r", {}, 1))
    assert stage.rows(webhook_deliveries) == []


def test_an_address_goes_with_its_log(stage: SyncStage, made: Made) -> None:
    outgoing_webhooks.ping(stage.context, stage.shop, made.target.id)
    outgoing_webhooks.remove(stage.context, stage.shop, made.target.id)
    stage.work()
    assert stage.rows(webhook_targets) == []
    assert stage.rows(webhook_deliveries) == []
    assert stage.posts.posted == []
