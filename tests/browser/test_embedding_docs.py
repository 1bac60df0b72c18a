"""Every snippet of docs/embedding.md, taken from the page as it is and run."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Route

from tests.browser.conftest import Visit, Visitor, until
from tests.browser.shopfront import ROOT, STATIC, Shopfront
from tests.own_shop import identity_hash

PAGE = ROOT / "docs" / "embedding.md"
TEXT = PAGE.read_text("utf-8")
RUNTIME = ROOT / "widgets" / "_runtime"
SNIPPETS: dict[str, str] = {
    name: code for _, name, code in re.findall(r"^```(\w+) ([\w-]+)\n(.*?)^```$", TEXT, re.S | re.M)
}
TRIED = {
    "tag", "placements", "thankyou", "cart-hook", "cart-note", "ready", "open", "trigger",
    "events", "identify", "identify-python", "identify-php", "identify-node", "why", "consent",
    "consent-event", "new-view", "csp", "trusted-types", "pinned",
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


def table(heading: str) -> list[str]:
    """Return the names in the first column of the table below a heading of the page."""
    part = TEXT.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| (`.*?) \|", part, re.M)
    return [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]


@pytest.fixture
def tagged(storefront: Shopfront, visitor: Visitor) -> Visit:
    """A page with the tag and all places."""
    body = snippet(storefront, "placements")
    return visitor(page_with(storefront, snippet(storefront, "tag"), body))


def test_every_snippet_of_the_page_is_tried_here() -> None:
    assert set(SNIPPETS) == TRIED
    assert TEXT.count("```") == 2 * len(SNIPPETS)


def test_the_tables_name_what_there_is() -> None:
    types = (RUNTIME / "bleib.d.ts").read_text("utf-8")
    kinds = re.findall(r'"(\w+)"', types.partition("type BleibKind =")[2].partition(";")[0])
    assert set(table("Events")) == set(kinds)
    gates = re.findall(r'"(\w+)"', types.partition("type Gate =")[2].partition(";")[0])
    assert table("Why is it shown, why not?") == gates
    sources = "".join(path.read_text("utf-8") for path in RUNTIME.parent.glob("[_a-z]*/*.ts"))
    read = "".join(line for line in sources.splitlines() if "dataset" in line)
    for name in re.findall(r"^\| `data-(\w+)` \|", TEXT, re.M):
        assert name in read, name
    why = TEXT.partition("\n## Why is it shown")[2].partition("\n## ")[0]
    set_to = re.findall(r"\bstates\[[\w.]+\] = (.*);", sources)
    assert set_to
    assert all(f"`{state}`" in why for state in re.findall(r'"(\w+)"', " ".join(set_to)))


def with_ledger(text: str) -> str:
    """Return the page with the table of keys as the runtime has them."""
    ledger = json.loads((RUNTIME / "ledger.json").read_text("utf-8"))
    rows = [
        f"| `{key}` | tier {one['tier']}, {('necessary', 'preferences')[one['tier'] - 1]} | "
        f"{one['days']} days | {one['purpose']['en']} |\n"
        for key, one in ledger.items()
    ]
    return re.sub(r"(?:^\| `bleib\.\w+` \| tier .*\n)+", "".join(rows), text, flags=re.M)


def test_the_ledger_on_the_page_is_the_one_of_the_runtime() -> None:
    update = "python -m tests.browser.test_embedding_docs"
    assert with_ledger(TEXT) == TEXT, update
    assert "| `bleib.no` | tier 1, necessary | 365 days |" in TEXT


def in_python(secret: str, customer: str) -> str:
    space: dict[str, Any] = {}
    exec(SNIPPETS["identify-python"], space)  # noqa: S102 - our own documentation
    made: str = space["identity_hash"](secret, customer)
    return made


def in_php(secret: str, customer: str) -> str:
    code = SNIPPETS["identify-php"] + "echo identity_hash($argv[1], $argv[2]);"
    return _said("php", "-r", code, "--", secret, customer)


def in_node(secret: str, customer: str) -> str:
    code = SNIPPETS["identify-node"] + "console.log(identityHash(...process.argv.slice(-2)));"
    return _said("node", "--input-type=module", "-e", code, "--", secret, customer)


def _said(command: str, *arguments: str) -> str:
    path = shutil.which(command)
    if path is None:
        pytest.skip(f"{command} is not installed")
    done = subprocess.run([path, *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize("made", [in_python, in_php, in_node])
def test_servers_make_the_hash_that_the_app_expects(made: Callable[[str, str], str]) -> None:
    assert made("bleib_s", "mära@post.example") == identity_hash("bleib_s", "mära@post.example")


def test_the_tag_and_the_places_bring_the_widgets_and_the_api(tagged: Visit) -> None:
    tagged.state("newsletter", "shown")
    tagged.state("shipment_status", "shown")
    tagged.state("exit_intent", "waiting")
    tagged.state("cross_sell", "nothing_to_show")
    assert tagged.stored()["local"] == []
    calls = [re.split(r"\W", name)[1] for name in table("JS API") if name.startswith("bleib.")]
    there = "Object.keys(bleib).filter((name) => name !== 'twice')"
    assert set(tagged.page.evaluate(there)) == set(calls)


def test_on_the_thank_you_page_nothing_opens_by_itself(
    storefront: Shopfront, visitor: Visitor
) -> None:
    shopper = visitor(page_with(storefront, "", snippet(storefront, "thankyou")))
    shopper.state("shipment_status", "shown")
    shopper.state("exit_intent", "page_type")


class OwnCart:
    """The cart of a shop of its own, behind the addresses that the snippet asks."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = [{"id": "l1", "product": "10", "quantity": 1}]
        self.marks: list[Any] = []
        self.notes: list[str] = []

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

    def take_note(self, route: Route) -> None:
        self.notes.append(str(route.request.post_data))
        route.fulfill(status=204)


@pytest.mark.parametrize("first", ["hook", "tag"])
def test_ten_lines_connect_the_cart(storefront: Shopfront, visitor: Visitor, first: str) -> None:
    code = SNIPPETS["cart-hook"]
    assert len(code.strip().splitlines()) == 10
    cart = OwnCart()
    code += SNIPPETS["cart-note"]
    person = "Object.defineProperty(navigator, 'webdriver', { value: false });"
    hook = script(person + "window.drawn = 0; function drawCart() { window.drawn += 1 }" + code)
    tag = snippet(storefront, "tag")
    head = hook + tag if first == "hook" else tag + hook
    shopper = visitor("about:blank")
    shopper.page.route("**/api/cart**", cart.answer)
    shopper.page.route("**/api/cart/**", cart.answer)
    shopper.page.route("**/api/note", cart.take_note)
    shopper.page.goto(page_with(storefront, head, '<div data-bleib="cross_sell"></div>'))
    page = shopper.page
    page.get_by_role("button", name="Hinzufügen: Untersetzer Filz").click()
    until(page, "drawn === 1")
    assert cart.marks == [("211", {"_bleib": "cross_sell:5:o"})]
    assert [path for _, path, _ in storefront.asked if "suggestions" in path] == [
        "/v1/uferhaus/suggestions?cart=10&place=cart&lang=de"
    ]
    page.get_by_role("button", name="Rückgängig: Untersetzer Filz").click()
    until(page, "drawn === 2")
    assert [line["id"] for line in cart.lines] == ["l1"]
    # Campaign 5 stands in version 4.
    assert cart.notes == ["5.4a"]


def test_a_link_opens_a_widget_and_the_page_hears_of_it(
    storefront: Shopfront, visitor: Visitor
) -> None:
    listen = SNIPPETS["ready"].replace('"sign_up"', '"impression"') + SNIPPETS["events"]
    head = snippet(storefront, "tag") + script("window.dataLayer = [];" + listen)
    shopper = visitor(page_with(storefront, head))
    page = shopper.page
    shopper.state("exit_intent", "waiting")
    page.evaluate(SNIPPETS["open"])
    page.locator("#offer").click()
    page.get_by_role("dialog").get_by_role("button", name="Nein danke").click()
    until(page, "dataLayer.length === 2")
    assert page.evaluate("location.pathname") == "/"
    assert page.evaluate("dataLayer") == [
        {"event": "bleib_sign_up", "widget": "exit_intent"},
        {"event": "bleib_dismissal", "widget": "exit_intent", "arm": "a"},
    ]
    page.evaluate("{" + SNIPPETS["ready"] + "}")  # after the tag has loaded as well


def test_an_event_of_the_page_is_an_occasion_and_why_tells_of_it(
    storefront: Shopfront, visitor: Visitor
) -> None:
    storefront.campaigns("exit_intent")
    storefront.config["campaigns"][0]["when"] = ["event", "size-table-closed"]
    shopper = visitor(page_with(storefront, snippet(storefront, "tag")))
    page = shopper.page
    shopper.state("exit_intent", "waiting")
    page.evaluate(SNIPPETS["trigger"])
    page.get_by_role("dialog").wait_for()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.evaluate(SNIPPETS["why"])
    told = page.evaluate("bleib.why()")
    assert said
    assert [set(one) for one in told] == [
        {"campaign", "widget", "shown", "state", "gates", "sentence"}
    ]
    assert [one["gate"] for one in told[0]["gates"]] == table("Why is it shown, why not?")


def test_the_app_is_asked_who_the_shopper_is(storefront: Shopfront, visitor: Visitor) -> None:
    storefront.answers["/identity"] = (200, {"subscriber": True})
    storefront.campaigns("exit_intent")
    head = snippet(storefront, "tag") + script(SNIPPETS["ready"] + SNIPPETS["identify"])
    shopper = visitor(page_with(storefront, "<script>window.dataLayer = []</script>" + head))
    shopper.state("exit_intent", "quiet")
    assert storefront.bodies("/identity") == [
        {"id": "mara@post.example", "hash": "HASH-FROM-YOUR-SERVER"}
    ]


def test_who_is_refused_is_asked_for_once(storefront: Shopfront, visitor: Visitor) -> None:
    storefront.answers["/identity"] = (401, {"error": "signature_invalid"})
    shopper = visitor(page_with(storefront, snippet(storefront, "tag")))
    shopper.state("exit_intent", "waiting")
    shopper.page.evaluate("{" + SNIPPETS["ready"] + SNIPPETS["identify"] + "}")
    shopper.page.evaluate("bleib.why().then(() => bleib.why())")
    assert len(storefront.bodies("/identity")) == 1


def test_consent_lets_be_stored_and_takes_back(tagged: Visit) -> None:
    tagged.state("exit_intent", "waiting")
    tagged.page.evaluate(SNIPPETS["consent"])
    tagged.open_exit()
    until(tagged.page, "localStorage.getItem('bleib.seen')")
    tagged.page.evaluate(SNIPPETS["consent-event"])
    assert tagged.stored()["local"] == []


def test_a_new_view_is_looked_at_anew(storefront: Shopfront, visitor: Visitor) -> None:
    shopper = visitor(page_with(storefront, snippet(storefront, "tag")))
    shopper.state("newsletter", "no_placement")
    place = "document.querySelector('main').innerHTML = '<div data-bleib=\"newsletter\"></div>'"
    shopper.page.evaluate(f"() => {{ {SNIPPETS['new-view']} go('/danke', 'thankyou'); {place} }}")
    shopper.state("newsletter", "shown")
    shopper.state("exit_intent", "page_type")


def test_the_policies_are_enough(storefront: Shopfront, visitor: Visitor) -> None:
    policies = ["default-src 'none'", snippet(storefront, "csp"), SNIPPETS["trusted-types"]]
    storefront.headers["Content-Security-Policy"] = "; ".join(it.strip() for it in policies)
    body = snippet(storefront, "placements")
    shopper = visitor(page_with(storefront, snippet(storefront, "tag"), body))
    shopper.state("newsletter", "shown")
    shopper.open_exit()


def test_of_two_tags_one_works_and_the_other_says_so(
    storefront: Shopfront, visitor: Visitor
) -> None:
    shopper = visitor(page_with(storefront, 2 * snippet(storefront, "tag")))
    shopper.state("exit_intent", "waiting")
    until(shopper.page, "performance.getEntriesByName(document.scripts[1].src).length")
    assert len([path for _, path, _ in storefront.asked if "config" in path]) == 1
    assert [error for error in shopper.errors if "second tag" in error] == shopper.errors
    shopper.errors.clear()


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


def test_every_built_file_has_its_hash() -> None:
    listed = json.loads((STATIC / "integrity.json").read_text("utf-8"))
    names = set(re.findall(r'"([\w.-]+\.js)":', json.dumps(listed)))
    assert names == {path.name for path in STATIC.glob("*.js")}
    assert (STATIC / "bleib.d.ts").read_text() == (RUNTIME / "bleib.d.ts").read_text()


if __name__ == "__main__":
    PAGE.write_text(with_ledger(TEXT), "utf-8")
