"""What happens when the plugin is deleted."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest

from tests.packages.woocommerce.plugin_page import APP, KEY, SECRET, needs_php


@needs_php
def test_the_goodbye_is_signed_like_a_webhook(shop: Any) -> None:
    (sent,) = shop("Bleib\\Goodbye\\on_deactivation(false); return wp()->sent;")
    assert sent["url"] == f"{APP}/webhooks/woocommerce/{KEY}"
    assert sent["redirection"] == 0
    assert sent["headers"]["X-WC-Webhook-Topic"] == "app.uninstalled"
    assert sent["headers"]["X-WC-Webhook-Source"] == "https://shop.example/"
    wanted = hmac.new(SECRET.encode(), sent["body"].encode(), hashlib.sha256).digest()
    assert sent["headers"]["X-WC-Webhook-Signature"] == base64.b64encode(wanted).decode()
    assert json.loads(sent["body"])["shop"] == KEY


@needs_php
@pytest.mark.parametrize(("answer", "left"), [(200, False), (204, False), (500, True), (0, True)])
def test_what_was_stored_goes_once_the_app_knows(shop: Any, answer: int, left: bool) -> None:
    code = f"wp()->answers = {answer}; Bleib\\Goodbye\\on_deactivation();"
    stored = shop(code + "return [get_option('bleib_embed'), get_option('bleib_secret')];")
    assert [bool(value) for value in stored] == [left, left]


@needs_php
def test_deleting_the_plugin_says_goodbye_and_leaves_nothing(shop: Any, folder: Path) -> None:
    sent, left = shop(
        "wp()->answers = 0; update_option('bleib_settings', []); define('WP_UNINSTALL_PLUGIN', 1);"
        "require $given['file'];"
        "return [wp()->sent, preg_grep('/bleib/', array_keys(wp()->options))];",
        file=str(folder / "uninstall.php"),
    )
    assert len(sent) == 1
    assert left == []


@needs_php
def test_deleting_it_from_a_network_cleans_every_site(shop: Any, folder: Path) -> None:
    sent, sites = shop(
        """
        wp()->sites = [1 => wp()->options, 2 => wp()->options, 3 => []];
        define('WP_UNINSTALL_PLUGIN', 1);
        require $given['file'];
        return [count(wp()->sent), array_map(static function ($options) {
            return count(preg_grep('/bleib/', array_keys($options)));
        }, array_values(wp()->sites))];
        """,
        file=str(folder / "uninstall.php"),
    )
    assert sent == 2
    assert sites == [0, 0, 0]
