"""For every route with a tenant: the request of one shop, with ids that may be another's.

A new route needs an entry here, in routes_admin.py, or with its reason in WITHOUT_TENANT:
test_tenants.py fails by its name otherwise.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from plugin.services.parcels import shop_links
from tests.conftest import START
from tests.fakes.platform import SECRET, FakePlatform
from tests.own_shop import identity_hash, signature
from tests.security.asks import Ask, Builder, get, post
from tests.security.routes_admin import ADMIN
from tests.security.world import Tenant

#: Routes that know no tenant, and why.
WITHOUT_TENANT = {
    "GET /healthz": "says that the process lives",
    "GET /readyz": "says that the installation works",
    "GET /metrics": "figures of the installation, for loopback or a token",
    "GET /": "leads to the admin, which asks who is there",
    "GET /favicon.ico": "nothing",
    "GET /pages/assets/<path:filename>": "a style sheet",
    "GET /pages/<path:filename>": "a style sheet",
    "GET /admin/static/<path:filename>": "script of the admin",
    "GET /admin/static/admin.css": "style sheet of the admin",
    "GET /admin/bounce": "loads the platform's script, nothing of a shop",
    "GET /install/woocommerce": "the shop's signature names it (key_handover/), or a form",
    "POST /install/woocommerce": "leads to the shop that is entered, which asks its merchant",
    "POST /auth/woocommerce/keys": "our mark names the shop (key_handover/)",
    "GET /auth/woocommerce/return": "our mark and the browser's secret (key_handover/)",
    "GET /v1/openapi.json": "a document that holds nothing of any shop",
    "GET /door/<path:filename>": "a style sheet",
    "GET /m/<token>.gif": "one pixel, the same for every token (tests/api/test_mail_edges.py)",
    "GET /m/<token>": "leads where we signed that it leads (tests/api/test_mail_edges.py)",
    "POST /mail/reports": "the operator's secret; signed return paths (test_mail_edges.py)",
    "POST /carriers/<api>/<shop_key>": "the shop's own secret signs (test_tracking.py)",
    "POST /mail/events/<provider>": "the operator's secret; Message-IDs (test_mail_edges.py)",
    "GET /sign-in": "leads to the two forms below",
    "GET /install/script_tag": "two forms, the same for everybody",
    "POST /install/script_tag": "sends a mail; says the same for every shop (test_front_door.py)",
    "GET /install/script_tag/<token>": "the link of a mail (test_front_door.py)",
    "POST /install/script_tag/<token>": "the link of a mail (test_front_door.py)",
    "POST /install/script_tag/code": "half of a sign-in (test_front_door.py)",
    "GET /install/<platform>/<path:page>": "the platform's token names the shop (test_framing.py)",
    "GET /install/<platform>": "the platform's signature names the shop (test_installing.py)",
    "GET /install/<platform>/register": "signed by app and shop (tests/handshake)",
    "POST /install/<platform>/confirm": "signed with the shop's new secret (tests/handshake)",
    "GET /install/shopware": "the shop's own signature names the shop (tests/handshake)",
}


def _storefront(path: str, body: Callable[[Tenant], dict[str, Any]]) -> Builder:
    def build(who: Tenant, whose: Tenant) -> Ask:
        return Ask(f"/v1/{who.shop.key}/{path}", json.dumps(body(whose)))

    return build


def _webhook_by_key(who: Tenant, whose: Tenant) -> Ask:
    ask = _webhook(who, whose)
    headers = {**ask.headers, "X-Shopify-Topic": "orders/updated"}
    return Ask(f"/webhooks/shopify/{whose.shop.key}", ask.data, headers)


def _webhook(who: Tenant, whose: Tenant) -> Ask:
    # Signed for one shop, sent under the name of the other. (Topics whose body names no shop lead
    # to a question to the named shop's own platform account and thus to nothing foreign.)
    raw = json.dumps({"myshopify_domain": who.shop.domain}).encode()
    digest = hmac.new(SECRET.encode(), raw, hashlib.sha256).digest()
    return Ask(
        "/webhooks/shopify",
        raw,
        {
            "X-Shopify-Hmac-Sha256": base64.b64encode(digest).decode(),
            "X-Shopify-Shop-Domain": whose.shop.domain,
            "X-Shopify-Topic": "app/uninstalled",
            "X-Shopify-Event-Id": str(uuid.uuid4()),
        },
    )


def _proxy(who: Tenant, whose: Tenant) -> Ask:
    query = FakePlatform().sign(f"d={whose.shipment_token}&shop={who.shop.domain}")
    return Ask(f"/proxy/shopify/status?{query}", shows=True)


def _proxied_withdrawal(who: Tenant, _whose: Tenant) -> Ask:
    query = FakePlatform().sign(f"shop={who.shop.domain}")
    return Ask(f"/proxy/shopify/withdrawal?{query}")


def _withdrawal(who: Tenant, whose: Tenant) -> Ask:
    # The answer is the same whosever order it is: test_withdrawals.py.
    entries = {"name": "A", "order": whose.mark[0], "email": "a@post.example"}
    return Ask(f"/w/{who.shop.key}", entries)


def _proxied_form(who: Tenant, whose: Tenant) -> Ask:
    query = FakePlatform().sign(f"form={whose.campaign}&shop={who.shop.domain}")
    return Ask(f"/proxy/shopify/newsletter?{query}")


def _form(who: Tenant, whose: Tenant) -> Ask:
    return Ask(f"/n/{who.shop.key}?form={whose.campaign}")


def _filled_form(who: Tenant, whose: Tenant) -> Ask:
    # A mark of the other shop's: test_sign_up_page.py.
    entries = {"mark": whose.ticket, "email": whose.email, "newsletter": "1"}
    return Ask(f"/n/{who.shop.key}", entries)


def _suggestions(who: Tenant, whose: Tenant) -> Ask:
    return Ask(f"/v1/{who.shop.key}/suggestions?cart={whose.product}", shows=True)


def _cart_of_shopper(whose: Tenant) -> dict[str, Any]:
    return {"cart": [{"product": whose.product, "quantity": 1}]}


def _shipment(who: Tenant, whose: Tenant) -> Ask:
    return Ask(f"/v1/{who.shop.key}/shipments/{whose.shipment_token}", shows=True)


def _from_thank_you_page(who: Tenant, whose: Tenant) -> Ask:
    proof = shop_links.proof_of(SECRET, who.shop.key, whose.order.number)
    return Ask(f"/o/{who.shop.key}/{quote(whose.order.number)}/{proof}")


def _order_form(who: Tenant, _whose: Tenant) -> Ask:
    # An order that is not ours comes back as what was typed: test_finding.py.
    return Ask(f"/t/{who.shop.key}", {"number": "00340434161094000000"})


def _why(who: Tenant, whose: Tenant) -> Ask:
    return Ask(f"/v1/{who.shop.key}/why?token={whose.why_token}")


def _identity(whose: Tenant) -> dict[str, Any]:
    return {"id": whose.email, "hash": identity_hash(SECRET, whose.email)}


def _lookup(whose: Tenant) -> dict[str, Any]:
    return {"order": whose.order.number, "email": whose.email}


def _events(whose: Tenant) -> dict[str, Any]:
    event = {
        "id": str(uuid.uuid4()),
        "kind": "impression",
        "widget": "shipment_status",
        "campaign": whose.running,
        "version": 1,
        "arm": "a",
        "at": 1795252000000,
    }
    return {"ticket": whose.ticket, "test": False, "events": [event]}


def _sign_up(whose: Tenant) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "email": whose.email,
        "campaign": whose.campaign,
        "version": 1,
        "purposes": ["newsletter"],
        "page": "https://example.com/",
        "lang": "de",
        "elapsed": 8200,
        "website": "",
    }


def _voucher(whose: Tenant) -> dict[str, Any]:
    item = {"product": "1", "variant": "1", "quantity": 1, "price": "19.00"}
    return {"voucher": whose.voucher_token, "items": [item], "currency": "", "lang": "de"}


def _cart(_whose: Tenant) -> dict[str, Any]:
    item = {"variant": "1", "product": "1", "quantity": 1}
    return {"id": str(uuid.uuid4()), "items": [item], "lang": "de"}


def _cart_mail(who: Tenant, whose: Tenant) -> Ask:
    body = {"email": "cart@post.example", "website": "", "elapsed": 8200}
    return Ask(f"/v1/{who.shop.key}/carts/{whose.cart_token}/mail", json.dumps(body))


#: The bearer's own secret is the credential: nothing else of the request names a tenant.
BEARER = {
    "GET /s/<token>": get("/s/{shipment}", shows=True),
    "GET /s/<token>/notices": get("/s/{shipment}/notices"),
    "POST /s/<token>/notices": post("/s/{shipment}/notices?do=day", day="1"),
    "GET /s/<token>/message": get("/s/{shipment}/message", shows=True),
    "POST /s/<token>/message": post("/s/{shipment}/message", reason="where", text="A"),
    "POST /s/<token>/answer": post("/s/{shipment}/answer", answer="good"),
    "GET /f/<token>": get("/f/{flyer}"),
    "GET /c/<token>": get("/c/{confirm}"),
    "GET /c/<token>/use": get("/c/{confirm}/use"),
    "POST /c/<token>": post("/c/{confirm}"),
    "GET /u/<token>": get("/u/{unsubscribe}"),
    "POST /u/<token>": post("/u/{unsubscribe}"),
    "GET /u/<token>/preferences": get("/u/{unsubscribe}/preferences"),
    "POST /u/<token>/preferences": post("/u/{unsubscribe}/preferences"),
    "GET /b/<token>": get("/b/{cart}", shows=True),
    "GET /s/<token>/withdrawal": get("/s/{shipment}/withdrawal", shows=True),
    "POST /s/<token>/withdrawal": post("/s/{shipment}/withdrawal", name="A"),
    "GET /w/receipt/<token>": get("/w/receipt/{withdrawn}", shows=True),
    "GET /w/receipt/<token>/pdf": get("/w/receipt/{withdrawn}/pdf"),
}


def _api(method: str, path: str, body: str = "") -> Builder:
    """Return a call of the API for shops of their own, signed with the caller's own secret.

    Both shops of this table run on a platform: to them there is no such API, whatever they sign.
    Two shops of their own are held against each other in test_own_shops.py.
    """

    def build(who: Tenant, whose: Tenant) -> Ask:
        target = f"/api/v1/{who.shop.key}{path.format(order=whose.mark, product=whose.mark)}"
        given = signature(SECRET, int(START.timestamp()), method, target, body.encode())
        return Ask(target, body or None, {"Bleib-Signature": given})

    return build


#: The session (admin), the key (storefront) or the signature (platform) is the credential.
ROUTES: dict[str, Builder] = {
    **ADMIN,
    "GET /pages/look/<key>.logo": lambda who, _whose: Ask(f"/pages/look/{who.shop.key}.logo"),
    "GET /pages/look/<key>.css": lambda who, _whose: Ask(f"/pages/look/{who.shop.key}.css"),
    "GET /v1/config/<key>": lambda who, _whose: Ask(f"/v1/config/{who.shop.key}"),
    "POST /v1/<key>/events": _storefront("events", _events),
    "POST /v1/<key>/tickets": _storefront("tickets", lambda _whose: {}),
    "POST /v1/<key>/subscriptions": _storefront("subscriptions", _sign_up),
    "POST /v1/<key>/vouchers/check": _storefront("vouchers/check", _voucher),
    "POST /v1/<key>/identity": _storefront("identity", _identity),
    "POST /v1/<key>/carts": _storefront("carts", _cart),
    "GET /v1/<key>/carts/<token>": lambda who, whose: Ask(
        f"/v1/{who.shop.key}/carts/{whose.cart_token}", shows=True
    ),
    "POST /v1/<key>/carts/<token>/mail": _cart_mail,
    "GET /v1/<key>/why": _why,
    "GET /v1/<key>/suggestions": _suggestions,
    "POST /v1/<key>/suggestions": _storefront("suggestions", _cart_of_shopper),
    "POST /v1/<key>/shipments/lookup": _storefront("shipments/lookup", _lookup),
    "GET /v1/<key>/shipments/<token>": _shipment,
    "GET /t/<key>": lambda who, _whose: Ask(f"/t/{who.shop.key}"),
    "POST /t/<key>": _order_form,
    "GET /o/<key>/<order_id>/<proof>": _from_thank_you_page,
    "GET /proxy/<platform>/status": _proxy,
    "GET /proxy/<platform>/newsletter": _proxied_form,
    "GET /proxy/<platform>/withdrawal": _proxied_withdrawal,
    "GET /w/<key>": lambda who, _whose: Ask(f"/w/{who.shop.key}"),
    "POST /w/<key>": _withdrawal,
    "GET /n/<key>": _form,
    "POST /n/<key>": _filled_form,
    "GET /api/v1/<key>": _api("GET", ""),
    "DELETE /api/v1/<key>": _api("DELETE", ""),
    "PUT /api/v1/<key>/orders": _api("PUT", "/orders", "{}"),
    "GET /api/v1/<key>/orders/<order_id>": _api("GET", "/orders/{order}"),
    "DELETE /api/v1/<key>/orders/<order_id>": _api("DELETE", "/orders/{order}"),
    "PUT /api/v1/<key>/orders/<order_id>/shipments": _api("PUT", "/orders/{order}/shipments", "{}"),
    "GET /api/v1/<key>/orders/<order_id>/shipments": _api("GET", "/orders/{order}/shipments"),
    "DELETE /api/v1/<key>/orders/<order_id>/shipments/<shipment_id>": _api(
        "DELETE", "/orders/{order}/shipments/1"
    ),
    "PUT /api/v1/<key>/products": _api("PUT", "/products", "{}"),
    "GET /api/v1/<key>/products/<product_id>": _api("GET", "/products/{product}"),
    "DELETE /api/v1/<key>/products/<product_id>": _api("DELETE", "/products/{product}"),
    "GET /api/v1/<key>/subscribers": _api("GET", "/subscribers"),
    "POST /api/v1/<key>/voucher-codes": _api("POST", "/voucher-codes", "{}"),
    "DELETE /api/v1/<key>/customers": _api("DELETE", "/customers", "{}"),
    "POST /api/v1/<key>/imports/<kind>": _api("POST", "/imports/orders", "{}"),
    "GET /api/v1/<key>/imports/<int:import_id>": _api("GET", "/imports/1"),
    "POST /webhooks/<platform>": _webhook,
    "POST /webhooks/<platform>/<key>": _webhook_by_key,
    "GET /auth/<platform>/callback": lambda who, whose: Ask(
        "/auth/shopify/callback?"
        + FakePlatform().sign(f"code=c&shop={whose.shop.domain}&state=of-{who.mark}")
    ),
    "POST /admin/stay": post("/admin/stay"),
    # The last one: whoever asks all of them is signed out then.
    "POST /admin/sign-out": post("/admin/sign-out"),
}
