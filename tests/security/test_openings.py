"""Installing under attack, over HTTP and with the real adapter: a clear no, and nothing stored."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, quote_from_bytes, urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from plugin.app import create_app
from plugin.demo import signing
from plugin.errors import PlatformError
from plugin.http_out import HttpOut, Reply
from plugin.http_out.messages import Call
from plugin.platforms.shopify import ShopifyPlatform
from plugin.services.context import Context
from plugin.store.db import metadata
from tests.conftest import START
from tests.security.evil import CODE, LETTERS, PLACES

SECRET = "a-shopify-test-secret-of-32-bytes!"
SHOP = "uferhaus.myshopify.com"
NOW = int(START.timestamp())
SHOPS = [
    *PLACES, *LETTERS, *CODE, "uferhaus.myshopify.com.", "uferhaus.myshopify.com/", "myshopify.com",
    "uferhaus.myshopify.com%00", "uferhaus..myshopify.com", "u/.myshopify.com", "u@.myshopify.com",
    "evil.example?.myshopify.com", "evil.example#.myshopify.com", "evil.example/.myshopify.com",
    "127.0.0.1", "localhost:8701", "[::1].myshopify.com", "uferhaus.myshopify.com,evil.example",
    "uferhaus.myshopify.com evil.example", "a" * 61 + ".myshopify.com", "uferhaus.myshopify.org",
]  # fmt: skip
GOOD = {SHOP, "A.MYSHOPIFY.COM"}


class NoNetwork(HttpOut):
    """Reaches nobody and keeps what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def _send(self, call: Call, deadline: float, tries: int = 1) -> Reply:
        self.asked.append(call.url)
        raise PlatformError("platform_unreachable")


@pytest.fixture
def db_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "bleib.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def network() -> NoNetwork:
    return NoNetwork()


@pytest.fixture
def app(context: Context, network: NoNetwork) -> Flask:
    platform = ShopifyPlatform("client", (SECRET,), {}, network, clock=context.clock)
    app = create_app(context=replace(context, platforms={"shopify": platform}))
    app.config["TESTING"] = False
    return app


@pytest.fixture
def stored(context: Context) -> Callable[[], dict[str, int]]:
    def count() -> dict[str, int]:
        tables = [sa.select(sa.func.count()).select_from(t) for t in metadata.sorted_tables]
        with context.db.read() as connection:
            return {
                t.name: connection.execute(query).scalar_one()
                for t, query in zip(metadata.sorted_tables, tables, strict=True)
            }

    return count


def quoted(text: str) -> str:
    return quote_from_bytes(text.encode("utf-8", "surrogatepass"), safe="")


def signed(*pairs: tuple[str, str], stamp: int = NOW, secret: str = SECRET) -> str:
    """Return a genuine query, also of what `urllib` would refuse to quote."""
    parts = sorted(f"{quoted(k)}={quoted(v)}" for k, v in [*pairs, ("timestamp", str(stamp))])
    given = hmac.new(secret.encode(), "&".join(parts).encode(), hashlib.sha256).hexdigest()
    return "&".join([*parts, f"hmac={given}"])


def refused(answer: TestResponse) -> bool:
    return 400 <= answer.status_code < 500 and "Set-Cookie" not in answer.headers


def test_no_name_that_only_looks_like_a_shop_gets_anywhere(
    client: FlaskClient, network: NoNetwork, stored: Callable[[], dict[str, int]]
) -> None:
    before = stored()
    names = [name for name in SHOPS if name not in GOOD]
    assert len(names) > 60
    for name in names:
        state = ("state", "s" * 43)
        client.set_cookie("bleib-state", "s" * 43)
        entry = client.get(f"/install/shopify?{signed(('shop', name))}")
        back = client.get(f"/auth/shopify/callback?{signed(('shop', name), ('code', 'c'), state)}")
        proxied = [("shop", name), ("timestamp", str(NOW)), ("d", "x")]
        clean = [(k, v.encode("utf-8", "replace").decode()) for k, v in proxied]
        proxy = client.get(f"/proxy/shopify/status?{signing.proxy_query(SECRET, clean)}")
        for answer in (entry, back, proxy):
            assert refused(answer), (name, answer.status_code)
    assert stored() == before
    assert network.asked == []


def permutations() -> list[tuple[str, str]]:
    """Return (what is wrong, query) for an opening that is otherwise genuine."""
    good = signed(("shop", SHOP), ("host", "x"))
    given = parse_qs(good)["hmac"][0]
    others = [
        ("no hmac", good.partition("&hmac=")[0]),
        ("empty hmac", good.replace(given, "")),
        ("two hmacs", f"{good}&hmac={given}"),
        ("two shops", f"{good}&shop=evil.myshopify.com"),
        ("two times", f"{good}&timestamp={NOW}"),
        ("array names", good.replace("shop=", "shop[]=")),
        ("upper case hmac", good.replace(given, given.upper())),
        ("shortened hmac", good.replace(given, given[:-1])),
        ("first letter of the hmac", good.replace(given, given[:1])),
        ("lengthened hmac", good.replace(given, given + "0")),
        ("hmac of letters outside ASCII", good.replace(given, "%C3%A9" * 32)),
        ("hmac of bytes", good.replace(given, "%FF" * 32)),
        ("hmac as base64", good.replace(given, "YWJj" * 16)),
        ("hmac in another name", good.replace("hmac=", "signature=")),
        ("HMAC", good.replace("hmac=", "HMAC=")),
        ("semicolons", good.replace("&", ";")),
        ("encoded name", good.replace("shop=", "%73hop=")),
        ("another host", good.replace("host=x", "host=y")),
        ("without host", good.replace("host=x&", "")),
        ("more than was signed", f"{good}&code=c"),
        ("nothing", ""),
        ("only ampersands", "&" * 3000),
        ("much", "a=b&" * 5000 + good),
        ("wrong secret", signed(("shop", SHOP), secret="another-secret-of-32-characters!!")),
        ("empty secret", signed(("shop", SHOP), secret="")),
        ("no shop", signed(("host", "x"))),
    ]  # fmt: skip
    stamps = [0, -NOW, NOW - 91, NOW + 91, NOW * 1000, 10**11, 10**18]
    others += [(f"time {stamp}", signed(("shop", SHOP), stamp=stamp)) for stamp in stamps]
    for text in ("", "x", "1e9", " 1", "\u0661", "NaN", "0x10", f"{NOW}.0", f"+{NOW}"):
        raw = signed(("shop", SHOP)).replace(f"timestamp={NOW}", f"timestamp={quoted(text)}")
        others.append((f"time {text!r}", raw))
    flipped = [given[:place] + flip(given[place]) + given[place + 1 :] for place in range(0, 64, 3)]
    return others + [("flipped letter", good.replace(given, wrong)) for wrong in flipped]


def flip(letter: str) -> str:
    return "0" if letter != "0" else "1"


def test_openings_with_anything_wrong_are_refused(
    client: FlaskClient, network: NoNetwork, stored: Callable[[], dict[str, int]]
) -> None:
    before, cases = stored(), permutations()
    assert len(cases) > 60
    client.set_cookie("bleib-state", "s" * 43)
    for wrong, query in cases:
        assert refused(client.get(f"/install/shopify?{query}")), wrong
        back = f"/auth/shopify/callback?{query}&code=c&state={'s' * 43}"
        assert refused(client.get(back)), wrong
    assert stored() == before
    assert network.asked == []


def opened(client: FlaskClient, shop: str = SHOP) -> str:
    """Open the app for a shop and return the state that the platform would send back."""
    answer = client.get(f"/install/shopify?{signed(('shop', shop), ('host', quoted(shop)))}")
    assert answer.status_code == 302, answer.text
    assert answer.location.startswith(f"https://{shop}/admin/oauth/authorize?")
    return parse_qs(urlsplit(answer.location).query)["state"][0]


def come_back(client: FlaskClient, state: str, shop: str = SHOP, code: str = "c") -> TestResponse:
    query = signed(("shop", shop), ("code", code), ("state", state))
    return client.get(f"/auth/shopify/callback?{query}")


def test_states_of_others_lead_nowhere_and_the_code_is_never_shown_to_anybody(
    client: FlaskClient, app: Flask, network: NoNetwork, stored: Callable[[], dict[str, int]]
) -> None:
    mine, thief = opened(client), app.test_client()
    others = opened(thief, "other.myshopify.com")
    before = stored()
    assert refused(come_back(thief, mine))  # the cookie of another browser
    assert refused(come_back(thief, others))  # the state of another shop
    assert refused(come_back(client, mine, "other.myshopify.com"))  # the same, the other way round
    assert refused(come_back(app.test_client(), mine))  # no cookie
    for state in ("", mine[:-1], mine + "a", mine.swapcase(), f" {mine}", "\u00e9" * 43):
        assert refused(come_back(client, state)), state
    for code in ("", "c" * 513):
        assert refused(come_back(client, mine, code=code)), code
    assert stored() == before
    assert network.asked == []


def test_a_return_that_the_platform_does_not_confirm_cannot_be_sent_again(
    client: FlaskClient, network: NoNetwork, context: Context
) -> None:
    state = opened(client)
    assert come_back(client, state).status_code == 502  # the platform is not to be reached
    assert network.asked == [f"https://{SHOP}/admin/oauth/access_token"]
    client.set_cookie("bleib-state", state)
    assert refused(come_back(client, state))
    assert len(network.asked) == 1
