"""Every page in both languages, and the texts behind them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from string import Formatter

import pytest
from flask.testing import FlaskClient

import plugin.demo
from plugin.demo.backoffice import set_embed
from plugin.demo.catalogue import entries
from plugin.demo.generic_silhouettes import EVERY
from plugin.demo.pictures import GLAZES, picture
from plugin.demo.shop import Shop
from plugin.demo.wording import texts
from tests.demo.conftest import AdminApi
from tests.demo.test_admin_api import document

FOLDER = Path(plugin.demo.__file__).parent
PAGES = [
    "/", "/collections/all", "/collections/keramik", "/collections/tee", "/collections/geschenke",
    "/search", "/search?q=becher", "/products/teekanne-seeufer", "/cart", "/pages/sendung",
    "/pages/versand", "/pages/datenschutz", "/pages/impressum", "/pages/werkstatt",
    "/hinterzimmer", "/hinterzimmer/apps", "/admin/themes/current/editor", "/postfach",
]  # fmt: skip


def switch_on(api: AdminApi, shop: Shop) -> None:
    """Do what the app and the merchant do until the embed is on every page."""
    own = api.data(document("installation"))["currentAppInstallation"]["id"]
    field = {"ownerId": own, "namespace": "bleib", "key": "shop_key", "value": "k3y0000000000000"}
    api.data(document("metafields_set"), {"metafields": [field]})
    set_embed(shop, True)


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_page_answers_in_its_language(visitor: FlaskClient, path: str, language: str) -> None:
    visitor.set_cookie("lang", language)
    answer = visitor.get(path)
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    assert answer.text.count("<h1") == 1
    assert "style=" not in answer.text
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


def test_every_product_has_a_page_and_a_picture(visitor: FlaskClient) -> None:
    for entry in entries():
        assert entry["title"]["en"] in visitor.get(f"/products/{entry['handle']}?lang=en").text
        assert visitor.get(f"/pictures/{entry['handle']}.svg").mimetype == "image/svg+xml"
        assert entry["kind"] in EVERY
        assert entry["glaze"] in GLAZES


def test_pictures_load_nothing_and_stay_the_same() -> None:
    for kind in EVERY:
        drawn = picture(kind, "nebel", "seed")
        assert drawn == picture(kind, "nebel", "seed")
        assert "{" not in drawn
        assert not re.search(r"(href|src)=", drawn)


def test_both_languages_have_the_same_texts_with_the_same_gaps() -> None:
    german, english = texts("de"), texts("en")
    assert set(german) == set(english)

    def gaps(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    assert [key for key in german if gaps(german[key]) != gaps(english[key])] == []
    assert [key for key, value in (german | english).items() if not value.strip()] == []


def test_every_text_the_pages_name_exists() -> None:
    named: set[str] = set()
    for path in FOLDER.glob("templates/*.html"):
        named |= set(re.findall(r"""say(?:_markup)?\("([\w.]+)"[,)]""", path.read_text("utf-8")))
        named |= set(re.findall(r"""say\('([\w.]+)'\)""", path.read_text("utf-8")))
    assert named - set(texts("de")) == set()


def test_language_is_remembered(visitor: FlaskClient) -> None:
    visitor.get("/?lang=en")
    assert '<html lang="en">' in visitor.get("/cart").text
    assert '<html lang="en">' in visitor.get("/?lang=xx").text


def test_unknown_pages_are_a_404(visitor: FlaskClient) -> None:
    for path in ("/nix", "/products/nix", "/collections/nix", "/pages/nix", "/pictures/nix.svg"):
        answer = visitor.get(path)
        assert answer.status_code == 404


def test_search_finds_by_every_word_and_takes_wildcards_literally(visitor: FlaskClient) -> None:
    assert "Becher „Nebel“" in visitor.get("/search?q=nebel+becher").text
    assert "Nichts gefunden" in visitor.get("/search?q=100%25_").text
    assert "<script>" not in visitor.get("/search?q=<script>").text


def test_embed_is_off_after_install(visitor: FlaskClient, api: AdminApi) -> None:
    assert "bleib.js" not in visitor.get("/").text
    assert "data-bleib" not in visitor.get("/cart").text


def test_embed_stands_on_every_page_but_the_till(
    visitor: FlaskClient, api: AdminApi, demo_shop: Shop
) -> None:
    switch_on(api, demo_shop)
    product = demo_shop.db.one("SELECT id FROM products WHERE handle = 'teekanne-seeufer'")
    assert product is not None
    page = visitor.get("/products/teekanne-seeufer").text
    tag = (
        f'<script async src="{demo_shop.settings.app_url}/static/v1/bleib.js" '
        'data-shop="k3y0000000000000" data-page="product" '
        f'data-product="gid://shopify/Product/{product["id"]}" data-lang="de" '
        'data-cart="0"></script>'
    )
    assert re.search(re.escape(tag) + r"\s*</body>", page)
    for path, name in {
        "/": "home", "/cart": "cart", "/search": "search", "/collections/tee": "collection",
        "/pages/sendung": "page",
    }.items():  # fmt: skip
        assert f'data-page="{name}"' in visitor.get(path).text
    visitor.post("/cart/add", data={"id": 45210001})
    assert "bleib.js" not in visitor.get("/checkout").text


def test_config_of_the_app_stands_in_the_page_and_cannot_leave_its_element(
    visitor: FlaskClient, api: AdminApi, demo_shop: Shop
) -> None:
    switch_on(api, demo_shop)
    assert "bleib-config" not in visitor.get("/").text
    own = api.data(document("installation"))["currentAppInstallation"]["id"]
    config = json.dumps({"v": 1, "name": "</script><script>alert(1)</script>"})
    field = {
        "ownerId": own,
        "namespace": "bleib",
        "key": "config",
        "type": "json",
        "value": config,
    }
    api.data(document("metafields_set"), {"metafields": [field]})
    page = visitor.get("/").text
    found = re.search(r'<script type="application/json" id="bleib-config">(.*?)</script>', page)
    assert found is not None
    assert json.loads(found[1]) == json.loads(config)
    assert page.index("bleib-config") < page.index("/bleib.js")


def test_app_blocks_stand_where_the_theme_puts_them(
    visitor: FlaskClient, api: AdminApi, demo_shop: Shop
) -> None:
    switch_on(api, demo_shop)
    home = visitor.get("/").text
    assert '<div class="footer-block" data-bleib="newsletter"><noscript><a href="/apps/' in home
    assert 'data-bleib="shipment_status"></div>' in visitor.get("/pages/sendung").text
    visitor.post("/cart/add", data={"id": 45210001})
    cart = visitor.get("/cart").text
    lines, block = cart.index('class="lines"'), cart.index('data-bleib="cross_sell"')
    assert lines < block < cart.index("<aside")


def test_uninstalling_removes_the_embed_at_once(
    visitor: FlaskClient, api: AdminApi, demo_shop: Shop
) -> None:
    switch_on(api, demo_shop)
    visitor.post("/hinterzimmer/apps", data={"action": "uninstall"})
    assert "bleib.js" not in visitor.get("/").text


def test_theme_editor_switches_the_embed(
    visitor: FlaskClient, api: AdminApi, demo_shop: Shop
) -> None:
    switch_on(api, demo_shop)
    editor = "/admin/themes/current/editor"
    visitor.post(editor, data={})
    assert "bleib.js" not in visitor.get("/").text
    visitor.post(editor, data={"embed": "on"})
    assert "bleib.js" in visitor.get("/").text
