"""The loader inside a platform's package: served from a CDN, it finds the app by its tag."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest

from plugin.app import package_facts
from plugin.packages import data_files
from tests.browser.conftest import Visitor
from tests.browser.shopfront import Shopfront
from tests.conftest import make_config

PLACES = '<div data-bleib="cross_sell"></div><div data-bleib="newsletter"></div>'


def packaged(storefront: Shopfront, *, app: str, inlined: bool = True) -> str:
    """Return a page whose loader lies on the shop's own host, with the CDN's query behind it."""
    address = storefront.page(body=PLACES, tag=f'data-app="{app}"')
    config = json.dumps(storefront.config).replace("<", "\\u003c")
    block = f'<script type="application/json" id="bleib-config">{config}</script>'
    html = storefront.html.replace(
        f"{storefront.app}/static/v1/bleib.js", "/static/v1/bleib.js?v=16113141617"
    )
    storefront.html = html.replace("<script async", (block if inlined else "") + "<script async")
    return address


def test_what_lies_beside_the_loader_comes_from_there_and_from_nowhere_else(
    storefront: Shopfront, visitor: Visitor
) -> None:
    address = packaged(storefront, app=storefront.app)
    files = data_files(package_facts(make_config()))
    storefront.html = storefront.html.replace("data-app", f"data-files='{files}' data-app")
    # The names of the app's own build would lead nowhere: those of the package count.
    storefront.html = storefront.html.replace('"js": ["', '"js": ["gone.')
    scripts: list[str] = []
    shopper = visitor("about:blank")
    shopper.page.on(
        "request", lambda sent: sent.resource_type == "script" and scripts.append(sent.url)
    )
    shopper.page.goto(address)
    shopper.state("cross_sell", "shown")
    assert {urlsplit(url).netloc for url in scripts} == {urlsplit(storefront.shop).netloc}
    assert len(asked(storefront, "/v1/uferhaus/suggestions")) == 1


def asked(storefront: Shopfront, part: str) -> list[str]:
    return [path for _, path, _ in storefront.asked if part in path]


def test_the_config_in_the_page_needs_no_request(storefront: Shopfront, visitor: Visitor) -> None:
    shopper = visitor(packaged(storefront, app=storefront.app))
    shopper.state("cross_sell", "shown")
    assert asked(storefront, "/v1/config/") == []
    # What widgets ask goes to the app, not to the host that served the loader.
    assert len(asked(storefront, "/v1/uferhaus/suggestions")) == 1


def test_without_a_config_in_the_page_the_app_is_asked(
    storefront: Shopfront, visitor: Visitor
) -> None:
    shopper = visitor(packaged(storefront, app=storefront.app, inlined=False))
    shopper.state("cross_sell", "shown")
    assert asked(storefront, "/v1/config/") == ["/v1/config/uferhaus"]


@pytest.mark.parametrize(
    "app",
    ["javascript:alert(1)", "//evil.example", "https://evil.example/x", "https://u@evil.example"],
)
def test_an_address_that_is_no_origin_is_not_followed(
    storefront: Shopfront, visitor: Visitor, app: str
) -> None:
    foreign: list[str] = []
    address = packaged(storefront, app=app)
    shopper = visitor("about:blank")
    shopper.page.on("request", lambda request: foreign.append(request.url))
    shopper.page.goto(address)
    shopper.state("newsletter", "shown")
    assert [url for url in foreign if "evil" in url or not url.startswith("http")] == []
