"""The Shopware app: its schemas take it, the real Twig draws it, and what it draws is safe."""

from __future__ import annotations

import json
import re
import struct
import sys
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from plugin.packages import data_files, storefront_files
from plugin.packages.shopware import render
from tests.packages import shopware_app
from tests.packages.shopware_app import CONFIG, FACTS, FILES, SCHEMAS, SECRET, Twig
from tests.packages.shopware_rules import objections

ENTRY = FACTS.manifest.platforms["shopware"]
MANIFEST = "Bleib/manifest.xml"
CMS = "Bleib/Resources/cms.xml"
SETTINGS = "Bleib/Resources/config/config.xml"
INLINE = [widget.name for widget in FACTS.widgets.values() if not widget.interrupts]
HOSTILE = '</script><script>alert("1")</script>\u2028<!-- \\u003c " \''


def document(path: str) -> etree._Element:
    return etree.fromstring(FILES[path])


def texts(path: str) -> list[str | None]:
    return [element.text for element in document(MANIFEST).findall(path)]


@pytest.fixture(scope="module")
def twig(tmp_path_factory: pytest.TempPathFactory) -> Twig:
    return shopware_app.twig(tmp_path_factory.mktemp("shopware"))


class Page(HTMLParser):
    """The scripts and places of a page, as a browser would read them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.scripts: list[dict[str, str]] = []
        self.places: list[str] = []
        self.inside = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "script":
            self.scripts.append(found | {"text": ""})
        if "data-bleib" in found:
            self.places.append(found["data-bleib"])
        self.inside = tag

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside == "script":
            self.scripts[-1]["text"] += data

    @property
    def loader(self) -> dict[str, str] | None:
        return next((one for one in self.scripts if "data-shop" in one), None)

    @property
    def config(self) -> str | None:
        found = [one["text"] for one in self.scripts if one.get("id") == "bleib-config"]
        return found[0] if found else None


# The schemas of Shopware


@pytest.mark.parametrize("path", [MANIFEST, CMS, SETTINGS])
def test_each_document_keeps_the_rules_of_its_schema(path: str) -> None:
    assert objections(document(path)) == []


def _changed(path: str, change: Callable[[etree._Element], object]) -> etree._Element:
    root = document(path)
    change(root)
    return root


def _found(root: etree._Element, path: str) -> etree._Element:
    element = root.find(path)
    assert element is not None
    return element


def _add(path: str, name: str, **attributes: str) -> Callable[[etree._Element], object]:
    return lambda root: etree.SubElement(_found(root, path), name, attributes)


def _set(path: str, name: str, value: str) -> Callable[[etree._Element], object]:
    return lambda root: _found(root, path).set(name, value)


def _again(path: str) -> Callable[[etree._Element], object]:
    def change(root: etree._Element) -> None:
        element = _found(root, path)
        copy = etree.fromstring(etree.tostring(element))
        element.addnext(copy)

    return change


def _first(path: str) -> Callable[[etree._Element], object]:
    def change(root: etree._Element) -> None:
        element = _found(root, path)
        parent = element.getparent()
        assert parent is not None
        parent.insert(0, element)

    return change


WRONG: dict[str, tuple[str, Callable[[etree._Element], object]]] = {
    "an unknown element": (MANIFEST, _add("meta", "motto")),
    "a second set-up": (MANIFEST, _again("setup")),
    "a language without its country": (MANIFEST, _set("meta/label", "lang", "de")),
    "an attribute of later versions": (
        MANIFEST, _set("webhooks/webhook", "onlyLiveVersion", "true"),
    ),
    "a webhook without an address": (
        MANIFEST, lambda root: _found(root, "webhooks/webhook").attrib.pop("url"),
    ),
    "an event of two words": (MANIFEST, _set("webhooks/webhook", "event", "order placed")),
    "a webhook's name twice": (MANIFEST, _again("webhooks/webhook")),
    "a place in the menu that is no number": (MANIFEST, _set("admin/module", "position", "last")),
    "an element of a later version": (MANIFEST, _add("permissions", "crud")),
    "a block without a label": (
        CMS, lambda root: _found(root, "blocks/block").remove(_found(root, "blocks/block/label[2]"))
        or _found(root, "blocks/block").remove(_found(root, "blocks/block/label")),
    ),
    "a block in another order": (CMS, _first("blocks/block/default-config")),
    "an unknown kind of block": (
        CMS, lambda root: setattr(_found(root, "blocks/block/category"), "text", "shop"),
    ),
}  # fmt: skip
#: Of 6.7 alone: its own schema takes them.
NEWER = {"an attribute of later versions", "an element of a later version"}


@pytest.mark.parametrize("what", WRONG)
def test_what_a_schema_refuses_is_found(what: str) -> None:
    path, change = WRONG[what]
    assert objections(_changed(path, change))


@pytest.mark.parametrize("name", SCHEMAS)
def test_shopwares_own_schema_takes_the_app(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = shopware_app.schema(name)
    if found is None:
        # Not silent, and no skip either: the rules above are checked in any case.
        with capsys.disabled():
            print(f"\n{name} of Shopware is not obtainable here: not checked", file=sys.stderr)
        return
    schema = etree.XMLSchema(file=str(found))
    path = CMS if name.startswith("cms") else MANIFEST
    schema.assertValid(document(path))
    for what, (where, change) in WRONG.items():
        if where == path and not ("3.0" in name and what in NEWER):
            assert not schema.validate(_changed(where, change)), what


# The manifest


def test_shopware_reaches_this_installation_and_no_other() -> None:
    root = document(MANIFEST)
    addresses = [root.findtext("setup/registrationUrl")]
    addresses += [element.get("source") for element in root.iter("module", "main-module")]
    addresses += [element.get("url") for element in root.iter("webhook")]
    assert {str(address).split("?")[0] for address in addresses} == {
        "https://app.example/install/shopware/register",
        "https://app.example/install/shopware",
        "https://app.example/webhooks/shopware",
    }


def test_rights_and_webhooks_are_those_of_the_registry() -> None:
    asked = [
        element.text if element.tag == "permission" else f"{element.text}:{element.tag}"
        for element in _found(document(MANIFEST), "permissions")
    ]
    assert sorted(map(str, asked)) == sorted(ENTRY.scopes)
    events = [str(hook.get("event")) for hook in document(MANIFEST).iter("webhook")]
    assert events == list(ENTRY.webhooks)


def test_the_secret_is_in_the_manifest_alone_and_not_in_what_is_printed() -> None:
    assert document(MANIFEST).findtext("setup/secret") == SECRET
    public = [path for path in FILES if path != MANIFEST]
    assert not [path for path in public if SECRET.encode() in FILES[path]]
    assert SECRET not in repr(FACTS)


def test_without_a_secret_there_is_no_app() -> None:
    with pytest.raises(ValueError, match="BLEIB_SHOPWARE_SECRET"):
        render(replace(FACTS, secrets={}))


def test_name_folder_version_and_icon_belong_together() -> None:
    assert {path.split("/")[0] for path in FILES} == {"Bleib"}
    assert texts("meta/name") == ["Bleib"]
    assert texts("meta/version") == [FACTS.version]
    icon = FILES[f"Bleib/{texts('meta/icon')[0]}"]
    assert icon.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", icon[16:24]) == (128, 128)


def test_the_consent_manager_offers_our_cookie_in_both_languages() -> None:
    cookie = _found(document(MANIFEST), "cookies/group/entries/cookie")
    name = cookie.findtext("cookie")
    script = FILES[f"Bleib/Resources/public/{FACTS.carts['shopware']}"].decode()
    assert f"{name}={cookie.findtext('value')}" in script
    for locale in ("de-DE", "en-GB"):
        tree = json.loads(FILES[f"Bleib/Resources/snippet/storefront.{locale}.json"])
        for part in ("snippet-name", "snippet-description"):
            text: Any = tree
            for key in str(cookie.findtext(part)).split("."):
                text = text[key]
            assert isinstance(text, str)
            assert text


# Blocks of the shopping experiences


def test_each_widget_of_a_page_has_a_block_with_all_its_files() -> None:
    names = [block.findtext("name") for block in document(CMS).iter("block")]
    assert names == [f"bleib-{widget.replace('_', '-')}" for widget in INLINE]
    for name in names:
        for path in (
            f"cms/blocks/{name}/preview.html",
            f"cms/blocks/{name}/styles.css",
            f"views/storefront/block/cms-block-{name}-component.html.twig",
        ):
            assert FILES[f"Bleib/Resources/{path}"], path


@pytest.mark.parametrize("widget", INLINE)
def test_a_block_draws_the_merchants_text_and_the_place_below_it(twig: Twig, widget: str) -> None:
    slots = {"intro": {"id": "0198", "type": "text", "text": "<b>Passt</b>"}}
    block = f"block/cms-block-bleib-{widget.replace('_', '-')}-component"
    html = twig.page(block, slots=slots)
    assert Page(html).places == [widget]
    assert html.index("&lt;b&gt;Passt") < html.index("data-bleib")
    assert Page(twig.page(block, slots={})).places == [widget]


# The page


def test_every_template_is_twig(twig: Twig) -> None:
    compiled = twig.compiled()
    assert len(compiled) == len([path for path in FILES if path.endswith(".twig")])


def test_a_mistake_in_a_template_is_found(tmp_path: Path) -> None:
    twig = shopware_app.twig(tmp_path)
    base = twig.views / "storefront" / "base.html.twig"
    base.write_text(base.read_text("utf-8").replace("{% endif %}", "", 1), "utf-8")
    with pytest.raises(AssertionError, match="SyntaxError"):
        twig.compiled()


def test_the_loader_stands_behind_the_shops_own_scripts_and_waits_for_nothing(twig: Twig) -> None:
    page = Page(twig.page(route="frontend.detail.page", page={"page": {"product": {"id": "0198"}}}))
    assert [one.get("src") for one in page.scripts] == [
        "/theme.js",
        None,
        "/bundles/bleib/bleib.js?1764000000",
        f"/bundles/bleib/{FACTS.carts['shopware']}?1764000000",
    ]
    assert all("async" in one for one in page.scripts if "bundles" in one.get("src", ""))
    assert page.loader is not None
    assert {name: value for name, value in page.loader.items() if name.startswith("data-")} == {
        "data-shop": "k3y0123456789abc",
        "data-app": "https://app.example",
        "data-page": "product",
        "data-product": "0198",
        "data-lang": "de",
        "data-root": "/",
        "data-files": data_files(FACTS),
    }


@pytest.mark.parametrize(
    ("customer", "known"),
    [({"guest": False}, True), ({"guest": True}, False), (None, False)],
)
def test_the_page_says_that_somebody_is_logged_in_and_not_who(
    twig: Twig, customer: dict[str, bool] | None, known: bool
) -> None:
    page = {"context": {"customer": customer}}
    loader = Page(twig.page(route="frontend.home.page", page=page)).loader
    assert loader is not None
    assert ("data-customer" in loader) is known


def test_every_file_that_a_page_may_ask_for_lies_beside_the_loader() -> None:
    public = "Bleib/Resources/public/"
    beside = {path.removeprefix(public) for path in FILES if path.startswith(public)}
    assert beside == {*storefront_files(FACTS), FACTS.carts["shopware"]}


def test_no_script_is_written_into_the_page(twig: Twig) -> None:
    # So a policy that forbids inline scripts has nothing to forbid.
    for one in Page(twig.page(route="frontend.home.page")).scripts:
        assert one.get("type") == "application/json" or (one["src"] and not one["text"].strip())


@pytest.mark.parametrize(
    ("route", "kind"),
    [
        ("frontend.home.page", "home"),
        ("frontend.navigation.page", "collection"),
        ("frontend.detail.page", "product"),
        ("frontend.search.page", "search"),
        ("frontend.checkout.cart.page", "cart"),
        ("frontend.checkout.finish.page", "thankyou"),
        ("frontend.account.home.page", "account"),
        ("frontend.account.order.single.page", "order"),
        ("frontend.account.edit-order.page", "order"),
        ("frontend.wishlist.page", "other"),
        (None, "other"),
    ],
)
def test_the_page_says_what_it_is(twig: Twig, route: str | None, kind: str) -> None:
    loader = Page(twig.page(route=route)).loader
    assert loader is not None
    assert loader["data-page"] == kind


@pytest.mark.parametrize(
    "route",
    ["frontend.checkout.confirm.page", "frontend.checkout.register.page", "frontend.checkout.new"],
)
def test_between_the_cart_and_the_finished_order_nothing_of_ours_runs(
    twig: Twig, route: str
) -> None:
    page = Page(twig.page(route=route))
    assert [one.get("src") for one in page.scripts] == ["/theme.js"]


@pytest.mark.parametrize("key", [None, "", [], {"a": 1}])
def test_without_a_shop_key_the_shop_is_as_before(twig: Twig, key: object) -> None:
    config = {**CONFIG, "Bleib.config.shopKey": key}
    page = Page(twig.page(route="frontend.home.page", config=config))
    assert [one.get("src") for one in page.scripts] == ["/theme.js"]
    cart = twig.page("page/checkout/cart/index", config={})
    assert Page(cart).places == []


@pytest.mark.parametrize("config", [None, "", [1], {"v": 1}])
def test_without_a_config_the_page_carries_none_and_the_loader_asks_for_it(
    twig: Twig, config: object
) -> None:
    page = Page(twig.page(config={**CONFIG, "Bleib.config.config": config}))
    assert page.config is None
    assert page.loader is not None


@pytest.mark.parametrize("written", [json.dumps, lambda tree: json.dumps(tree, ensure_ascii=False)])
def test_no_text_of_a_merchant_leaves_its_place(
    twig: Twig, written: Callable[[object], str]
) -> None:
    tree = {"v": 1, "name": HOSTILE, HOSTILE: [HOSTILE]}
    values = {"Bleib.config.shopKey": f'k"{HOSTILE}', "Bleib.config.config": written(tree)}
    product = {"page": {"product": {"id": HOSTILE}}}
    html = twig.page(
        route="frontend.detail.page", config=values, locale='d"><b>', root='/"><b>', page=product
    )
    page = Page(html)
    assert len(page.scripts) == 4
    assert page.config is not None
    assert json.loads(page.config) == tree
    assert not re.search("<", page.config)
    assert page.loader is not None
    assert page.loader["data-shop"] == f'k"{HOSTILE}'
    assert page.loader["data-product"] == HOSTILE
    assert page.loader["data-root"] == '/"><b>'


def test_an_article_stands_for_all_of_its_variants(twig: Twig) -> None:
    product = {"id": "variant", "parentId": "article"}
    loader = Page(
        twig.page(route="frontend.detail.page", page={"page": {"product": product}})
    ).loader
    assert loader is not None
    assert loader["data-product"] == "article"


def test_suggestions_stand_below_the_way_to_pay_and_the_page_keeps_its_scripts(twig: Twig) -> None:
    html = twig.page("page/checkout/cart/index", route="frontend.checkout.cart.page", root="/en/")
    page = Page(html)
    assert page.places == ["preflight", "cross_sell"]
    assert html.index("/checkout/confirm") < html.index("data-bleib")
    assert page.loader is not None
    assert (page.loader["data-page"], page.loader["data-root"]) == ("cart", "/en/")
