"""The sign-up page: everything without script, the same answers for everybody."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from plugin.model import Shop
from plugin.services import block_list
from plugin.services.context import Context
from plugin.services.identity import identity_of
from plugin.services.sign_up_page import shop_address
from plugin.store.evidence import evidence
from plugin.store.subscribers import subscribers
from tests.conftest import KeptMail, MovingClock
from tests.fakes.platform import FakePlatform
from tests.services.sign_up_stage import MAIL, VOUCHER, Stage
from tests.services.test_gifts import GIFT
from tests.services.test_sign_up_questions import FIELDS

HTML = {"Accept": "text/html", "Accept-Language": "de"}


@pytest.fixture
def stage(context: Context, shop: Shop) -> Stage:
    return Stage(context, shop, fields=FIELDS, gift=GIFT, personalised=True)


def _open(client: FlaskClient, stage: Stage, query: str = "") -> str:
    answer = client.get(f"/n/{stage.shop.key}{query}", headers=HTML)
    assert answer.status_code == 200
    return html.unescape(answer.text).replace("\u00a0", " ")


def _mark(page: str) -> str:
    found = re.search(r'name="mark" value="([^"]+)"', page)
    assert found
    return found[1]


def _send(
    client: FlaskClient, stage: Stage, clock: MovingClock, mark: str = "", **values: Any
) -> TestResponse:
    mark = mark or _mark(_open(client, stage))
    clock.move(seconds=8)
    entries = {"mark": mark, "lang": "de", "email": MAIL, "newsletter": "1", **values}
    return client.post(f"/n/{stage.shop.key}", data=entries, headers=HTML)


def test_the_page_says_what_is_given_asked_and_why_and_ticks_nothing(
    client: FlaskClient, stage: Stage
) -> None:
    page = _open(client, stage)
    for words in (
        "Newsletter gegen Gutschein",
        "5 €",
        "nur für Ihre erste Bestellung",
        "Pflegeheft",
        "Der Link kommt per E‑Mail, sobald die Adresse bestätigt ist.",
        "Vorname (freiwillig)",
        "Für die Anrede in den Mails.",
        "Bretter",
        "Ja, ich möchte den Newsletter von Uferhaus.",
        "Freiwillig. Ändert nichts am Gutschein.",
        "Uferhaus GmbH, Seestraße 1",
    ):
        assert words in page, words
    assert "checked" not in page
    assert "<script" not in page
    assert "pflegeheft.pdf" not in page


def test_a_filled_in_form_is_a_sign_up_with_proof_of_where_it_stood(
    client: FlaskClient, stage: Stage, moving_clock: MovingClock, kept_mail: KeptMail
) -> None:
    answers: dict[str, Any] = {
        "name": "Marlene",
        "birth_month": "5",
        "interests": ["topic_1", "topic_3"],
    }
    answer = _send(client, stage, moving_clock, personalised="1", **answers)
    assert answer.status_code == 200
    assert "Bitte bestätigen Sie Ihre E‑Mail" in html.unescape(answer.text)
    assert MAIL in answer.text
    stage.work()
    assert [recipient for _, recipient in kept_mail.sent] == [MAIL]
    (person,) = stage.rows(subscribers)
    assert person.purposes == ["newsletter", "personalised"]
    assert person.declared_sealed is not None
    assert stage.rows(evidence)[0].page.endswith(f"/n/{stage.shop.key}")


def test_new_known_confirmed_and_blocked_people_read_the_same(
    client: FlaskClient,
    stage: Stage,
    context: Context,
    moving_clock: MovingClock,
    kept_mail: KeptMail,
) -> None:
    stage.confirmed(kept_mail, "confirmed@post.example")
    stage.ask("known@post.example")
    with context.db.write() as connection:
        blocked = identity_of(context.keys, stage.shop.id, "blocked@post.example")
        block_list.block(connection, context, stage.shop, blocked)
    pages = set()
    for who in ("new", "known", "confirmed", "blocked", "robot"):
        email = f"{who}@post.example"
        trap = {"website": "https://spam.example"} if who == "robot" else {}
        answer = _send(client, stage, moving_clock, email=email, **trap)
        pages.add((answer.status_code, answer.text.replace(email, "…")))
    assert len(pages) == 1


def test_the_same_form_twice_is_one_sign_up(
    client: FlaskClient, stage: Stage, moving_clock: MovingClock, kept_mail: KeptMail
) -> None:
    mark = _mark(_open(client, stage))
    pages = {_send(client, stage, moving_clock, mark).text for _ in range(2)}
    stage.work()
    assert len(pages) == 1
    assert len(kept_mail.sent) == 1


def test_faults_are_said_at_their_place_and_nothing_is_emptied(
    client: FlaskClient, stage: Stage, moving_clock: MovingClock
) -> None:
    mark = _mark(_open(client, stage))
    wrong = {"email": "marlene@post", "newsletter": "", "name": "Marlene", "interests": "topic_1"}
    answer = _send(client, stage, moving_clock, mark, **wrong)
    page = html.unescape(answer.text)
    assert answer.status_code == 422
    assert "Bitte prüfen Sie die Adresse." in page
    assert "Bitte setzen Sie hier den Haken." in page
    assert 'value="marlene@post"' in page
    assert 'value="Marlene"' in page
    assert page.count("checked") == 1
    assert _mark(page) == mark
    assert stage.rows(subscribers) == []


def test_a_robot_that_sends_at_once_is_answered_and_forgotten(
    client: FlaskClient, stage: Stage, moving_clock: MovingClock
) -> None:
    mark = _mark(_open(client, stage))
    entries = {"mark": mark, "email": MAIL, "newsletter": "1"}
    assert client.post(f"/n/{stage.shop.key}", data=entries, headers=HTML).status_code == 200
    assert stage.rows(subscribers) == []


def test_a_made_up_old_or_foreign_mark_leads_back_to_the_form(
    client: FlaskClient, stage: Stage, context: Context, make_shop: Any, moving_clock: MovingClock
) -> None:
    other = Stage(context, make_shop("andere.myshopify.com"))
    foreign = _mark(_open(client, other))
    mark = _mark(_open(client, stage))
    for given in (foreign, mark[:-1], "x"):
        answer = _send(client, stage, moving_clock, given)
        assert answer.status_code == 410
        assert "Diese Seite war zu lange offen" in html.unescape(answer.text)
    moving_clock.move(hours=13)
    assert _send(client, stage, moving_clock, mark).status_code == 410
    assert stage.rows(subscribers) == []


def test_in_english_where_the_shop_speaks_it(client: FlaskClient, stage: Stage) -> None:
    page = _open(client, stage, "?lang=en")
    assert '<html lang="en">' in page
    assert "First name (optional)" in page
    assert '<a href="?lang=de"' in page


def test_each_campaign_has_a_page_and_what_is_over_has_none(
    client: FlaskClient, context: Context, shop: Shop, moving_clock: MovingClock
) -> None:
    end = (context.now() + timedelta(days=1)).isoformat()
    first = Stage(context, shop, title={"de": "Erste", "en": "First"}, schedule={"ends": end})
    second = first.publish(title={"de": "Zweite", "en": "Second"})
    assert "Erste" in _open(client, first)
    assert "Zweite" in _open(client, first, f"?form={second}")
    assert client.get(f"/n/{shop.key}?form=999", headers=HTML).status_code == 404
    moving_clock.move(days=2)
    assert "Zweite" in _open(client, first)


def test_a_shop_without_a_form_says_so(client: FlaskClient, shop: Shop) -> None:
    answer = client.get(f"/n/{shop.key}", headers=HTML)
    assert answer.status_code == 404
    assert "Im Moment gibt es keine Anmeldung" in answer.text
    assert client.get("/n/nobody0000000000", headers=HTML).status_code == 404


def test_inside_the_shop_it_stands_under_the_shops_address_and_is_sent_to_ours(
    client: FlaskClient,
    stage: Stage,
    context: Context,
    fake_platform: FakePlatform,
    moving_clock: MovingClock,
) -> None:
    query = fake_platform.sign(f"shop={stage.shop.domain}&lang=de")
    answer = client.get(f"/proxy/shopify/newsletter?{query}", headers=HTML)
    page = html.unescape(answer.text)
    origin = context.config.public_url
    assert f'action="{origin}/n/{stage.shop.key}"' in page
    assert f'href="{origin}/pages/pages.css"' in page
    assert f"form-action 'self' {origin}" in answer.headers["Content-Security-Policy"]
    _send(client, stage, moving_clock, _mark(page))
    place = shop_address(context, stage.shop)
    assert place == f"https://{stage.shop.domain}/apps/bleib/newsletter"
    assert stage.rows(evidence)[0].page == place
    wrong = client.get("/proxy/shopify/newsletter?shop=uferhaus.myshopify.com&hmac=00")
    assert wrong.status_code == 401


def test_what_the_guard_would_not_give_is_not_promised(
    client: FlaskClient, context: Context, shop: Shop, moving_clock: MovingClock
) -> None:
    dear = VOUCHER | {"value": "900.00", "minimum": "1000.00"}
    stage = Stage(context, shop, voucher=dear)
    page = _open(client, stage)
    assert "900 €" not in page
    _send(client, stage, moving_clock, _mark(page))
    assert "900" not in stage.rows(evidence)[0].wording
