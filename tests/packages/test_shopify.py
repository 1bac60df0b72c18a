"""The Shopify package: Shopify's own checker takes it, and what it draws is what the app means."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from plugin.packages import data_files, storefront_files
from plugin.packages.shopify import render
from plugin.platforms.shopify.addresses import EMBED_BLOCK
from tests.oracles.node import NodeOracle, objections
from tests.packages.rendered import EXTENSION, FACTS, FILES, job, written

BLOCKS = sorted(path for path in EXTENSION if path.startswith("blocks/"))
LIQUID = sorted(path for path in EXTENSION if path.endswith(".liquid"))
LOCALES = ("en.default", "de")
ENTRY = FACTS.manifest.platforms["shopify"]
CONFIG = tomllib.loads(FILES["shopify.app.toml"].decode())
HOSTILE = '</script><script>alert("1")</script>\u2028<!--'


def text(path: str) -> str:
    return EXTENSION[path].decode()


def schema_of(path: str) -> str:
    found = re.search(r"{% schema %}(.*){% endschema %}", text(path), re.DOTALL)
    assert found is not None, path
    return found[1]


def locale(name: str) -> Any:
    return json.loads(text(f"locales/{name}.json"))


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(EXTENSION, tmp_path_factory.mktemp("shopify"))


# shopify.app.toml


def test_configuration_has_the_shapes_that_the_cli_reads() -> None:
    assert set(CONFIG) == {
        "client_id", "name", "application_url", "embedded", "access_scopes", "auth", "webhooks",
        "app_proxy",
    }  # fmt: skip
    assert re.fullmatch(r"[0-9a-f]{32}", CONFIG["client_id"])
    assert 0 < len(CONFIG["name"]) <= 30
    assert CONFIG["embedded"] is True
    assert set(CONFIG["access_scopes"]) == {"scopes"}
    assert set(CONFIG["auth"]) == {"redirect_urls"}
    assert set(CONFIG["webhooks"]) == {"api_version", "subscriptions"}
    assert re.fullmatch(r"20\d\d-(01|04|07|10)", CONFIG["webhooks"]["api_version"])
    for subscription in CONFIG["webhooks"]["subscriptions"]:
        assert set(subscription) in ({"topics", "uri"}, {"compliance_topics", "uri"})


def test_configuration_says_what_the_manifest_says() -> None:
    topics, compliance = CONFIG["webhooks"]["subscriptions"]
    assert CONFIG["access_scopes"]["scopes"].split(",") == list(ENTRY.scopes)
    assert CONFIG["webhooks"]["api_version"] == ENTRY.api_version
    assert topics["topics"] == list(ENTRY.webhooks)
    assert compliance["compliance_topics"] == list(ENTRY.compliance_webhooks)
    assert set(ENTRY.compliance_webhooks) == {
        "customers/data_request", "customers/redact", "shop/redact"
    }  # fmt: skip
    proxy = CONFIG["app_proxy"]
    assert (proxy["prefix"], proxy["subpath"]) == (ENTRY.proxy_prefix, ENTRY.proxy_subpath)
    assert proxy["prefix"] in {"apps", "a", "community", "tools"}
    assert re.fullmatch(r"[a-z0-9_-]{1,30}", proxy["subpath"])


def addresses() -> Iterator[str]:
    yield CONFIG["application_url"]
    yield from CONFIG["auth"]["redirect_urls"]
    yield CONFIG["app_proxy"]["url"]
    for subscription in CONFIG["webhooks"]["subscriptions"]:
        yield subscription["uri"]


def test_every_address_is_one_that_the_app_answers(client: Any) -> None:
    rules = client.application.url_map.bind("app.example", url_scheme="https")
    found = {address: urlsplit(address) for address in addresses()}
    assert {(parts.scheme, parts.netloc) for parts in found.values()} == {("https", "app.example")}
    for address, parts in found.items():
        path = parts.path if "/proxy/" not in address else f"{parts.path}/status"
        method = "POST" if "/webhooks/" in address else "GET"
        endpoint, _ = rules.match(path, method=method)
        assert endpoint, address


def test_package_without_a_client_id_names_the_setting() -> None:
    with pytest.raises(ValueError, match="BLEIB_SHOPIFY_CLIENT_ID"):
        render(replace(FACTS, client_id=""))


# The theme app extension


def test_extension_is_a_theme_extension_of_files_that_shopify_takes() -> None:
    assert tomllib.loads(text("shopify.extension.toml")) == {"name": "Bleib", "type": "theme"}
    allowed = {
        "assets": r"\.(jpg|jpeg|json|js|css|png|svg|wasm)",
        "blocks": r"\.liquid",
        "snippets": r"\.liquid",
        "locales": r"(\.default)?(\.schema)?\.json",
    }
    for path in set(EXTENSION) - {"shopify.extension.toml"}:
        place, _, name = path.partition("/")
        assert re.fullmatch(rf"[\w.-]+{allowed[place]}", name.replace(".default", "", 1)), path


def test_extension_is_within_shopifys_limits() -> None:
    assert sum(map(len, EXTENSION.values())) <= 10 * 1024 * 1024
    assert sum(len(EXTENSION[path]) for path in LIQUID) <= 100 * 1024
    assert len(BLOCKS) <= 30
    assert all(len(EXTENSION[f"locales/{name}.json"]) <= 15 * 1024 for name in LOCALES)
    assert len(EXTENSION["assets/bleib.js"]) <= 10_000


def test_extension_carries_every_script_that_a_page_may_ask_for_as_it_was_built() -> None:
    assets = {
        path.removeprefix("assets/"): EXTENSION[path] for path in EXTENSION if "assets/" in path
    }
    assert assets == storefront_files(FACTS)
    assert {"bleib.js", FACTS.bundles["why"]} <= assets.keys()
    assert all(body == FACTS.static[name] for name, body in assets.items())
    for widget in FACTS.widgets:
        needed = FACTS.bundles[widget]
        assert {*needed["js"], *needed["texts"].values()} <= assets.keys()


def test_every_inline_widget_has_its_block_and_the_switch_is_where_the_deep_link_leads() -> None:
    inline = {name for name, widget in FACTS.widgets.items() if not widget.interrupts}
    inline |= {"preflight", "free_shipping"}  # places that are no widget's own
    assert {Path(path).stem for path in BLOCKS} == inline | {EMBED_BLOCK}
    for name in inline:
        assert f'<div data-bleib="{name}"></div>' in text(f"blocks/{name}.liquid")
        assert json.loads(schema_of(f"blocks/{name}.liquid"))["target"] == "section"
    assert json.loads(schema_of(f"blocks/{EMBED_BLOCK}.liquid"))["target"] == "body"


def test_nothing_is_written_into_the_page_without_being_escaped() -> None:
    written = r"\| (escape(_once)?|asset_url|json \| replace: '<', less_than) }}$"
    for path in LIQUID:
        for output in re.findall(r"{{.*?}}", text(path)):
            assert re.search(written, output), f"{path}: {output}"
        # Engines differ in what a backslash means in a text.
        assert "\\" not in text(path)
        assert "@" not in text(path), f"{path} has a place that was not filled"


@pytest.mark.parametrize("path", BLOCKS)
def test_every_text_of_the_theme_editor_is_there_in_both_languages(path: str) -> None:
    schema = json.loads(schema_of(path))
    keys = re.findall(r'"t:([\w.]+)"', schema_of(path))
    assert keys
    for name in LOCALES:
        for key in keys:
            found = locale(f"{name}.schema")
            for part in key.split("."):
                found = found[part]
            assert isinstance(found, str)
            assert found
            if schema["name"] == f"t:{key}":
                assert len(found) <= 25
                assert found.lower() != CONFIG["name"].lower()


def test_texts_have_the_same_keys_in_both_languages() -> None:
    def keys(tree: Any) -> Any:
        return {key: keys(value) for key, value in tree.items()} if isinstance(tree, dict) else None

    for kind in ("", ".schema"):
        first, second = (keys(locale(f"{name}{kind}")) for name in LOCALES)
        assert first == second


# Shopify's own checker


def test_theme_check_has_no_objection(folder: Path) -> None:
    assert objections(folder) == []


@pytest.mark.parametrize(
    ("check", "path", "change"),
    [
        ("ParserBlockingScript", "blocks/bleib.liquid", ("<script async ", "<script ")),
        ("UnknownFilter", "blocks/bleib.liquid", ("| json", "| jason")),
        ("UndefinedObject", "blocks/bleib.liquid", ("request.page_type", "requests.page_type")),
        ("TranslationKeyExists", "blocks/newsletter.liquid", ("'placeholder.", "'placeholders.")),
        ("LiquidHTMLSyntaxError", "blocks/newsletter.liquid", ("{%- endif -%}", "")),
        ("ValidSchemaTranslations", "blocks/newsletter.liquid", ("t:blocks.", "t:block.")),
        ("MissingAsset", "blocks/bleib.liquid", ("'bleib.js'", "'gone.js'")),
        ("MatchingTranslations", "locales/de.json", ('"embed"', '"embeds"')),
        ("ValidSchema", "blocks/newsletter.liquid", ('"target"', "target")),
    ],
)
def test_theme_check_notices_an_extension_that_is_wrong(
    check: str, path: str, change: tuple[str, str], folder: Path, tmp_path: Path
) -> None:
    before = text(path)
    assert before != before.replace(*change)
    wrong = written({**EXTENSION, path: before.replace(*change).encode()}, tmp_path)
    assert check in {found["check"] for found in objections(wrong)}


@pytest.fixture(scope="session")
def schemas() -> Iterator[NodeOracle]:
    with NodeOracle("block_schema.mjs") as oracle:
        yield oracle


@pytest.mark.parametrize("path", BLOCKS)
def test_settings_of_each_block_are_valid_against_shopifys_schema(
    path: str, schemas: NodeOracle
) -> None:
    assert schemas.ask(schema_of(path)) == []


@pytest.mark.parametrize(
    "wrong",
    [
        '{"name": "x", "target": "footer"}',
        '{"name": "x"}',
        '{"name": "x", "target": "body",}',
        '{"name": "x", "target": "body", "colour": "red"}',
        '{"name": "x", "target": "body", "settings": [{"type": "txt", "id": "a", "label": "b"}]}',
        '{"name": "x", "target": "body", "settings": [{"type": "range", "id": "a", "label": "b"}]}',
        '{"name": "x", "target": "body", "enabled_on": {}, "disabled_on": {}}',
    ],
)
def test_wrong_settings_are_noticed(wrong: str, schemas: NodeOracle) -> None:
    assert schemas.ask(wrong) != []


# What a shop's page gets


class Drawn(HTMLParser):
    """The elements of a page, and the text inside its scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def scripts(self) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == "script"]


@pytest.fixture(scope="session")
def liquid(folder: Path) -> Iterator[NodeOracle]:
    with NodeOracle("liquid.mjs", str(folder)) as oracle:
        yield oracle


def bleib(**metafields: Any) -> dict[str, Any]:
    found = {name: {"value": value} for name, value in metafields.items()}
    return {"metafields": {"bleib": found}}


def test_page_gets_the_config_and_then_the_loader(liquid: NodeOracle) -> None:
    page = Drawn(liquid.ask(job(cart={"item_count": 2})))
    assert page.scripts() == [
        {"type": "application/json", "id": "bleib-config"},
        {
            "async": None,
            "src": "https://cdn.example/assets/bleib.js?v=16113141617",
            "data-shop": "k3y0123456789abc",
            "data-app": "https://app.example",
            "data-files": data_files(FACTS),
            "data-page": "product",
            "data-product": "gid://shopify/Product/7",
            "data-lang": "de",
            "data-cart": "2",
        },
    ]
    assert json.loads(page.words) == {"v": 1}


@pytest.mark.parametrize(
    ("shopifys", "ours"),
    [
        ("index", "home"),
        ("cart", "cart"),
        ("search", "search"),
        ("list-collections", "collection"),
        ("customers/order", "order"),
        ("customers/login", "account"),
    ],
)
def test_pages_are_called_as_everywhere(shopifys: str, ours: str, liquid: NodeOracle) -> None:
    request = {"page_type": shopifys, "locale": {"iso_code": "en"}}
    page = Drawn(liquid.ask(job(request=request, product=None)))
    tag = page.scripts()[1]
    assert (tag["data-page"], tag["data-product"], tag["data-lang"]) == (ours, "", "en")


def test_page_says_that_somebody_is_logged_in_and_not_who(liquid: NodeOracle) -> None:
    page = Drawn(liquid.ask(job(customer={"id": 471147114711, "email": "mara@post.example"})))
    assert page.scripts()[1]["data-customer"] is None
    assert not any("47114711" in f"{value}" for value in page.scripts()[1].values())


@pytest.mark.parametrize("escaping", [True, False])
def test_hostile_text_stays_text(escaping: bool, liquid: NodeOracle) -> None:
    given = {"v": 1, "name": HOSTILE, HOSTILE: [HOSTILE]}
    asked = job(app=bleib(shop_key=f'"{HOSTILE}', config=given))
    page = Drawn(liquid.ask({**asked, "escaping": escaping}))
    assert [tag for tag, _ in page.tags] == ["script", "script"]
    assert json.loads(page.words) == given
    assert page.scripts()[1]["data-shop"] == f'"{HOSTILE}'


def test_page_without_a_published_config_gets_the_loader_alone(liquid: NodeOracle) -> None:
    page = Drawn(liquid.ask(job(app=bleib(shop_key="k3y"))))
    assert [tag["data-shop"] for tag in page.scripts()] == ["k3y"]


@pytest.mark.parametrize("app", [{}, bleib(), bleib(shop_key=""), bleib(config={"v": 1})])
def test_shop_that_is_not_connected_gets_nothing(app: Any, liquid: NodeOracle) -> None:
    assert liquid.ask(job(app=app)).strip() == ""


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("block", [EMBED_BLOCK, *(Path(path).stem for path in BLOCKS)])
def test_theme_editor_says_what_stands_there(block: str, language: str, liquid: NodeOracle) -> None:
    request = {"design_mode": True, "page_type": "page", "locale": {"iso_code": language}}
    page = Drawn(liquid.ask({**job(block, app={}, request=request), "language": language}))
    assert ("p", {"class": "bleib-placeholder"}) in page.tags
    texts = locale("en.default" if language == "en" else language)
    expected = texts["placeholder"].get(block) or texts["embed"]["not_connected"]
    assert expected in page.words


@pytest.mark.parametrize("block", [Path(p).stem for p in BLOCKS if EMBED_BLOCK + "." not in p])
def test_block_on_a_page_is_an_empty_place(block: str, liquid: NodeOracle) -> None:
    assert liquid.ask(job(block)).strip() == f'<div data-bleib="{block}"></div>'
