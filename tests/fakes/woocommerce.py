"""A WooCommerce site as a WSGI application: REST API v3, key page, webhooks, storefront.

It answers as 9.9.5 was recorded to answer: error codes, headers of pages, times without zones, the
ping of a new webhook, the order in which messages come. Requests it does not know are refused, so
that the adapter cannot invent any.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import json
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote, urlencode
from zoneinfo import ZoneInfo

from werkzeug import Request, Response

from tests.fakes.woocommerce_shop import Json, WooShop

_VIEW = {"code": "woocommerce_rest_cannot_view", "message": "Sorry, you cannot list resources."}
_MOST = 100
_GENERAL = {
    "woocommerce_default_country": "DE:DE-BW",
    "woocommerce_currency": "EUR",
    "woocommerce_price_num_decimals": "2",
    "woocommerce_calc_taxes": "no",
}


class WooSite:
    """The site around a shop. `folder` is its path on the host, `plain` means no permalinks."""

    def __init__(self, shop: WooShop, folder: str = "", *, plain: bool = False) -> None:
        self.shop = shop
        self.folder = folder
        self.plain = plain
        self.index_status = 200
        self.store_status = 200
        #: As over plain HTTP: keys count only in a signature (OAuth 1.0a).
        self.signed_only = False
        self._nonces: set[str] = set()
        self.address = ""
        self._routes: list[tuple[str, re.Pattern[str], Callable[..., Response]]] = [
            (method, re.compile(pattern), act)
            for method, pattern, act in (
                ("GET", r"/wc/v3/settings/general", self._general),
                ("GET", r"/wc/v3/settings/email/woocommerce_email_from_address", self._email),
                ("GET", r"/wc/v3/settings/(general|tax)/(\w+)", self._option),
                ("GET", r"/wc/v3/products", self._products),
                ("GET", r"/wc/v3/products/(\d+)", self._product),
                ("GET", r"/wc/v3/products/(\d+)/variations", self._variations),
                ("GET", r"/wc/v3/orders", self._orders),
                ("GET", r"/wc/v3/orders/(\d+)", self._order),
                ("GET", r"/wc/v3/customers", self._customers),
                ("PUT", r"/wc/v3/customers/(\d+)", self._put_customer),
                ("GET", r"/wc/v3/coupons", self._coupons),
                ("POST", r"/wc/v3/coupons", self._post_coupon),
                ("PUT", r"/wc/v3/coupons/(\d+)", self._put_coupon),
                ("DELETE", r"/wc/v3/coupons/(\d+)", self._delete_coupon),
                ("GET", r"/wc/v3/webhooks", self._webhooks),
                ("POST", r"/wc/v3/webhooks", self._post_webhook),
                ("PUT", r"/wc/v3/webhooks/(\d+)", self._put_webhook),
                ("DELETE", r"/wc/v3/webhooks/(\d+)", self._delete_webhook),
                ("PUT", r"/wc-bleib/v1/embed", self._embed),
            )
        ]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request."""
        with self.shop.lock:
            return self._answer(Request(environ))(environ, start_response)

    def is_api(self, path: str) -> bool:
        """Tell whether a path belongs to the REST API."""
        return path.startswith(f"{self.folder}/wp-json")

    def _answer(self, request: Request) -> Response:
        path = request.path.removeprefix(self.folder)
        if not request.path.startswith(self.folder):
            return _web_page("Not Found", 404)
        route = request.args.get("rest_route")
        if route is None and path.startswith("/wp-json") and not self.plain:
            route = path.removeprefix("/wp-json") or "/"
        if route is not None:
            return self._rest(request, unquote(route))
        if path == "/wc-auth/v1/authorize":
            return self._key_page(request)
        if path in ("/", "/cart/") or path.startswith("/product/"):
            return _web_page(self._storefront())
        return _web_page("Not Found", 404)

    # The REST API
    def _rest(self, request: Request, route: str) -> Response:
        if route == "/":
            return self._index(request)
        if route == "/wc/store/v1/products" and request.method == "GET":
            return self._store(request)
        wrong = self._key_problem(request)
        for method, pattern, act in self._routes:
            found = pattern.fullmatch(route)
            if found and method == request.method:
                if act == self._embed and not self.shop.has_package:
                    break
                if wrong is not None:
                    return wrong
                return act(request, *map(_typed, found.groups()))
        return _problem("rest_no_route", 404, "No route was found matching the URL and method.")

    def _key_problem(self, request: Request) -> Response | None:
        given = request.authorization
        if given is not None and given.type == "oauth" and self.signed_only:
            return self._signature_problem(request, given.parameters)
        if (
            self.signed_only
            or given is None
            or given.type != "basic"
            or given.username not in self.shop.keys
        ):
            return _json({**_VIEW, "data": {"status": 401}}, 401)
        if self.shop.keys[given.username or ""] != given.password:
            code = "woocommerce_rest_authentication_error"
            return _problem(code, 401, "Consumer secret is invalid.")
        return None

    def _signature_problem(self, request: Request, given: Mapping[str, Any]) -> Response | None:
        """Check a request as check_oauth_signature of 9.9.5 does, step by step."""
        values = {name: unquote(str(value)) for name, value in given.items()}
        signed = values.pop("oauth_signature", "")
        code = "woocommerce_rest_authentication_error"
        secret = self.shop.keys.get(values.get("oauth_consumer_key", ""))
        if secret is None:
            return _problem(code, 401, "Consumer key is invalid.")
        every = {**request.args.to_dict(), **values}
        joined = "%26".join(
            _rfc3986(f"{_rfc3986(name)}={_rfc3986(every[name])}") for name in sorted(every)
        )
        base = f"{self.address}{request.path}"
        text = f"{request.method}&{_rfc3986(base)}&{joined}".encode()
        right = hmac.new(f"{secret}&".encode(), text, hashlib.sha256).digest()
        if base64.b64encode(right).decode() != signed:
            return _problem(code, 401, "Invalid signature - provided signature does not match.")
        if values["oauth_nonce"] in self._nonces:
            return _problem(code, 401, "Invalid nonce - nonce has already been used.")
        self._nonces.add(values["oauth_nonce"])
        return None

    def _index(self, request: Request) -> Response:
        if self.index_status != 200:
            return _problem("rest_cannot_access", self.index_status, "Only for members.")
        offset = datetime.now(ZoneInfo(self.shop.zone)).utcoffset()
        about = {
            "name": self.shop.name,
            "description": "",
            "url": self.address + self.folder,
            "home": self.address + self.folder,
            "gmt_offset": str((offset.total_seconds() if offset else 0) / 3600),
            "timezone_string": self.shop.zone,
            "namespaces": ["oembed/1.0", "wc/store", "wc/v3", "wp/v2"],
        }
        return _json(_only(about, request.args.get("_fields")))

    def _store(self, request: Request) -> Response:
        """Answer the Store API: prices in cents, as shoppers see them."""
        if self.store_status != 200:
            return _problem("rest_forbidden", self.store_status, "Sorry.")
        found = list(self.shop.products.values())
        if request.args.get("type") == "variation":
            found = list(self.shop.variations.get(int(request.args["parent"]), {}).values())
        if "include" in request.args:
            wanted = set(map(int, request.args["include"].split(",")))
            found = [item for item in found if item["id"] in wanted]
        public = [item for item in found if item["status"] == "publish"]
        return _json([{"id": item["id"], "prices": self._cents(item)} for item in public])

    def _cents(self, item: Json) -> Json:
        shown = {
            name: str(round(float(item[name] or 0) * self.shop.tax_factor * 100))
            for name in ("price", "regular_price")
        }
        return {**shown, "currency_code": "EUR", "currency_minor_unit": 2}

    def _general(self, _request: Request) -> Response:
        return _json([{"id": name, "value": value} for name, value in _GENERAL.items()])

    def _option(self, _request: Request, group: str, name: str) -> Response:
        value = {**_GENERAL, **self.shop.taxes}.get(name)
        if value is None:
            return _problem("rest_setting_setting_invalid", 404, "Invalid setting.")
        return _json({"id": name, "value": value, "group_id": group})

    def _email(self, _request: Request) -> Response:
        address = "hallo@uferhaus.example"
        return _json({"id": "woocommerce_email_from_address", "value": address})

    def _products(self, request: Request) -> Response:
        return self._listing(request, list(self.shop.products.values()))

    def _product(self, request: Request, product_id: int) -> Response:
        found = self.shop.products.get(product_id)
        for parent, variations in self.shop.variations.items():
            if product_id in variations:
                found = {**variations[product_id], "type": "variation", "parent_id": parent}
        return _one(request, found, "product")

    def _variations(self, request: Request, product_id: int) -> Response:
        return self._listing(request, list(self.shop.variations.get(product_id, {}).values()))

    def _orders(self, request: Request) -> Response:
        shown = [item for item in self.shop.orders.values() if item["status"] != "trash"]
        return self._listing(request, shown)

    def _order(self, request: Request, order_id: int) -> Response:
        return _one(request, self.shop.orders.get(order_id), "shop_order")

    def _customers(self, request: Request) -> Response:
        email = request.args.get("email")
        found = [
            item
            for item in self.shop.customers.values()
            if email is None or item["email"].lower() == email.lower()
        ]
        return self._listing(request, found)

    def _put_customer(self, request: Request, customer_id: int) -> Response:
        found = self.shop.customers.get(customer_id)
        if found is None:
            return _problem("woocommerce_rest_invalid_id", 400, "Invalid resource ID.")
        for item in (request.get_json() or {}).get("meta_data", []):
            kept = [meta for meta in found["meta_data"] if meta["key"] != item["key"]]
            found["meta_data"] = [*kept, {"id": self.shop.next_id(), **item}]
        return _one(request, self.shop.touched(found), "customer")

    def _coupons(self, request: Request) -> Response:
        code = request.args.get("code", "").lower()
        return self._listing(
            request, [item for item in self.shop.coupons.values() if item["code"] == code]
        )

    def _post_coupon(self, request: Request) -> Response:
        content = request.get_json()
        if any(item["code"] == content["code"].lower() for item in self.shop.coupons.values()):
            code = "woocommerce_rest_coupon_code_already_exists"
            return _problem(code, 400, "The coupon code already exists")
        return _json(self.shop.put_coupon(**content), 201)

    def _put_coupon(self, request: Request, coupon_id: int) -> Response:
        found = self.shop.coupons.get(coupon_id)
        if found is not None:
            self.shop.touched(found)
            found |= self.shop.written(request.get_json())
        return _one(request, found, "shop_coupon")

    def _delete_coupon(self, request: Request, coupon_id: int) -> Response:
        if request.args.get("force") != "true":
            return _problem("woocommerce_rest_trash_not_supported", 501, "No trash.")
        return _one(request, self.shop.coupons.pop(coupon_id, None), "shop_coupon")

    def _webhooks(self, request: Request) -> Response:
        return self._listing(request, list(self.shop.webhooks.values()))

    def _post_webhook(self, request: Request) -> Response:
        content = request.get_json()
        if not re.fullmatch(r"(order|product|coupon|customer)\.[a-z]+", content["topic"]):
            code = "woocommerce_rest_shop_webhook_invalid_topic"
            return _problem(code, 400, "Webhook topic is required and must be valid.")
        hook_id = self.shop.next_id()
        self.shop.webhook_secrets[hook_id] = content["secret"]
        self.shop.given.append(content["secret"])
        self.shop.webhooks[hook_id] = {
            "id": hook_id,
            "name": content["name"],
            "status": "active",
            "topic": content["topic"],
            "resource": content["topic"].partition(".")[0],
            "event": content["topic"].partition(".")[2],
            "hooks": [],
            "delivery_url": content["delivery_url"],
        }
        self.shop.ping(content["delivery_url"], hook_id)
        return _json(self.shop.webhooks[hook_id], 201)

    def _put_webhook(self, request: Request, hook_id: int) -> Response:
        found, content = self.shop.webhooks.get(hook_id), dict(request.get_json())
        if found is not None:
            self.shop.webhook_secrets[hook_id] = content.pop("secret")
            self.shop.given.append(self.shop.webhook_secrets[hook_id])
            found |= content
        return _one(request, found, "shop_webhook")

    def _delete_webhook(self, request: Request, hook_id: int) -> Response:
        return _one(request, self.shop.webhooks.pop(hook_id, None), "shop_webhook")

    def _embed(self, request: Request) -> Response:
        self.shop.embed = request.get_json()
        self.shop.given.append(self.shop.embed["secret"])
        return _json({"stored": True})

    def _listing(self, request: Request, found: list[Json]) -> Response:
        size = int(request.args.get("per_page", "10"))
        if not 1 <= size <= _MOST:
            return _problem("rest_invalid_param", 400, "Invalid parameter(s): per_page")
        bound = self._bound(request)
        if bound:
            found = [item for item in found if item["date_modified_gmt"] > bound]
        if request.args.get("orderby") == "modified":
            found.sort(key=lambda item: (item["date_modified_gmt"], item["id"]))
        elif request.args.get("orderby") == "id":
            found.sort(key=lambda item: item["id"])
        if request.args.get("order", "desc") == "desc":
            found.reverse()
        page = int(request.args.get("page", "1"))
        some = found[(page - 1) * size : page * size]
        fields = request.args.get("_fields")
        answer = _json([_only(item, fields) for item in some])
        answer.headers["X-WP-Total"] = str(len(found))
        answer.headers["X-WP-TotalPages"] = str(-(-len(found) // size))
        return answer

    def _bound(self, request: Request) -> str:
        """Return what WordPress compares the times of changes with: local digits unless asked."""
        text = request.args.get("modified_after", "")
        if not text:
            return ""
        moment = datetime.fromisoformat(text)
        zone = ZoneInfo(self.shop.zone)
        if moment.tzinfo:
            moment = moment.astimezone(zone).replace(tzinfo=None)
        if request.args.get("dates_are_gmt") != "true":
            moment = moment.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)
        return moment.strftime("%Y-%m-%dT%H:%M:%S")

    # The key page
    def _key_page(self, request: Request) -> Response:
        names = ("app_name", "scope", "user_id", "return_url", "callback_url")
        missing = [name for name in names if not request.args.get(name)]
        if missing:
            return _web_page(f"Error: Missing parameter {missing[0]}.", 401)
        return _web_page("Approve")

    def keys_message(self, mark: str, rights: str = "read_write") -> tuple[dict[str, str], bytes]:
        """Return headers and body of what the site posts once the merchant approved."""
        key, secret = self.shop.hand_out_keys()
        content = {
            "key_id": self.shop.next_id(),
            "user_id": mark,
            "consumer_key": key,
            "consumer_secret": secret,
            "key_permissions": rights,
        }
        return {"Content-Type": "application/json;charset=UTF-8"}, json.dumps(content).encode()

    # Webhooks
    def message(self, topic: str, content: Json, secret: str) -> tuple[dict[str, str], bytes]:
        """Return headers and body of a delivery."""
        body = json.dumps(content, separators=(",", ":")).encode()
        resource, _, event = topic.partition(".")
        headers = {
            "User-Agent": "WooCommerce/9.9.5 Hookshot (WordPress/6.9)",
            "Content-Type": "application/json",
            "X-WC-Webhook-Source": f"{self.address}{self.folder}/",
            "X-WC-Webhook-Topic": topic,
            "X-WC-Webhook-Resource": resource,
            "X-WC-Webhook-Event": event,
            "X-WC-Webhook-Signature": signature(body, secret),
            "X-WC-Webhook-ID": "1",
            "X-WC-Webhook-Delivery-ID": secrets.token_hex(16),
        }
        return headers, body

    # The storefront
    def _storefront(self) -> str:
        link = f'<a href="{self.folder}/product/schale/">Schale</a>'
        if self.shop.embed is None:
            return link
        key = html.escape(str(self.shop.embed["shop"]))
        script = f"{self.folder}/wp-content/plugins/bleib/assets/bleib.js?ver=0.1.0"
        return f'{link}<script src="{script}" async data-shop="{key}"></script>'


def signature(body: bytes, secret: str) -> str:
    """Return base64 of the HMAC-SHA256 over the raw body."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def signed_opening(app: str, key: str, secret: str, at: datetime) -> str:
    """Return the address behind "Open Bleib" on the plugin's page."""
    query = urlencode(
        {"shop": key, "timestamp": int(at.timestamp()), "nonce": secrets.token_hex(16)}
    )
    given = hmac.new(secret.encode(), query.encode(), hashlib.sha256).hexdigest()
    return f"{app}/install/woocommerce?{query}&signature={given}"


def _typed(part: str) -> int | str:
    return int(part) if part.isdigit() else part


def _rfc3986(text: str) -> str:
    return quote(text, safe="~")


def _only(node: Mapping[str, Any], fields: str | None) -> Json:
    wanted = set(fields.split(",")) if fields else set(node)
    return {name: value for name, value in node.items() if name in wanted}


def _one(request: Request, node: Json | None, kind: str) -> Response:
    if node is None:
        return _problem(f"woocommerce_rest_{kind}_invalid_id", 404, "Invalid ID.")
    return _json(_only(node, request.args.get("_fields")))


def _problem(code: str, status: int, message: str) -> Response:
    return _json({"code": code, "message": message, "data": {"status": status}}, status)


def _json(content: Any, status: int = 200) -> Response:
    return Response(
        json.dumps(content), status=status, content_type="application/json; charset=UTF-8"
    )


def _web_page(text: str, status: int = 200) -> Response:
    return Response(f"<!doctype html><title>Uferhaus</title>{text}", status, mimetype="text/html")
