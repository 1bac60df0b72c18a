"""The Shopify package as a test needs it: its files, on disk, and the pages it is drawn for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from plugin.app import package_facts
from plugin.packages.shopify import render
from plugin.platforms.shopify.addresses import EMBED_BLOCK
from tests.conftest import make_config

FACTS = replace(
    package_facts(make_config()),
    public_url="https://app.example",
    client_id="0123456789abcdef" * 2,
)
FILES = render(FACTS)


def extension_of(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files of the extension by their path within it."""
    root = "extensions/bleib/"
    return {path[len(root) :]: body for path, body in files.items() if path.startswith(root)}


EXTENSION = extension_of(FILES)


def written(extension: Mapping[str, bytes], parent: Path) -> Path:
    """Write an extension into a folder of its own and return it."""
    folder = parent / "bleib"
    for path, body in extension.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(body)
    return folder


def job(block: str = EMBED_BLOCK, **changes: Any) -> dict[str, Any]:
    """Return what Shopify's Liquid would know on a product page, with some objects changed."""
    metafields = {"shop_key": {"value": "k3y0123456789abc"}, "config": {"value": {"v": 1}}}
    objects = {
        "app": {"metafields": {"bleib": metafields}},
        "request": {"page_type": "product", "design_mode": False, "locale": {"iso_code": "de"}},
        "product": {"id": 7},
    }
    options = {"cdn": "https://cdn.example/assets", "language": "de", "escaping": True}
    return {"block": block, **options, "objects": {**objects, **changes}}
