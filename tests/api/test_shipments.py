"""Parcels over HTTP: two proofs, one answer for every miss, pages that need nothing around them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from plugin.api import shipments
from plugin.model import Milestone, Shop
from plugin.services.context import Context
from plugin.services.insight import overview
from plugin.services.parcels.blocks import Block
from plugin.services.parcels.links import page_link
from plugin.services.parcels.reduced import ParcelAlone
from plugin.services.parcels.words import Told
from plugin.texts import area_texts
from tests.conftest import START
from tests.fakes.platform import FakePlatform
from tests.fakes.things import a_line, a_parcel
from tests.services.parcels.test_shipments import take

HTML = {"Accept": "text/html", "Accept-Language": "de"}


@pytest.fixture(autouse=True)
def answers_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipments, "ANSWER_AFTER", 0.0)


def lookup(client: FlaskClient, shop: Shop, **body: Any) -> TestResponse:
    return client.post(f"/v1/{shop.key}/shipments/lookup", data=json.dumps(body))


def path(context: Context, shop: Shop, order_id: str) -> str:
    return page_link(context, shop, order_id).removeprefix(context.config.public_url)


def test_a_found_order_is_counted_as_a_view(
    client: FlaskClient, context: Context, shop: Shop
) -> None:
    take(context, shop, shipments=(a_parcel(),))
    answer = lookup(client, shop, order="1007", postcode="78462")
    assert answer.json is not None
    assert answer.json["found"] is True
    assert answer.json["order"]["parcels"][0]["url"].startswith("https://www.dhl.de/")
    assert answer.headers["Cache-Control"] == "no-store"
    today = START.date()
    assert overview(context, shop, today, today).of("shipment_status").total("view") == 1


def test_every_miss_looks_the_same(client: FlaskClient, context: Context, shop: Shop) -> None:
    take(context, shop)
    answers = [
        lookup(client, shop, order="1007", postcode="00000"),
        lookup(client, shop, order="9999", postcode="78462"),
        lookup(client, shop, order="1007", email="eva@post.example"),
    ]
    assert {(answer.status_code, answer.data) for answer in answers} == {
        (200, b'{"found":false}\n')
    }


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"order": "1007"}, 422),
        ({"email": "mara@post.example"}, 422),
        ({"order": "1007", "email": ["mara@post.example"]}, 400),
        ({"order": 1007, "postcode": "78462"}, 400),
        ({"order": "1007", "postcode": "78462", "key": "other"}, 400),
        ({"order": "1" * 3000, "postcode": "78462"}, 413),
        ({"order": "1" * 41, "postcode": "78462"}, 422),
    ],
)
def test_incomplete_and_odd_questions_are_refused(
    client: FlaskClient, shop: Shop, body: dict[str, Any], status: int
) -> None:
    assert lookup(client, shop, **body).status_code == status


def test_the_eleventh_try_has_to_wait(client: FlaskClient, context: Context, shop: Shop) -> None:
    take(context, shop)
    for _ in range(10):
        lookup(client, shop, order="1007", postcode="00000")
    answer = lookup(client, shop, order="1007", postcode="78462")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_a_mails_link_shows_the_page(client: FlaskClient, context: Context, shop: Shop) -> None:
    order = take(context, shop, shipments=(a_parcel(),))
    answer = client.get(path(context, shop, order.id), headers=HTML)
    assert answer.status_code == 200
    assert "Ihr Paket kommt am Montag, 23.\u00a0November" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.text


def test_the_page_says_nothing_about_the_person(
    client: FlaskClient, context: Context, shop: Shop
) -> None:
    order = take(context, shop, shipments=(a_parcel(),))
    text = client.get(path(context, shop, order.id), headers=HTML).text
    for secret in ("mara", "post.example", "78462", "60,00", "60.00", "19.00"):
        assert secret not in text


PAGES: list[tuple[dict[str, Any], str, str]] = [
    ({"paid": False}, "Ihre Bestellung ist eingegangen", "We have received your order"),
    ({}, "Ihre Bestellung ist in Bearbeitung", "Your order is in preparation"),
    (
        {"shipments": (a_parcel(expected_on=None),)},
        "Ihr Paket ist in Lieferung",
        "Your parcel is on its way",
    ),
    (
        {"shipments": (a_parcel(delivered_at=START, status="DELIVERED"),)},
        "Zugestellt am Samstag, 21.\u00a0November",
        "Delivered on Saturday, 21\u00a0November",
    ),
    (
        {"shipments": (a_parcel(expected_on=(START - timedelta(days=1)).date()),)},
        "Angekündigt war Freitag, 20.\u00a0November",
        "Friday, 20\u00a0November was announced",
    ),
    (
        {"shipments": (a_parcel(1), a_parcel(2, status="LABEL_PRINTED"))},
        "Ihre Bestellung kommt in zwei Paketen",
        "Your order comes in two parcels",
    ),
    ({"cancelled_at": START}, "Diese Bestellung ist storniert", "This order is cancelled"),
    ({"shipments": (a_parcel(status="LOST"),)}, "ist verloren gegangen", "The parcel is lost"),
    ({"shipments": (a_parcel(status="NOT_DELIVERED"),)}, "zurück zu uns", "back to us"),
]


@pytest.mark.parametrize(("values", "german", "english"), PAGES)
def test_each_state_has_its_words(
    client: FlaskClient,
    context: Context,
    shop: Shop,
    values: dict[str, Any],
    german: str,
    english: str,
) -> None:
    order = take(context, shop, **values)
    address = path(context, shop, order.id)
    assert german in client.get(address, headers=HTML).text
    assert english in client.get(address + "?lang=en", headers=HTML).text


def test_shops_that_say_du_say_du(
    client: FlaskClient, context: Context, make_shop: Callable[..., Shop]
) -> None:
    shop = make_shop(address="du")
    order = take(context, shop, shipments=(a_parcel(),))
    assert "Dein Paket kommt am" in client.get(path(context, shop, order.id), headers=HTML).text


def test_foreign_text_is_shown_as_text(client: FlaskClient, context: Context, shop: Shop) -> None:
    mark = Milestone("m", "in_transit", START, "<script>alert(1)</script>{{7*7}}")
    evil = "<img src=x onerror=alert(1)>"
    parcel = a_parcel(carrier=evil, tracking_url="javascript:alert(1)", milestones=(mark,))
    order = take(context, shop, lines=(a_line(title=evil),), shipments=(parcel,))
    text = client.get(path(context, shop, order.id), headers=HTML).text
    assert "<img" not in text
    assert "<script>alert" not in text
    assert "javascript:" not in text
    assert "{{7*7}}" in text


def test_wrong_links_are_not_found(client: FlaskClient, context: Context, shop: Shop) -> None:
    order = take(context, shop)
    good = path(context, shop, order.id)
    for address in ("/s/x", good[:-2], good + "x", "/s/" + "a" * 5000, "/s/%F0%9F%A6%86"):
        assert client.get(address, headers=HTML).status_code == 404


def test_a_widgets_token_is_bound_to_its_shop(
    client: FlaskClient, context: Context, shop: Shop, make_shop: Callable[..., Shop]
) -> None:
    other = make_shop("other.myshopify.com")
    order = take(context, shop)
    token = path(context, shop, order.id).removeprefix("/s/")
    assert client.get(f"/v1/{shop.key}/shipments/{token}").status_code == 200
    assert client.get(f"/v1/{other.key}/shipments/{token}").status_code == 404


def test_the_shops_own_domain_shows_the_same_page(
    client: FlaskClient, context: Context, shop: Shop, fake_platform: FakePlatform
) -> None:
    order = take(context, shop, shipments=(a_parcel(),))
    token = path(context, shop, order.id).removeprefix("/s/")
    query = fake_platform.sign(f"d={token}&shop={shop.domain}")
    answer = client.get(f"/proxy/shopify/status?{query}", headers=HTML)
    assert answer.status_code == 200
    assert "Ihr Paket kommt am" in answer.text
    assert context.config.public_url in answer.headers["Content-Security-Policy"]


def test_a_proxy_request_of_another_shop_or_without_signature_is_refused(
    client: FlaskClient, context: Context, shop: Shop, fake_platform: FakePlatform
) -> None:
    order = take(context, shop)
    token = path(context, shop, order.id).removeprefix("/s/")
    query = fake_platform.sign(f"d={token}&shop=other.myshopify.com")
    assert client.get(f"/proxy/shopify/status?{query}").status_code == 404
    assert client.get(f"/proxy/shopify/status?d={token}&shop={shop.domain}").status_code == 401


def test_both_languages_say_the_same_things() -> None:
    texts = area_texts("parcels")
    assert texts.keys("de") == texts.keys("en")


def names_of(kind: Any, above: str = "") -> set[str]:
    """Return every field that a public dataclass may hold, with those inside it."""
    found = set()
    hints = get_type_hints(kind)
    for field in fields(kind):
        found.add(above + field.name)
        for part in inside(hints[field.name]):
            found |= names_of(part, f"{above}{field.name}.")
    return found


def inside(hint: Any) -> list[Any]:
    parts = [part for arg in get_args(hint) for part in inside(arg)]
    return [hint] if is_dataclass(hint) else parts


def test_the_answers_hold_agreed_fields_only(
    client: FlaskClient, context: Context, shop: Shop
) -> None:
    order = take(context, shop, shipments=(a_parcel(),))
    token = path(context, shop, order.id).removeprefix("/s/")
    by_link = client.get(f"/v1/{shop.key}/shipments/{token}").json
    looked_up = lookup(client, shop, order="1007", postcode="78462").json
    assert by_link is not None
    assert looked_up is not None
    may_hold = names_of(Told) | set(by_link)
    may_hold |= {f"{place}.{name}" for place in ("first", "beside") for name in names_of(Block)}
    agreed = Path(__file__).with_name("shipment_fields.txt").read_text("utf-8").split()
    assert sorted(may_hold) == agreed
    assert set(looked_up) == {"found", "order", "page"}
    assert set(looked_up["order"]) == set(by_link)
    for secret in ("mara", "post.example", "78462", "60.00", "19.00", order.id):
        assert secret not in json.dumps([by_link, looked_up])


def test_a_parcels_number_alone_tells_five_things() -> None:
    assert names_of(ParcelAlone) == {"title", "note", "carrier", "url", "url_label"}
