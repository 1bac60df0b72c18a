"""For every route with a tenant: the request of one shop, with ids that may be another's.

A new route needs an entry here (or in WITHOUT_TENANT, with its reason): test_tenants.py fails by
its name otherwise.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from plugin.services.parcels import shop_links
from tests.conftest import START
from tests.fakes.platform import SECRET, FakePlatform
from tests.own_shop import identity_hash, signature
from tests.security.world import Tenant


@dataclass(frozen=True)
class Ask:
    """One request; `shows` says that the answer to the owner holds the owner's mark."""

    path: str
    data: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    shows: bool = False


#: (who asks with their own credential, whose ids they name) -> request
Builder = Callable[[Tenant, Tenant], Ask]

#: Routes that know no tenant, and why.
WITHOUT_TENANT = {
    "GET /healthz": "says that the process lives",
    "GET /readyz": "says that the installation works",
    "GET /metrics": "figures of the installation, for loopback or a token",
    "GET /": "leads to the admin, which asks who is there",
    "GET /favicon.ico": "nothing",
    "GET /pages/assets/<path:filename>": "a style sheet",
    "GET /pages/<path:filename>": "a style sheet",
    "GET /admin/static/<path:filename>": "style sheet and script of the admin",
    "GET /admin/bounce": "loads the platform's script, nothing of a shop",
    "GET /install/woocommerce": "the shop's signature names it (test_key_handover.py), or a form",
    "POST /install/woocommerce": "leads to the shop that is entered, which asks its merchant",
    "POST /auth/woocommerce/keys": "our mark names the shop (test_key_handover.py)",
    "GET /auth/woocommerce/return": "our mark and the browser's secret (test_key_handover.py)",
    "GET /v1/openapi.json": "a document that holds nothing of any shop",
    "GET /door/<path:filename>": "a style sheet",
    "GET /m/<token>.gif": "one pixel, the same for every token (tests/api/test_mail_edges.py)",
    "GET /m/<token>": "leads where we signed that it leads (tests/api/test_mail_edges.py)",
    "POST /mail/reports": "the operator's secret; signed return paths (test_mail_edges.py)",
    "POST /carriers/<api>/<shop_key>": "the shop's own secret signs (test_tracking.py)",
    "POST /mail/events/<provider>": "the operator's secret; Message-IDs (test_mail_edges.py)",
    "GET /install/script_tag": "two forms, the same for everybody",
    "POST /install/script_tag": "sends a mail; says the same for every shop (test_front_door.py)",
    "GET /install/script_tag/<token>": "the link of a mail (test_front_door.py)",
    "POST /install/script_tag/<token>": "the link of a mail (test_front_door.py)",
    "GET /install/<platform>/<path:page>": "the platform's token names the shop (test_framing.py)",
    "GET /install/<platform>": "the platform's signature names the shop (test_installing.py)",
    "GET /install/<platform>/register": "signed by app and shop (tests/handshake)",
    "POST /install/<platform>/confirm": "signed with the shop's new secret (tests/handshake)",
    "GET /install/shopware": "the shop's own signature names the shop (tests/handshake)",
}


def _get(path: str, *, shows: bool = False) -> Builder:
    """Return a request that names the other's ids in its path."""

    def build(_who: Tenant, whose: Tenant) -> Ask:
        return Ask(_filled(path, whose), shows=shows)

    return build


def _post(path: str, **form: str) -> Builder:
    def build(_who: Tenant, whose: Tenant) -> Ask:
        return Ask(
            _filled(path, whose), {name: _filled(text, whose) for name, text in form.items()}
        )

    return build


def _filled(text: str, whose: Tenant) -> str:
    return text.format(
        campaign=whose.campaign,
        step=whose.step,
        request=whose.request,
        hook=whose.hook,
        rule=whose.rule,
        mail=whose.email,
        person=whose.subscriber,
        shipment=whose.shipment_token,
        confirm=whose.confirm_token,
        unsubscribe=whose.unsubscribe_token,
        cart=whose.cart_token,
        withdrawal=whose.withdrawal,
        message=whose.message,
        flyer=whose.flyer_token,
        order=whose.order.id,
        receipt=whose.receipt_token,
    )


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


def _rule(who: Tenant, whose: Tenant) -> Ask:
    # A product that is not ours comes back as what was typed: test_suggestion_rules.py.
    sides = {"of_kind": "any", "to_kind": "product", "to": who.product}
    return Ask("/admin/suggestions", {"rule": str(whose.rule), "kind": "fits", **sides})


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
    "GET /s/<token>": _get("/s/{shipment}", shows=True),
    "GET /s/<token>/notices": _get("/s/{shipment}/notices"),
    "POST /s/<token>/notices": _post("/s/{shipment}/notices?do=day", day="1"),
    "GET /s/<token>/message": _get("/s/{shipment}/message", shows=True),
    "POST /s/<token>/message": _post("/s/{shipment}/message", reason="where", text="A"),
    "POST /s/<token>/answer": _post("/s/{shipment}/answer", answer="good"),
    "GET /f/<token>": _get("/f/{flyer}"),
    "GET /c/<token>": _get("/c/{confirm}"),
    "GET /c/<token>/use": _get("/c/{confirm}/use"),
    "POST /c/<token>": _post("/c/{confirm}"),
    "GET /u/<token>": _get("/u/{unsubscribe}"),
    "POST /u/<token>": _post("/u/{unsubscribe}"),
    "GET /u/<token>/preferences": _get("/u/{unsubscribe}/preferences"),
    "POST /u/<token>/preferences": _post("/u/{unsubscribe}/preferences"),
    "GET /b/<token>": _get("/b/{cart}", shows=True),
    "GET /s/<token>/withdrawal": _get("/s/{shipment}/withdrawal", shows=True),
    "POST /s/<token>/withdrawal": _post("/s/{shipment}/withdrawal", name="A"),
    "GET /w/receipt/<token>": _get("/w/receipt/{receipt}", shows=True),
    "GET /w/receipt/<token>/pdf": _get("/w/receipt/{receipt}/pdf"),
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
    "GET /admin/": _get("/admin/"),
    "GET /admin/overview.csv": _get("/admin/overview.csv"),
    "GET /admin/figures/parcels": _get("/admin/figures/parcels"),
    "GET /admin/figures/parcels.csv": _get("/admin/figures/parcels.csv"),
    "POST /admin/figures/parcels": _post("/admin/figures/parcels", percent="5", seen="5"),
    "GET /admin/figures/suggestions": _get("/admin/figures/suggestions"),
    "GET /admin/figures/suggestions.csv": _get("/admin/figures/suggestions.csv"),
    "GET /admin/suggestions": _get("/admin/suggestions", shows=True),
    "POST /admin/suggestions": _rule,
    "POST /admin/suggestions/<int:rule_id>/<act>": _post("/admin/suggestions/{rule}/delete"),
    "GET /admin/suggestions/rules.csv": _get("/admin/suggestions/rules.csv"),
    "POST /admin/suggestions/file": _post("/admin/suggestions/file"),
    "GET /admin/overview/table": _get("/admin/overview/table"),
    "GET /admin/guard": _get("/admin/guard"),
    "POST /admin/guard": _post("/admin/guard", budget="100", seen="0"),
    "POST /admin/guard/trial": _post("/admin/guard/trial", budget="100", seen="0"),
    "GET /admin/guard/costs": _get("/admin/guard/costs"),
    "POST /admin/guard/costs": _post("/admin/guard/costs", id_0="1", cost_0="5"),
    "GET /admin/guard/costs.csv": _get("/admin/guard/costs.csv"),
    "POST /admin/guard/costs/file": _post("/admin/guard/costs/file"),
    "GET /admin/parcels": _get("/admin/parcels"),
    "GET /admin/parcels/carriers": _get("/admin/parcels/carriers"),
    "GET /admin/parcels/carriers/<api>": _get("/admin/parcels/carriers/dhl"),
    "POST /admin/parcels/carriers/<api>": _post("/admin/parcels/carriers/dhl", do="forget"),
    "GET /admin/parcels/inserts": _get("/admin/parcels/inserts", shows=True),
    "POST /admin/parcels/inserts/print": _post("/admin/parcels/inserts/print", order="{order}"),
    "POST /admin/parcels/inserts/packed": _post("/admin/parcels/inserts/packed", order="{order}"),
    "GET /admin/parcels/inserts/cards.csv": _get("/admin/parcels/inserts/cards.csv"),
    "GET /admin/parcels/inserts/sample.pdf": _get("/admin/parcels/inserts/sample.pdf"),
    "GET /admin/parcels/inserts/settings": _get("/admin/parcels/inserts/settings"),
    "POST /admin/parcels/inserts/settings": _post(
        "/admin/parcels/inserts/settings",
        **dict.fromkeys(("value", "minimum", "days", "cost", "budget", "one_in"), "7"),
    ),
    "GET /admin/parcels/messages": _get("/admin/parcels/messages", shows=True),
    "POST /admin/parcels/messages/<int:message_id>/answer": _post(
        "/admin/parcels/messages/{message}/answer", text="A"
    ),
    "POST /admin/parcels/messages/<int:message_id>/settle": _post(
        "/admin/parcels/messages/{message}/settle", do="closed"
    ),
    "GET /admin/parcels/messages/promise": _get("/admin/parcels/messages/promise"),
    "POST /admin/parcels/messages/promise": _post(
        "/admin/parcels/messages/promise", hours="2", until_hour="12"
    ),
    "GET /admin/parcels/withdrawals": _get("/admin/parcels/withdrawals", shows=True),
    "GET /admin/parcels/withdrawals.csv": _get("/admin/parcels/withdrawals.csv", shows=True),
    "GET /admin/parcels/withdrawals/rules": _get("/admin/parcels/withdrawals/rules"),
    "POST /admin/parcels/withdrawals/rules": _post(
        "/admin/parcels/withdrawals/rules", days="14", voluntary_days="0", pays="shopper"
    ),
    "POST /admin/parcels/withdrawals/<int:withdrawal_id>": _post(
        "/admin/parcels/withdrawals/{withdrawal}", do="reopen"
    ),
    "GET /admin/vouchers": _get("/admin/vouchers"),
    "GET /admin/prices": _get("/admin/prices"),
    "GET /admin/law": _get("/admin/law"),
    "GET /admin/law/requests/<int:request_id>": _get("/admin/law/requests/{request}", shows=True),
    "GET /admin/law/consent": _get("/admin/law/consent"),
    "POST /admin/law/consent": _post("/admin/law/consent", country="DE"),
    "GET /admin/people": _get("/admin/people"),
    "POST /admin/people": _post("/admin/people", wanted="{person}"),
    "GET /admin/people/<int:person_id>": _get("/admin/people/{person}"),
    "GET /admin/people/<int:person_id>/proof.<form>": _get(
        "/admin/people/{person}/proof.json", shows=True
    ),
    "POST /admin/people/<int:person_id>/unsubscribe": _post("/admin/people/{person}/unsubscribe"),
    "POST /admin/people/proof": _post("/admin/people/proof", email="{mail}", form="json"),
    "GET /admin/more": _get("/admin/more"),
    "GET /admin/protection": _get("/admin/protection"),
    "POST /admin/protection/rule": _post("/admin/protection/rule", rule="refuse"),
    "POST /admin/protection/people": _post("/admin/protection/people", email="a@post.example"),
    "POST /admin/protection/release": _post("/admin/protection/release"),
    "GET /admin/setup": _get("/admin/setup"),
    "GET /admin/setup/embed": _get("/admin/setup/embed"),
    "POST /admin/setup/embed": _post("/admin/setup/embed"),
    "POST /admin/setup/sender": _post(
        "/admin/setup/sender", imprint="A", privacy_url="https://a.example/", address="sie"
    ),
    "GET /admin/stop": _get("/admin/stop"),
    "POST /admin/stop": _post("/admin/stop"),
    "POST /admin/restart": _post("/admin/restart"),
    "GET /admin/widgets": _get("/admin/widgets"),
    "GET /admin/widgets/<int:campaign_id>": _get("/admin/widgets/{campaign}"),
    "POST /admin/widgets/<int:campaign_id>": _post("/admin/widgets/{campaign}", revision="1"),
    "GET /admin/widgets/<int:campaign_id>/preview": _get("/admin/widgets/{campaign}/preview"),
    "POST /admin/widgets/<int:campaign_id>/publish": _post(
        "/admin/widgets/{campaign}/publish", revision="1"
    ),
    "POST /admin/widgets/<int:campaign_id>/on": _post("/admin/widgets/{campaign}/on"),
    "POST /admin/widgets/<int:campaign_id>/off": _post("/admin/widgets/{campaign}/off"),
    "GET /admin/widgets/new": _get("/admin/widgets/new"),
    "POST /admin/widgets/new": _post("/admin/widgets/new", kind="newsletter", name="Neu"),
    "POST /admin/widgets/<int:campaign_id>/rename": _post(
        "/admin/widgets/{campaign}/rename", name="Neu"
    ),
    "POST /admin/widgets/<int:campaign_id>/duplicate": _post("/admin/widgets/{campaign}/duplicate"),
    "POST /admin/widgets/<int:campaign_id>/move": _post(
        "/admin/widgets/{campaign}/move", to="earlier"
    ),
    "GET /admin/widgets/<int:campaign_id>/delete": _get("/admin/widgets/{campaign}/delete"),
    "POST /admin/widgets/<int:campaign_id>/delete": _post("/admin/widgets/{campaign}/delete"),
    "GET /admin/look": _get("/admin/look"),
    "POST /admin/look": _post("/admin/look", save="1"),
    "POST /admin/look/logo": _post("/admin/look/logo", remove="1"),
    "GET /admin/manners": _get("/admin/manners"),
    "POST /admin/manners": _post(
        "/admin/manners", cooldown_days="7", most="3", most_days="30", quiet_days="30"
    ),
    "GET /admin/mail": _get("/admin/mail"),
    "POST /admin/mail": _post("/admin/mail", name="Neu", address="", reply_to=""),
    "POST /admin/mail/check": _post("/admin/mail/check"),
    "POST /admin/mail/release": _post("/admin/mail/release", email="{mail}"),
    "GET /admin/parcels/notices": _get("/admin/parcels/notices"),
    "POST /admin/parcels/notices": _post("/admin/parcels/notices", delayed="1"),
    "POST /admin/parcels/notices/answer": _post("/admin/parcels/notices/answer", who="bleib"),
    "GET /admin/parcels/notices/late": _get("/admin/parcels/notices/late"),
    "POST /admin/parcels/notices/late": _post("/admin/parcels/notices/late"),
    "GET /admin/parcels/notices/<kind>/preview": _get("/admin/parcels/notices/delayed/preview"),
    "GET /admin/mails": _get("/admin/mails"),
    "POST /admin/mails/series": _post(
        "/admin/mails/series", first="1", first_days="2", second_days="6", third_days="20"
    ),
    "GET /admin/mails/<kind>": _get("/admin/mails/voucher"),
    "POST /admin/mails/<kind>": _post("/admin/mails/voucher", subject="Neu", seen="x"),
    "GET /admin/mails/<kind>/preview": _get("/admin/mails/voucher/preview"),
    "POST /admin/mails/<kind>/publish": _post("/admin/mails/voucher/publish", seen="x"),
    "POST /admin/mails/<kind>/reuse": _post("/admin/mails/voucher/reuse", version="0"),
    "POST /admin/mails/<kind>/sample": _post("/admin/mails/voucher/sample"),
    "GET /admin/connections": _get("/admin/connections"),
    "GET /admin/connections/subscribers.csv": _get("/admin/connections/subscribers.csv"),
    "POST /admin/connections/files": _post("/admin/connections/files", source="Alte Shopseite"),
    "GET /admin/connections/files/<int:import_id>": _get("/admin/connections/files/1"),
    "POST /admin/connections/files/<int:import_id>": _post("/admin/connections/files/1"),
    "GET /admin/connections/mail/<service>": _get("/admin/connections/mail/brevo"),
    "POST /admin/connections/mail/<service>": _post("/admin/connections/mail/brevo"),
    "GET /admin/connections/list": _get("/admin/connections/list"),
    "POST /admin/connections/list": _post("/admin/connections/list", list="1"),
    "POST /admin/connections/disconnect": _post("/admin/connections/disconnect"),
    "POST /admin/connections/webhooks": _post(
        "/admin/connections/webhooks", url="https://a.example/", topics="voucher.issued"
    ),
    "GET /admin/connections/webhooks/<int:target_id>": _get("/admin/connections/webhooks/{hook}"),
    "POST /admin/connections/webhooks/<int:target_id>": _post(
        "/admin/connections/webhooks/{hook}", do="off"
    ),
    "GET /admin/work": _get("/admin/work"),
    "POST /admin/work/<int:step_id>/again": _post("/admin/work/{step}/again"),
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
    "GET /admin/data": _get("/admin/data"),
    "GET /admin/data/templates/<kind>": _get("/admin/data/templates/orders"),
    "GET /admin/data/subscribers.csv": _get("/admin/data/subscribers.csv"),
    "POST /admin/data/secret": _post("/admin/data/secret"),
    "POST /admin/data/files": _post("/admin/data/files", kind="orders"),
    "GET /admin/data/files/<int:import_id>": _get("/admin/data/files/1"),
    "POST /admin/data/files/<int:import_id>": _post("/admin/data/files/1"),
    "POST /admin/data/codes/drop": _post("/admin/data/codes/drop"),
    "POST /webhooks/<platform>": _webhook,
    "POST /webhooks/<platform>/<key>": _webhook_by_key,
    "GET /auth/<platform>/callback": lambda who, whose: Ask(
        "/auth/shopify/callback?"
        + FakePlatform().sign(f"code=c&shop={whose.shop.domain}&state=of-{who.mark}")
    ),
}
