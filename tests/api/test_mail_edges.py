"""What comes in about mails by HTTP: reports, events, pictures, links, preferences."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from plugin.app import create_app
from plugin.model import Shop
from plugin.services import mailing
from plugin.services.context import Context
from plugin.services.return_path import return_path
from plugin.store.outbox import outbox
from plugin.store.subscribers import subscribers
from plugin.store.suppressions import suppressions
from tests.beacons import BROWSER
from tests.conftest import KeptMail, make_config
from tests.returned_mails import bounce
from tests.services.sign_up_stage import MAIL, Stage, html

SECRET = "a-secret-of-the-mail-server-of-32-bytes"
BEARER = {"Authorization": f"Bearer {SECRET}"}


@pytest.fixture
def db_url(sqlite_template: Path, tmp_path: Path) -> str:
    """One database is enough here: what is stored of it is tested on both in test_bounces.py."""
    path = tmp_path / "bleib.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def config(db_url: str) -> Any:
    return make_config(database_url=db_url, mail_secret=SECRET, mail_bounces="bounces@mail.example")


@pytest.fixture
def stage(context: Context, shop: Shop) -> Stage:
    return Stage(context, shop, personalised=True)


@pytest.fixture
def advertised(stage: Stage, kept_mail: KeptMail) -> Any:
    """An advertising mail to somebody who has allowed everything, a minute ago."""
    stage.confirmed(kept_mail, purposes=("newsletter", "personalised"))
    values = {
        "newsletter": "", "confirmed_at": stage.context.now().isoformat(), "unsubscribe": "",
    }  # fmt: skip
    with stage.context.db.write() as connection:
        mailing.queue(connection, stage.context, stage.shop, "welcome_1", "w", MAIL, "de", values)
    stage.work()
    stage.context.clock.move(minutes=1)  # type: ignore[attr-defined]
    return next(mail for mail, _ in kept_mail.sent if mail["X-Bleib-Class"] == "marketing")


def _row(stage: Stage) -> Any:
    return next(row for row in stage.rows(outbox) if row.kind == "welcome_1")


def test_reports_come_in_with_the_secret_alone(
    client: FlaskClient, stage: Stage, advertised: Any
) -> None:
    raw = bounce(return_path(stage.context, stage.shop.id, _row(stage).id))
    basic = base64.b64encode(f"mail:{SECRET}".encode()).decode()
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Bearer "}):
        assert client.post("/mail/reports", data=raw, headers=headers).status_code == 401
    assert stage.rows(suppressions) == []
    first = client.post("/mail/reports", data=raw, headers=BEARER)
    assert first.get_json() == {"report": "noted"}
    again = client.post("/mail/reports", data=raw, headers={"Authorization": f"Basic {basic}"})
    assert again.get_json() == {"report": "known"}
    assert [row.kind for row in stage.rows(suppressions)] == ["hard"]


def test_the_envelopes_recipient_may_stand_in_the_address(
    client: FlaskClient, stage: Stage, advertised: Any
) -> None:
    path = return_path(stage.context, stage.shop.id, _row(stage).id)
    raw = bounce("x@mail.example")
    answer = client.post("/mail/reports", query_string={"to": path}, data=raw, headers=BEARER)
    assert answer.get_json() == {"report": "noted"}


def test_without_a_secret_nothing_is_there(context: Context, db_url: str) -> None:
    from dataclasses import replace

    open_one = create_app(context=replace(context, config=make_config(database_url=db_url)))
    client = open_one.test_client()
    for path in ("/mail/reports", "/mail/events/brevo"):
        for headers in ({}, {"Authorization": "Bearer "}, BEARER):
            assert client.post(path, data=b"{}", headers=headers).status_code == 404


def test_what_is_too_long_or_no_event_is_refused(app: Flask) -> None:
    client = app.test_client()
    long = b"x" * (1024 * 1024 + 1)
    assert client.post("/mail/reports", data=long, headers=BEARER).status_code == 413
    for path, body, status in (
        ("/mail/events/brevo", b"[]", 400),
        ("/mail/events/brevo", b"{}", 200),
        ("/mail/events/mailgun", b'{"event-data": 7}', 200),
        ("/mail/events/nobody", b"{}", 404),
    ):
        assert client.post(path, data=body, headers=BEARER).status_code == status, path


def test_an_event_of_a_provider_is_noted(
    client: FlaskClient, stage: Stage, advertised: Any
) -> None:
    told = {"event": "spam", "message-id": _row(stage).message_id}
    answer = client.post("/mail/events/brevo", data=json.dumps(told), headers=BEARER)
    assert answer.get_json() == {"report": "noted"}
    assert stage.rows(subscribers)[0].state == "unsubscribed"


def test_the_picture_and_the_links_of_a_mail_work_for_everybody(
    client: FlaskClient, stage: Stage, advertised: Any
) -> None:
    paths = re.findall(r'"(?:https?://[^/"]+)(/m/[^"]+)"', html(advertised))
    (picture,) = [path for path in paths if path.endswith(".gif")]
    link = next(path for path in paths if not path.endswith(".gif"))
    reader = {"User-Agent": BROWSER}
    assert client.get(picture, headers=reader).mimetype == "image/gif"
    assert _row(stage).seen == "opened"
    led = client.get(link, headers=reader)
    assert (led.status_code, led.headers["Location"]) == (303, stage.shop.storefront_url)
    assert "Set-Cookie" not in led.headers
    assert _row(stage).seen == "clicked"
    for forged in (link[:-1], link + "x", "/m/x", "/m/..%2f..%2fevil.example"):
        assert client.get(forged).status_code in (401, 404)
    assert client.get("/m/x.gif").data == client.get(picture).data


def test_preferences_are_chosen_without_cookies_and_reached_from_the_way_out(
    client: FlaskClient, stage: Stage, advertised: Any
) -> None:
    way_out = re.sub(r"^<https?://[^/]+|>$", "", advertised["List-Unsubscribe"])
    asked = client.get(way_out).get_data(as_text=True)
    assert f'href="{way_out}/preferences"' in asked
    page = client.get(f"{way_out}/preferences")
    text = page.get_data(as_text=True)
    assert MAIL in text
    assert 'name="personalised" value="1" aria-describedby="personalised-help" checked' in text
    assert page.headers["Cache-Control"] == "no-store"
    answer = client.post(f"{way_out}/preferences", data={"pause": "1", "language": "en"})
    assert answer.status_code == 303
    saved = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert '<html lang="en">' in saved
    assert "Paused until" in saved
    (person,) = stage.rows(subscribers)
    assert (person.language, person.purposes, person.state) == ("en", ["newsletter"], "confirmed")


def test_who_has_left_is_told_so_on_the_preference_page(
    client: FlaskClient, stage: Stage, advertised: Any
) -> None:
    way_out = re.sub(r"^<https?://[^/]+|>$", "", advertised["List-Unsubscribe"])
    client.post(way_out, data={"List-Unsubscribe": "One-Click"})
    assert "abgemeldet" in client.get(f"{way_out}/preferences").get_data(as_text=True)
    assert client.get("/u/x/preferences").status_code == 404
