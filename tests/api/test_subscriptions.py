from __future__ import annotations

import json
import uuid
from collections import Counter
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from plugin.model import Shop
from plugin.services import abuse, proof_of_work
from plugin.services.context import Context
from plugin.store.events import refusals
from plugin.store.subscribers import subscribers
from tests.beacons import BROWSER, TRIAL, exposures
from tests.conftest import KeptMail
from tests.services.sign_up_stage import MAIL, Stage


@pytest.fixture
def stage(context: Context, shop: Shop) -> Stage:
    return Stage(context, shop)


def _body(stage: Stage, **values: Any) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "email": MAIL,
        "campaign": stage.campaign,
        "version": 1,
        "purposes": ["newsletter"],
        "page": "https://uferhaus.example/",
        "lang": "de",
        "elapsed": 8200,
        "website": "",
        **values,
    }


def _post(
    client: FlaskClient, stage: Stage, body: object, content_type: str = "text/plain"
) -> TestResponse:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    address = f"/v1/{stage.shop.key}/subscriptions"
    return client.post(address, data=data, content_type=content_type)


def test_a_sign_up_is_accepted_from_any_page_without_cookies(
    client: FlaskClient, stage: Stage
) -> None:
    for content_type in ("text/plain", "application/json"):
        answer = _post(client, stage, _body(stage), content_type)
        assert (answer.status_code, answer.json) == (202, {"state": "pending"})
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert "Set-Cookie" not in answer.headers


def test_new_known_confirmed_and_unsubscribed_people_get_the_same_answer(
    client: FlaskClient, stage: Stage, kept_mail: KeptMail
) -> None:
    stage.confirmed(kept_mail, "confirmed@post.example")
    stage.ask("known@post.example")
    answers = [
        _post(client, stage, _body(stage, email=email))
        for email in ("new@post.example", "known@post.example", "confirmed@post.example")
    ]
    answers.append(_post(client, stage, _body(stage, website="spam")))
    answers.append(_post(client, stage, _body(stage, elapsed=10)))
    assert len({(answer.status_code, answer.data) for answer in answers}) == 1
    unlike = {"X-Request-Id", "Date"}
    headers = [
        {name: value for name, value in answer.headers if name not in unlike} for answer in answers
    ]
    assert all(found == headers[0] for found in headers)


WRONG_FORMS: list[tuple[dict[str, Any], int, str]] = [
    ({"email": "marlene@post"}, 422, "email_invalid"),
    ({"email": ""}, 422, "email_invalid"),
    ({"email": None}, 422, "email_invalid"),
    ({"email": ["a@b.de"]}, 422, "email_invalid"),
    ({"email": "a@b.de\r\nBcc: x@y.de"}, 422, "email_invalid"),
    ({"email": '"a b"@post.example'}, 422, "email_invalid"),
    ({"email": "a" * 300 + "@post.example"}, 422, "email_invalid"),
    ({"purposes": []}, 422, "consent_missing"),
    ({"purposes": None}, 422, "consent_missing"),
    ({"purposes": {"newsletter": True}}, 422, "consent_missing"),
    ({"purposes": [True]}, 422, "consent_missing"),
    ({"purposes": ["personalised"]}, 422, "consent_missing"),
    ({"purposes": ["newsletter", "everything"]}, 400, "field_invalid"),
    ({"confirmed": True}, 400, "field_unknown"),
    ({"discount": "100"}, 400, "field_unknown"),
    ({"campaign": 99}, 409, "campaign_not_published"),
    ({"version": 7}, 409, "campaign_not_published"),
    ({"campaign": "1"}, 400, "field_invalid"),
    ({"campaign": True}, 400, "field_invalid"),
    ({"campaign": 2**40}, 400, "field_invalid"),
    ({"campaign": 1.5}, 400, "field_invalid"),
    ({"elapsed": -1}, 400, "field_invalid"),
    ({"id": ""}, 400, "field_invalid"),
    ({"id": "x" * 41}, 400, "field_invalid"),
    ({"lang": 5}, 400, "field_invalid"),
    ({"page": "x" * 2001}, 400, "field_invalid"),
    ({"ticket": None}, 400, "field_invalid"),
    ({"ticket": "x" * 201}, 400, "field_invalid"),
    ({"arm": "aa"}, 400, "field_invalid"),
    ({"proof": 7}, 400, "field_invalid"),
    ({"proof": "x" * 401}, 400, "field_invalid"),
    ({"fields": []}, 400, "field_invalid"),
    ({"fields": {str(n): "" for n in range(11)}}, 400, "field_invalid"),
    ({"arms": [["3", "a"]]}, 400, "field_invalid"),
    ({"arms": {"three": "a"}}, 400, "field_invalid"),
    ({"arms": {"3": "c"}}, 400, "field_invalid"),
    ({"arms": {"3": ["a"]}}, 400, "field_invalid"),
    ({"arms": {str(10**12): "a"}}, 400, "field_invalid"),
    ({"arms": {str(number): "a" for number in range(51)}}, 400, "field_invalid"),
]


def test_a_wrong_form_is_refused_by_name_counted_and_not_stored(
    client: FlaskClient, stage: Stage
) -> None:
    for change, status, error in WRONG_FORMS:
        answer = _post(client, stage, _body(stage, **change))
        found = (answer.status_code, answer.json and answer.json["error"])
        assert found == (status, error), change
    assert stage.rows(subscribers) == []
    counted = {row.reason: row._mapping["count"] for row in stage.rows(refusals)}
    assert counted == Counter(error for _, _, error in WRONG_FORMS)


def test_a_sign_up_through_the_window_counts_for_its_arm(
    client: FlaskClient, context: Context, stage: Stage
) -> None:
    window = stage.publish("exit_intent", **TRIAL)
    ticket = client.post(f"/v1/{stage.shop.key}/tickets", data=b"{}").json
    told = {**(ticket or {}), "arm": "b", "arms": {str(window): "b", "99": "-"}}
    body = json.dumps(_body(stage, campaign=window, **told))
    address = f"/v1/{stage.shop.key}/subscriptions"
    for agent, status in ((BROWSER, 202), ("curl/8", 202)):
        answer = client.post(address, data=body, headers={"User-Agent": agent})
        assert answer.status_code == status
    assert exposures(context) == {("real", "b", "sign_up"): 1}


NO_OBJECTS: list[tuple[bytes, int]] = [
    (b"", 400),
    (b"null", 400),
    (b"[]", 400),
    (b'{"email": NaN}', 400),
    (b'{"a": 1e999}', 400),
    (b'{"a":1,"a":2}', 400),
    (b"[" * 5000, 400),
    (b'{"email": "\\ud800@post.example"}', 400),
    (b"\xff\xfe", 400),
    (b" " * 9000, 413),
]


def test_what_is_no_clean_json_object_is_refused(client: FlaskClient, stage: Stage) -> None:
    for raw, status in NO_OBJECTS:
        assert _post(client, stage, raw).status_code == status, raw[:40]
    assert stage.rows(subscribers) == []


def test_unknown_and_uninstalled_shops_answer_alike(
    client: FlaskClient, stage: Stage, context: Context
) -> None:
    import sqlalchemy as sa

    from plugin.store.shops import shops

    unknown = client.post("/v1/nobody/subscriptions", data=json.dumps(_body(stage)))
    with context.db.write() as connection:
        connection.execute(sa.update(shops).values(state="uninstalled"))
    gone = _post(client, stage, _body(stage))
    assert unknown.status_code == gone.status_code == 404
    assert unknown.data == gone.data == b'{"error":"unknown_shop"}\n'


def test_too_many_from_one_place_have_to_prove_work_and_are_then_taken(
    client: FlaskClient, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof_of_work, "LIGHT", 4)
    for n in range(20):
        assert _post(client, stage, _with_ticket(stage, f"p{n}@post.example")).status_code == 202
    form = _with_ticket(stage, "p20@post.example")
    answer = _post(client, stage, form)
    asked = answer.json or {}
    assert (answer.status_code, asked.pop("error")) == (428, "proof_needed")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert set(asked) == {"task", "salt", "bits", "parts"}
    again = _post(client, stage, {**form, "proof": proof_of_work.solve(asked)})
    assert (again.status_code, again.json) == (202, {"state": "pending"})
    assert len(stage.rows(subscribers)) == 21


def test_far_too_many_are_told_when_to_come_back(
    client: FlaskClient, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(abuse, "MOST", 1)
    for n in range(20):
        assert _post(client, stage, _with_ticket(stage, f"p{n}@post.example")).status_code == 202
    answer = _post(client, stage, _with_ticket(stage, "p20@post.example"))
    assert (answer.status_code, answer.json) == (429, {"error": "too_many"})
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def _with_ticket(stage: Stage, email: str) -> dict[str, Any]:
    return _body(stage, email=email, ticket=stage.form_token())


def test_nothing_of_the_form_but_the_address_reaches_the_mail(
    client: FlaskClient, stage: Stage, kept_mail: KeptMail
) -> None:
    _post(client, stage, _body(stage, page="https://evil.example/<h1>GEWONNEN</h1>", lang="xx"))
    stage.work()
    source = kept_mail.sent[0][0].as_string()
    assert "GEWONNEN" not in source
    assert "evil.example" not in source
