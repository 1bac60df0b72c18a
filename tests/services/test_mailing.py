from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from plugin.errors import GiveUpError, PlatformError, UnavailableError
from plugin.model import Shop
from plugin.services import mailing
from plugin.services.context import Context
from plugin.services.mails.kinds import KINDS
from plugin.smtp import SmtpTransport
from plugin.store.outbox import outbox
from plugin.store.shops import shops
from plugin.store.steps import steps
from tests.conftest import KeptMail, MovingClock, make_config
from tests.mail_server import MailServer, mail_server
from tests.services.sign_up_stage import MAIL, Stage

ADVERTISING = {"newsletter": "", "confirmed_at": "2026-11-20T09:00:00+00:00", "unsubscribe": ""}
VALUES = {"order": "#1007", "link": "https://bleib.example/s/abc", "items": []}


class Killed(BaseException):
    """Stands for kill -9: nothing in between may catch it."""


class DyingMail(KeptMail):
    """Takes the mail and dies before anybody learns of it, as often as it is told."""

    def __init__(self, deaths: int) -> None:
        super().__init__()
        self.deaths = deaths

    def send(self, message: Any, envelope_from: str, recipient: str) -> None:
        super().send(message, envelope_from, recipient)
        if self.deaths:
            self.deaths -= 1
            raise Killed


@pytest.fixture
def stage(context: Context, shop: Shop) -> Stage:
    return Stage(context, shop)


def _queue(stage: Stage, key: str = "on_its_way:1", kind: str = "on_its_way") -> None:
    with stage.context.db.write() as connection:
        mailing.queue(connection, stage.context, stage.shop, kind, key, MAIL, "de", VALUES)


def _with_mail(stage: Stage, mail: Any) -> Stage:
    other = Stage.__new__(Stage)
    other.context = replace(stage.context, mail=mail)
    other.shop, other.campaign = stage.shop, stage.campaign
    return other


def _die_and_restart(stage: Stage, moving_clock: MovingClock) -> None:
    with pytest.raises(Killed):
        stage.work()
    moving_clock.move(minutes=10)


def test_a_mail_is_queued_once_per_key_and_sent_once(stage: Stage, kept_mail: KeptMail) -> None:
    for _ in range(3):
        _queue(stage)
    stage.work()
    (row,) = stage.rows(outbox)
    assert (row.state, row.attempts) == ("sent", 1)
    assert row.sent_at is not None
    assert len(kept_mail.sent) == 1


def test_neither_address_nor_content_lie_open_in_the_database(stage: Stage) -> None:
    _queue(stage)
    stored = json.dumps([[str(value) for value in row] for row in stage.rows(outbox)])
    stored += json.dumps([[str(value) for value in row] for row in stage.rows(steps)])
    for secret in (MAIL, "bleib.example", "1007"):
        assert secret not in stored


def test_a_mail_of_unknown_fate_goes_out_once_more_under_the_same_id(
    stage: Stage, moving_clock: MovingClock
) -> None:
    dying = _with_mail(stage, DyingMail(deaths=1))
    _queue(stage)
    _die_and_restart(dying, moving_clock)
    dying.work()
    sent = dying.context.mail.sent  # type: ignore[attr-defined]
    assert len(sent) == 2
    assert len({mail["Message-ID"] for mail, _ in sent}) == 1
    assert stage.rows(outbox)[0].state == "sent"


def test_a_mail_is_not_lost_when_the_worker_dies_twice_over_it(
    stage: Stage, moving_clock: MovingClock
) -> None:
    dying = _with_mail(stage, DyingMail(deaths=2))
    _queue(stage)
    _die_and_restart(dying, moving_clock)
    _die_and_restart(dying, moving_clock)
    dying.work()
    sent = dying.context.mail.sent  # type: ignore[attr-defined]
    assert len({mail["Message-ID"] for mail, _ in sent}) == 1
    assert stage.rows(outbox)[0].state == "sent"


def test_a_mail_that_always_takes_its_worker_along_ends_as_unknown(
    stage: Stage, moving_clock: MovingClock
) -> None:
    dying = _with_mail(stage, DyingMail(deaths=99))
    _queue(stage)
    for _ in range(6):
        _die_and_restart(dying, moving_clock)
    dying.work()
    assert len(dying.context.mail.sent) == 6  # type: ignore[attr-defined]
    assert stage.rows(outbox)[0].state == "unknown"


@pytest.fixture
def advertised(stage: Stage, kept_mail: KeptMail) -> Any:
    """Queue advertising for somebody who has confirmed; returns what became of it."""
    stage.confirmed(kept_mail)
    stage.work()
    with stage.context.db.write() as connection:
        mailing.queue(
            connection, stage.context, stage.shop, "welcome_1", "w", MAIL, "de", ADVERTISING
        )
    return lambda: stage.rows(outbox)[-1].state


def test_advertising_of_unknown_fate_is_never_sent_again(
    stage: Stage, moving_clock: MovingClock, advertised: Any
) -> None:
    dying = _with_mail(stage, DyingMail(deaths=1))
    _die_and_restart(dying, moving_clock)
    dying.work()
    assert len(dying.context.mail.sent) == 1  # type: ignore[attr-defined]
    assert advertised() == "unknown"


def test_advertising_that_nobody_could_leave_is_not_sent(
    stage: Stage, kept_mail: KeptMail, monkeypatch: pytest.MonkeyPatch, advertised: Any
) -> None:
    def forgetful(*given: Any) -> Any:
        return replace(KINDS["on_its_way"].build(*given[:2], VALUES), unsubscribe=None)

    monkeypatch.setitem(KINDS, "welcome_1", replace(KINDS["welcome_1"], build=forgetful))
    before = len(kept_mail.sent)
    stage.work()
    assert len(kept_mail.sent) == before
    assert advertised() == "refused"


def test_a_crash_before_the_server_was_reached_loses_nothing(
    stage: Stage, kept_mail: KeptMail, moving_clock: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    _queue(stage)

    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(mailing, "put_together", die)
        _die_and_restart(stage, moving_clock)
    stage.work()
    assert len(kept_mail.sent) == 1
    assert stage.rows(outbox)[0].state == "sent"


def test_a_server_that_is_down_delays_the_mail(
    stage: Stage, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    kept_mail.failure = UnavailableError("mail_deferred")
    _queue(stage)
    for _ in range(4):
        stage.work()
        assert stage.rows(outbox)[0].state == "queued"
        moving_clock.move(minutes=5)
    kept_mail.failure = None
    stage.work()
    assert stage.rows(outbox)[0].state == "sent"
    assert not stage.rows(outbox)[0].resent


def test_advertising_that_could_not_be_written_waits_for_the_next_try(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, advertised: Any, moving_clock: MovingClock
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("a letter that cannot be built")

    with monkeypatch.context() as patch:
        patch.setattr(mailing, "put_together", broken)
        stage.work()
        assert advertised() == "queued"
    moving_clock.move(minutes=1)
    stage.work()
    assert advertised() == "sent"


def test_a_busy_database_makes_no_double_of_a_mail_that_is_out(
    stage: Stage, kept_mail: KeptMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, tries = mailing._sent, []

    def busy(*given: Any) -> None:
        tries.append(given)
        if len(tries) < 3:
            raise UnavailableError("database_busy")
        real(*given)

    monkeypatch.setattr(mailing, "_sent", busy)
    monkeypatch.setattr(mailing, "_PAUSES", (0, 0, 0))
    _queue(stage)
    stage.work()
    assert len(tries) == 3
    assert len(kept_mail.sent) == 1
    assert stage.rows(outbox)[0].state == "sent"


def test_a_refused_mail_is_not_tried_again_and_is_counted(
    stage: Stage, kept_mail: KeptMail
) -> None:
    from plugin.store.events import refusals

    kept_mail.failure = GiveUpError("mail_rejected")
    _queue(stage)
    stage.work()
    assert stage.rows(outbox)[0].state == "refused"
    assert [row.reason for row in stage.rows(refusals)] == ["mail_rejected"]
    assert stage.dead() == []


def test_a_connection_lost_before_the_answer_is_one_more_mail_at_most(
    stage: Stage, moving_clock: MovingClock
) -> None:
    with mail_server() as server:
        real = _with_mail(stage, _transport(server))
        server.answers["DATA"] = "take and drop"
        _queue(stage)
        for _ in range(4):
            real.work()
            moving_clock.move(minutes=5)
    assert len(server.received) == 2
    assert len({mail.message["Message-ID"] for mail in server.received}) == 1
    assert stage.rows(outbox)[0].state == "unknown"


def test_advertising_whose_answer_was_lost_stays_unknown_at_once(
    stage: Stage, kept_mail: KeptMail, advertised: Any
) -> None:
    kept_mail.failure = PlatformError("mail_unknown")
    stage.work()
    assert advertised() == "unknown"


def test_a_mail_to_an_erased_person_is_cancelled(stage: Stage, kept_mail: KeptMail) -> None:
    _queue(stage)
    with stage.context.db.write() as connection:
        connection.execute(sa.update(outbox).values(recipient_sealed=None, identity=None))
    stage.work()
    assert stage.rows(outbox)[0].state == "cancelled"
    assert kept_mail.sent == []


def test_a_mail_that_lost_its_step_gets_another_one(
    stage: Stage, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    from plugin.services.steps import enqueue

    _queue(stage)
    with stage.context.db.write() as connection:
        connection.execute(sa.delete(steps))
    moving_clock.move(minutes=16)
    for slot in range(2):
        with stage.context.db.write() as connection:
            enqueue(
                connection, stage.context, stage.shop.id, "mail.recover", key=f"mail.recover:{slot}"
            )
        stage.work()
    assert len(kept_mail.sent) == 1


def test_an_unknown_kind_is_refused_before_anything_is_stored(stage: Stage) -> None:
    with pytest.raises(ValueError, match="unknown kind"):
        _queue(stage, kind="lottery")
    assert stage.rows(outbox) == []


def _transport(server: MailServer) -> SmtpTransport:
    return SmtpTransport(make_config(smtp_host="127.0.0.1", smtp_port=server.port))


def test_a_broken_reply_address_does_not_keep_the_mail_back(
    stage: Stage, kept_mail: KeptMail
) -> None:
    with stage.context.db.write() as connection:
        connection.execute(sa.update(shops).values(email="not an address\r\nBcc: x@y.de"))
    _queue(stage)
    stage.work()
    assert kept_mail.sent[0][0]["Reply-To"] is None
    assert kept_mail.sent[0][0]["Bcc"] is None


def test_a_domain_with_umlauts_is_written_to_in_ascii(stage: Stage, kept_mail: KeptMail) -> None:
    with stage.context.db.write() as connection:
        mailing.queue(
            connection,
            stage.context,
            stage.shop,
            "on_its_way",
            "k",
            "post@müller.example",
            "de",
            VALUES,
        )
    stage.work()
    assert kept_mail.sent[0][1] == "post@xn--mller-kva.example"
