"""What we send for tokens, beside what Shopify's own library sends for the same thing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
from shopify_app import ShopifyApp

from plugin.platforms.shopify import ShopifyPlatform
from tests.platforms.admin import CLIENT_ID, DOMAIN, SECRET, FakeAdmin, json_answer
from tests.platforms.signed import claims, token

PATH = "/admin/oauth/access_token"
GRANT = {
    "access_token": "shpat_new",
    "scope": "read_orders",
    "expires_in": 3600,
    "refresh_token": "shprt_new",
    "refresh_token_expires_in": 7_776_000,
}
LIBRARY = ShopifyApp(client_id=CLIENT_ID, client_secret=SECRET)


def library_sends(act: Callable[[httpx.Client], Any]) -> tuple[str, dict[str, Any]]:
    """Return path and content of the request that the library makes."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=GRANT)

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        assert act(client).ok
    (request,) = seen
    assert request.url.host == DOMAIN
    return request.url.path, json.loads(request.content)


def we_send(admin: FakeAdmin, act: Callable[[], Any]) -> tuple[str, dict[str, Any]]:
    """Return path and content of the request that we make."""
    admin.will_raw(PATH, json_answer(GRANT))
    act()
    return PATH, json.loads(admin.server.bodies[-1])


def as_words(sent: tuple[str, dict[str, Any]]) -> tuple[str, dict[str, str]]:
    # A number here, a text there: the platform takes both.
    path, content = sent
    return path, {name: str(value) for name, value in content.items()}


def test_session_token_is_traded_as_the_library_does(
    admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    text = token()
    known = {"exchangeable": True, "token": text, "claims": claims(dest=DOMAIN)}
    theirs = library_sends(
        lambda client: LIBRARY.exchange_using_token_exchange(
            "offline", id_token=known, http_client=client
        )
    )
    ours = we_send(admin, lambda: shopify.exchange_session_token(DOMAIN, text))
    assert as_words(ours) == as_words(theirs)


def test_refresh_token_is_traded_as_the_library_does(
    admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    held = {
        "shop": DOMAIN.removesuffix(".myshopify.com"),
        "refresh_token": "shprt_old",
        "expires": datetime(2026, 1, 1, tzinfo=UTC).isoformat(),
        "refresh_token_expires": datetime(2999, 1, 1, tzinfo=UTC).isoformat(),
        "access_mode": "offline",
    }
    theirs = library_sends(
        lambda client: LIBRARY.refresh_token_exchanged_access_token(held, http_client=client)
    )
    ours = we_send(admin, lambda: shopify.refresh(DOMAIN, "shprt_old"))
    assert as_words(ours) == as_words(theirs)
