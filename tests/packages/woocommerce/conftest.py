"""The WordPress plugin, unpacked and run by PHP on stand-ins of WordPress and WooCommerce."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from plugin.app import package_facts
from plugin.packages import AppFacts
from plugin.packages.woocommerce import render
from tests.conftest import make_config
from tests.packages.woocommerce.plugin_page import APP, EMBED, STANDINS, php_text


@pytest.fixture(scope="module")
def app() -> AppFacts:
    return replace(package_facts(make_config()), public_url=APP)


@pytest.fixture(scope="module")
def files(app: AppFacts) -> dict[str, bytes]:
    return render(app)


@pytest.fixture(scope="module")
def folder(files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("plugins")
    for name, content in files.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return out / "bleib"


@pytest.fixture
def php(folder: Path) -> Callable[..., Any]:
    """Run PHP code after WordPress has started, with `$given` in hand, and return its value."""

    def run(code: str, given: object = None, /) -> Any:
        start = f"$given = json_decode({php_text(json.dumps(given))}, true);\n"
        command = ["php", str(STANDINS / "wordpress_standins.php"), str(folder)]
        done = subprocess.run(
            command, input=start + code, capture_output=True, text=True, check=False, timeout=30
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    return run


@pytest.fixture
def shop(php: Callable[..., Any]) -> Callable[..., Any]:
    """Run PHP code in a shop that is connected with the app."""
    store = "standin_start(); standin_rest('PUT', '/wc-bleib/v1/embed', $given['embed']);\n"

    def run(code: str, /, **given: object) -> Any:
        return php(store + code, {"embed": EMBED, **given})

    return run
