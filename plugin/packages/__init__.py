"""Packages that a merchant or operator installs into a platform, rendered from the manifest."""

from __future__ import annotations

import importlib
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from plugin.contracts.widget import Widget
from plugin.manifest import Manifest

#: Platforms with a package of their own; every other shop takes the script tag.
PACKAGED = ("shopify", "woocommerce", "shopware")
#: The script of the tag; it finds the others beside it.
LOADER = "bleib.js"
#: The oldest time a zip can hold: the same content is the same archive, whenever it is made.
_TIME = (1980, 1, 1, 0, 0, 0)
_MODE = 0o644 << 16


@dataclass(frozen=True)
class AppFacts:
    """What packages are rendered from.

    `static` holds the built files of the storefront by name (`bleib.js` among them), `bundles`
    which of them each widget needs ("why": those of merchants, "preflight": those of whoever came
    with a voucher), `carts` the name of each platform's cart bundle, `secrets` what a platform
    needs of this installation by platform ("shopware": the app secret); `client_id` is Shopify's.
    """

    public_url: str
    version: str
    manifest: Manifest
    widgets: Mapping[str, Widget]
    static: Mapping[str, bytes] = field(repr=False)
    bundles: Mapping[str, Any]
    carts: Mapping[str, str]
    client_id: str
    secrets: Mapping[str, str] = field(repr=False)


def storefront_files(app: AppFacts) -> dict[str, bytes]:
    """Return the loader and everything that it may bring in, by name.

    A package carries all of it, so that a page of the shop loads nothing from anywhere else.
    """
    return {name: app.static[name] for name in sorted({LOADER, *_named(app.bundles)})}


def data_files(app: AppFacts) -> str:
    """Return what the loader's tag says in `data-files`: which file beside it is for what.

    JSON without a sign that could end an attribute in single quotes.
    """
    text = json.dumps(app.bundles, separators=(",", ":"))
    if set(text) & set("'<>&\\"):
        raise ValueError("the name of a built file is not for an attribute")
    return text


def _named(tree: object) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, Mapping):
        for part in tree.values():
            yield from _named(part)
    elif isinstance(tree, list):
        for part in tree:
            yield from _named(part)


def build(platform: str, app: AppFacts, out: Path) -> Path:
    """Write the package of a platform as a zip into `out` and return its path.

    The same installation and version make the same bytes. ValueError names what is missing.
    """
    files: Mapping[str, bytes] = importlib.import_module(f"plugin.packages.{platform}").render(app)
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"bleib-{platform}-{app.version}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _TIME)
            entry.external_attr = _MODE
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name], compresslevel=9)
    return path
