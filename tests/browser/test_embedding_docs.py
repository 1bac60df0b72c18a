"""Every snippet of docs/embedding.md, taken from the page as it is and run in a browser."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Visit, Visitor, until
from tests.browser.shopfront import ROOT, STATIC, Shopfront

TEXT = (ROOT / "docs" / "embedding.md").read_text("utf-8")
SNIPPETS = {
    name: code for _, name, code in re.findall(r"^```(\w+) ([\w-]+)\n(.*?)^```$", TEXT, re.S | re.M)
}
TRIED = {
    "tag", "placements", "thankyou", "cart-hook", "ready", "open", "why", "consent",
    "consent-event", "new-view", "csp", "pinned",
}  # fmt: skip
PLAIN = """<!doctype html><html lang="de"><head><meta charset="utf-8"><title>Teehaus</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/theme/amsel.css">%s</head>
<body><main><h1>Teehaus</h1><a id="offer" href="/asche">Angebot</a>%s</main></body></html>"""


def snippet(storefront: Shopfront, name: str) -> str:
    """Return a snippet with the two placeholders of the page filled in."""
    code = SNIPPETS[name].replace("https://bleib.example", storefront.app)
    return code.replace("k3y0fy0ursh0p000", "uferhaus")


def page_with(storefront: Shopfront, head: str, body: str = "") -> str:
    storefront.config["cart"] = "script_tag"
    storefront.html = PLAIN % (head, body)
    return f"{storefront.shop}/"


def script(code: str) -> str:
    return f"<script>{code}</script>"


@pytest.fixture
def tagged(storefront: Shopfront, visitor: Visitor) -> Visit:
    """A page with the tag and all places."""
    body = snippet(storefront, "placements")
    return visitor(page_with(storefront, snippet(storefront, "tag"), body))


def test_every_snippet_of_the_page_is_tried_here() -> None:
    assert set(SNIPPETS) == TRIED
    assert TEXT.count("```") == 2 * len(SNIPPETS)


def test_the_tag_and_the_places_bring_the_widgets(tagged: Visit) -> None:
    tagged.state("newsletter", "shown")
    tagged.state("shipment_status", "shown")
    tagged.state("exit_intent", "waiting")
    tagged.state("cross_sell", "nothing_to_show")
    assert tagged.stored()["local"] == []


def test_on_the_thank_you_page_nothing_opens_by_itself(
    storefront: Shopfront, visitor: Visitor
) -> None:
    shopper = visitor(page_with(storefront, "", snippet(storefront, "thankyou")))
    shopper.state("shipment_status", "shown")
    shopper.state("exit_intent", "not_on_this_page")


class OwnCart:
    """The cart of a shop of its own, behind the addresses that the snippet asks."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = [{"id": "l1", "product": "10", "quantity": 1}]
        self.marks: list[Any] = []

    def answer(self, route: Route) -> None:
        request = route.request
        body = json.loads(request.post_data) if request.post_data else {}
        told: Any = {"lines": self.lines}
        if request.method == "POST":
            told = {"id": "l2", "product": "21", "quantity": 1}
            self.lines.append(told)
            self.marks.append((body["variant"], body["properties"]))
        elif request.method == "PUT":
            key = request.url.rsplit("/", 1)[1]
            self.lines = [line for line in self.lines if line["id"] != key or body["quantity"]]
        route.fulfill(json=told)


@pytest.mark.parametrize("first", ["hook", "tag"])
def test_ten_lines_connect_the_cart(storefront: Shopfront, visitor: Visitor, first: str) -> None:
    code = SNIPPETS["cart-hook"]
    assert len(code.strip().splitlines()) == 10
    cart = OwnCart()
    hook = script("window.drawn = 0; function drawCart() { window.drawn += 1 }" + code)
    tag = snippet(storefront, "tag")
    head = hook + tag if first == "hook" else tag + hook
    shopper = visitor("about:blank")
    shopper.page.route("**/api/cart**", cart.answer)
    shopper.page.route("**/api/cart/**", cart.answer)
    shopper.page.goto(page_with(storefront, head, '<div data-bleib="cross_sell"></div>'))
    page = shopper.page
    page.get_by_role("button", name="Hinzufügen: Untersetzer Filz").click()
    until(page, "drawn === 1")
    assert cart.marks == [("211", {"_bleib": "cross_sell:5"})]
    assert [path for _, path, _ in storefront.asked if "suggestions" in path] == [
        "/v1/uferhaus/suggestions?cart=10&lang=de"
    ]
    page.get_by_role("button", name="Rückgängig: Untersetzer Filz").click()
    until(page, "drawn === 2")
    assert [line["id"] for line in cart.lines] == ["l1"]


def test_listeners_learn_of_events_whenever_they_come(
    storefront: Shopfront, visitor: Visitor
) -> None:
    listen = SNIPPETS["ready"].replace('"sign_up"', '"impression"')
    head = snippet(storefront, "tag") + script("window.dataLayer = [];" + listen)
    shopper = visitor(page_with(storefront, head, snippet(storefront, "placements")))
    until(shopper.page, "dataLayer.some((one) => one.widget === 'newsletter')")
    shopper.page.evaluate("{" + SNIPPETS["ready"] + "}")  # after the tag has loaded as well


def test_a_link_opens_a_widget(tagged: Visit) -> None:
    tagged.state("exit_intent", "waiting")
    tagged.page.evaluate(SNIPPETS["open"])
    tagged.page.locator("#offer").click()
    expect(tagged.page.get_by_role("dialog")).to_be_visible()
    assert tagged.page.evaluate("location.pathname") == "/"


def test_why_says_why(tagged: Visit) -> None:
    tagged.state("newsletter", "shown")
    tagged.page.evaluate(SNIPPETS["why"])
    known = set(re.findall(r"`(\w+)`", TEXT.partition("`why()` answers")[2].partition("##")[0]))
    assert set(tagged.page.evaluate("Object.values(bleib.why())")) <= known


def test_consent_lets_be_stored_and_takes_back(tagged: Visit) -> None:
    tagged.state("exit_intent", "waiting")
    tagged.page.evaluate(SNIPPETS["consent-event"])
    tagged.open_exit()
    until(tagged.page, "localStorage.getItem('bleib.seen')")
    tagged.page.evaluate(SNIPPETS["consent"])
    assert tagged.stored()["local"] == []


def test_a_new_view_is_looked_at_anew(storefront: Shopfront, visitor: Visitor) -> None:
    shopper = visitor(page_with(storefront, snippet(storefront, "tag")))
    shopper.state("newsletter", "no_placement")
    shopper.page.evaluate(
        """() => { window.bleib.cart = {mine: true}
          document.querySelector('main').innerHTML = '<div data-bleib="newsletter"></div>' }"""
    )
    shopper.page.evaluate("() => {" + SNIPPETS["new-view"] + "bleibAgain() }")
    until(shopper.page, "window.bleib.why")
    shopper.state("newsletter", "shown")
    assert shopper.page.evaluate("bleib.cart.mine && document.scripts.length") == 1


def test_the_policy_is_enough(storefront: Shopfront, visitor: Visitor) -> None:
    policy = snippet(storefront, "csp").strip()
    storefront.headers["Content-Security-Policy"] = "default-src 'none'; " + policy
    body = snippet(storefront, "placements")
    shopper = visitor(page_with(storefront, snippet(storefront, "tag"), body))
    shopper.state("newsletter", "shown")
    shopper.open_exit()


@pytest.mark.parametrize("right", [True, False])
def test_a_pinned_copy_runs_with_its_hash_and_with_no_other(
    storefront: Shopfront, visitor: Visitor, right: bool
) -> None:
    built = json.loads((STATIC / "integrity.json").read_text("utf-8"))["loader"]["bleib.js"]
    assert "sha384-OF-YOUR-COPY" in SNIPPETS["pinned"]
    known = built if right else "sha384-" + "A" * 64
    tag = snippet(storefront, "pinned").replace("sha384-OF-YOUR-COPY", known)
    shopper = visitor("about:blank")
    if not right:  # the browser says so on its console
        shopper.page.on("console", lambda _: shopper.errors.clear())
    loader = (STATIC / "bleib.js").read_text("utf-8")
    shopper.page.route(
        "**/bleib.js", lambda it: it.fulfill(body=loader, content_type="text/javascript")
    )
    with shopper.page.expect_response("**/bleib.js"):
        shopper.page.goto(page_with(storefront, tag, snippet(storefront, "placements")))
    if right:
        shopper.state("newsletter", "shown")
    else:
        shopper.page.wait_for_load_state("load")
        assert shopper.page.evaluate("window.bleib === undefined")
        shopper.errors.clear()
