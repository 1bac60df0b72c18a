"""The draft in the shop's own page: nothing of the page runs, and the admin is out of its reach."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from plugin.errors import PlatformError
from plugin.http_out import Reply
from plugin.model import Shop
from plugin.services import storefront_page
from plugin.services.context import Context

if TYPE_CHECKING:
    from tests.admin.conftest import Browser

_PAGE = """<!doctype html><html><head><base href="https://evil.example/">
<meta http-equiv="refresh" content="0;url=https://evil.example/"><title>Uferhaus</title>
<script>steal()</script><SCRIPT src="/theme.js"></SCRIPT ></head>
<body onload="steal()"><main id="content"><h1>Tee vom See</h1><iframe src="/x"></iframe></main>
<script id="bleib-config" type="application/json">{"campaigns": []}</script></body></html>"""


class _Pages:
    def __init__(self, body: str | None, kind: str = "text/html; charset=utf-8") -> None:
        self.body, self.kind = body, kind

    def get(self, url: str, *, seconds: float, max_bytes: int, redirects: int) -> Reply:
        if self.body is None:
            raise PlatformError("timeout")
        return Reply(200, {"content-type": self.kind}, self.body.encode())


def _page(context: Context, shop: Shop, body: str | None, kind: str = "text/html") -> str | None:
    return storefront_page.page_of(replace(context, pages=_Pages(body, kind)), shop)


def test_what_runs_or_leads_away_is_taken_out(context: Context, fresh: Shop) -> None:
    page = _page(context, fresh, _PAGE)
    assert page is not None
    assert "Tee vom See" in page
    assert f'<base href="{storefront_page.origin_of(fresh)}/">' in page
    for gone in ("<script", "evil.example", "<iframe", "bleib-config"):
        assert gone not in page.lower()
    assert _page(context, fresh, "<html><head></head><body><script>never ends") is not None


@pytest.mark.parametrize("body", [None, "", "no page at all", "<html><body>no head</body></html>"])
def test_where_the_shop_does_not_answer_there_is_none(
    context: Context, fresh: Shop, body: str | None
) -> None:
    assert _page(context, fresh, body) is None
    assert _page(context, fresh, _PAGE, "application/pdf") is None


def test_what_stands_in_the_page_gets_a_place_once() -> None:
    page = "<html><head></head><body><main><p>Tee</p></main></body></html>"
    placed = storefront_page.with_place(page, 'data-bleib="newsletter"', "<i>here</i>")
    assert placed == page.replace("<main>", "<main><i>here</i>")
    assert storefront_page.with_place(placed, "<i>here", "<i>again</i>") == placed
    assert storefront_page.with_end(page, "<b>end</b>").endswith("<b>end</b></body></html>")


def test_only_our_script_may_run_and_the_page_is_nobodys(
    browser: Browser, context: Context, fresh: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(context.pages), "get", _Pages(_PAGE).get)
    answer = browser.get("/admin/widgets/2/preview")
    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox allow-scripts;" in policy
    assert "script-src http://localhost/static/v1/;" in policy
    assert "frame-ancestors 'self'" in policy
    assert 'src="http://localhost/static/v1/bleib.js"' in answer.text
    assert 'data-bleib="newsletter"' in answer.text
    plain = browser.get("/admin/widgets/2/preview?where=sample")
    assert "sandbox" not in plain.headers["Content-Security-Policy"]
    assert "Tee vom See" not in plain.text


def test_an_unreached_shop_is_said_on_the_example_page(browser: Browser) -> None:
    assert "Ihr Shop hat nicht geantwortet." in browser.get("/admin/widgets/2/preview").text
    sample = browser.get("/admin/widgets/2/preview?where=sample").text
    assert "Ihr Shop hat nicht geantwortet." not in sample


@pytest.mark.parametrize("opening", ["<meta ", "<base ", "<head ", "<main ", "<script></script "])
def test_tags_without_an_end_keep_nobody_busy(context: Context, fresh: Shop, opening: str) -> None:
    """Two megabytes of them would take hours if each were read up to the end of the page."""
    hostile = opening * (2_000_000 // len(opening))
    assert _page(context, fresh, hostile) is None
    page = _page(context, fresh, f"<html><head></head><body>{hostile}")
    assert page is not None
    storefront_page.with_place(page, "mark", "place")


def test_the_shop_learns_no_address_of_the_admin(context: Context, fresh: Shop) -> None:
    head = '<head><meta content="unsafe-url" name=referrer></head>'
    page = _page(context, fresh, f'{head}<body><img src="/x" referrerpolicy=unsafe-url>')
    assert page is not None
    assert "referrer" not in page
