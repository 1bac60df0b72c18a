"""The storefront's routes: open to every page, closed to everything that was not agreed."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from plugin.model import Shop
from plugin.services import insight
from plugin.services.context import Context
from tests.beacons import BROWSER, publish
from tests.conftest import START
from tests.services.test_suggestions import fill, gid
from tests.services.test_suggestions import publish as publish_widget

TODAY = date(2026, 11, 21)
NOW = int(START.timestamp() * 1000)
Event = Callable[..., dict[str, Any]]


@pytest.fixture
def campaign(context: Context, shop: Shop) -> int:
    return publish(context, shop)


@pytest.fixture
def event(campaign: int) -> Event:
    """An impression of the shop's campaign, with some values replaced."""

    def make(**values: Any) -> dict[str, Any]:
        return {
            "id": str(uuid.uuid4()),
            "kind": "impression",
            "widget": "exit_intent",
            "campaign": campaign,
            "version": 1,
            "arm": "a",
            "at": NOW,
            **values,
        }

    return make


def ticket_of(client: FlaskClient, shop: Shop) -> str:
    answer = client.post(f"/v1/{shop.key}/tickets", data="{}", content_type="text/plain")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert answer.json is not None
    return str(answer.json["ticket"])


def report(client: FlaskClient, shop: Shop, *events: object, ticket: str = "") -> TestResponse:
    """Report from a view of the page of its own, unless a ticket is given."""
    ticket = ticket or ticket_of(client, shop)
    body = json.dumps({"ticket": ticket, "test": False, "events": events})
    return client.post(
        f"/v1/{shop.key}/events",
        data=body,
        content_type="text/plain",
        headers={"User-Agent": BROWSER},
    )


def counted(context: Context, shop: Shop, kind: str = "impression") -> int:
    return insight.overview(context, shop, TODAY, TODAY).of("exit_intent").total(kind)


def test_events_are_counted_before_they_are_acknowledged(
    client: FlaskClient, context: Context, shop: Shop, event: Event
) -> None:
    clicks = [event(kind="click") for _ in range(2)]
    assert report(client, shop, event(), *clicks).status_code == 204
    assert (counted(context, shop), counted(context, shop, "click")) == (1, 2)


def test_a_beacon_sent_twice_counts_once(
    client: FlaskClient, context: Context, shop: Shop, event: Event
) -> None:
    same, ticket = event(), ticket_of(client, shop)
    for _ in range(3):
        assert report(client, shop, same, ticket=ticket).status_code == 204
    assert counted(context, shop) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "bought"},
        {"kind": "redeemed"},
        {"kind": ["impression"]},
        {"kind": None},
        {"widget": "unknown"},
        {"widget": {}},
        {"campaign": "3"},
        {"campaign": True},
        {"campaign": 10**12},
        {"version": -1},
        {"version": "1"},
        {"arm": None},
        {"arm": ["a"]},
        {"arm": "holdout"},
        {"at": "now"},
        {"at": 1.5},
        {"at": 10**19},
        {"id": "1"},
        {"id": "x" * 36},
        {"id": None},
        {"extra": 1},
        {"again": 1},
    ],
)
def test_events_that_were_not_agreed_are_refused_and_counted_by_reason(
    client: FlaskClient, context: Context, shop: Shop, wrong: dict[str, Any], event: Event
) -> None:
    answer = report(client, shop, event(), event(**wrong))
    assert answer.status_code == 400
    assert answer.json == {"error": "events_invalid"}
    assert counted(context, shop) == 0
    assert insight.refusals(context, shop, TODAY, TODAY) == [("events_invalid", 1)]


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{}", b'{"events":{}}', b'{"events":[]}'])
def test_bodies_of_another_shape_are_refused(client: FlaskClient, shop: Shop, body: bytes) -> None:
    assert client.post(f"/v1/{shop.key}/events", data=body).status_code == 400


def test_more_than_fifty_events_or_16_kb_are_refused(
    client: FlaskClient, shop: Shop, event: Event
) -> None:
    assert report(client, shop, *[event() for _ in range(51)]).status_code == 400
    padded = json.dumps({"events": [event()]}).encode() + b" " * 17_000
    assert client.post(f"/v1/{shop.key}/events", data=padded).status_code == 413


def test_the_same_id_twice_in_one_beacon_is_refused(
    client: FlaskClient, shop: Shop, event: Event
) -> None:
    same = event()
    assert report(client, shop, same, same).status_code == 400


def test_a_clock_far_off_counts_as_today(
    client: FlaskClient, context: Context, shop: Shop, event: Event
) -> None:
    report(client, shop, event(at=0))
    report(client, shop, event(at=NOW + 400 * 86_400_000))
    assert counted(context, shop) == 2


def test_a_flood_from_one_address_is_stopped(
    client: FlaskClient, context: Context, shop: Shop, monkeypatch: pytest.MonkeyPatch, event: Event
) -> None:
    monkeypatch.setattr("plugin.services.browser_events._REQUESTS_OF_ONE_NET_ADDRESS", 3)
    for _ in range(3):
        assert report(client, shop, event()).status_code == 204
    answer = report(client, shop, event())
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert counted(context, shop) == 3


def test_without_a_ticket_of_this_shop_nothing_counts(
    client: FlaskClient, context: Context, shop: Shop, event: Event
) -> None:
    for body in (
        {"events": [event()]},
        {"events": [event()], "ticket": None},
        {"events": [event()], "ticket": ["x"]},
        {"events": [event()], "ticket": "made.up"},
        {"events": [event()], "ticket": ticket_of(client, shop), "test": "yes"},
        {"events": [event()], "ticket": ticket_of(client, shop), "robot": False},
    ):
        answer = client.post(
            f"/v1/{shop.key}/events", data=json.dumps(body), headers={"User-Agent": BROWSER}
        )
        assert answer.status_code == 400, body
    assert counted(context, shop) == 0
    assert insight.refusals(context, shop, TODAY, TODAY) == [
        ("ticket_missing", 3),
        ("events_invalid", 2),
        ("ticket_invalid", 1),
    ]
    assert report(client, shop, event()).status_code == 204
    assert counted(context, shop) == 1


def test_tickets_differ_say_nothing_of_the_caller_and_are_not_given_away_without_end(
    client: FlaskClient, context: Context, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugin.services.tickets._OF_ONE_NET_ADDRESS", 3)
    given = [ticket_of(client, shop) for _ in range(3)]
    assert len(set(given)) == 3
    for ticket in given:
        key, number, _ = context.keys.unsign("ticket", ticket)
        assert key == shop.key
        assert len(number) >= 22
    assert client.post(f"/v1/{shop.key}/tickets", data=b"{}").status_code == 429


@pytest.mark.parametrize("body", [b"", b"[]", b'{"test":true}', b"{" + b" " * 100 + b"}"])
def test_a_ticket_is_asked_for_with_nothing_else(
    client: FlaskClient, shop: Shop, body: bytes
) -> None:
    assert client.post(f"/v1/{shop.key}/tickets", data=body).status_code in (400, 413)


def test_unknown_shops_get_the_same_answer_everywhere(client: FlaskClient) -> None:
    for answer in (
        client.get("/v1/config/aaaaaaaaaaaaaaaa"),
        client.post("/v1/aaaaaaaaaaaaaaaa/events", data=b"{}"),
        client.post("/v1/aaaaaaaaaaaaaaaa/tickets", data=b"{}"),
        client.get("/v1/aaaaaaaaaaaaaaaa/suggestions?cart=1"),
        client.post("/v1/aaaaaaaaaaaaaaaa/shipments/lookup", data=b"{}"),
    ):
        assert answer.status_code == 404
        assert answer.json == {"error": "unknown_shop"}
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_pages_of_any_origin_may_read_and_never_with_cookies(
    client: FlaskClient, shop: Shop
) -> None:
    for answer in (
        client.get(f"/v1/config/{shop.key}"),
        client.options(f"/v1/{shop.key}/events"),
        client.get(f"/v1/{shop.key}/suggestions"),
    ):
        assert answer.status_code == 200
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert "Set-Cookie" not in answer.headers


def test_the_admin_is_closed_to_other_origins(client: FlaskClient) -> None:
    assert "Access-Control-Allow-Origin" not in client.get("/admin/").headers


def test_the_config_comes_with_an_etag_and_is_not_sent_twice(
    client: FlaskClient, shop: Shop
) -> None:
    first = client.get(f"/v1/config/{shop.key}")
    assert first.headers["Cache-Control"].startswith("public, max-age=20")
    again = client.get(f"/v1/config/{shop.key}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_headers_of_the_caller_change_nothing_in_the_config(
    client: FlaskClient, shop: Shop
) -> None:
    plain = client.get(f"/v1/config/{shop.key}").data
    for name in ("X-Forwarded-Host", "X-Forwarded-Proto", "X-Original-URL", "Accept-Language"):
        assert client.get(f"/v1/config/{shop.key}", headers={name: "evil.example"}).data == plain
    assert client.get(f"/v1/config/{shop.key}?callback=evil").data == plain


@pytest.fixture
def taught(context: Context, shop: Shop) -> Shop:
    from plugin.services import suggestions
    from plugin.services.steps import Step

    fill(context, shop)
    suggestions.learn_from_orders(context, Step(1, shop.id, "l", "l", {"generation": 1}, 1))
    publish_widget(context, shop, "cross_sell")
    return shop


def test_suggestions_hold_agreed_fields_only(client: FlaskClient, taught: Shop) -> None:
    answer = client.get(f"/v1/{taught.key}/suggestions?cart={gid(2)}&lang=de")
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.json is not None
    (item,) = answer.json["items"]
    assert item == {
        "product": gid(1),
        "variant": "gid://shopify/ProductVariant/1",
        "variant_number": "1",
        "handle": "teeschale-1",
        "title": "Teeschale 1",
        "url": "/products/teeschale-1",
        "image": None,
        "price": {"amount": "19.00", "currency": "EUR"},
        "reason": {
            "kind": "together",
            "with": "Teeschale 2",
            "text": "Wird oft mit Teeschale 2 bestellt",
        },
        "mark": "o",
    }
    assert b"7.77" not in answer.data


@pytest.mark.parametrize(
    "cart", ["", ",,,", "x" * 5000, "1," * 5000, "%00", "%F0%9F%A6%86", "-1", "'--", "%ED%A0%80"]
)
def test_strange_carts_get_an_empty_list(client: FlaskClient, taught: Shop, cart: str) -> None:
    answer = client.get(f"/v1/{taught.key}/suggestions?cart={cart}")
    assert answer.status_code == 200
    assert answer.json is not None
