"""What docs/platforms/script-tag-developers.md shows is run as it stands, against the real app."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from plugin.clock import utc_now
from plugin.services.context import Context
from plugin.services.parcels.shop_links import proof_of
from tests.contract.platform_side import Loopback
from tests.own_shop import OwnShop, signature, with_script_tag

TEXT = (Path(__file__).resolve().parents[2] / "docs/platforms/script-tag-developers.md").read_text(
    "utf-8"
)
BLOCKS = {
    name: code for _, name, code in re.findall(r"^```(\w+) (\w+)\n(.*?)^```$", TEXT, re.S | re.M)
}


@pytest.fixture
def own(context: Context) -> OwnShop:
    from dataclasses import replace

    # curl and openssl know the real time only.
    return OwnShop(replace(with_script_tag(context), clock=utc_now))


def run(own: OwnShop, script: str) -> subprocess.CompletedProcess[str]:
    server = Loopback(own.client.application, host="127.0.0.1")
    try:
        return subprocess.run(
            ["sh", "-e", "-c", BLOCKS["call"] + script],
            env={
                "PATH": os.environ["PATH"],
                "LC_ALL": "C.UTF-8",
                "BLEIB_URL": server.url,
                "BLEIB_SHOP": own.shop.key,
                "BLEIB_SECRET": own.secret,
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        server.stop()


def test_the_examples_for_the_shell_work(own: OwnShop) -> None:
    done = run(own, BLOCKS["examples"])
    assert done.returncode == 0, (done.stdout, done.stderr)
    assert done.stdout.count('"taken":1,"unchanged":0') == 3
    assert '"number":"1007"' in done.stdout
    assert '"added":1' in done.stdout
    assert '"erased":{"customer_orders":1,"orders":1}' in done.stdout


def test_the_examples_show_almost_every_operation() -> None:
    from plugin.api.any_shop import OPERATIONS

    elsewhere = {"goodbye", "delete_order", "shipments", "product", "import_file", "import_state"}
    shown = BLOCKS["examples"].count("call ")
    assert shown == len(OPERATIONS) - len(elsewhere)


def test_a_wrong_secret_is_said(own: OwnShop) -> None:
    own.secret = "bleib_wrong"
    done = run(own, 'call GET ""')
    assert done.returncode != 0
    assert "signature_invalid" in done.stdout


def test_the_python_lines_make_the_same_signature(monkeypatch: pytest.MonkeyPatch) -> None:
    space: dict[str, Any] = {}
    exec(BLOCKS["client"], space)  # noqa: S102 - our own documentation
    monkeypatch.setattr("time.time", lambda: 1795252000.9)
    target = "/api/v1/k3y0fy0ursh0p000/orders?a=1"
    made = space["signature"]("bleib_s", "PUT", target, b"{}")
    assert made == signature("bleib_s", 1795252000, "PUT", target, b"{}")


def test_the_example_of_an_orders_link_is_the_one_we_open() -> None:
    made: dict[str, Any] = {}
    exec(BLOCKS["link"], made)  # noqa: S102 - what the page shows
    link = made["order_page"]("https://app", "key", "1007", "secret")
    assert link == f"https://app/o/key/1007/{proof_of('secret', 'key', '1007')}"
