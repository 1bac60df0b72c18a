"""The back room, its test interface, the app proxy and the mailbox."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask.testing import FlaskClient

from plugin.demo import parcels, signing
from plugin.demo.opening import open_shop
from plugin.demo.post_office import post_office
from plugin.demo.shop import Shop
from plugin.demo.site import create_shop_app
from tests.demo.conftest import SECRET, Listener, settings_for


def newest(shop: Shop) -> Any:
    return shop.db.one("SELECT * FROM orders ORDER BY id DESC")


def test_four_actions_do_what_they_say(visitor: FlaskClient, demo_shop: Shop) -> None:
    before, today = newest(demo_shop)["id"], demo_shop.now()
    visitor.post("/hinterzimmer/kauf")
    assert newest(demo_shop)["id"] == before + 1
    visitor.post("/hinterzimmer/tag")
    assert (demo_shop.now() - today).days == 1
    visitor.post("/hinterzimmer/preis")
    assert "80,10" in visitor.get("/products/teekanne-seeufer").text
    visitor.post("/hinterzimmer/stoerung", data={"fault": "silent"})
    assert demo_shop.silent()
    visitor.post("/hinterzimmer/stoerung", data={"fault": "silent"})
    assert not demo_shop.silent()


def test_order_goes_through_its_four_stages(visitor: FlaskClient, demo_shop: Shop) -> None:
    order = newest(demo_shop)
    for stage in ("In Vorbereitung", "Unterwegs", "Zugestellt"):
        visitor.post(f"/hinterzimmer/orders/{order['id']}/step")
        assert stage in visitor.get(f"/hinterzimmer/orders/{order['id']}").text
    visitor.post(f"/hinterzimmer/orders/{order['id']}/step")
    assert newest(demo_shop)["stage"] == parcels.DELIVERED
    assert visitor.post("/hinterzimmer/orders/1/step").status_code == 404


def test_order_is_marked_as_sent_with_carrier_and_number(
    visitor: FlaskClient, demo_shop: Shop
) -> None:
    address = f"/hinterzimmer/orders/{newest(demo_shop)['id']}"
    given = {"action": "fulfil", "carrier": "GLS", "number": "ZX 81/4"}
    visitor.post(address, data=given)
    parcel = demo_shop.db.one("SELECT * FROM fulfillments ORDER BY id DESC")
    assert parcel is not None
    assert (parcel["company"], parcel["number"]) == ("GLS", "ZX 81/4")
    assert parcel["url"].endswith("ZX%2081/4")
    visitor.post(address, data=given)
    count = "SELECT count(*) FROM fulfillments WHERE order_id = ?"
    assert demo_shop.db.number(count, newest(demo_shop)["id"]) == 1
    assert visitor.post(address, data={**given, "carrier": "Brieftaube"}).status_code == 400


def test_delay_moves_the_promised_day(visitor: FlaskClient, demo_shop: Shop) -> None:
    order = newest(demo_shop)["id"]
    parcels.step(demo_shop, order)
    first = demo_shop.db.one("SELECT * FROM fulfillments WHERE order_id = ?", order)
    assert parcels.delay(demo_shop, order)
    later = demo_shop.db.one("SELECT * FROM fulfillments WHERE order_id = ?", order)
    assert first is not None
    assert later is not None
    assert later["status"] == "DELAYED"
    assert later["estimated_at"] > first["estimated_at"]


def test_an_order_becomes_two_parcels_each_on_a_way_of_its_own(visitor: FlaskClient) -> None:
    order = visitor.post("/__demo/orders", json={"pieces": 3}).get_json()
    visitor.post(f"/__demo/orders/{order['id']}/split")
    name = order["name"].lstrip("#")
    first, second = visitor.get(f"/__demo/orders/{name}").get_json()["parcels"]
    assert first["carrier"] != second["carrier"]
    page = visitor.get(f"/hinterzimmer/orders/{order['id']}").text
    assert "Paket 2 von 2" in page
    assert page.count("1 × ") == 3 + 3  # in the order, and again in the parcels
    for _ in range(2):
        assert visitor.post(f"/__demo/parcels/{first['id']}/step").get_json() == {"done": True}
    assert visitor.post(f"/__demo/parcels/{first['id']}/step").get_json() == {"done": False}
    visitor.post(f"/hinterzimmer/parcels/{second['id']}", data={"action": "damage"})
    page = visitor.get(f"/hinterzimmer/orders/{order['id']}").text
    assert "Zugestellt" in page
    assert "Sendung beschädigt" in page
    assert visitor.get(f"/__demo/orders/{name}").get_json()["stage"] == 3
    unknown = f"/hinterzimmer/parcels/{second['id']}"
    assert visitor.post(unknown, data={"action": "eat"}).status_code == 400


def test_sent_orders_cannot_be_cancelled(demo_shop: Shop) -> None:
    order = newest(demo_shop)["id"]
    parcels.step(demo_shop, order)
    assert not parcels.cancel(demo_shop, order)


def test_log_tells_what_passed(visitor: FlaskClient, demo_shop: Shop) -> None:
    demo_shop.note("orders/create #1 → Bleib", "200", "12 ms")
    rows = visitor.get("/hinterzimmer/log?after=0").get_json()
    assert [row["outcome"] for row in rows] == ["200"]
    assert visitor.get(f"/hinterzimmer/log?after={rows[-1]['id']}").get_json() == []


def test_tests_can_drive_the_shop(visitor: FlaskClient, demo_shop: Shop) -> None:
    made = visitor.post("/__demo/orders", json={"email": "lena@example.com", "pieces": 3})
    order = made.get_json()
    assert visitor.get(f"/__demo/orders/{order['name'].lstrip('#')}").get_json() == order
    assert visitor.post(f"/__demo/orders/{order['id']}/step").get_json() == {"stage": 2}
    assert visitor.post(f"/__demo/orders/{order['id']}/delay").get_json() == {"stage": 3}
    assert visitor.post("/__demo/orders/1/step").status_code == 404
    visitor.post("/__demo/products/teekanne-seeufer/price", json={"price": "79.00"})
    assert "79,00" in visitor.get("/products/teekanne-seeufer").text
    before = visitor.get("/__demo/state").get_json()
    assert (before["installed"], before["counts"]["orders"]) == (False, 41)
    visitor.post("/__demo/day")
    assert visitor.get("/__demo/state").get_json()["now"] > before["now"]
    visitor.post("/__demo/faults", json={"duplicate": True, "reorder": True})
    assert demo_shop.switched("duplicate")
    visitor.post("/__demo/reset")
    assert not demo_shop.switched("duplicate")


def test_proxied_request_is_signed_and_loses_its_cookies(
    visitor: FlaskClient, listener: Listener
) -> None:
    visitor.set_cookie("cart", "secret")
    answer = visitor.get("/apps/bleib/status?d=abc&d=def")
    assert (answer.status_code, answer.text) == (200, "ok")
    assert "Set-Cookie" not in answer.headers
    (request,) = listener.received
    assert "cookie" not in request.headers
    target = urlsplit(request.path)
    assert target.path == "/proxy/shopify/status"
    pairs = parse_qsl(target.query, keep_blank_values=True)
    kept = [pair for pair in pairs if pair[0] != "signature"]
    assert dict(pairs)["signature"] == signing.proxy_signature(SECRET, kept)
    assert dict(pairs)["path_prefix"] == "/apps/bleib"
    assert dict(pairs)["logged_in_customer_id"] == ""


def test_proxy_without_an_app_behind_it_is_a_502(tmp_path: Path) -> None:
    visitor = create_shop_app(open_shop(settings_for(tmp_path))).test_client()
    assert visitor.get("/apps/bleib/status").status_code == 502


@pytest.fixture
def post(demo_shop: Shop) -> Iterator[int]:
    """The port of a running post office."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    office = post_office(replace(demo_shop, settings=replace(demo_shop.settings, smtp_port=port)))
    office.start()
    yield port
    office.stop()


def letter(kind: str = "confirmation") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Uferhaus <hallo@uferhaus.example>"
    message["To"] = "lena@example.com"
    message["Subject"] = "Bitte bestätigen Sie Ihre Adresse"
    message["X-Bleib-Class"] = kind
    message.set_content("Bitte: https://app.example/c/token")
    message.add_alternative(
        '<html lang="de"><head><title>x</title></head><body><p style="color:red">Hallo</p>'
        '<a href="https://app.example/c/token?a=1&amp;b=2">Ja</a></body></html>',
        subtype="html",
    )
    return message


def deliver(port: int, message: EmailMessage) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as smtp:
        smtp.send_message(message)


def test_delivered_mail_lies_in_the_mailbox(visitor: FlaskClient, post: int) -> None:
    deliver(post, letter())
    page = visitor.get("/postfach").text
    assert "Bitte bestätigen Sie Ihre Adresse" in page
    assert "lena@example.com" in page
    assert "Bestätigung" in page
    number = visitor.get("/__demo/mails").get_json()[0]["id"]
    assert "https://app.example/c/token" in visitor.get(f"/postfach/{number}?view=text").text
    assert "X-Bleib-Class: confirmation" in visitor.get(f"/postfach/{number}?view=headers").text


def test_mail_is_shown_without_scripts_and_its_links_leave_the_frame(
    visitor: FlaskClient, post: int
) -> None:
    deliver(post, letter())
    number = visitor.get("/__demo/mails").get_json()[0]["id"]
    answer = visitor.get(f"/postfach/{number}/html")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert 'head><base target="_top">' in answer.text
    assert "allow-scripts" not in visitor.get(f"/postfach/{number}").text


def test_dark_view_applies_the_mails_own_dark_rules(visitor: FlaskClient, post: int) -> None:
    message = letter()
    html = (
        "<html><head><style>@media (prefers-color-scheme: dark) {p {color: red}}"
        "@media (prefers-color-scheme:light) {p {color: blue}}</style></head></html>"
    )
    message.get_payload()[1].set_content(html, subtype="html")  # type: ignore[index, union-attr]
    deliver(post, message)
    number = visitor.get("/__demo/mails").get_json()[0]["id"]
    dark = visitor.get(f"/postfach/{number}/html?view=dark").text
    assert "@media (min-width: 0) {p {color: red}}" in dark
    assert "@media (max-width: 0) {p {color: blue}}" in dark
    assert "prefers-color-scheme: dark" in visitor.get(f"/postfach/{number}/html").text


def test_tests_read_mails_with_their_links(visitor: FlaskClient, post: int) -> None:
    deliver(post, letter())
    (mail,) = visitor.get("/__demo/mails?to=lena@example.com").get_json()
    assert mail["links"] == ["https://app.example/c/token?a=1&b=2"]
    assert mail["class"] == "confirmation"
    assert ["Subject", mail["subject"]] in mail["headers"]
    assert visitor.get("/__demo/mails?to=niemand@example.com").get_json() == []


def test_undeclared_class_is_shown_as_such(visitor: FlaskClient, post: int) -> None:
    deliver(post, letter("nonsense"))
    assert "ohne Angabe" in visitor.get("/postfach").text


def test_mailbox_can_be_emptied(visitor: FlaskClient, post: int) -> None:
    deliver(post, letter())
    visitor.post("/postfach/leeren")
    assert visitor.get("/__demo/mails").get_json() == []
    assert "Keine Mails" in visitor.get("/postfach").text
