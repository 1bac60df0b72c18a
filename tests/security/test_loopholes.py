"""Ways around the rules that were tried and are closed: offers, consent, limits."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from plugin.config import ConfigError
from plugin.errors import ConflictError, TooManyError
from plugin.model import Access, Shop
from plugin.services import (
    person_requests,
    privacy,
    stopping,
    subscriptions,
    unsubscribing,
)
from plugin.services.context import Context
from plugin.services.parcels import finding
from plugin.services.parcels.finding import Proof
from plugin.services.person_requests import Person
from plugin.services.steps import Step
from plugin.services.tenants import shop_of_id
from plugin.store import campaigns
from plugin.store.events import event_days, event_ids
from plugin.store.steps import steps
from plugin.store.subscribers import sign_ups, subscribers
from plugin.store.vouchers import vouchers
from tests.conftest import KeptMail, MovingClock, make_config
from tests.fakes.platform import FakePlatform
from tests.services.sign_up_stage import MAIL, VOUCHER, Stage


@pytest.fixture
def db_url(sqlite_template: Path, tmp_path: Path) -> str:
    """What is closed here is closed in code, not in SQL: one database is enough."""
    path = tmp_path / "bleib.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def stage(context: Context, shop: Shop) -> Stage:
    return Stage(context, shop)


def publish_again(stage: Stage, **voucher: Any) -> None:
    settings = {"voucher": {**VOUCHER, **voucher}, "newsletter_name": {"de": "", "en": ""}}
    with stage.context.db.write() as connection:
        campaigns.add_version(
            connection, stage.shop.id, stage.campaign, settings, stage.context.now()
        )


def test_nobody_picks_the_better_offer_of_an_old_version(
    stage: Stage, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    publish_again(stage, value="1.00")
    moving_clock.move(hours=13)
    with pytest.raises(ConflictError, match="campaign_not_published"):
        stage.ask(version=1)
    assert stage.rows(subscribers) == []
    stage.confirmed(kept_mail, version=2)
    assert [str(row.value) for row in stage.rows(vouchers)] == ["1.00"]


def test_a_page_that_was_open_while_the_merchant_published_still_works(
    stage: Stage, moving_clock: MovingClock
) -> None:
    publish_again(stage, value="1.00")
    moving_clock.move(hours=11)
    stage.ask(version=1)
    assert len(stage.rows(subscribers)) == 1


@pytest.mark.parametrize("version", [0, 2, 3, 2**31 - 1])
def test_versions_that_never_were_are_refused(stage: Stage, version: int) -> None:
    with pytest.raises(ConflictError, match="campaign_not_published"):
        stage.ask(version=version)


def test_the_kill_switch_takes_no_sign_ups(stage: Stage, context: Context) -> None:
    stopping.stop(context, stage.shop)
    stopped = shop_of_id(context, stage.shop.id)
    assert stopped is not None
    with pytest.raises(ConflictError, match="campaign_not_published"):
        subscriptions.request(context, stopped, stage.form())
    assert stage.rows(subscribers) == []


def test_asking_again_for_somebody_who_left_does_not_keep_them_subscribed_in_the_shop(
    stage: Stage, kept_mail: KeptMail, fake_platform: FakePlatform, moving_clock: MovingClock
) -> None:
    stage.confirmed(kept_mail)
    stage.work()
    assert fake_platform.consents[MAIL] == "subscribed"
    moving_clock.move(days=2)
    person = stage.rows(subscribers)[0]
    token = stage.context.keys.sign("unsubscribe", [stage.shop.id, person.id, person.identity[:16]])
    unsubscribing.unsubscribe(stage.context, token)
    stage.ask()  # anybody may type in the address before the worker comes by
    stage.work()
    assert fake_platform.consents[MAIL] == "unsubscribed"


def test_who_leaves_while_the_shop_is_being_told_is_not_subscribed_in_the_end(
    stage: Stage, kept_mail: KeptMail, fake_platform: FakePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = fake_platform.record_consent

    def leaves_meanwhile(access: Access, email: str, language: str, at: datetime) -> str:
        person = stage.rows(subscribers)[0]
        data = [stage.shop.id, person.id, person.identity[:16]]
        unsubscribing.unsubscribe(stage.context, stage.context.keys.sign("unsubscribe", data))
        fake_platform.withdraw_consent(access, email, at)  # another worker is quick
        with stage.context.db.write() as connection:
            connection.execute(
                steps.update().where(steps.c.kind == "consent.withdraw").values(state="done")
            )
        return real(access, email, language, at)

    monkeypatch.setattr(fake_platform, "record_consent", leaves_meanwhile)
    stage.confirmed(kept_mail)
    stage.work()
    assert fake_platform.consents[MAIL] == "unsubscribed"


def test_the_time_an_answer_takes_does_not_tell_who_is_known(
    client: FlaskClient, stage: Stage, kept_mail: KeptMail
) -> None:
    stage.confirmed(kept_mail)
    stage.ask("pending@post.example")
    for email in (MAIL, "pending@post.example", "new@post.example", "robot@post.example"):
        form = {
            "id": str(uuid.uuid4()), "email": email, "campaign": stage.campaign, "version": 1,
            "purposes": ["newsletter"], "page": "", "lang": "de", "elapsed": 9000,
            "website": "x" if email.startswith("robot") else "",
        }  # fmt: skip
        begun = time.monotonic()
        answer = client.post(f"/v1/{stage.shop.key}/subscriptions", data=json.dumps(form))
        assert answer.status_code == 202
        assert time.monotonic() - begun >= 0.04


def test_ids_of_forms_are_forgotten_after_two_days(
    context: Context, stage: Stage, moving_clock: MovingClock
) -> None:
    stage.ask()
    moving_clock.move(days=3)
    stage.ask("late@post.example")
    privacy.retention(context, Step(1, stage.shop.id, "privacy.retention", "r", {}, 1))
    assert len(stage.rows(sign_ups)) == 1


def test_an_erased_person_is_named_in_no_request(context: Context, shop: Shop) -> None:
    people = [("c1", MAIL), (None, MAIL), ("c1", None), ("c2", "other@post.example")]
    with context.db.write() as connection:
        for customer, email in people:
            person_requests.note(
                connection, context, shop, "access", Person(email, customer), source="platform"
            )
    privacy.erase_person(context, shop, MAIL, customer_id="c1")
    named = [one.person for one in person_requests.listed(context, shop) if one.person]
    assert named == ["other@post.example"]


@pytest.mark.parametrize("url", ["https://bleib.example", "http://192.168.0.7:8700"])
def test_secrets_that_everybody_knows_serve_this_machine_only(url: str) -> None:
    with pytest.raises(ConfigError, match="BLEIB_SECRET_KEY"):
        make_config(public_url=url)
    assert make_config(public_url="http://localhost:8700").secret_keys


def test_spelling_an_order_number_in_other_letters_gives_no_further_tries(
    context: Context, shop: Shop
) -> None:
    spellings = ["ui-1", "UI-1", "#ui-1", "u\u0131-1", " UI-1 ", "##uI-1", "Ui-1", "U\u0131-1"]
    for place, spelling in enumerate([*spellings, "UI-1", "ui-1"]):
        proof = Proof(spelling, email="x@y.example")
        finding.lookup(context, shop, proof, f"203.0.113.{place}")
    with pytest.raises(TooManyError):
        finding.lookup(context, shop, Proof("u\u0131-1", email="x@y.example"), "203.0.113.99")


def test_one_shop_uses_up_nobody_elses_tries(
    context: Context, shop: Shop, make_shop: Callable[..., Shop]
) -> None:
    other = make_shop("other.myshopify.com")
    for _ in range(10):
        finding.lookup(context, shop, Proof("1007", email="x@y.example"), "203.0.113.7")
    with pytest.raises(TooManyError):
        finding.lookup(context, shop, Proof("1007", email="x@y.example"), "203.0.113.7")
    elsewhere = finding.lookup(context, other, Proof("1007", email="x@y.example"), "203.0.113.7")
    assert elsewhere.found is None


def test_unknown_widgets_and_kinds_of_events_leave_no_rows(
    client: FlaskClient, stage: Stage
) -> None:
    event = {"id": str(uuid.uuid4()), "campaign": 1, "version": 1, "arm": "a", "at": 1795252000000}
    ticket = stage.context.keys.sign("ticket", [stage.shop.key, "x"])
    for widget, kind in (("x" * 40, "click"), ("newsletter", "redeemed"), ("newsletter", "bought")):
        events = [{**event, "widget": widget, "kind": kind}]
        body = json.dumps({"ticket": ticket, "events": events})
        assert client.post(f"/v1/{stage.shop.key}/events", data=body).status_code == 400
    assert stage.rows(event_days) == stage.rows(event_ids) == []


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_figures_are_not_shown_through_a_front_server_on_the_same_machine(
    client: FlaskClient, name: str
) -> None:
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", headers={name: "203.0.113.7"}).status_code == 401
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "odd"}).status_code == 401
