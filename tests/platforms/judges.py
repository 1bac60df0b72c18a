"""Shopify's three libraries as judges of the same thing, and we beside them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import shopify
from shopify.session_token import SessionTokenError, decode_from_header
from shopify.utils.shop_url import sanitize_shop_domain
from shopify_app import ShopifyApp

from plugin.contracts.platform import Inbound
from plugin.errors import BleibError
from plugin.http_out import HttpOut
from plugin.platforms.shopify import ShopifyPlatform
from tests.oracles.node import NodeOracle
from tests.platforms.admin import CLIENT_ID, SECRET

#: How each judge is called in tests and documents.
OURS, JS, PYTHON, APP = "Bleib", "@shopify/shopify-api", "ShopifyAPI", "shopifyapp"
_PLATFORM = ShopifyPlatform(CLIENT_ID, (SECRET,), {}, HttpOut())
_APP = ShopifyApp(client_id=CLIENT_ID, client_secret=SECRET)

#: What each judge says: yes or no, or for a shop's name what it makes of it.
Verdicts = dict[str, Any]


class Judges:
    """Asks everyone."""

    def __init__(self, node: NodeOracle) -> None:
        self._node = node
        shopify.Session.setup(api_key=CLIENT_ID, secret=SECRET)

    def link(self, query: str) -> Verdicts:
        """Tell who takes an install link for genuine."""
        return {
            OURS: _accepts(lambda: _PLATFORM.verify_entry(query.encode(), _now())),
            JS: self._says(op="oauth", query=query),
            PYTHON: _python_link(query),
        }

    def proxy(self, query: str) -> Verdicts:
        """Tell who takes a request through the app proxy for genuine."""
        url = f"https://app.example/proxy?{query}"
        request = {"method": "GET", "url": url, "headers": {}, "body": ""}
        return {
            OURS: _accepts(lambda: _PLATFORM.verify_proxy(query, _now())),
            JS: self._says(op="proxy", query=query),
            APP: _app_says(lambda: _APP.verify_app_proxy_req(request).ok),
        }

    def webhook(self, headers: dict[str, str], body: bytes) -> Verdicts:
        """Tell who takes a webhook for genuine."""
        text = body.decode()
        inbound = Inbound({name.lower(): value for name, value in headers.items()}, body)
        request = {"method": "POST", "url": "", "headers": headers, "body": text}
        return {
            OURS: _accepts(lambda: (_PLATFORM.claim(inbound), _webhook(inbound))),
            JS: self._says(op="webhook", headers=headers, body=text),
            APP: _app_says(lambda: _APP.verify_webhook_req(request).ok),
        }

    def token(self, token: str) -> Verdicts:
        """Tell who takes a session token for genuine."""
        headers = {"Authorization": f"Bearer {token}"}
        request = {"method": "GET", "url": "https://app.example/", "headers": headers, "body": ""}
        return {
            OURS: _accepts(lambda: _PLATFORM.verify_session_token(token, _now())),
            JS: self._says(op="token", token=token),
            PYTHON: _python_token(token),
            APP: _app_says(
                lambda: _APP.verify_app_home_req(request, app_home_patch_id_token_path="/p").ok
            ),
        }

    def shop(self, name: str) -> Verdicts:
        """Return what each makes of a shop's name, None where it is refused."""
        try:
            ours: str | None = _PLATFORM.clean_domain(name)
        except BleibError:
            ours = None
        js = self._node.ask({"op": "shop", "shop": name})["says"]
        return {OURS: ours, JS: js or None, PYTHON: _python_shop(name)}

    def _says(self, **job: Any) -> bool:
        return self._node.ask(job)["says"] is True


@contextmanager
def judging() -> Iterator[Judges]:
    """Run the judge that needs a process of its own."""
    with NodeOracle("shopify_api.mjs", CLIENT_ID, SECRET) as node:
        yield Judges(node)


def _now() -> datetime:
    return datetime.now(UTC)


def _webhook(inbound: Inbound) -> Any:
    return _PLATFORM.verify_webhook(inbound, ())


def _accepts(act: Any) -> bool:
    try:
        act()
    except BleibError:
        return False
    return True


def _app_says(act: Any) -> bool:
    try:
        return bool(act())
    except (AttributeError, TypeError, ValueError):  # it breaks on what is of another type
        return False


def _python_link(query: str) -> bool:
    params: dict[str, Any] = {}
    for key, value in parse_qsl(query, keep_blank_values=True):
        if key.endswith("[]"):
            params.setdefault(key, []).append(value)
        else:
            params[key] = value
    try:
        return bool(shopify.Session.validate_params(params))
    except (TypeError, ValueError):  # a timestamp or an hmac that is none
        return False


def _python_shop(name: str) -> str | None:
    try:
        return sanitize_shop_domain(name) or None
    except ValueError:  # it breaks on brackets
        return None


def _python_token(token: str) -> bool:
    try:
        decode_from_header(f"Bearer {token}", CLIENT_ID, SECRET)
    except (SessionTokenError, AttributeError, TypeError, ValueError):  # see above
        return False
    return True
