"""Writes shopify.app.toml: who the app is, what it may do, and where Shopify reaches it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from plugin.packages import AppFacts

_NAME = "Bleib"


def app_config(app: AppFacts) -> str:
    """Return the configuration of the app in the form of the Shopify CLI.

    All addresses are whole ones: the CLI would put a relative one behind `application_url`.
    """
    entry = app.manifest.platforms["shopify"]
    url = app.public_url
    hooks = f"{url}/webhooks/shopify"
    lines = [
        f"client_id = {_text(app.client_id)}",
        f"name = {_text(_NAME)}",
        f"application_url = {_text(f'{url}/install/shopify')}",
        "embedded = true",
        "",
        "[access_scopes]",
        f"scopes = {_text(','.join(entry.scopes))}",
        "",
        "[auth]",
        f"redirect_urls = {_list([f'{url}/auth/shopify/callback'])}",
        "",
        "[webhooks]",
        f"api_version = {_text(entry.api_version)}",
        "",
        "  [[webhooks.subscriptions]]",
        f"  topics = {_list(entry.webhooks)}",
        f"  uri = {_text(hooks)}",
        "",
        "  [[webhooks.subscriptions]]",
        f"  compliance_topics = {_list(entry.compliance_webhooks)}",
        f"  uri = {_text(hooks)}",
        "",
        "[app_proxy]",
        f"url = {_text(f'{url}/proxy/shopify')}",
        f"prefix = {_text(entry.proxy_prefix)}",
        f"subpath = {_text(entry.proxy_subpath)}",
    ]
    return "\n".join(lines) + "\n"


def _text(value: str) -> str:
    # What JSON writes for a text is a TOML basic string as well.
    return json.dumps(value, ensure_ascii=False)


def _list(values: Sequence[str]) -> str:
    return f"[ {', '.join(_text(value) for value in values)} ]"
