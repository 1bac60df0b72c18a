from __future__ import annotations

import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from plugin.errors import ConflictError, InvalidFieldError
from plugin.model import Shop
from plugin.services.attribution import Told
from plugin.services.context import Context
from plugin.store import campaigns
from plugin.store.events import event_days, refusals
from plugin.store.evidence import evidence
from plugin.store.subscribers import sign_ups, subscribers
from tests.conftest import KeptMail, MovingClock
from tests.services.sign_up_stage import MAIL, Stage


@pytest.fixture
def stage(context: Context, shop: Shop) -> Stage:
    return Stage(context, shop)


def _reasons(stage: Stage) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for row in stage.rows(refusals):
        counts[row.reason] += row._mapping["count"]
    return dict(counts)


def test_a_sign_up_leaves_a_pending_person_with_proof_and_one_mail(
    stage: Stage, kept_mail: KeptMail
) -> None:
    stage.ask()
    stage.work()
    (person,) = stage.rows(subscribers)
    assert person.state == "pending"
    assert MAIL not in person.email_sealed
    kinds = [row.kind for row in stage.rows(evidence)]
    assert kinds == ["requested", "mailed"]
    assert [mail["To"] for mail, _ in kept_mail.sent] == [MAIL]


def test_the_proof_repeats_the_words_that_stood_before_the_button(stage: Stage) -> None:
    stage.ask()
    wording = stage.rows(evidence)[0].wording
    assert "5 €" in wording.replace("\u00a0", " ")
    assert "Ja, ich möchte den Newsletter von Uferhaus." in wording
    assert "begrenzte Anzahl, 30 Tage gültig" in wording
    assert "Bücher" in wording
    assert "[Newsletter anfordern]" in wording


def test_the_second_tick_is_proven_only_if_it_was_set_and_offered(
    context: Context, shop: Shop
) -> None:
    stage = Stage(context, shop, personalised=True)
    stage.ask("a@post.example", purposes=("newsletter", "personalised"))
    stage.ask("b@post.example")
    plain = Stage.__new__(Stage)
    plain.context, plain.shop, plain.campaign = context, shop, stage.publish()
    plain.ask("c@post.example", purposes=("newsletter", "personalised"))
    assert [row.purposes for row in stage.rows(subscribers)] == [
        ["newsletter", "personalised"],
        ["newsletter"],
        ["newsletter"],
    ]
    assert ["passen Sie ihn" in row.wording for row in stage.rows(evidence)] == [
        True,
        False,
        False,
    ]


def test_no_consent_without_its_own_tick(stage: Stage) -> None:
    with pytest.raises(InvalidFieldError, match="consent_missing"):
        stage.ask(purposes=("personalised",))
    assert stage.rows(subscribers) == []


def test_the_same_form_sent_twice_is_one_sign_up(stage: Stage, kept_mail: KeptMail) -> None:
    form_id = str(uuid.uuid4())
    stage.ask(id=form_id)
    stage.ask(id=form_id)
    stage.work()
    assert len(kept_mail.sent) == 1
    assert len(stage.rows(sign_ups)) == 1


def test_a_sign_up_is_counted_once_however_often_and_by_whom_it_is_sent(stage: Stage) -> None:
    form_id = str(uuid.uuid4())
    for _ in range(3):
        stage.ask(id=form_id)
    stage.ask()
    stage.ask("robot@post.example", elapsed_ms=10)
    counted = [row for row in stage.rows(event_days) if row.kind == "sign_up"]
    assert [row._mapping["count"] for row in counted] == [1]


def test_a_person_gets_one_confirmation_mail_in_a_day(
    stage: Stage, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    for _ in range(5):
        stage.ask()
    moving_clock.move(hours=23)
    stage.ask("Marlene.Ost@POST.example")
    stage.work()
    assert len(kept_mail.sent) == 1
    assert _reasons(stage)["sign_up_repeated"] == 5


def test_three_unanswered_mails_are_the_end_even_after_the_address_was_deleted(
    stage: Stage, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    for _ in range(6):
        stage.ask()
        stage.work()
        moving_clock.move(days=8)
        stage.work()
        assert stage.rows(subscribers) == []
    assert len(kept_mail.sent) == 3


def test_a_flood_for_one_victim_sends_one_mail(stage: Stage, kept_mail: KeptMail) -> None:
    for n in range(60):
        stage.ask(net_address=f"203.0.113.{n}")
    stage.work()
    assert len(kept_mail.sent) == 1


def test_what_machines_send_is_answered_like_everything_else_and_kept_nowhere(
    stage: Stage, kept_mail: KeptMail
) -> None:
    stage.ask(website="https://spam.example")
    stage.ask(elapsed_ms=300)
    stage.work()
    assert kept_mail.sent == []
    assert stage.rows(subscribers) == []
    assert _reasons(stage) == {"sign_up_automatic": 2}


def test_forms_of_campaigns_that_are_not_live_are_refused(stage: Stage, context: Context) -> None:
    with pytest.raises(ConflictError, match="campaign_not_published"):
        stage.ask(campaign=999)
    with pytest.raises(ConflictError, match="campaign_not_published"):
        stage.ask(version=2)
    with context.db.write() as connection:
        campaigns.set_state(connection, stage.shop.id, stage.campaign, "paused")
    with pytest.raises(ConflictError, match="campaign_not_published"):
        stage.ask()


def test_a_widget_without_a_form_takes_no_sign_ups(stage: Stage) -> None:
    cart = stage.publish("cross_sell")
    with pytest.raises(ConflictError, match="campaign_not_published"):
        stage.ask(campaign=cart)


def test_a_window_that_shows_no_form_takes_no_sign_ups(stage: Stage) -> None:
    window = stage.publish("exit_intent", content="question")
    with pytest.raises(ConflictError, match="campaign_not_published"):
        stage.ask(campaign=window)


def test_the_proof_repeats_the_words_of_the_version_that_was_seen(stage: Stage) -> None:
    other = {"enabled": True, "lead": {"de": "Nur in Fassung B.", "en": "Version B only."}}
    window = stage.publish("exit_intent", experiment={"b": other})
    stage.ask("a@post.example", campaign=window, told=Told(arm="a"))
    stage.ask("b@post.example", campaign=window, told=Told(arm="b"))
    assert ["Nur in Fassung B." in row.wording for row in stage.rows(evidence)] == [False, True]


def test_many_forms_for_one_person_at_once_are_one_person_and_one_mail(
    stage: Stage, kept_mail: KeptMail
) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: stage.ask(), range(16)))
    stage.work()
    assert len(stage.rows(subscribers)) == 1
    assert len(kept_mail.sent) == 1
