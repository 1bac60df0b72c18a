from __future__ import annotations

import pytest
import sqlalchemy as sa

from plugin.errors import NotAllowedError
from plugin.model import Shop
from plugin.services import subscriptions, unsubscribing
from plugin.services.context import Context
from plugin.store.evidence import evidence
from plugin.store.shops import shops
from plugin.store.subscribers import subscribers
from plugin.store.vouchers import vouchers
from tests.conftest import KeptMail
from tests.fakes.platform import FakePlatform
from tests.services.sign_up_stage import MAIL, Stage


@pytest.fixture
def stage(context: Context, shop: Shop) -> Stage:
    return Stage(context, shop)


@pytest.fixture
def token(stage: Stage, kept_mail: KeptMail) -> str:
    """The unsubscribe token of a confirmed person."""
    confirmed = stage.confirmed(kept_mail)
    stage.work()
    found = subscriptions.peek(stage.context, confirmed).unsubscribe_token
    assert found is not None
    return found


def test_unsubscribing_ends_it_here_and_in_the_shop(
    stage: Stage, token: str, fake_platform: FakePlatform
) -> None:
    assert unsubscribing.subscription(stage.context, token).active
    assert not unsubscribing.unsubscribe(stage.context, token).active
    stage.work()
    assert stage.rows(subscribers)[0].state == "unsubscribed"
    assert fake_platform.consents == {MAIL: "unsubscribed"}
    assert stage.rows(evidence)[-1].kind == "unsubscribed"


def test_unsubscribing_twice_is_one_proof(stage: Stage, token: str) -> None:
    for _ in range(3):
        unsubscribing.unsubscribe(stage.context, token)
    assert [row.kind for row in stage.rows(evidence)].count("unsubscribed") == 1


def test_the_voucher_outlives_the_subscription(stage: Stage, token: str) -> None:
    unsubscribing.unsubscribe(stage.context, token)
    stage.work()
    assert stage.rows(vouchers)[0].state == "issued"


def test_it_works_after_the_shop_was_uninstalled(
    stage: Stage, token: str, context: Context, fake_platform: FakePlatform
) -> None:
    with context.db.write() as connection:
        connection.execute(sa.update(shops).values(state="uninstalled"))
    assert not unsubscribing.unsubscribe(context, token).active
    stage.work()
    assert stage.rows(subscribers)[0].state == "unsubscribed"
    assert "withdraw_consent" not in fake_platform.calls


def test_it_says_the_same_after_the_shop_or_the_person_was_deleted(
    stage: Stage, token: str, context: Context
) -> None:
    with context.db.write() as connection:
        connection.execute(sa.delete(subscribers))
    assert not unsubscribing.unsubscribe(context, token).active
    with context.db.write() as connection:
        connection.execute(sa.delete(shops))
    found = unsubscribing.unsubscribe(context, token)
    assert (found.shop, found.active) == (None, False)


def test_a_link_never_expires(stage: Stage, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    later = time.time() + 10 * 365 * 86400
    monkeypatch.setattr(time, "time", lambda: later)
    assert not unsubscribing.unsubscribe(stage.context, token).active


def test_a_number_given_anew_belongs_to_somebody_else(
    stage: Stage, token: str, context: Context
) -> None:
    with context.db.write() as connection:
        connection.execute(sa.update(subscribers).values(identity="f" * 64))
    unsubscribing.unsubscribe(context, token)
    assert stage.rows(subscribers)[0].state == "confirmed"


def test_other_tokens_do_not_unsubscribe(stage: Stage, token: str, context: Context) -> None:
    person = stage.rows(subscribers)[0]
    forged = context.keys.sign("confirm", [stage.shop.id, person.id, person.identity[:16]])
    for text in (forged, token[:-1], token + "A", "", "x", token.swapcase()):
        with pytest.raises(NotAllowedError):
            unsubscribing.unsubscribe(context, text)
    assert stage.rows(subscribers)[0].state == "confirmed"
