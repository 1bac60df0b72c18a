from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from plugin.errors import NotAllowedError
from plugin.model import Shop
from plugin.services import mailing, preferences, suppression, unsubscribing
from plugin.services.context import Context
from plugin.services.preferences import Wish
from plugin.store.evidence import evidence
from plugin.store.outbox import outbox
from plugin.store.shops import shops
from plugin.store.subscribers import Subscriber, subscriber_by_id, subscribers
from tests.conftest import KeptMail, MovingClock
from tests.services.sign_up_stage import MAIL, Stage, html, plain

CALM = Wish(personalised=False, language="de", pause=False)


@pytest.fixture
def db_url(sqlite_template: Path, tmp_path: Path) -> str:
    """One database is enough here: what is stored of it is tested on both in test_bounces.py."""
    path = tmp_path / "bleib.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def stage(context: Context, shop: Shop) -> Stage:
    return Stage(context, shop, personalised=True)


@pytest.fixture
def token(stage: Stage, kept_mail: KeptMail) -> str:
    """The token of a confirmed person who has allowed the newsletter alone."""
    stage.confirmed(kept_mail)
    stage.work()
    return unsubscribing.unsubscribe_token(stage.context, _person(stage))


def _person(stage: Stage) -> Subscriber:
    with stage.context.db.read() as connection:
        found = subscriber_by_id(connection, stage.shop.id, 1)
    assert found is not None
    return found


def _advertise(stage: Stage, key: str) -> str:
    """Queue an advertising mail; returns what became of it."""
    values: dict[str, Any] = {
        "newsletter": "", "confirmed_at": stage.context.now().isoformat(), "unsubscribe": "",
    }  # fmt: skip
    with stage.context.db.write() as connection:
        mailing.queue(connection, stage.context, stage.shop, "welcome_1", key, MAIL, "de", values)
    stage.work()
    return str(stage.rows(outbox)[-1].state)


def test_a_pause_holds_advertising_back_for_30_days_and_ends_by_itself(
    stage: Stage, token: str, moving_clock: MovingClock
) -> None:
    assert _advertise(stage, "a") == "sent"
    paused = preferences.save(stage.context, token, replace(CALM, pause=True)).paused_until
    assert paused is not None
    assert (paused - stage.context.now()).days == 30
    assert _advertise(stage, "b") == "suppressed"
    moving_clock.move(days=10)
    again = preferences.save(stage.context, token, replace(CALM, pause=True))
    assert again.paused_until == paused
    moving_clock.move(days=21)
    assert _advertise(stage, "c") == "sent"


def test_a_pause_can_be_ended(stage: Stage, token: str) -> None:
    preferences.save(stage.context, token, replace(CALM, pause=True))
    assert preferences.save(stage.context, token, CALM).paused_until is None
    assert _advertise(stage, "a") == "sent"


def test_a_purpose_is_allowed_and_taken_back_with_proof(stage: Stage, token: str) -> None:
    for personalised in (True, True, False):
        wish = replace(CALM, personalised=personalised)
        assert preferences.save(stage.context, token, wish).personalised is personalised
    assert _person(stage).purposes == ["newsletter"]
    changes = [row.wording for row in stage.rows(evidence) if row.kind == "changed"]
    assert len(changes) == 2
    assert "gesetzt" in changes[0]
    assert "entfernt" in changes[1]


def test_what_the_form_never_offered_cannot_be_allowed(
    context: Context, shop: Shop, kept_mail: KeptMail
) -> None:
    stage = Stage(context, shop)
    stage.confirmed(kept_mail)
    token = unsubscribing.unsubscribe_token(context, _person(stage))
    chosen = preferences.save(context, token, replace(CALM, personalised=True))
    assert not chosen.personalised
    assert not chosen.offered


def test_only_a_language_of_the_shop_can_be_chosen(stage: Stage, token: str) -> None:
    assert preferences.save(stage.context, token, replace(CALM, language="en")).language == "en"
    assert preferences.save(stage.context, token, replace(CALM, language="fr")).language == "en"


def test_who_has_left_has_nothing_to_choose(stage: Stage, token: str) -> None:
    unsubscribing.unsubscribe(stage.context, token)
    assert preferences.save(stage.context, token, replace(CALM, pause=True)).email is None
    assert stage.rows(subscribers)[0].state == "unsubscribed"
    assert _advertise(stage, "a") == "suppressed"


def test_a_new_confirmation_outweighs_an_old_farewell(
    stage: Stage, token: str, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    unsubscribing.unsubscribe(stage.context, token)
    moving_clock.move(days=2)
    stage.confirmed(kept_mail)
    assert _advertise(stage, "a") == "sent"


def test_the_page_outlives_the_shop(stage: Stage, token: str) -> None:
    with stage.context.db.write() as connection:
        connection.execute(sa.delete(shops))
    assert preferences.choices(stage.context, token).shop is None
    with pytest.raises(NotAllowedError):
        preferences.choices(stage.context, token[:-3])


def test_every_advertising_mail_shows_two_ways_out(
    stage: Stage, token: str, kept_mail: KeptMail
) -> None:
    _advertise(stage, "a")
    mail = kept_mail.sent[-1][0]
    assert mail["List-Unsubscribe"] == f"<{stage.context.url(f'/u/{token}')}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["X-Bleib-Class"] == "marketing"
    choosing = stage.context.url(f"/u/{token}/preferences")
    assert f'href="{choosing}"' in html(mail)
    assert choosing in plain(mail)


def test_nobody_who_has_not_confirmed_gets_advertising(stage: Stage, kept_mail: KeptMail) -> None:
    stage.ask()
    stage.work()
    assert _advertise(stage, "a") == "suppressed"
    with stage.context.db.read() as connection:
        person = _person(stage)
        assert suppression.obstacle(
            connection, stage.context, stage.shop, person.identity, "welcome_1"
        ) == "unconfirmed"  # fmt: skip
        assert suppression.may_send(
            connection, stage.context, stage.shop, person.identity, "on_its_way"
        )
