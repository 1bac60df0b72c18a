"""Looking an order up without a script, and its page shown again while nothing has changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from plugin.api import shipments
from plugin.api.fast_order_page import FastOrderPage
from plugin.model import Shop
from plugin.services import orders
from plugin.services.context import Context
from plugin.services.parcels import shop_links
from plugin.services.parcels.links import page_link
from plugin.store.shops import shops
from tests.conftest import MovingClock
from tests.fakes.platform import FakePlatform
from tests.fakes.things import a_parcel, an_order
from tests.services.on_sqlite import db_url  # noqa: F401 - a fixture
from tests.services.parcels.test_shipments import take

GERMAN = {"Accept": "text/html", "Accept-Language": "de"}


@pytest.fixture(autouse=True)
def answers_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipments, "ANSWER_AFTER", 0.0)


def ask(client: FlaskClient, shop: Shop, **typed: str) -> Any:
    return client.post(f"/t/{shop.key}", data=typed, headers=GERMAN)


def test_a_right_proof_leads_to_the_orders_page(
    client: FlaskClient, context: Context, shop: Shop
) -> None:
    order = take(context, shop)
    for proof in ("mara@post.example", "78462"):
        answer = ask(client, shop, order="1007", proof=proof)
        assert answer.status_code == 303
        assert answer.location == page_link(context, shop, order.id)
        assert answer.headers["Cache-Control"] == "no-store"


def test_every_miss_is_the_same_page(client: FlaskClient, context: Context, shop: Shop) -> None:
    take(context, shop)
    pages = set()
    for number, proof in (("1007", "00000"), ("9999", "78462"), ("1007", "eva@post.example")):
        answer = ask(client, shop, order=number, proof=proof)
        assert answer.status_code == 200
        pages.add(answer.text.replace(f'value="{number}"', "").replace(f'value="{proof}"', ""))
    assert len(pages) == 1
    assert "Dazu haben wir nichts gefunden" in pages.pop()


def test_the_form_says_what_is_missing_and_when_to_come_again(
    client: FlaskClient, shop: Shop
) -> None:
    page = client.get(f"/t/{shop.key}", headers=GERMAN)
    assert page.status_code == 200
    assert "noindex" in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "Bestellnummer ein, zum Beispiel" in ask(client, shop, proof="78462").text
    missing = ask(client, shop, order="1007")
    assert missing.status_code == 422
    assert 'aria-describedby="proof-fault"' in missing.text
    for _ in range(10):
        ask(client, shop, order="1007", proof="00000")
    waiting = ask(client, shop, order="1007", proof="78462")
    assert waiting.status_code == 429
    assert int(waiting.headers["Retry-After"]) > 0


def test_a_parcels_number_alone_shows_the_parcel_without_the_order(
    client: FlaskClient, context: Context, shop: Shop
) -> None:
    take(context, shop, shipments=(a_parcel(tracking_number="00340434161094"),))
    page = ask(client, shop, number="0034 0434 1610 94")
    assert "Ihr Paket kommt am Montag, 23.\u00a0November" in page.text
    for more in ("1007", "Teeschale", "mara", "78462", "/s/"):
        assert more not in page.text
    assert "nichts gefunden" in ask(client, shop, number="00340434169999").text


def test_what_was_typed_is_shown_as_text(client: FlaskClient, shop: Shop) -> None:
    evil = '"><script>alert(1)</script>'
    page = ask(client, shop, order=evil, proof=evil, number="")
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;" in page.text


def test_the_shops_own_domain_asks_as_well_and_sends_to_us(
    client: FlaskClient, context: Context, shop: Shop, fake_platform: FakePlatform
) -> None:
    query = fake_platform.sign(f"shop={shop.domain}")
    page = client.get(f"/proxy/shopify/status?{query}", headers=GERMAN)
    assert page.status_code == 200
    assert f'action="{context.url(f"/t/{shop.key}")}' in page.text
    unknown = fake_platform.sign("shop=nobody.myshopify.com")
    assert client.get(f"/proxy/shopify/status?{unknown}", headers=GERMAN).status_code == 404


class Counting:
    """The app behind the memory of pages, counting what it has to draw."""

    def __init__(self, app: Flask, context: Context) -> None:
        self.drawn = 0
        self._app = partial(Flask.wsgi_app, app)
        app.wsgi_app = FastOrderPage(self._count, context)  # type: ignore[method-assign]

    def _count(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.drawn += 1
        return self._app(environ, start_response)


@pytest.fixture
def counting(app: Flask, context: Context) -> Counting:
    return Counting(app, context)


def path(context: Context, shop: Shop, order_id: str) -> str:
    return page_link(context, shop, order_id).removeprefix(context.config.public_url)


def test_an_unchanged_page_is_drawn_once_a_day(
    client: FlaskClient,
    context: Context,
    shop: Shop,
    counting: Counting,
    moving_clock: MovingClock,
) -> None:
    address = path(context, shop, take(context, shop, shipments=(a_parcel(),)).id)
    first, again = (client.get(address, headers=GERMAN) for _ in range(2))
    assert counting.drawn == 1
    assert again.data == first.data
    kept = {name: value for name, value in first.headers if name != "X-Request-Id"}
    assert dict(again.headers) == kept
    client.get(address, headers={**GERMAN, "Accept-Language": "en"})
    assert counting.drawn == 2
    moving_clock.move(hours=13, minutes=59)
    assert client.get(address, headers=GERMAN).data == first.data
    assert counting.drawn == 2
    moving_clock.move(minutes=1)
    client.get(address, headers=GERMAN)
    assert counting.drawn == 3


def test_an_open_page_that_asks_for_news_draws_nothing(
    client: FlaskClient, context: Context, shop: Shop, counting: Counting
) -> None:
    address = path(context, shop, take(context, shop, shipments=(a_parcel(),)).id)
    page = client.get(address, headers=GERMAN)
    seen = page.text.split('data-seen="')[1][:16]
    news = client.get(f"{address}?seen={seen}", headers=GERMAN)
    assert (news.status_code, news.data) == (204, b"")
    assert news.headers["Cache-Control"] == "no-store"
    assert client.get(f"{address}?seen={'0' * 16}", headers=GERMAN).data == page.data
    assert counting.drawn == 1


def test_a_changed_order_is_drawn_anew_at_once(
    client: FlaskClient, context: Context, shop: Shop, counting: Counting
) -> None:
    order = take(context, shop)
    address = path(context, shop, order.id)
    assert "in Bearbeitung" in client.get(address, headers=GERMAN).text
    later = order.updated_at + timedelta(seconds=1)
    with context.db.write() as connection:
        changed = an_order(updated_at=later, shipments=(a_parcel(),))
        orders.ingest(connection, context, shop, changed)
    assert "kommt am Montag" in client.get(address, headers=GERMAN).text


def test_what_is_done_on_the_page_has_it_drawn_anew(
    client: FlaskClient, context: Context, shop: Shop, counting: Counting
) -> None:
    address = path(context, shop, take(context, shop).id)
    for _ in range(2):
        client.get(address, headers=GERMAN)
    assert client.post(f"{address}/nothing").status_code == 404
    client.get(address, headers=GERMAN)
    assert counting.drawn == 2  # once the page, once the post
    posted = client.post(f"{address}/answer", data={"answer": "good"}, headers=GERMAN)
    assert posted.status_code < 400
    client.get(address, headers=GERMAN)
    assert counting.drawn == 4


def test_nothing_is_remembered_of_odd_questions(
    client: FlaskClient, context: Context, shop: Shop, counting: Counting
) -> None:
    address = path(context, shop, take(context, shop).id)
    for odd in ("?x=1", "?lang=deutsch", "?seen=%00"):
        for _ in range(2):
            client.get(address + odd, headers=GERMAN)
    assert counting.drawn == 6
    assert client.get("/s/" + "a" * 22, headers=GERMAN).status_code == 404


def test_a_shop_that_leaves_takes_its_pages_along(
    client: FlaskClient, context: Context, shop: Shop, counting: Counting
) -> None:

    address = path(context, shop, take(context, shop).id)
    assert client.get(address, headers=GERMAN).status_code == 200
    with context.db.write() as connection:
        connection.execute(sa.update(shops).values(state="uninstalled"))
    assert client.get(address, headers=GERMAN).status_code == 404


def from_shop(client: FlaskClient, shop: Shop, order_id: str, proof: str) -> Any:
    return client.get(f"/o/{shop.key}/{quote(order_id, safe='')}/{proof}", headers=GERMAN)


def test_the_thank_you_page_leads_to_the_orders_page(
    client: FlaskClient, context: Context, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shop_links, "signing_secrets", lambda *_: ("its-secret",))
    proof = shop_links.proof_of("its-secret", shop.key, "1007")
    early = from_shop(client, shop, "1007", proof)
    assert early.status_code == 200
    assert "erscheint hier gleich" in early.text
    assert early.headers["Refresh"] == "15"
    order = take(context, shop, id="1007")
    known = from_shop(client, shop, "1007", proof)
    assert known.status_code == 303
    assert known.location == page_link(context, shop, order.id)
    for order_id, wrong in (("1008", proof), ("1007", proof[:-1] + "x"), ("1007", "ä"), ("", "")):
        assert from_shop(client, shop, order_id or "-", wrong or "-").status_code == 404
