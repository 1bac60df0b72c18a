"""The demo shop as a process of its own, and its pages in a real browser."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.demo.conftest import SECRET

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "widgets" / "node_modules" / "axe-core" / "axe.min.js"
FINDINGS = """async () => (await axe.run()).violations.map(
  found => [found.id, found.nodes.map(node => node.target)])"""
PATHS = [
    "/", "/collections/keramik", "/search?q=becher", "/products/teekanne-seeufer", "/cart",
    "/checkout", "/pages/sendung", "/pages/datenschutz", "/hinterzimmer", "/hinterzimmer/apps",
    "/admin/themes/current/editor", "/postfach", "/nix",
]  # fmt: skip


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process:
    """A running demo shop."""

    def __init__(self, data: Path, *more: str, **environment: str) -> None:
        self.port = _free_port()
        self.url = f"http://localhost:{self.port}"
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "plugin.demo.server", "--port", str(self.port),
                "--smtp-port", str(_free_port()), "--data", str(data),
                "--app-url", "http://127.0.0.1:9", *more,
            ],
            cwd=ROOT,
            env={**os.environ, "BLEIB_SHOPIFY_SECRET": SECRET, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )  # fmt: skip

    def ready(self) -> None:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line == "ready\n", self.process.communicate()[1]

    def state(self) -> Any:
        with urllib.request.urlopen(f"{self.url}/__demo/state", timeout=10) as answer:
            return json.load(answer)

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=20)
        return self.process.returncode, said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_process_says_ready_and_stops_cleanly(tmp_path: Path, number: int) -> None:
    process = Process(tmp_path)
    process.ready()
    assert process.state()["counts"]["products"] == 68
    assert process.end(number) == (0, "")


def test_process_goes_on_where_it_stopped(tmp_path: Path) -> None:
    first = Process(tmp_path)
    first.ready()
    request = urllib.request.Request(f"{first.url}/__demo/orders", data=b"{}", method="POST")
    urllib.request.urlopen(request, timeout=10).close()
    first.end()
    second = Process(tmp_path)
    second.ready()
    assert second.state()["counts"]["orders"] == 2001
    second.end()


def test_short_secret_stops_the_start_and_names_itself(tmp_path: Path) -> None:
    process = Process(tmp_path, BLEIB_SHOPIFY_SECRET="short")
    _, said = process.process.communicate(timeout=20)
    assert process.process.returncode == 2
    assert "BLEIB_SHOPIFY_SECRET" in said


def test_wrong_file_of_orders_stops_the_start_and_says_why(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("basket_id\n1\n")
    process = Process(tmp_path / "data", "--orders", str(path))
    _, said = process.process.communicate(timeout=20)
    assert process.process.returncode == 2
    assert "orders.csv lacks the column(s) timestamp, item_id" in said


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    process = Process(tmp_path_factory.mktemp("shop"))
    process.ready()
    yield process
    process.end()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    assert problems == []
    context.close()


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("language", ["de", "en"])
def test_every_page_is_accessible_and_fits(
    page: Page, running: Process, width: int, language: str
) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed (npm ci in widgets)")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{running.url}/?lang={language}")
    page.request.post(f"{running.url}/cart/add.js", data={"id": 45210001})
    page.request.post(f"{running.url}/cart/update.js", data={"discount": "NIX"})
    for path in PATHS:
        page.goto(running.url + path)
        page.evaluate(AXE.read_text("utf-8"))
        found: list[Any] = page.evaluate(FINDINGS)
        assert found == [], f"{path}: {found}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_cart_changes_without_leaving_the_page(page: Page, running: Process) -> None:
    page.goto(f"{running.url}/products/becher-nebel")
    page.get_by_role("button", name="Eins mehr").click()
    page.get_by_role("button", name="In den Warenkorb").click()
    expect(page.locator("[data-added]")).to_contain_text("Liegt im Warenkorb. Warenkorb (2)")
    page.goto(f"{running.url}/cart")
    more = page.get_by_role("button", name="Eins mehr")
    more.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".summary .total dd")).to_contain_text("61,90")
    expect(more).to_be_focused()
    page.get_by_role("button", name="Entfernen").click()
    expect(page.get_by_text("Hier liegt noch nichts.")).to_be_visible()


def test_theme_listens_to_a_changed_cart(page: Page, running: Process) -> None:
    page.goto(f"{running.url}/cart")
    page.evaluate(
        """async () => {
          const headers = {'Content-Type': 'application/json'};
          const body = JSON.stringify({id: 45210001, quantity: 1});
          await fetch('/cart/add.js', {method: 'POST', headers, body});
          document.dispatchEvent(new CustomEvent('bleib:cart', {detail: {}}));
        }"""
    )
    expect(page.locator(".lines li")).to_have_count(1)
    expect(page.locator("[data-part=count]")).to_have_text("1")


def test_shopper_buys_with_the_keyboard_alone(page: Page, running: Process) -> None:
    page.goto(f"{running.url}/products/teekanne-seeufer")
    page.get_by_role("button", name="In den Warenkorb").press("Enter")
    expect(page.locator("[data-added]")).not_to_be_empty()
    page.goto(f"{running.url}/checkout")
    page.locator("#email").focus()
    for text in ("lena@example.com", "Lena", "Brandt", "Seestraße 1", "78462", "Konstanz"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.get_by_role("button", name="Zahlungspflichtig bestellen").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Danke, Lena.")


def test_back_room_log_keeps_itself_fresh(page: Page, running: Process) -> None:
    page.goto(f"{running.url}/hinterzimmer")
    page.request.get(f"{running.url}/apps/bleib/status")
    expect(page.locator("[data-log]")).to_contain_text("/apps/bleib/status → Bleib", timeout=10_000)
