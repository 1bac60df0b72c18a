"""The bytes that a shop's page loads: within the budget, as built, as declared."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import brotli
import pytest

ROOT = Path(__file__).resolve().parents[1]
STATIC = ROOT / "static" / "v1"
REGISTRY: dict[str, Any] = json.loads((ROOT / "manifest.json").read_text(encoding="utf-8"))
BUILT: dict[str, Any] = json.loads((STATIC / "manifest.json").read_text(encoding="utf-8"))
SCRIPTS = sorted(path.name for path in STATIC.glob("*.js"))


def weight(name: str) -> int:
    return len(brotli.compress((STATIC / name).read_bytes(), quality=11))


def scripts(widget: dict[str, Any]) -> set[str]:
    """All that a widget may load: its own files and those of its contents."""
    contents = widget.get("contents", {}).values()
    return {*widget["js"], *(name for names in contents for name in names)}


def test_the_loader_is_within_its_budget() -> None:
    assert weight(BUILT["loader"]) <= REGISTRY["budgets"]["loader_brotli_bytes"]


def chunk(name: str) -> str:
    [file] = [file for file in SCRIPTS if file.startswith(f"{name}.")]
    return file


def test_the_visit_and_the_dialog_with_its_styles_are_within_their_budgets() -> None:
    budgets = REGISTRY["budgets"]
    assert weight(chunk("visit")) <= budgets["visit_brotli_bytes"]
    dialog = weight(chunk("ui")) + weight(chunk("exit_intent"))
    assert dialog <= budgets["exit_intent_brotli_bytes"]


def test_everything_of_all_widgets_is_within_the_budget_in_every_language() -> None:
    widgets = BUILT["widgets"].values()
    runtime = {BUILT["loader"], chunk("visit")}
    variants = {variant for widget in widgets for variant in widget["texts"]}
    assert variants == {"de-du", "de-sie", "en"}
    for variant in variants:
        files = {widget["texts"][variant] for widget in widgets}
        for widget in widgets:
            files |= {*widget["js"], *widget.get("contents", {}).get("sign_up", [])}
        shown = sum(weight(file) for file in files - runtime)
        assert shown <= REGISTRY["budgets"]["all_brotli_bytes"], variant
        page = shown + sum(map(weight, runtime))
        assert page <= REGISTRY["budgets"]["page_brotli_bytes"], variant


def test_every_widget_of_the_registry_is_built_and_no_other() -> None:
    assert sorted(BUILT["widgets"]) == sorted(REGISTRY["widgets"])
    named = {BUILT["loader"], *filter(None, [BUILT.get("why")])}
    for widget in [*BUILT["widgets"].values(), BUILT["preflight"]]:
        named |= {*scripts(widget), *widget["texts"].values()}
    named |= {*BUILT["carts"].values(), *BUILT["elements"].values()}
    assert sorted(named) == SCRIPTS


def test_every_cart_is_within_its_own_budget() -> None:
    for name in BUILT["carts"].values():
        assert weight(name) <= REGISTRY["budgets"]["cart_brotli_bytes"], name


def test_a_tag_of_its_own_and_what_draws_an_order_are_within_their_budgets() -> None:
    budgets = REGISTRY["budgets"]
    assert weight("shipment.js") <= budgets["element_brotli_bytes"]
    assert weight(chunk("order")) <= budgets["order_brotli_bytes"]


@pytest.mark.parametrize("name", SCRIPTS)
def test_names_hashes_and_sizes_are_those_of_the_files(name: str) -> None:
    data = (STATIC / name).read_bytes()
    digest = base64.b64encode(hashlib.sha384(data).digest()).decode()
    assert BUILT["integrity"][name] == f"sha384-{digest}"
    pinned = json.loads((STATIC / "integrity.json").read_text(encoding="utf-8"))
    known = [
        pinned["loader"],
        pinned.get("why", {}),
        pinned["preflight"],
        *pinned["widgets"].values(),
        *pinned["carts"].values(),
        pinned["elements"],
    ]
    assert {files[name] for files in known if name in files} == {BUILT["integrity"][name]}
    assert BUILT["bytes"][name]["raw"] == len(data)
    # Two builds of brotli may differ by a few bytes.
    assert abs(BUILT["bytes"][name]["brotli"] - weight(name)) <= 16
    if name not in {BUILT["loader"], *BUILT["elements"].values()}:
        assert name.split(".")[-2] == hashlib.sha256(data).hexdigest()[:8]


def test_the_scripts_name_no_foreign_host() -> None:
    for name in SCRIPTS:
        text = (STATIC / name).read_text(encoding="utf-8")
        assert "https://" not in text
        assert text.replace("http://www.w3.org/2000/svg", "").count("http://") == 0
