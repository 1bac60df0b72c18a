"""From the confirmed sign-up to voucher and customer record, over crashes at the worst moments."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from plugin.contracts.platform import IssuesVouchers, SyncsConsent
from plugin.model import Shop
from plugin.services.unsubscribing import unsubscribe
from plugin.store.db import Database
from tests.contract import person
from tests.contract.moves import capable, later, rows, settle, token
from tests.contract.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection


class Killed(BaseException):
    """Stands for kill -9: nothing in between may catch it."""


def test_a_confirmed_sign_up_gets_one_voucher_and_a_record_in_the_shop(
    stage: Stage, shop: Shop
) -> None:
    settle(stage, shop)
    link = person.subscribe(stage, shop)
    stage.run_steps()
    person.confirm(stage, link)
    later(stage, minutes=1)
    _one_of_each(stage, shop)


@pytest.mark.parametrize("number", range(1, 15))
def test_a_crash_before_any_commit_costs_neither_voucher_nor_record(
    stage: Stage, shop: Shop, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    settle(stage, shop)
    link = person.sign_up(stage, shop, person.publish_form(stage, shop))
    person.confirm(stage, link)
    with monkeypatch.context() as patch:
        _kill_before(patch, number)
        with suppress(Killed):
            stage.run_steps()
    later(stage, minutes=10)  # the lease of the dead worker ends
    later(stage, minutes=10)
    _one_of_each(stage, shop)


def test_who_leaves_is_no_subscriber_in_the_shop_either(stage: Stage, shop: Shop) -> None:
    settle(stage, shop)
    person.subscribe(stage, shop)
    stage.run_steps()
    unsubscribe(stage.context, person.way_out(stage, shop))
    later(stage, minutes=1)
    if capable(stage, shop, SyncsConsent):
        assert not stage.consents().get(person.MAIL, False)


def test_a_known_customer_becomes_a_subscriber_and_not_a_second_customer(
    stage: Stage, shop: Shop
) -> None:
    consent = capable(stage, shop, SyncsConsent)
    if consent is None:
        return
    known = stage.put_customer(person.MAIL)
    held, now = token(stage, shop), stage.context.now()
    assert consent.record_consent(held, person.MAIL, "de", now) in (known, None)
    assert consent.record_consent(held, person.MAIL, "de", now) in (known, None)
    assert stage.consents()[person.MAIL]


def test_withdrawing_for_somebody_unknown_is_no_error_and_makes_no_record(
    stage: Stage, shop: Shop
) -> None:
    consent = capable(stage, shop, SyncsConsent)
    if consent is None:
        return
    consent.withdraw_consent(token(stage, shop), "nobody@example.com", stage.context.now())
    assert not stage.consents().get("nobody@example.com", False)


def _one_of_each(stage: Stage, shop: Shop) -> None:
    # A mail of which nobody knows whether it went out may go out again, as the same mail.
    mails = {letter["Message-ID"] for letter, to in stage.mail.sent if to == person.MAIL}
    if capable(stage, shop, IssuesVouchers):
        (voucher,) = rows(stage, shop, "vouchers")
        assert voucher.state == "issued"
        made = [code.upper() for code in stage.vouchers()]
        assert made.count(voucher.code.upper()) == 1
        assert len(mails) == 2
    if capable(stage, shop, SyncsConsent):
        # "partly": the platform keeps consent with an account, and this person has none.
        whole = stage.context.platforms[stage.platform_name].support["consent_sync"] == "yes"
        assert stage.consents() == ({person.MAIL: True} if whole else {})


def _kill_before(patch: pytest.MonkeyPatch, deadly: int) -> None:
    real, made = Database.write, 0

    @contextmanager
    def write(database: Database) -> Iterator[Connection]:
        nonlocal made
        with real(database) as connection:
            yield connection
            made += 1
            if made == deadly:
                raise Killed

    patch.setattr(Database, "write", write)
