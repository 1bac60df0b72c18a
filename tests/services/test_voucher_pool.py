"""Codes of the merchant: one for each person, whoever dies or comes at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from plugin.errors import BleibError
from plugin.model import Shop
from plugin.services import guard_limits, mailing, subscriptions, voucher_pool
from plugin.services import orders as order_service
from plugin.services.any_shop_models import CodesIn
from plugin.services.context import Context
from plugin.store import voucher_pool as store
from plugin.store import vouchers
from tests.conftest import KeptMail, MovingClock
from tests.fakes.things import an_order
from tests.own_shop import with_script_tag
from tests.services.sign_up_stage import Stage, plain


class Killed(BaseException):
    """Stands for kill -9: nothing in between may catch it."""


@pytest.fixture
def stage(context: Context, make_shop: Callable[..., Shop]) -> Stage:
    shop = make_shop("teehaus.example", platform="script_tag")
    return Stage(with_script_tag(context), shop)


def fill(stage: Stage, *codes: str, **values: Any) -> voucher_pool.Added:
    told = {"kind": "amount", "value": Decimal(5), "minimum": Decimal(40), **values}
    return voucher_pool.add(stage.context, stage.shop, CodesIn(codes=codes, **told))


def sign_up(stage: Stage, kept_mail: KeptMail, *names: str) -> None:
    for name in names:
        stage.confirmed(kept_mail, f"{name}@post.example")
        stage.work()


def given(stage: Stage) -> list[tuple[str, str]]:
    return sorted((row.code, row.state) for row in stage.rows(vouchers.vouchers))


def test_each_person_gets_one_code_of_the_merchant_by_mail(
    stage: Stage, kept_mail: KeptMail
) -> None:
    assert fill(stage, "Tee-Aa1", "Tee-Bb2").fresh == 2
    sign_up(stage, kept_mail, "anna", "berta")
    assert given(stage) == [("Tee-Aa1", "issued"), ("Tee-Bb2", "issued")]
    shoppers = [mail for mail, to in kept_mail.sent if to != stage.shop.email]
    mails = [mail for mail in shoppers if "Gutschein" in str(mail["Subject"])]
    texts = [" ".join(plain(mail).split()) for mail in mails]
    assert sum("Tee-Aa1" in text for text in texts) == 1
    assert [text for text in texts if "an der Kasse ein" not in text] == []


def test_codes_lie_sealed_until_somebody_has_them(stage: Stage) -> None:
    fill(stage, "SECRET-123")
    [row] = stage.rows(store.voucher_codes)
    assert "SECRET" not in str(row)


def test_the_same_code_is_known_again_however_it_is_written(stage: Stage) -> None:
    fill(stage, "ABC-1")
    added = fill(stage, "abc-1", "ABC-2")
    assert (added.fresh, added.known) == (1, 1)


@pytest.mark.parametrize(
    "misfit",
    [
        {"value": Decimal(4)},
        {"kind": "percent"},
        {"minimum": Decimal("40.01")},
        {"ends": 10},
    ],
)
def test_a_code_that_breaks_the_promise_is_not_given(
    stage: Stage, kept_mail: KeptMail, moving_clock: MovingClock, misfit: dict[str, Any]
) -> None:
    misfit = dict(misfit)
    days = misfit.pop("ends", None)
    ends = moving_clock() + timedelta(days=days) if days else None
    fill(stage, "ABC-1", ends_at=ends, **misfit)
    sign_up(stage, kept_mail, "anna")
    assert given(stage) == []
    refused = guard_limits.report(stage.context, stage.shop).refused
    assert refused == (("pool_empty", 1),)


def test_a_code_without_conditions_and_the_one_that_ends_first_come_first(
    stage: Stage, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    fill(stage, "EVER-1", minimum=None)
    fill(stage, "SOON-1", ends_at=moving_clock() + timedelta(days=60))
    sign_up(stage, kept_mail, "anna", "berta")
    codes = [row.code for row in stage.rows(vouchers.vouchers)]
    assert codes == ["SOON-1", "EVER-1"]


def test_an_empty_pool_is_a_reason_of_its_own_and_takes_no_budget(
    stage: Stage, kept_mail: KeptMail
) -> None:
    sign_up(stage, kept_mail, "anna")
    report = guard_limits.report(stage.context, stage.shop)
    assert report.refused == (("pool_empty", 1),)
    assert report.spent == 0


def test_a_crash_while_confirming_leaves_the_code_free(
    stage: Stage, kept_mail: KeptMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(stage, "ABC-1")
    stage.ask("anna@post.example")
    stage.work()
    token = stage.link_in(kept_mail.sent[-1][0])

    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(voucher_pool, "give", die)
        with pytest.raises(Killed):
            subscriptions.confirm(stage.context, token)
    assert voucher_pool.stock(stage.context, stage.shop).free == 1
    assert subscriptions.confirm(stage.context, token).outcome == "voucher"


def test_a_crash_before_the_mail_ends_in_the_same_code(
    stage: Stage,
    kept_mail: KeptMail,
    moving_clock: MovingClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fill(stage, "ABC-1", "ABC-2")
    stage.confirmed(kept_mail, "anna@post.example")

    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(mailing, "queue", die)
        with pytest.raises(Killed):
            stage.work()
    moving_clock.move(minutes=10)
    stage.work()
    assert given(stage) == [("ABC-1", "issued")]
    assert voucher_pool.stock(stage.context, stage.shop).free == 1


def test_many_confirmations_at_once_never_share_a_code(stage: Stage, kept_mail: KeptMail) -> None:
    fill(stage, *(f"CODE-{n}" for n in range(5)))
    tokens = []
    for number in range(8):
        stage.ask(f"p{number}@post.example", net_address=f"203.0.113.{number}")
        stage.work()
        tokens.append(stage.link_in(kept_mail.sent[-1][0]))
    start, failures = threading.Barrier(len(tokens)), []

    def press(token: str) -> None:
        start.wait()
        try:
            subscriptions.confirm(stage.context, token)
        except BleibError as error:
            failures.append(error)

    threads = [threading.Thread(target=press, args=(token,)) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    codes = [row.code for row in stage.rows(vouchers.vouchers)]
    assert len(codes) == len(set(codes)) == 5


def test_a_person_erased_in_between_frees_the_code_for_somebody_else(
    stage: Stage, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    from plugin.services import vouchers as service
    from plugin.store import subscribers

    fill(stage, "ABC-1")
    stage.confirmed(kept_mail, "anna@post.example")
    with stage.context.db.write() as connection:
        person = subscribers.subscriber_by_id(connection, stage.shop.id, 1)
        assert person is not None
        service.enqueue_issue(connection, stage.context, stage.shop.id, person)
        connection.execute(subscribers.subscribers.delete())
    stage.work()
    assert voucher_pool.stock(stage.context, stage.shop).free == 1
    moving_clock.move(minutes=1)
    sign_up(stage, kept_mail, "berta")
    assert ("ABC-1", "issued") in given(stage)


def test_a_given_code_in_an_order_is_redeemed_however_it_is_written(
    stage: Stage, kept_mail: KeptMail
) -> None:
    fill(stage, "Tee-Aa1", "Tee-Bb2")
    sign_up(stage, kept_mail, "anna")
    order = an_order(codes=("tee-aa1", "tee-bb2"), email="anna@post.example")
    with stage.context.db.write() as connection:
        order_service.ingest(connection, stage.context, stage.shop, order)
    assert given(stage) == [("Tee-Aa1", "redeemed")]
    # The second one was never given out, and never will be: somebody has used it.
    assert voucher_pool.stock(stage.context, stage.shop).free == 0
    sign_up(stage, kept_mail, "berta")
    assert given(stage) == [("Tee-Aa1", "redeemed")]


def test_the_merchant_is_told_once_when_a_fifth_is_left(stage: Stage, kept_mail: KeptMail) -> None:
    fill(stage, *(f"CODE-{n}" for n in range(10)))
    for number in range(10):
        sign_up(stage, kept_mail, f"p{number}")
        warned = [mail for mail, to in kept_mail.sent if to == stage.shop.email]
        assert len(warned) == (number >= 7)
    assert "noch 2 Codes" in plain(warned[0])


def test_a_new_filling_starts_the_count_anew(
    stage: Stage, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    fill(stage, "CODE-1")
    sign_up(stage, kept_mail, "anna")
    assert voucher_pool.stock(stage.context, stage.shop).low
    moving_clock.move(hours=1)
    fill(stage, "CODE-2", "CODE-3")
    assert not voucher_pool.stock(stage.context, stage.shop).low


def test_a_campaign_without_a_fitting_code_cannot_be_published(stage: Stage) -> None:
    from plugin.services import campaigns
    from plugin.store import campaigns as campaign_store

    with stage.context.db.read() as connection:
        [campaign] = campaign_store.all_campaigns(connection, stage.shop.id)

    def passed() -> bool:
        checks = campaigns.checks(stage.context, stage.shop, campaign)
        return next(check for check in checks if check.name == "pool").passed

    assert not passed()
    fill(stage, "ABC-1")
    assert passed()


def test_platforms_that_make_their_own_codes_know_no_pool(context: Context, shop: Shop) -> None:
    assert not voucher_pool.draws_from(context, shop)


def test_free_codes_can_be_taken_back(stage: Stage, kept_mail: KeptMail) -> None:
    fill(stage, "ABC-1", "ABC-2")
    sign_up(stage, kept_mail, "anna")
    assert voucher_pool.drop_free(stage.context, stage.shop) == 1
    assert given(stage) == [("ABC-1", "issued")]
