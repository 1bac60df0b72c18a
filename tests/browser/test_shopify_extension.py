"""The theme app extension in a browser: drawn by a Liquid engine, served as by a CDN."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from plugin.packages.shopify import render
from tests.browser.conftest import Visitor
from tests.browser.shopfront import SETTINGS, Shopfront
from tests.oracles.node import NodeOracle
from tests.packages.rendered import FACTS, extension_of, job, written

INLINE = [name for name in SETTINGS if name != "exit_intent"]
DESIGN = "<script>window.Shopify = { designMode: true };</script>"


def shown(storefront: Shopfront, folder: Path, *, design: bool = False) -> str:
    """Return a page of a shop whose theme has the switch on and every block placed."""
    facts = replace(FACTS, public_url=storefront.app)
    extension = written(extension_of(render(facts)), folder)
    metafields: dict[str, Any] = {
        "shop_key": {"value": storefront.config["shop"]},
        "config": {"value": storefront.config},
    }
    objects = {
        "app": {"metafields": {"bleib": metafields}},
        "request": {"page_type": "cart", "design_mode": design, "locale": {"iso_code": "de"}},
    }
    with NodeOracle("liquid.mjs", str(extension)) as liquid:
        blocks = [
            liquid.ask({**job(name, **objects), "cdn": f"{storefront.shop}/static/v1"})
            for name in [*INLINE, "bleib"]
        ]
    address = storefront.page(body="".join(blocks), head=DESIGN if design else "")
    # The page of the test carries a tag of its own; this one has none but the extension's.
    before, _, after = storefront.html.rpartition("<script async ")
    storefront.html = before + after.partition("</script>")[2]
    return address


def test_widgets_stand_on_the_page_and_nobody_is_asked_for_the_config(
    storefront: Shopfront, visitor: Visitor, tmp_path: Path
) -> None:
    scripts: list[str] = []
    shopper = visitor("about:blank")
    shopper.page.on(
        "request", lambda asked: asked.resource_type == "script" and scripts.append(asked.url)
    )
    shopper.page.goto(shown(storefront, tmp_path))
    for name in INLINE:
        shopper.page.locator(f"[data-bleib={name}]").scroll_into_view_if_needed()
        shopper.state(name, "shown")
    shopper.open_exit()
    assert [path for _, path, _ in storefront.asked if "/v1/config/" in path] == []
    # The shop's own CDN has every script: none comes from the app, which answers and counts.
    assert len(scripts) >= 8
    assert {url for url in scripts if not url.startswith(f"{storefront.shop}/static/v1/")} == set()
    assert {
        path.rsplit("/", 1)[1] for _, path, _ in storefront.asked if path.startswith("/v1/")
    } >= {"tickets"}
    assert shopper.axe() == []


def test_theme_editor_shows_each_place_and_never_opens_anything(
    storefront: Shopfront, visitor: Visitor, tmp_path: Path
) -> None:
    storefront.campaigns("newsletter", "exit_intent")
    shopper = visitor(shown(storefront, tmp_path, design=True))
    shopper.state("newsletter", "shown")
    shopper.state("exit_intent", "stopped")
    places = shopper.page.locator(".bleib-placeholder")
    # What is drawn needs no placeholder; what is not running says so.
    expect(places.filter(has_text="Newsletter:")).to_be_hidden()
    expect(places.filter(has_text="Sendungsstatus:")).to_be_visible()
    expect(places.filter(has_text="Passt dazu:")).to_be_visible()
    assert shopper.axe() == []
