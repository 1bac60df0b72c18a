"""Withdrawing over HTTP: two steps without script or login, one answer for whatever is known."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from plugin.model import Order, Shop
from plugin.services.context import Context
from plugin.services.parcels.links import page_link
from plugin.services.withdrawals import settings as rules
from plugin.store.shops import set_locale
from plugin.store.withdrawals import newest
from tests.conftest import START, MovingClock
from tests.fakes.things import a_line, a_parcel
from tests.services.on_sqlite import db_url  # noqa: F401 - a fixture
from tests.services.parcels.test_shipments import take

HTML = {"Accept": "text/html", "Accept-Language": "de"}
LINES = (a_line(1007, 1), a_line(1007, 2, quantity=2))
ARRIVED = a_parcel(status="DELIVERED", delivered_at=START - timedelta(hours=1))


def path(context: Context, shop: Shop, order: Order) -> str:
    page = page_link(context, shop, order.id).removeprefix(context.config.public_url)
    return f"{page}/withdrawal"


def read(answer: TestResponse, status: int = 200) -> str:
    assert answer.status_code == status
    return html.unescape(answer.text).replace("\u00a0", " ")


def carried(page: str) -> list[tuple[str, str]]:
    """Return what the last form of a page carries along."""
    form = page.rpartition("<form")[2]
    return re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)


def confirm(client: FlaskClient, place: str, page: str) -> TestResponse:
    data: dict[str, Any] = {}
    for name, value in carried(page):
        data.setdefault(name, []).append(value)
    return client.post(place, data={**data, "do": "confirm"}, headers=HTML)


def declared(context: Context, shop: Shop) -> int:
    with context.db.read() as connection:
        return len(newest(connection, shop.id, 100))


def test_two_steps_lead_to_a_receipt(client: FlaskClient, context: Context, shop: Shop) -> None:
    place = path(context, shop, take(context, shop, lines=LINES))
    form = read(client.get(place, headers=HTML))
    for words in ("Vertrag widerrufen", "Drei Angaben genügen", "Die ganze Bestellung"):
        assert words in form, words
    assert "checked" not in form
    assert "<script" not in form
    entries = {**dict(carried(form)), "name": "Mara Lind", "line": LINES[1].id}
    check = read(client.post(place, data=entries, headers=HTML))
    assert "widerrufe ich den Vertrag über 2 × Teeschale 2 aus der Bestellung #1007." in check
    assert declared(context, shop) == 0
    keep = re.search(r'class="button second" href="([^"]+)">Doch behalten', check)
    assert keep is not None
    answer = confirm(client, place, check)
    assert answer.status_code == 303
    receipt = read(client.get(answer.headers["Location"], headers=HTML))
    for words in ("Ihr Widerruf ist eingegangen", "um 10:00:00 Uhr", "W-1007-1", "Mara Lind"):
        assert words in receipt, words
    assert "Geld zurück bis" in receipt
    assert declared(context, shop) == 1
    pdf = client.get(f"{answer.headers['Location']}/pdf")
    assert (pdf.mimetype, pdf.data[:5]) == ("application/pdf", b"%PDF-")


def test_pages_are_private_and_say_nothing_of_the_person(
    client: FlaskClient, context: Context, shop: Shop
) -> None:
    place = path(context, shop, take(context, shop, lines=LINES))
    answer = client.get(place, headers=HTML)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    for secret in ("mara", "post.example", "78462", "60,00", "19,00"):
        assert secret not in answer.text
    hostile = {"name": "<script>alert(1)</script>", "whole": "1"}
    assert "<script" not in client.post(place, data=hostile, headers=HTML).text


def test_what_is_missing_is_said_and_nothing_is_emptied(
    client: FlaskClient, context: Context, shop: Shop
) -> None:
    place = path(context, shop, take(context, shop, lines=LINES))
    page = read(client.post(place, data={"name": "", "email": "a@"}, headers=HTML), 422)
    for words in ("geben Sie Ihren Namen", "E‑Mail-Adresse an", "worum es geht", 'value="a@"'):
        assert words in page, words


def test_back_keeps_every_entry(client: FlaskClient, context: Context, shop: Shop) -> None:
    place = path(context, shop, take(context, shop, lines=LINES))
    chosen = {"line": LINES[1].id, f"q_{LINES[1].id}": "1", "name": "Mara", "mark": "m" * 22}
    check = read(client.post(place, data=chosen, headers=HTML))
    assert "über Teeschale 2 aus" in check
    form = read(client.post(place, data={**dict(carried(check)), "do": "change"}, headers=HTML))
    assert 'value="Mara"' in form
    assert re.search(rf'value="{LINES[1].id}" checked', form)
    assert '<option value="1" selected>' in form


def test_without_a_link_every_answer_is_the_same(
    client: FlaskClient, context: Context, shop: Shop
) -> None:
    take(context, shop)
    place = f"/w/{shop.key}"
    answers = set()
    for order, email in (("1007", "mara@post.example"), ("9999", "eva@post.example")):
        form = read(client.get(place, headers=HTML))
        entries = {**dict(carried(form)), "name": "Mara", "order": order, "email": email}
        check = read(client.post(place, data=entries, headers=HTML))
        receipt = read(client.get(confirm(client, place, check).headers["Location"], headers=HTML))
        for own in (order, email):
            receipt = receipt.replace(own, "")
        answers.add(re.sub(r"W-\w{8}|/w/receipt/[\w.-]+", "", receipt))
    assert len(answers) == 1
    assert declared(context, shop) == 2


def test_a_second_press_is_the_same_declaration(
    client: FlaskClient, context: Context, shop: Shop
) -> None:
    place = path(context, shop, take(context, shop))
    check = read(client.post(place, data={"name": "Mara", "mark": "m" * 22}, headers=HTML))
    first, second = confirm(client, place, check), confirm(client, place, check)
    assert first.status_code == second.status_code == 303
    assert declared(context, shop) == 1


def test_only_what_was_shown_is_declared(client: FlaskClient, context: Context, shop: Shop) -> None:
    place = path(context, shop, take(context, shop, lines=LINES))
    check = read(client.post(place, data={"name": "Mara", "whole": "1"}, headers=HTML))
    renamed = (*LINES, a_line(1007, 3))
    take(context, shop, lines=renamed, updated_at=START + timedelta(minutes=1))
    again = read(confirm(client, place, check))
    assert "Stimmt alles?" in again
    assert declared(context, shop) == 0
    assert confirm(client, place, again).status_code == 303


def test_after_the_period_the_page_says_so_and_what_there_is(
    client: FlaskClient, context: Context, shop: Shop, moving_clock: MovingClock
) -> None:
    place = path(context, shop, take(context, shop, shipments=(ARRIVED,)))
    moving_clock.move(days=20)
    page = read(client.get(place, headers=HTML))
    assert "Die Frist ist am 7. Dezember abgelaufen" in page
    assert "gesetzliche Gewährleistung" in page
    late = read(client.post(place, data={"name": "Mara", "do": "confirm"}, headers=HTML))
    assert "abgelaufen" in late
    assert declared(context, shop) == 0
    seen = rules.get(context, shop)
    rules.save(context, shop, seen.model_copy(update={"voluntary_days": 30}), seen=seen)
    page = read(client.get(place, headers=HTML))
    assert "Freiwillig zurückgeben" in page
    assert "noch bis 21. Dezember" in page
    form = read(client.get(f"{place}?return=1", headers=HTML))
    entries = {**dict(carried(form)), "name": "Mara"}
    check = read(client.post(place, data=entries, headers=HTML))
    assert "Rückgabe bestätigen" in check
    assert "Ich möchte Teeschale 1 aus der Bestellung #1007 zurückgeben." in check


@pytest.mark.parametrize(("days", "words"), [(0, "kein gesetzliches Widerrufsrecht"), (30, "Frei")])
def test_in_switzerland_it_is_a_voluntary_return(
    client: FlaskClient, context: Context, shop: Shop, days: int, words: str
) -> None:
    with context.db.write() as connection:
        set_locale(connection, shop.id, "de-CH")
    seen = rules.get(context, shop)
    rules.save(context, shop, seen.model_copy(update={"voluntary_days": days}), seen=seen)
    page = read(client.get(f"/w/{shop.key}", headers=HTML))
    assert words in page
    assert "Vertrag widerrufen" not in page


def test_in_switzerland_an_order_to_germany_is_withdrawn_from_on_its_own_page(
    client: FlaskClient, context: Context, shop: Shop
) -> None:
    with context.db.write() as connection:
        set_locale(connection, shop.id, "de-CH")
    for answer in (client.get(f"/w/{shop.key}", headers=HTML), client.post(f"/w/{shop.key}")):
        assert answer.status_code == 200
        assert f'href="{context.url(f"/t/{shop.key}")}"' in answer.text
    assert "Ging Ihre Bestellung in ein anderes Land?" in read(answer)
    order = take(context, shop)
    page = page_link(context, shop, order.id).removeprefix(context.config.public_url)
    assert "Vertrag widerrufen" in read(client.get(f"{page}/withdrawal", headers=HTML))


@pytest.mark.parametrize("place", ["/w/unknown", "/s/unknown/withdrawal", "/w/receipt/unknown"])
def test_what_leads_nowhere_is_not_found(client: FlaskClient, place: str) -> None:
    assert client.get(place, headers=HTML).status_code == 404


def test_too_many_are_told_that_nothing_is_declared(
    client: FlaskClient, context: Context, shop: Shop
) -> None:
    entries = {"name": "A", "order": "1", "email": "a@post.example", "do": "confirm"}
    for number in range(5):
        sent = {**entries, "mark": f"{number:022}"}
        assert client.post(f"/w/{shop.key}", data=sent, headers=HTML).status_code == 303
    answer = client.post(f"/w/{shop.key}", data={**entries, "mark": "x" * 22}, headers=HTML)
    assert "noch nichts erklärt" in read(answer, 429)
    assert int(answer.headers["Retry-After"]) > 0
    assert declared(context, shop) == 5
