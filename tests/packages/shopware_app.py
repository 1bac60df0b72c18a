"""The Shopware app as a test needs it: its files, on disk, and its pages drawn by the real Twig."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import urllib.request
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from plugin.app import package_facts
from plugin.packages import AppFacts
from plugin.packages.shopware import render
from tests.conftest import make_config

HERE = Path(__file__).resolve().parent
SECRET = "an-app-secret-with-<&>-of-32-bytes"
FACTS = replace(
    package_facts(make_config()), public_url="https://app.example", secrets={"shopware": SECRET}
)
FILES = render(FACTS)
CONFIG = {"Bleib.config.shopKey": "k3y0123456789abc", "Bleib.config.config": '{"v": 1}'}

_TWIG = Path("/usr/share/php/Twig/autoload.php")
_CACHE = HERE.parents[1] / ".cache" / "shopware-xsd"
_SOURCE = "https://raw.githubusercontent.com/shopware/shopware/{tag}/src/Core/Framework/App/{path}"
#: The schemas of both versions that the app is made for, where Shopware itself publishes them.
SCHEMAS = {
    "manifest-2.0.xsd": ("v6.6.7.1", "Manifest/Schema/manifest-2.0.xsd"),
    "manifest-3.0.xsd": ("v6.7.4.0", "Manifest/Schema/manifest-3.0.xsd"),
    "cms-1.0.xsd": ("v6.6.7.1", "Cms/Schema/cms-1.0.xsd"),
}


def written(files: Mapping[str, bytes], parent: Path) -> Path:
    """Write the app below a folder and return where its templates begin."""
    for path, body in files.items():
        (parent / path).parent.mkdir(parents=True, exist_ok=True)
        (parent / path).write_bytes(body)
    return parent / "Bleib" / "Resources" / "views"


class Twig:
    """The real Twig over the app's templates, with a theme of a few lines beneath them."""

    def __init__(self, views: Path) -> None:
        if not shutil.which("php") or not _TWIG.exists():
            pytest.skip("Twig is missing: install the package php-twig")
        self.views = views

    def compiled(self) -> list[str]:
        """Compile every template; raises CalledProcessError with what Twig says."""
        return self._run({}).splitlines()

    def page(self, template: str = "base", **values: Any) -> str:
        """Draw a template for a route, a language and what the system config holds."""
        path = f"storefront/{template}.html.twig"
        return self._run({"template": path, "values": {"config": CONFIG, **values}})

    def _run(self, asked: Mapping[str, Any]) -> str:
        # A fatal error and a warning alike belong into the answer of the test.
        command = ["php", "-d", "display_errors=stderr", str(HERE / "twig" / "render.php")]
        done = subprocess.run(
            command, input=json.dumps({"views": str(self.views), **asked}), text=True,
            capture_output=True, timeout=30, check=False,
        )  # fmt: skip
        if done.returncode or done.stderr:
            raise AssertionError(done.stderr or done.stdout)
        return done.stdout


def twig(parent: Path, facts: AppFacts = FACTS) -> Twig:
    """Return Twig over an app that is written below a folder."""
    return Twig(written(render(facts), parent))


def schema(name: str) -> Path | None:
    """Return one of Shopware's own schemas: given, fetched before, or fetched now.

    BLEIB_SHOPWARE_XSD names the file, or a folder with files of those names. None where neither
    that nor the public repository can be had.
    """
    given = os.environ.get("BLEIB_SHOPWARE_XSD")
    if given:
        path = Path(given)
        path = path / name if path.is_dir() else path
        return path if path.name == name and path.is_file() else None
    cached = _CACHE / name
    if not cached.is_file():
        tag, path_there = SCHEMAS[name]
        try:
            with urllib.request.urlopen(_SOURCE.format(tag=tag, path=path_there), timeout=5) as got:
                body = got.read()
        except OSError:
            return None
        _CACHE.mkdir(parents=True, exist_ok=True)
        part = cached.with_suffix(".part")
        part.write_bytes(body)
        part.replace(cached)
    return cached
