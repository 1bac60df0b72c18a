"""A page view in the demo shop asks nobody for the config, and follows what is published."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from plugin.demo.backoffice import set_embed
from plugin.model import Shop
from plugin.services import campaigns
from tests.browser.conftest import Visitor
from tests.contract.app_side import PUBLIC_URL
from tests.contract.stages.demo_shop import DemoStage, open_stage

#: What a browser decides by, of the headers that the app answers with.
PASSED = {"Content-Type", "Access-Control-Allow-Origin", "Cross-Origin-Resource-Policy"}


@pytest.fixture
def stage(tmp_path: Path, sqlite_template: Path) -> Iterator[DemoStage]:
    database = tmp_path / "app.sqlite3"
    database.write_bytes(sqlite_template.read_bytes())
    (tmp_path / "shop").mkdir()
    opened = open_stage(tmp_path / "shop", f"sqlite:///{database}")
    yield opened
    opened.close()


def titled(stage: DemoStage, shop: Shop, title: str) -> None:
    """Publish the parcel widget with a heading, and let the app do its work."""
    found = campaigns.all_of(stage.context, shop)
    campaign = next(item for item in found if item.widget == "shipment_status")
    draft = {**campaign.draft, "title": {"de": title, "en": title}}
    saved = campaigns.save_draft(
        stage.context, shop, campaign.id, draft, revision=campaign.revision
    )
    campaigns.publish(stage.context, shop, campaign.id, revision=saved.revision)
    stage.run_steps()


def answered_by(stage: DemoStage, page: Page, asked: list[str]) -> None:
    """Let the app answer the page, and note what it was asked."""

    def answer(route: Route) -> None:
        request = route.request
        parts = urlsplit(request.url)
        asked.append(parts.path)
        with stage.client.open(
            f"{parts.path}?{parts.query}",
            method=request.method,
            data=request.post_data_buffer or b"",
            headers=dict(request.headers),
            base_url=PUBLIC_URL,
        ) as reply:
            route.fulfill(
                status=reply.status_code,
                headers={name: value for name, value in reply.headers.items() if name in PASSED},
                body=reply.data,
            )

    page.route(f"{PUBLIC_URL}/**", answer)


@pytest.mark.parametrize("title", ["Wo bleibt mein Paket?", "</script><b>5 < 6</b> & „mehr“"])
def test_page_view_needs_no_config_request_and_follows_what_is_published(
    stage: DemoStage, visitor: Visitor, title: str
) -> None:
    shop = stage.install()
    titled(stage, shop, "Vorher")
    set_embed(stage.demo, True)
    asked: list[str] = []
    shopper: Any = visitor("about:blank")
    answered_by(stage, shopper.page, asked)
    shopper.page.goto(f"{stage.url}/pages/sendung")
    expect(shopper.page.get_by_role("heading", name="Vorher")).to_be_visible()

    titled(stage, shop, title)
    shopper.page.reload()
    expect(shopper.page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    assert "/static/v1/bleib.js" in asked
    assert [path for path in asked if path.startswith("/v1/config")] == []


def test_page_asks_the_app_as_long_as_no_config_has_come(
    stage: DemoStage, visitor: Visitor
) -> None:
    shop = stage.install()
    titled(stage, shop, "Vorher")
    set_embed(stage.demo, True)
    with stage.demo.db.write() as connection:
        connection.execute("DELETE FROM metafields WHERE key = 'config'")
    asked: list[str] = []
    shopper: Any = visitor("about:blank")
    answered_by(stage, shopper.page, asked)
    shopper.page.goto(f"{stage.url}/pages/sendung")
    expect(shopper.page.get_by_role("heading", name="Vorher")).to_be_visible()
    assert asked.count(f"/v1/config/{shop.key}") == 1
