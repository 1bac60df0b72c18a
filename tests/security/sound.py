"""A sound request for each route of the app, made from the table that the tenants' test keeps."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from plugin.demo import signing
from tests.conftest import START
from tests.security.mutator import Shot, address, encoded
from tests.security.routes import BEARER, ROUTES, WITHOUT_TENANT
from tests.security.world import Tenant

#: What signs in tests with the real adapter; the settings of tests/conftest.py name it.
SECRET = "a-shopify-test-secret-of-32-bytes!"
_ORDER = {
    "id": 1007,
    "admin_graphql_api_id": "gid://shopify/Order/1007",
    "email": "mara@post.example",
    "line_items": [{"id": 1, "title": "Kanne", "properties": [{"name": "_bleib", "value": "x"}]}],
    "customer": {"id": 7, "email": "mara@post.example"},
}


def sound(name: str, who: Tenant) -> Shot:
    """Return a request that the route `name` ("GET /c/<token>") takes, signed where it must be."""
    method, rule = name.split(" ", 1)
    if name in _SIGNED:
        return _sign(_SIGNED[name](who))
    if name in WITHOUT_TENANT:
        return Shot(method, rule.replace("<path:filename>", "mark.svg"), [])
    ask = {**ROUTES, **BEARER}[name](who, who)
    path, _, query = ask.path.partition("?")
    body: Any = ask.data
    if isinstance(body, str):
        body = json.loads(body)
    elif isinstance(body, dict):
        body = list(body.items())
    return Shot(method, path, parse_qsl(query), body, tuple(ask.headers.items()))


def _entry(who: Tenant) -> Shot:
    query = [("host", "YWRtaW4"), ("shop", who.shop.domain), ("lang", "de")]
    return Shot("GET", "/install/shopify", query, sign=_with_hmac)


def _callback(who: Tenant) -> Shot:
    query = [
        ("code", "c" * 32),
        ("shop", who.shop.domain),
        ("state", "s" * 43),
        ("host", "YWRtaW4"),
    ]
    state = (("Cookie", "bleib-state=" + "s" * 43),)
    return Shot("GET", "/auth/shopify/callback", query, headers=state, sign=_with_hmac)


def _status(who: Tenant) -> Shot:
    query = [
        ("d", who.shipment_token), ("shop", who.shop.domain), ("path_prefix", "/apps/bleib"),
        ("logged_in_customer_id", ""), ("timestamp", str(int(START.timestamp()))),
    ]  # fmt: skip
    return Shot("GET", "/proxy/shopify/status", query, sign=_with_signature)


def _webhook(who: Tenant) -> Shot:
    headers = (
        ("X-Shopify-Topic", "orders/updated"), ("X-Shopify-Shop-Domain", who.shop.domain),
        ("X-Shopify-Event-Id", "e-1"), ("X-Shopify-Triggered-At", START.isoformat()),
    )  # fmt: skip
    return Shot("POST", "/webhooks/shopify", [], _ORDER, headers, sign=_with_body_hmac)


_SIGNED = {
    "GET /install/<platform>": _entry,
    "GET /auth/<platform>/callback": _callback,
    "GET /proxy/<platform>/status": _status,
    "POST /webhooks/<platform>": _webhook,
}


def _sign(shot: Shot) -> Shot:
    return shot.sign(shot) if shot.sign else shot


def _with_hmac(shot: Shot) -> Shot:
    kept = [pair for pair in shot.query if pair[0] not in ("hmac", "signature", "timestamp")]
    raw = address(replace(shot, query=[*kept, ("timestamp", str(int(START.timestamp())))]))
    parts = sorted(raw.partition("?")[2].split("&"))
    given = signing._digest(SECRET, "&".join(parts).encode()).hex()
    return replace(shot, query=[*kept, ("timestamp", str(int(START.timestamp()))), ("hmac", given)])


def _with_signature(shot: Shot) -> Shot:
    kept = [pair for pair in shot.query if pair[0] != "signature" and _is_text(*pair)]
    return replace(shot, query=[*kept, ("signature", signing.proxy_signature(SECRET, kept))])


def _with_body_hmac(shot: Shot) -> Shot:
    kept = tuple(header for header in shot.headers if header[0] != "X-Shopify-Hmac-Sha256")
    given = signing.webhook_hmac(SECRET, encoded(shot.body))
    return replace(shot, headers=(*kept, ("X-Shopify-Hmac-Sha256", given)))


def _is_text(*texts: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for text in texts for char in text)
