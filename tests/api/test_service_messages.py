"""Writing about an order and answering how it was, by plain forms that need no script."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.parcels.links import page_link
from plugin.services.service_promise import messages
from plugin.store.service_messages import answer_of
from tests.conftest import START
from tests.fakes.things import a_parcel
from tests.services.parcels.test_shipments import take

HTML = {"Accept": "text/html", "Accept-Language": "de"}


@pytest.fixture
def db_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "bleib.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def page(context: Context, shop: Shop) -> str:
    there = a_parcel(status="DELIVERED", delivered_at=START - timedelta(hours=1))
    order = take(context, shop, shipments=(there,))
    return page_link(context, shop, order.id).removeprefix(context.config.public_url)


def test_the_page_leads_to_the_form_and_the_form_to_the_answer(
    client: FlaskClient, context: Context, shop: Shop, page: str
) -> None:
    assert f'{page}/message"' in client.get(page, headers=HTML).text
    form = client.get(f"{page}/message?reason=missing", headers=HTML)
    assert form.headers["Cache-Control"] == "no-store"
    assert "ma…@post.example" in form.text
    assert "mara@" not in form.text
    assert "Was fehlt?" in form.text
    entries = {"reason": "missing", "text": "Der Deckel <script>"}
    sent = client.post(f"{page}/message", data=entries, headers=HTML)
    assert (sent.status_code, sent.headers["Location"].endswith("/message?sent=1")) == (303, True)
    assert "Ihre Nachricht ist da" in client.get(f"{page}/message?sent=1", headers=HTML).text
    assert messages.waiting(context, shop)[0].text == "Der Deckel <script>"
    assert "Ihre Nachricht von" in client.get(page, headers=HTML).text


def test_a_form_that_lacks_something_says_what_and_keeps_the_rest(
    client: FlaskClient, page: str
) -> None:
    answer = client.post(f"{page}/message", data={"reason": "damaged", "text": " "}, headers=HTML)
    assert answer.status_code == 422
    assert "Bitte schreiben Sie uns, worum es geht." in answer.text
    assert 'value="damaged" checked' in answer.text


def test_the_sixth_message_of_a_day_is_answered_kindly(client: FlaskClient, page: str) -> None:
    for number in range(5):
        client.post(f"{page}/message", data={"text": f"Frage {number}"}, headers=HTML)
    answer = client.post(f"{page}/message", data={"text": "Noch eine"}, headers=HTML)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "Noch eine" in answer.text


@pytest.mark.parametrize(
    ("given", "leads", "score"),
    [
        ({"answer": "missing"}, "/message?reason=missing", None),
        ({"answer": "good"}, "", None),
        ({"answer": "score", "score": "4", "words": "Schnell"}, "", 4),
    ],
)
def test_what_is_answered_leads_on(
    client: FlaskClient,
    context: Context,
    shop: Shop,
    page: str,
    given: dict[str, str],
    leads: str,
    score: int | None,
) -> None:
    answer = client.post(f"{page}/answer", data=given, headers=HTML)
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(page + leads)
    with context.db.read() as connection:
        kept = answer_of(connection, shop.id, "gid://shopify/Order/1007")
    assert (kept.score if kept else None) == score


def test_a_made_up_link_and_an_odd_answer_lead_nowhere(client: FlaskClient, page: str) -> None:
    assert client.get("/s/AAAAAAAAAAAAAAAAAAAAAA/message", headers=HTML).status_code == 404
    assert client.post(f"{page}/answer", data={"answer": "x"}, headers=HTML).status_code == 400
    assert client.post(f"{page}/answer", data={"answer": "score"}).status_code == 422
