"""What people said to the shop is so at its e-mail service, and what they said there is so here."""

from __future__ import annotations

import pytest

from plugin.errors import AccessRevokedError, InvalidFieldError
from plugin.model import Shop
from plugin.services import mail_connections, privacy, steps
from plugin.services.context import Context
from plugin.store import mail_connections as store
from plugin.store.evidence import evidence
from plugin.store.mail_connections import mail_connections as connection_rows
from plugin.store.steps import steps as step_rows
from plugin.store.subscribers import subscribers
from tests.conftest import START, KeptMail, MovingClock
from tests.fakes.mail_services.mailchimp import FakeMailchimp
from tests.fakes.platform import FakePlatform
from tests.services.sign_up_stage import MAIL
from tests.services.sync_stage import SyncStage

# What the tables do on PostgreSQL stands in tests/store/test_connections.py.
pytestmark = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)


@pytest.fixture
def stage(context: Context, shop: Shop) -> SyncStage:
    stage = SyncStage(context, shop)
    stage.connect_service()
    return stage


def ask_who_left(stage: SyncStage, slot: int = 1) -> None:
    with stage.context.db.write() as connection:
        kind = "mail_service.ask"
        steps.enqueue(connection, stage.context, stage.shop.id, kind, key=f"{kind}:{slot}")
    stage.work()


def chosen(stage: SyncStage) -> store.MailConnection:
    found = mail_connections.present(stage.context, stage.shop)
    assert found is not None
    return found


def test_who_confirms_is_brought_and_who_leaves_is_taken_off(
    stage: SyncStage, kept_mail: KeptMail
) -> None:
    stage.confirmed(kept_mail)
    stage.work()
    assert stage.fake.gets_mail(MAIL)
    assert chosen(stage).brought == 1
    stage.leave()
    stage.work()
    assert not stage.fake.gets_mail(MAIL)
    assert stage.dead() == []


def test_who_only_asked_is_told_to_nobody(stage: SyncStage) -> None:
    stage.ask()
    stage.work()
    stage.leave()
    stage.work()
    assert stage.fake.people == {}


def test_who_leaves_there_has_left_here_with_proof(
    stage: SyncStage, kept_mail: KeptMail, moving_clock: MovingClock, fake_platform: FakePlatform
) -> None:
    stage.confirmed(kept_mail)
    stage.work()
    stage.fake.later(hours=1)
    stage.fake.leave(MAIL)
    moving_clock.move(hours=2)
    ask_who_left(stage)
    assert stage.person().state == "unsubscribed"
    assert stage.rows(evidence)[-1].kind == "unsubscribed"
    assert fake_platform.consents == {MAIL: "unsubscribed"}
    assert chosen(stage).asked_until == stage.context.now()


def test_who_left_there_before_confirming_anew_stays(
    stage: SyncStage, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    stage.fake.knows(MAIL, left=START)
    moving_clock.move(hours=1)
    stage.fake.now = stage.context.now()
    stage.confirmed(kept_mail)
    ask_who_left(stage)
    assert stage.person().state == "confirmed"
    assert stage.fake.gets_mail(MAIL)


def test_credentials_that_are_refused_stop_everything_until_there_are_new_ones(
    stage: SyncStage, kept_mail: KeptMail
) -> None:
    old = stage.fake.secrets
    stage.fake.secrets = {"api_key": "xkeysib-new"}
    stage.confirmed(kept_mail)
    stage.work()
    assert chosen(stage).state == "revoked"
    assert mail_connections.needing_merchant(stage.context, stage.shop) == 1
    asked = len(stage.fake.asked)
    stage.leave()
    ask_who_left(stage)
    assert len(stage.fake.asked) == asked
    assert stage.dead() == []

    with pytest.raises(InvalidFieldError, match="mail_service_revoked"):
        mail_connections.connect(stage.context, stage.shop, "brevo", dict(old))
    stage.ask("neu@post.example")
    mail_connections.connect(stage.context, stage.shop, "brevo", dict(stage.fake.secrets))
    stage.work()
    assert chosen(stage).state == "connected"
    assert stage.fake.people == {}  # she left meanwhile, and nobody else confirmed
    stage.confirmed(kept_mail, "eva@post.example")
    stage.work()
    assert stage.fake.gets_mail("eva@post.example")


def test_what_was_missed_is_caught_up_with(stage: SyncStage, kept_mail: KeptMail) -> None:
    right = stage.fake.secrets
    stage.fake.secrets = {"api_key": "another"}
    stage.confirmed(kept_mail)
    stage.work()
    stage.fake.secrets = right
    mail_connections.connect(stage.context, stage.shop, "brevo", dict(right))
    stage.work()
    assert stage.fake.gets_mail(MAIL)
    assert chosen(stage).filled_after is None


@pytest.mark.parametrize("everybody", [True, False])
def test_those_from_before_are_brought_if_the_merchant_wants_it(
    context: Context,
    shop: Shop,
    kept_mail: KeptMail,
    moving_clock: MovingClock,
    *,
    everybody: bool,
) -> None:
    stage = SyncStage(context, shop)
    stage.confirmed(kept_mail)
    stage.work()
    stage.fake.knows("weg@post.example", left=stage.fake.later(days=1))
    moving_clock.move(days=2)
    stage.connect_service(everybody=everybody)
    stage.work()
    assert stage.fake.gets_mail(MAIL) == everybody
    assert not stage.fake.gets_mail("weg@post.example")


def test_who_left_there_after_confirming_is_never_put_back_by_bringing_everybody(
    context: Context, shop: Shop, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    stage = SyncStage(context, shop)
    stage.confirmed(kept_mail)
    stage.work()
    stage.fake.knows(MAIL, left=stage.fake.later(days=1))
    moving_clock.move(days=2)
    stage.connect_service(everybody=True)
    stage.work()
    assert not stage.fake.gets_mail(MAIL)
    assert stage.person().state == "unsubscribed"


def test_a_busy_service_is_asked_again_later(
    stage: SyncStage, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    stage.ask()
    stage.work()
    stage.fake.next_says(429, b"{}", **{"retry-after": "90"})
    stage.confirmed_link(kept_mail)
    stage.work()
    assert chosen(stage).error == "mail_service_busy"
    moving_clock.move(seconds=80)
    stage.work()
    assert not stage.fake.gets_mail(MAIL)
    moving_clock.move(seconds=20)
    stage.work()
    assert stage.fake.gets_mail(MAIL)


def test_erasing_somebody_erases_them_there_and_takes_consent_back_in_the_shop(
    stage: SyncStage, kept_mail: KeptMail, fake_platform: FakePlatform
) -> None:
    stage.confirmed(kept_mail)
    stage.work()
    privacy.erase_person(stage.context, stage.shop, MAIL)
    stage.work()
    assert stage.fake.people == {}
    assert fake_platform.consents == {MAIL: "unsubscribed"}
    assert stage.dead() == []
    assert MAIL not in str(stage.rows(step_rows))
    with stage.context.db.read() as connection:
        topics = connection.exec_driver_sql("select body_sealed from inbox").fetchall()
    assert all(row[0] is None for row in topics)


def test_an_erasure_that_the_service_refuses_is_shown_to_the_merchant(
    stage: SyncStage, kept_mail: KeptMail
) -> None:
    stage.confirmed(kept_mail)
    stage.work()
    stage.fake.secrets = {"api_key": "another"}
    privacy.erase_person(stage.context, stage.shop, customer_id=stage.person().customer_id)
    stage.work()
    assert ("mail_service.erase", "mail_service_revoked") in stage.dead()


def test_a_person_whom_the_service_will_not_take_is_counted(
    context: Context, shop: Shop, kept_mail: KeptMail
) -> None:
    stage = SyncStage(context, shop, FakeMailchimp())
    stage.fake.knows(MAIL, bounced=True)
    stage.connect_service()
    stage.confirmed(kept_mail)
    stage.work()
    assert chosen(stage).refused == 1
    assert stage.person().state == "confirmed"
    assert stage.dead() == []


def test_letting_go_forgets_the_credentials_and_leaves_people_where_they_are(
    stage: SyncStage, kept_mail: KeptMail
) -> None:
    stage.confirmed(kept_mail)
    stage.work()
    mail_connections.disconnect(stage.context, stage.shop)
    stage.leave()
    stage.work()
    assert stage.rows(connection_rows) == []
    assert stage.fake.gets_mail(MAIL)
    assert stage.dead() == []


def test_credentials_lie_sealed(stage: SyncStage) -> None:
    row = stage.rows(connection_rows)[0]
    assert stage.fake.secrets["api_key"] not in str(row)
    sealed = row.credentials_sealed
    assert stage.fake.secrets["api_key"] in stage.context.keys.unseal(
        stage.shop.id, "mail_service", sealed
    )


def test_another_list_is_another_beginning(stage: SyncStage, kept_mail: KeptMail) -> None:
    stage.confirmed(kept_mail)
    mail_connections.choose_list(stage.context, stage.shop, "12", everybody=False)
    stage.work()
    assert stage.fake.people == {}  # asked for the list of before, which is chosen no more
    with pytest.raises(InvalidFieldError, match="list_unknown"):
        mail_connections.choose_list(stage.context, stage.shop, "99", everybody=False)


def test_a_change_while_the_service_is_told_is_told_as_well(
    stage: SyncStage, kept_mail: KeptMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = type(stage.fake).answer

    def leave_meanwhile(fake: object, asked: object) -> object:
        said = answer(stage.fake, asked)  # type: ignore[arg-type]
        if getattr(asked, "method", "") == "POST":
            stage.leave()
        return said

    stage.ask()
    stage.work()
    monkeypatch.setattr(type(stage.fake), "answer", leave_meanwhile)
    stage.confirmed_link(kept_mail)
    stage.work()
    assert not stage.fake.gets_mail(MAIL)
    assert stage.rows(subscribers)[0].state == "unsubscribed"


def test_a_service_that_does_not_let_in_is_no_reason_to_try_for_ever(stage: SyncStage) -> None:
    stage.fake.secrets = {"api_key": "another"}
    with pytest.raises(AccessRevokedError):
        mail_connections.lists(stage.context, stage.shop)
