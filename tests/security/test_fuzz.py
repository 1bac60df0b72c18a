"""Spoilt requests to every public route, the same ones in each run: never a 5xx."""

from __future__ import annotations

import json
import random
import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient

from plugin.model import Shop

ROUNDS = 250

EVIL: list[Any] = [
    None, True, False, 0, -1, 2**31, 2**63, 1.5, -0.0, 1e308, "", " ", "\n", "a" * 5000, "é", "🦆",
    "\u202e", "\u2028", "'; DROP TABLE shops; --", "{{7*7}}", "${7*7}", "../../etc/passwd", "<b>",
    "javascript:alert(1)", "%00", [], [[]], [None], {}, {"": None}, {"$ne": 1}, "NaN", "0x7f.1",
]  # fmt: skip

KINDS = ["application/json", "text/plain", "text/xml", "", "application/json; charset=utf-16", "é"]


def bodies() -> list[tuple[str, dict[str, Any]]]:
    """Return a sound body for each public route that takes one."""
    event = {
        "id": str(uuid.UUID(int=7)),
        "kind": "impression",
        "widget": "newsletter",
        "campaign": 1,
        "at": 1795252000000,
    }
    sign_up = {
        "id": str(uuid.UUID(int=8)),
        "email": "mara@post.example",
        "campaign": 1,
        "version": 1,
        "purposes": ["newsletter"],
        "page": "https://example.com/",
        "lang": "de",
        "elapsed": 9000,
        "website": "",
    }
    return [
        ("events", {"events": [event]}),
        ("subscriptions", sign_up),
        ("shipments/lookup", {"order": "#1007", "email": "mara@post.example"}),
    ]


def spoil(dice: random.Random, body: dict[str, Any]) -> bytes:
    """Replace, drop or add some fields, and in one case of ten flip bytes of the result."""
    spoilt = json.loads(json.dumps(body))
    target = spoilt["events"][0] if "events" in spoilt and dice.random() < 0.8 else spoilt
    for _ in range(dice.randint(1, 3)):
        field = dice.choice([*target, "extra", "shop", "__proto__"])
        if dice.random() < 0.2:
            target.pop(field, None)
        else:
            target[field] = dice.choice(EVIL)
    raw = bytearray(json.dumps(spoilt, ensure_ascii=dice.random() < 0.5).encode())
    if dice.random() < 0.1:
        for _ in range(dice.randint(1, 8)):
            raw[dice.randrange(len(raw))] = dice.randrange(256)
    return bytes(raw)


@pytest.fixture(autouse=True)
def _no_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits would answer most of the requests before anything looks at them."""
    monkeypatch.setattr("plugin.services.limits.hit", lambda *_args, **_values: None)


@pytest.mark.parametrize("seed", range(3))
def test_spoilt_bodies_are_never_our_fault(client: FlaskClient, shop: Shop, seed: int) -> None:
    dice = random.Random(seed)
    for round_number in range(ROUNDS):
        path, body = dice.choice(bodies())
        raw = spoil(dice, body)
        kind = dice.choice(KINDS).encode().decode("latin-1")
        answer = client.post(f"/v1/{shop.key}/{path}", data=raw, content_type=kind)
        assert answer.status_code < 500, (seed, round_number, path, raw)


@pytest.mark.parametrize("seed", range(2))
def test_spoilt_addresses_are_never_our_fault(client: FlaskClient, shop: Shop, seed: int) -> None:
    dice = random.Random(seed)
    texts = [str(value) for value in EVIL] + [shop.key, "%ff", "%0d%0aSet-Cookie:x=1", "a" * 3000]
    routes = [
        "/v1/config/{a}", "/v1/{a}/suggestions?cart={b}&lang={c}", "/v1/{k}/suggestions?cart={b}",
        "/v1/{k}/shipments/{a}", "/s/{a}", "/c/{a}", "/u/{a}", "/c/{a}/use",
        "/install/{a}?shop={b}&hmac={c}", "/install/shopify?shop={a}&hmac={b}&timestamp={c}",
        "/auth/shopify/callback?shop={a}&state={b}&code={c}&hmac={b}&timestamp=1",
        "/proxy/shopify/status?d={a}&shop={b}&signature={c}", "/admin/{a}", "/webhooks/{a}",
    ]  # fmt: skip
    for round_number in range(ROUNDS):
        a, b, c = (dice.choice(texts) for _ in range(3))
        path = dice.choice(routes).format(a=a, b=b, c=c, k=shop.key).replace("\n", "%0A")
        method = dice.choice(["GET", "GET", "POST", "HEAD", "OPTIONS", "DELETE", "PUT"])
        answer = client.open(
            path, method=method, headers={"Accept": dice.choice(["text/html", ""])}
        )
        assert answer.status_code < 500, (seed, round_number, method, path)
        assert "x=1" not in answer.headers.get("Set-Cookie", "")
