"""The adapter and the demo shop were written apart; here they speak with each other over HTTP."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from werkzeug.serving import make_server

from plugin.contracts.platform import Embed, Inbound
from plugin.demo import parcels
from plugin.demo.backoffice import set_embed
from plugin.demo.opening import open_shop
from plugin.demo.settings import CLIENT_ID, SHOP_DOMAIN, Settings
from plugin.demo.shop import Shop
from plugin.demo.signing import proxy_query, webhook_hmac
from plugin.demo.site import create_shop_app
from plugin.errors import AccessRevokedError, NotAllowedError, PlatformRefusedError
from plugin.http_out import HttpOut
from plugin.model import Access, Order, OrderArm, VoucherOrder
from plugin.platforms.shopify import ShopifyPlatform

SECRET = "shared-by-app-and-demo-shop-32-bytes"
APP = "http://127.0.0.1:8839"
ORDERS = 40


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    settings = Settings(
        data=tmp_path_factory.mktemp("shop"),
        app_url=APP,
        shop_url=f"http://localhost:{port}",
        secret=SECRET,
        generated_orders=ORDERS,
    )
    opened = open_shop(settings)
    server = make_server("127.0.0.1", port, create_shop_app(opened), threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield opened
    server.shutdown()
    thread.join(timeout=5)
    server.server_close()
    opened.db.close()


@pytest.fixture(scope="module")
def shopify(shop: Shop) -> Iterator[ShopifyPlatform]:
    origin = shop.settings.shop_url
    http = HttpOut([origin])
    yield ShopifyPlatform(CLIENT_ID, (SECRET,), {SHOP_DOMAIN: origin}, http)
    http.close()


def consent_of_the_merchant(shop: Shop, address: str) -> bytes:
    """Walk through the consent page and return the query that comes back."""
    form = {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}
    reply = requests.post(
        address.partition("?")[0],
        data={**form, "answer": "allow"},
        headers={"Origin": shop.settings.shop_url},
        allow_redirects=False,
        timeout=10,
    )
    assert reply.status_code == 302
    return urlsplit(reply.headers["Location"]).query.encode()


@pytest.fixture(scope="module")
def access(shop: Shop, shopify: ShopifyPlatform) -> Access:
    address = shopify.authorise_url(SHOP_DOMAIN, "n0nce", shop.settings.redirect_uri)
    raw = consent_of_the_merchant(shop, address)
    back = shopify.verify_callback(raw, datetime.now(UTC))
    assert (back.domain, back.state) == (SHOP_DOMAIN, "n0nce")
    grant = shopify.exchange(SHOP_DOMAIN, back.code)
    with pytest.raises(PlatformRefusedError, match="grant_refused"):
        shopify.exchange(SHOP_DOMAIN, back.code)
    return Access(1, SHOP_DOMAIN, grant.access_token)


def entry_query(shop: Shop, path: str) -> bytes:
    reply = requests.get(shop.settings.shop_url + path, allow_redirects=False, timeout=10)
    return urlsplit(reply.headers["Location"]).query.encode()


def test_opening_of_the_app_is_genuine(shop: Shop, shopify: ShopifyPlatform) -> None:
    own_page = urlsplit(shopify.app_url(SHOP_DOMAIN)).path
    for path in ("/admin/apps/bleib", own_page):
        raw = entry_query(shop, path)
        assert shopify.verify_entry(raw, datetime.now(UTC)) == SHOP_DOMAIN
        with pytest.raises(NotAllowedError):
            shopify.verify_entry(raw + b"&x=1", datetime.now(UTC))


def test_tokens_can_be_renewed(shop: Shop, shopify: ShopifyPlatform, access: Access) -> None:
    address = shopify.authorise_url(SHOP_DOMAIN, "again", shop.settings.redirect_uri)
    reply = requests.get(address, allow_redirects=False, timeout=10)
    raw = urlsplit(reply.headers["Location"]).query.encode()
    code = shopify.verify_callback(raw, datetime.now(UTC)).code
    first = shopify.exchange(SHOP_DOMAIN, code)
    assert first.refresh_token is not None
    second = shopify.refresh(SHOP_DOMAIN, first.refresh_token)
    assert second.access_token != first.access_token
    assert shopify.shop_facts(Access(1, SHOP_DOMAIN, second.access_token)).name == "Uferhaus"
    with pytest.raises(AccessRevokedError):
        shopify.refresh(SHOP_DOMAIN, "unknown")


def test_unknown_token_means_connect_again(shopify: ShopifyPlatform, access: Access) -> None:
    with pytest.raises(AccessRevokedError):
        shopify.shop_facts(Access(1, SHOP_DOMAIN, "unknown"))


def test_counts_match_what_the_listings_bring(shopify: ShopifyPlatform, access: Access) -> None:
    counts = shopify.counts(access)
    products = customers = orders = 0
    after: str | None = None
    while True:
        page = shopify.products(access, after, None)
        products += len(page.items)
        after = page.after
        if after is None:
            break
    while True:
        people = shopify.customers(access, after, None)
        customers += len(people.items)
        after = people.after
        if after is None:
            break
    while True:
        bought = shopify.orders(access, after, None)
        orders += len(bought.items)
        after = bought.after
        if after is None:
            break
    assert (counts.products, counts.customers, counts.orders) == (products, customers, orders)
    assert orders == ORDERS


def whole_history(shopify: ShopifyPlatform, access: Access) -> list[Order]:
    handle = shopify.start_history(access)
    history = shopify.history(access, handle)
    waiting = threading.Event()
    for _ in range(200):
        if history.state != "running":
            break
        waiting.wait(0.05)
        history = shopify.history(access, handle)
    assert (history.state, history.objects) == ("ready", ORDERS)
    assert history.url is not None
    return list(shopify.read_history(access, history.url))


def test_exported_history_says_the_same_as_each_single_order(
    shopify: ShopifyPlatform, access: Access
) -> None:
    history = whole_history(shopify, access)
    assert len(history) == ORDERS
    for exported in history[::7]:
        single = shopify.order(access, exported.id)
        assert single is not None
        assert (single.number, single.total, single.email) == (
            exported.number,
            exported.total,
            exported.email,
        )
        assert [line.id for line in single.lines] == [line.id for line in exported.lines]


def test_only_what_changed_since_is_listed(shopify: ShopifyPlatform, access: Access) -> None:
    later = datetime.now(UTC) + timedelta(days=1)
    assert shopify.orders(access, None, later).items == ()
    assert shopify.products(access, None, later).items == ()
    assert shopify.customers(access, None, later).items == ()


def test_parcel_on_its_way_is_read(shop: Shop, shopify: ShopifyPlatform, access: Access) -> None:
    row = shop.db.one("SELECT id FROM orders WHERE stage = 1 ORDER BY id LIMIT 1")
    assert row is not None
    for _ in range(3):
        parcels.step(shop, row["id"])
    order = shopify.order(access, f"gid://shopify/Order/{row['id']}")
    assert order is not None
    assert order.shipments
    shipment = order.shipments[0]
    assert shipment.tracking_number
    assert shipment.status == "delivered"
    assert [mark.happened_at for mark in shipment.milestones] == sorted(
        mark.happened_at for mark in shipment.milestones
    )


def test_note_in_the_cart_and_the_channel_come_with_the_order(
    shop: Shop, shopify: ShopifyPlatform, access: Access
) -> None:
    with requests.Session() as shopper:
        base = shop.settings.shop_url
        variant = shop.db.number("SELECT id FROM variants WHERE available = 1")
        shopper.post(f"{base}/cart/add.js", json={"id": variant}, timeout=10)
        note = {"attributes": {"_bleib": "0.0a,33.4b", "gift": "yes"}}
        shopper.post(f"{base}/cart/update.js", json=note, timeout=10)
        assert shopper.get(f"{base}/cart.js", timeout=10).json()["attributes"] == note["attributes"]
        address = {
            **dict.fromkeys(("first_name", "last_name", "street", "city"), "Lena"),
            "zip": "78464",
            "country": "DE",
        }
        order = {"action": "order", "email": "lena@example.com", **address}
        assert shopper.post(f"{base}/checkout", data=order, timeout=10).status_code == 200
    newest = shop.db.number("SELECT max(id) FROM orders")
    with shop.db.write() as connection:
        connection.execute(
            "UPDATE orders SET source = 'Google', medium = 'cpc' WHERE id = ?", (newest,)
        )
    found = shopify.order(access, f"gid://shopify/Order/{newest}")
    assert found is not None
    assert found.arms == (OrderArm(0, 0, "a"), OrderArm(33, 4, "b"))
    assert found.channel == "google / cpc"
    listed = shopify.orders(access, None, found.updated_at).items
    assert (listed[-1].arms, listed[-1].channel) == (found.arms, found.channel)


def test_voucher_is_issued_once_and_can_be_withdrawn(
    shopify: ShopifyPlatform, access: Access
) -> None:
    now = datetime.now(UTC)
    customer = shopify.record_consent(access, "neu@example.com", "de", now)
    order = VoucherOrder(
        code="WILLKOMMEN-TEST",
        title="Willkommen",
        kind="percent",
        value=Decimal("10"),
        currency="EUR",
        minimum=Decimal("40"),
        starts_at=now,
        ends_at=now + timedelta(days=30),
        customer_id=customer,
    )
    issued = shopify.issue_voucher(access, order)
    assert shopify.issue_voucher(access, order) == issued
    shopify.withdraw_voucher(access, issued)
    shopify.withdraw_voucher(access, issued)
    assert shopify.issue_voucher(access, order) != issued


def test_consent_and_its_withdrawal_reach_the_customer(
    shopify: ShopifyPlatform, access: Access
) -> None:
    now = datetime.now(UTC)
    known = shopify.customers(access, None, None).items[0]
    assert known.email is not None
    assert shopify.record_consent(access, known.email, "de", now) == known.id
    changed = shopify.customer_by_email(access, known.email)
    assert changed is not None
    assert changed.subscribed
    shopify.withdraw_consent(access, known.email, now + timedelta(seconds=1))
    left = shopify.customer_by_email(access, known.email)
    assert left is not None
    assert not left.subscribed


def test_embed_is_found_once_it_is_switched_on(
    shop: Shop, shopify: ShopifyPlatform, access: Access
) -> None:
    key, storefront = "k3y0123456789abc", shop.settings.shop_url
    shopify.publish_embed(access, Embed(key, "{}", APP, ""))
    set_embed(shop, False)
    off = shopify.embed_state(storefront, key)
    assert (set(off.checked), off.found) == ({"home", "cart", "product"}, ())
    set_embed(shop, True)
    assert shopify.embed_state(storefront, key).active
    assert not shopify.embed_state(storefront, "another-key").active
    editor = requests.get(shopify.embed_url(SHOP_DOMAIN, storefront), timeout=10)
    assert editor.status_code == 200


def test_voucher_link_leads_into_the_shop(shop: Shop, shopify: ShopifyPlatform) -> None:
    link = shopify.voucher_link(shop.settings.shop_url, "CODE-1")
    reply = requests.get(link, allow_redirects=False, timeout=10)
    assert reply.status_code in (302, 303)


def test_signed_messages_of_the_shop_are_genuine(shopify: ShopifyPlatform) -> None:
    body = json.dumps({"id": 7, "note": "Grüße"}, ensure_ascii=False).encode()
    headers = {
        "x-shopify-topic": "orders/create",
        "x-shopify-hmac-sha256": webhook_hmac(SECRET, body),
        "x-shopify-shop-domain": SHOP_DOMAIN,
        "x-shopify-event-id": "e-1",
    }
    delivery = shopify.verify_webhook(Inbound(headers, body), ())
    assert delivery.subject == "gid://shopify/Order/7"
    now = datetime.now(UTC)
    stamp = str(int(now.timestamp()))
    query = proxy_query(SECRET, [("d", "tökén+1"), ("shop", SHOP_DOMAIN), ("timestamp", stamp)])
    assert shopify.verify_proxy(query, now) == SHOP_DOMAIN
