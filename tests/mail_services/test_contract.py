"""One suite for every e-mail service: what Bleib promises the merchant, whichever is chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from plugin.contracts.mail_service import Contact, Leaver, MailAccess, MailService
from plugin.errors import AccessRevokedError, PlatformError, PlatformRefusedError
from plugin.mail_services import build_mail_services
from tests.conftest import START
from tests.fakes.mail_services.brevo import FakeBrevo
from tests.fakes.mail_services.cleverreach import FakeCleverReach
from tests.fakes.mail_services.klaviyo import FakeKlaviyo
from tests.fakes.mail_services.mailchimp import FakeMailchimp
from tests.fakes.mail_services.rapidmail import FakeRapidmail
from tests.fakes.mail_services.wire import FakeService

FAKES: list[type[FakeService]] = [
    FakeBrevo, FakeCleverReach, FakeKlaviyo, FakeMailchimp, FakeRapidmail,
]  # fmt: skip
LIST = "11"
MARA = Contact(
    email="mara+news@post.example",
    language="de",
    requested_at=START - timedelta(minutes=9),
    confirmed_at=START - timedelta(minutes=1),
    source="Bleib newsletter, form 1.1",
)


class Stage:
    """One service with the fake that answers it."""

    def __init__(self, fake: FakeService) -> None:
        self.fake = fake
        self.service: MailService = build_mail_services(fake)[fake.name]
        self.access = MailAccess(1, fake.secrets)

    def put(self, contact: Contact = MARA) -> str:
        return self.service.put(self.access, LIST, contact)

    def left(self, since: Any = START - timedelta(days=1)) -> list[Leaver]:
        found: list[Leaver] = []
        after: str | None = None
        while True:
            page = self.service.left(self.access, LIST, since, after)
            found += page.items
            if page.after is None:
                return found
            assert page.after != after
            after = page.after


@pytest.fixture(params=FAKES, ids=lambda fake: fake.name)
def stage(request: pytest.FixtureRequest) -> Stage:
    return Stage(request.param())


def test_every_service_that_is_offered_stands_in_this_suite() -> None:
    assert {fake.name for fake in FAKES} == set(build_mail_services(FakeBrevo()))
    for fake in FAKES:
        assert build_mail_services(FakeBrevo())[fake.name].fields == tuple(fake.secrets)


def test_right_credentials_open_the_account_and_its_lists(stage: Stage) -> None:
    stage.fake.lists |= {str(number): f"Liste {number}" for number in range(20, 90)}
    stage.service.check(stage.access)
    found = stage.service.lists(stage.access)
    assert {one.id: one.name for one in found} == stage.fake.lists


def test_wrong_credentials_are_said_to_be_wrong(stage: Stage) -> None:
    for field in stage.service.fields:
        wrong = {**stage.fake.secrets, field: stage.fake.secrets[field].replace("0", "1") + "7"}
        if field == "api_key" and stage.fake.name == "mailchimp":
            wrong[field] = "f" * 32 + "-us19"
        with pytest.raises(AccessRevokedError, match="mail_service_revoked"):
            stage.service.check(MailAccess(1, wrong))


@pytest.mark.parametrize("odd", ["", "a b", "a\r\nX-Evil: 1", "schlüssel", "x@evil.example/-us1"])
def test_odd_credentials_never_leave_the_house(stage: Stage, odd: str) -> None:
    for field in stage.service.fields:
        with pytest.raises(AccessRevokedError):
            stage.service.check(MailAccess(1, {**stage.fake.secrets, field: odd}))
    told = [asked for asked in stage.fake.asked if "evil" not in odd or "evil" in asked.host]
    assert not odd or all(odd not in str(asked.headers) for asked in told)


def test_who_confirmed_is_on_the_list_and_gets_no_second_confirmation_mail(stage: Stage) -> None:
    assert stage.put() == "put"
    assert stage.fake.gets_mail(MARA.email)
    assert stage.fake.people[MARA.email].lists == {LIST}
    assert stage.fake.mails == []


def test_the_proof_goes_along_as_far_as_the_service_takes_it(stage: Stage) -> None:
    stage.put()
    kept = str(stage.fake.people[MARA.email].facts)
    times = {str(int(MARA.confirmed_at.timestamp())), "2026-11-21T08:59:00+00:00"}
    assert any(time in kept for time in times) == ("prove_time" not in stage.service.cannot)
    assert (MARA.source in kept) == ("prove_source" not in stage.service.cannot)
    assert ("'language': 'de'" in kept) == ("tell_language" not in stage.service.cannot)


def test_twice_is_once(stage: Stage) -> None:
    assert [stage.put(), stage.put()] == ["put", "put"]
    assert len(stage.fake.people) == 1
    for _ in range(2):
        stage.service.unsubscribe(stage.access, LIST, MARA.email)
        assert not stage.fake.gets_mail(MARA.email)
    for _ in range(2):
        stage.service.erase(stage.access, LIST, MARA.email)


def test_who_left_there_after_confirming_stays_away(stage: Stage) -> None:
    stage.put()
    stage.fake.later(minutes=5)
    stage.fake.leave(MARA.email)
    stage.fake.later(days=30)
    assert stage.put() == "left"
    assert not stage.fake.gets_mail(MARA.email)


def test_who_confirms_anew_comes_back_unless_the_service_forbids_it(stage: Stage) -> None:
    stage.fake.knows(MARA.email, left=START - timedelta(days=3))
    back = "come_back" not in stage.service.cannot
    assert stage.put() == ("put" if back else "refused")
    assert stage.fake.gets_mail(MARA.email) == back
    assert stage.fake.mails == []


def test_a_dead_mailbox_is_not_written_to_by_force(stage: Stage) -> None:
    # Brevo does not tell bounces apart from other blocks; it keeps from writing there by itself.
    told_apart = stage.fake.name != "brevo"
    stage.fake.knows(MARA.email, bounced=True)
    assert stage.put() == ("refused" if told_apart else "put")
    assert not stage.fake.gets_mail(MARA.email)


def test_unsubscribing_and_erasing_create_nobody(stage: Stage) -> None:
    stage.service.unsubscribe(stage.access, LIST, "niemand@post.example")
    stage.service.erase(stage.access, LIST, "niemand@post.example")
    assert stage.fake.people == {}


def test_who_is_erased_is_gone_or_at_least_off_the_list(stage: Stage) -> None:
    stage.put()
    stage.service.erase(stage.access, LIST, MARA.email)
    assert not stage.fake.gets_mail(MARA.email)
    assert (MARA.email in stage.fake.people) == ("erase" in stage.service.cannot)


def test_everybody_who_left_is_told_page_by_page(stage: Stage) -> None:
    total = stage.fake.page + 3
    for number in range(total):
        stage.fake.knows(f"p{number}@post.example", left=START - timedelta(minutes=number % 50))
    stage.fake.knows("bleibt@post.example")
    stage.fake.knows("frueher@post.example", left=START - timedelta(days=90))
    found = stage.left()
    emails = {one.email for one in found}
    assert {f"p{number}@post.example" for number in range(total)} <= emails
    assert "bleibt@post.example" not in emails
    assert all(one.at <= START for one in found)
    first = next(one for one in found if one.email == "p7@post.example")
    assert first.at == START - timedelta(minutes=7)


def test_nobody_left_is_an_answer_too(stage: Stage) -> None:
    assert stage.left() == []


@pytest.mark.parametrize(
    "email", ["o'hara@post.example", "a/b?c=d&e#f@post.example", "ÄÖ@post.example"]
)
def test_unusual_addresses_arrive_whole(stage: Stage, email: str) -> None:
    assert stage.put(replace(MARA, email=email)) == "put"
    stage.service.unsubscribe(stage.access, LIST, email)
    assert not stage.fake.gets_mail(email)
    assert list(stage.fake.people) == [email.lower()]


ACTS: list[Callable[[Stage], object]] = [
    lambda stage: stage.service.check(stage.access),
    lambda stage: stage.service.lists(stage.access),
    lambda stage: stage.put(),
    lambda stage: stage.service.unsubscribe(stage.access, LIST, MARA.email),
    lambda stage: stage.left(),
]


@pytest.mark.parametrize("act", ACTS, ids=["check", "lists", "put", "unsubscribe", "left"])
def test_what_goes_wrong_there_says_what_to_do(
    stage: Stage, act: Callable[[Stage], object]
) -> None:
    def fails(kind: type[PlatformError], code: str, status: int, body: bytes = b"{}") -> Any:
        if stage.fake.name == "cleverreach":
            stage.service.lists(stage.access)  # with a token at hand
        for _ in range(2):
            stage.fake.next_says(status, body, **{"retry-after": "17"})
        with pytest.raises(kind, match=code) as caught:
            act(stage)
        stage.fake._next.clear()
        return caught.value

    busy = fails(PlatformError, "mail_service_busy", 429)
    assert busy.retry_after == 17
    fails(PlatformError, "mail_service_away", 500)
    fails(PlatformError, "mail_service_odd", 200, b"<html>")
    fails(PlatformRefusedError, "mail_service_refused", 418)
    if stage.fake.name != "cleverreach":
        fails(AccessRevokedError, "mail_service_revoked", 401)
    if stage.fake.name != "klaviyo":
        fails(PlatformRefusedError, "mail_service_forbidden", 403)


def test_an_answer_that_never_came_is_tried_later(stage: Stage) -> None:
    stage.fake.next_is_lost()
    with pytest.raises(PlatformError, match="mail_service_away") as caught:
        stage.put()
    assert caught.value.advice == "retry"


def test_secrets_stand_in_headers_and_bodies_and_never_in_an_address(stage: Stage) -> None:
    stage.put()
    stage.service.check(stage.access)
    assert stage.fake.asked
    for secret in stage.fake.secrets.values():
        assert all(secret not in asked.url for asked in stage.fake.asked)
        assert secret not in repr(stage.access)


def test_a_token_that_ended_early_is_replaced_once() -> None:
    fake = FakeCleverReach()
    stage = Stage(fake)
    stage.put()
    fake.tokens[:] = ["ended", "another"]
    assert stage.put() == "put"
    fake.secrets = {**fake.secrets, "client_secret": "changed"}
    fake.tokens.clear()
    with pytest.raises(AccessRevokedError):
        stage.put()


def test_a_receiver_that_is_not_taken_is_said_to_be_refused() -> None:
    fake = FakeCleverReach()
    stage = Stage(fake)
    stage.service.lists(stage.access)
    fake.next_says(404)
    fake.next_says(200, b'["Bad Request: invalid email"]')
    assert stage.put() == "refused"
