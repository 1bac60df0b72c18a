from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.contracts.mail import RecipientRefusedError
from plugin.model import Shop
from plugin.services import bounces, delivery_reports, mailing, provider_events, suppression
from plugin.services.context import Context
from plugin.services.identity import identity_of
from plugin.services.return_path import mail_of, return_path
from plugin.store.outbox import outbox
from plugin.store.subscribers import subscribers
from plugin.store.suppressions import suppressions
from tests.conftest import KeptMail, MovingClock, make_config
from tests.returned_mails import bounce, complaint
from tests.services.sign_up_stage import MAIL, Stage

VALUES = {"order": "#1007", "link": "https://bleib.example/s/abc", "items": []}


@pytest.fixture
def config(db_url: str) -> Any:
    return make_config(database_url=db_url, mail_bounces="bounces@mail.example")


@pytest.fixture
def stage(context: Context, shop: Shop) -> Stage:
    return Stage(context, shop)


def _mail(stage: Stage, key: str = "k", to: str = MAIL) -> Any:
    """Send one service mail; returns its row."""
    with stage.context.db.write() as connection:
        mailing.queue(connection, stage.context, stage.shop, "on_its_way", key, to, "de", VALUES)
    stage.work()
    return stage.rows(outbox)[-1]


def _path(stage: Stage, row: Any) -> str:
    return return_path(stage.context, stage.shop.id, row.id)


def _held(stage: Stage) -> dict[str, int]:
    return {row.kind: row.count for row in stage.rows(suppressions)}


@pytest.mark.parametrize(
    ("action", "status", "diagnostic", "verdict"),
    [
        ("failed", "5.1.1", "smtp; 550 no", "hard"),
        ("failed", "5.1.10", "smtp; 550 no", "hard"),
        ("failed", "5.2.1", "smtp; 550 disabled", "hard"),
        ("failed", "5.0.0", "smtp; 550 5.1.1 unknown", "hard"),
        ("failed", "5.0.0", "smtp; 552 5.2.2 mailbox full", "soft"),
        ("failed", "5.0.0", "smtp; 550 user unknown", "hard"),
        ("failed", "5.2.2", "smtp; 552 full", "soft"),
        ("failed", "5.7.1", "smtp; 554 blocked by policy", "soft"),
        ("failed", "4.4.7", "smtp; 421 expired", "soft"),
        ("Failed ", "5.1.1", "", "hard"),
        ("failed", "", "", "soft"),
        ("delayed", "4.4.1", "", "other"),
        ("delivered", "2.0.0", "", "delivered"),
        ("relayed", "2.0.0", "", "delivered"),
        ("", "", "", "other"),
    ],
)
def test_a_report_means_what_its_status_says(
    action: str, status: str, diagnostic: str, verdict: str
) -> None:
    raw = bounce(action=action, status=status, diagnostic=diagnostic)
    assert delivery_reports.read(raw).verdict == verdict


def test_out_of_office_and_everything_else_is_no_report() -> None:
    answer = b"From: a@b.example\r\nAuto-Submitted: auto-replied\r\n\r\nI am away until Monday."
    for raw in (answer, b"", b"\x00\xff" * 50, b"Content-Type: multipart/report\r\n\r\n"):
        assert delivery_reports.read(raw).verdict == "other"
    failed = b"X-Failed-Recipients: a@b.example\r\nTo: x@y.example\r\n\r\nThis is permanent."
    assert delivery_reports.read(failed).verdict == "hard"


def test_thousands_of_parts_and_levels_are_read_to_an_end() -> None:
    deep = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(900)
    )
    wide = b"Content-Type: multipart/report; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 5000
    for raw in (deep, wide, bounce() * 300):
        assert delivery_reports.read(raw).verdict in ("other", "hard")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_report_that_was_tampered_with_is_read_to_an_end(data: st.DataObject) -> None:
    raw = bytearray(bounce() if data.draw(st.booleans()) else complaint("a@b.example"))
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=20))
    assert delivery_reports.read(bytes(raw)).verdict in (
        "hard", "soft", "complaint", "delivered", "other"
    )  # fmt: skip


def test_the_envelope_names_the_mail_and_nobody_can_make_it_up(
    stage: Stage, make_shop: Any
) -> None:
    path = _path(stage, _mail(stage))
    assert path.startswith("bounces+")
    assert len(path.split("@")[0]) <= 64
    context = stage.context
    assert mail_of(context, path.upper()) == (stage.shop.id, 1)
    local, domain = path.split("@")
    head, mark = local.rsplit("-", 1)
    other = make_shop("anders.myshopify.com").id
    moved = local.replace(f"+{stage.shop.id:x}-", f"+{other:x}-")
    for forged in (
        f"{head}-{mark[::-1]}@{domain}", f"{head}-{'0' * 20}@{domain}", f"{moved}@{domain}",
        local.replace("-1-", "-2-") + "@x", "bounces@mail.example", "+-@", "+" + "f" * 5000 + "@",
    ):  # fmt: skip
        assert mail_of(context, forged) is None, forged


def test_a_dead_mailbox_gets_no_more_mails(stage: Stage, kept_mail: KeptMail) -> None:
    row = _mail(stage)
    assert bounces.receive(stage.context, bounce(_path(stage, row))) == "noted"
    assert bounces.receive(stage.context, bounce(_path(stage, row))) == "known"
    assert _held(stage) == {"hard": 1}
    assert _mail(stage, "later").state == "suppressed"
    assert len(kept_mail.sent) == 1
    assert stage.rows(outbox)[0].outcome == "hard"


def test_the_envelopes_recipient_alone_is_enough(stage: Stage) -> None:
    row = _mail(stage)
    raw = bounce("postmaster@mail.example")
    assert bounces.receive(stage.context, raw, _path(stage, row)) == "noted"


def test_without_a_return_path_the_returned_mails_own_id_tells(stage: Stage) -> None:
    row = _mail(stage)
    raw = bounce("postmaster@mail.example", message_id=row.message_id)
    assert bounces.receive(stage.context, raw) == "noted"
    for strange in ("<x@y.example>", "<1.zz@localhost>", row.message_id.replace("<1", "<2")):
        raw = bounce("postmaster@mail.example", message_id=strange)
        assert bounces.receive(stage.context, raw) == "unknown"


def test_a_full_mailbox_is_given_up_after_five_mails_and_tried_again_later(
    stage: Stage, moving_clock: MovingClock
) -> None:
    for number in range(suppression.SOFT_LIMIT):
        row = _mail(stage, f"k{number}")
        assert row.state == "sent"
        raw = bounce(_path(stage, row), status="5.2.2", diagnostic="smtp; 552 full")
        for _ in range(2):
            bounces.receive(stage.context, raw)
        moving_clock.move(days=2)
    assert _held(stage) == {"soft": 5}
    assert _mail(stage, "sixth").state == "suppressed"
    moving_clock.move(days=91)
    assert _mail(stage, "seventh").state == "sent"


def test_a_complaint_ends_the_subscription_but_not_the_notice_about_a_parcel(
    stage: Stage, kept_mail: KeptMail
) -> None:
    stage.confirmed(kept_mail)
    stage.work()
    row = _mail(stage)
    assert bounces.receive(stage.context, complaint(_path(stage, row))) == "noted"
    assert stage.rows(subscribers)[0].state == "unsubscribed"
    assert set(_held(stage)) == {"complaint", "left"}
    assert _mail(stage, "parcel").state == "sent"
    stage.context.clock.move(days=2)  # type: ignore[attr-defined]
    stage.ask()
    stage.work()
    assert stage.rows(outbox)[-1].state == "suppressed"


def test_a_feedback_that_is_no_complaint_changes_nothing(stage: Stage) -> None:
    row = _mail(stage)
    raw = complaint(_path(stage, row), kind="not-spam")
    assert bounces.receive(stage.context, raw) == "no_report"
    assert _held(stage) == {}


def test_a_mailbox_that_the_server_refuses_at_once_counts_the_same(
    stage: Stage, kept_mail: KeptMail
) -> None:
    kept_mail.failure = RecipientRefusedError("550 5.1.1")
    assert _mail(stage).state == "refused"
    assert _held(stage) == {"hard": 1}
    kept_mail.failure = RecipientRefusedError("550")
    assert _mail(stage, "k2", "other@post.example").state == "refused"
    assert _held(stage) == {"hard": 1, "soft": 1}


def test_the_merchant_lets_a_mailbox_be_tried_again_but_not_a_complaint(stage: Stage) -> None:
    row = _mail(stage)
    bounces.receive(stage.context, bounce(_path(stage, row)))
    assert suppression.release(stage.context, stage.shop, MAIL.upper())
    assert not suppression.release(stage.context, stage.shop, MAIL)
    assert _mail(stage, "again").state == "sent"
    bounces.receive(stage.context, complaint(_path(stage, row)))
    assert not suppression.release(stage.context, stage.shop, MAIL)


def test_what_came_back_outlives_the_erasure_of_the_person(stage: Stage) -> None:
    from plugin.services import privacy

    row = _mail(stage)
    bounces.receive(stage.context, bounce(_path(stage, row)))
    receipt = privacy.erase_person(stage.context, stage.shop, MAIL)
    assert receipt["kept_locked"]["suppressions"] == 1
    assert _mail(stage, "new").state == "suppressed"
    assert stage.rows(suppressions)[0].identity == identity_of(
        stage.context.keys, stage.shop.id, MAIL
    )


@pytest.mark.parametrize(
    ("provider", "event", "outcome"),
    [
        ("mailgun", {"event": "failed", "severity": "permanent",
                     "delivery-status": {"message": "550 5.1.1 no"}}, "hard"),
        ("mailgun", {"event": "failed", "severity": "permanent",
                     "delivery-status": {"message": "554 5.7.1 policy"}}, "soft"),
        ("mailgun", {"event": "failed", "severity": "temporary"}, None),
        ("mailgun", {"event": "complained"}, "complaint"),
        ("mailgun", {"event": "delivered"}, "delivered"),
        ("mailgun", {"event": "opened"}, None),
        ("brevo", {"event": "hard_bounce", "reason": "5.1.1"}, "hard"),
        ("brevo", {"event": "soft_bounce"}, "soft"),
        ("brevo", {"event": "spam"}, "complaint"),
        ("brevo", {"event": "click"}, None),
        ("brevo", {"event": ["spam"]}, None),
    ],
)  # fmt: skip
def test_events_of_mail_providers_mean_the_same(
    stage: Stage, provider: str, event: dict[str, Any], outcome: str | None
) -> None:
    row = _mail(stage)
    bare = row.message_id.strip("<>")
    told: dict[str, Any] = {**event, "message-id": bare}
    if provider == "mailgun":
        told = {"event-data": {**event, "message": {"headers": {"message-id": bare}}}}
    noted = provider_events.receive(stage.context, provider, told)
    assert noted == ("noted" if outcome else "no_report")
    assert stage.rows(outbox)[0].outcome == outcome
