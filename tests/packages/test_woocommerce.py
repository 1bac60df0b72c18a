"""The WordPress plugin, run by PHP on stand-ins of WordPress and WooCommerce."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

from plugin.app import package_facts
from plugin.packages import AppFacts, data_files
from plugin.packages.woocommerce import render
from plugin.services.parcels.shop_links import proof_of
from tests.conftest import make_config

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LEDGER = ROOT / "widgets" / "_runtime" / "ledger.json"
APP = "https://bleib.example"
KEY = "k3y0000000000000"
SECRET = "s3cret-of-the-shop_0123456789abc"
HOSTILE = """</script><script>alert(1)</script><!-- ' " & ü 😀"""
CONFIG = {"v": 1, "shop": KEY, "name": HOSTILE, "campaigns": [], "widgets": {}}
EMBED = {"shop": KEY, "app": APP, "config": json.dumps(CONFIG), "secret": SECRET}

needs_php = pytest.mark.skipif(not shutil.which("php"), reason="PHP is missing: install php-cli")


@pytest.fixture(scope="module")
def app() -> AppFacts:
    return replace(package_facts(make_config()), public_url=APP)


@pytest.fixture(scope="module")
def files(app: AppFacts) -> dict[str, bytes]:
    return render(app)


@pytest.fixture(scope="module")
def folder(files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("plugins")
    for name, content in files.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return out / "bleib"


@pytest.fixture
def php(folder: Path) -> Callable[..., Any]:
    """Run PHP code after WordPress has started, with `$given` in hand, and return its value."""

    def run(code: str, given: object = None, /) -> Any:
        start = f"$given = json_decode({php_text(json.dumps(given))}, true);\n"
        command = ["php", str(HERE / "wordpress_standins.php"), str(folder)]
        done = subprocess.run(
            command, input=start + code, capture_output=True, text=True, check=False, timeout=30
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    return run


@pytest.fixture
def shop(php: Callable[..., Any]) -> Callable[..., Any]:
    """Run PHP code in a shop that is connected with the app."""
    store = "standin_start(); standin_rest('PUT', '/wc-bleib/v1/embed', $given['embed']);\n"

    def run(code: str, /, **given: object) -> Any:
        return php(store + code, {"embed": EMBED, **given})

    return run


def php_text(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


class Page(HTMLParser):
    """Collects the scripts of a page with their attributes and texts, and every other element."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.others: list[tuple[str, dict[str, str | None]]] = []
        self._inside = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "script"
        if self._inside:
            self.scripts.append((dict(attrs), ""))
        else:
            self.others.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            attrs, text = self.scripts[-1]
            self.scripts[-1] = (attrs, text + data)


# --- the archive


def test_the_header_says_what_wordpress_and_woocommerce_ask_for(files: dict[str, bytes]) -> None:
    head = files["bleib/bleib.php"].decode().split("*/")[0]
    fields = dict(re.findall(r"^ \* ([\w ]+): (.+)$", head, re.M))
    assert fields["Plugin Name"] == "Bleib"
    assert fields["Version"] == json.loads((ROOT / "manifest.json").read_text("utf-8"))["version"]
    assert fields["Requires at least"] == "6.2"
    assert fields["Requires PHP"] == "7.4"
    assert fields["Requires Plugins"] == "woocommerce"
    assert fields["License"] == "MIT"
    assert "compatible with the GPL" in head
    assert files["bleib/LICENSE"] == (ROOT / "LICENSE").read_bytes()


def test_nothing_is_left_to_fill_in(files: dict[str, bytes]) -> None:
    assert [name for name, content in files.items() if b"{{" in content] == []


def test_the_script_is_the_cart_of_woocommerce_and_then_the_loader(
    app: AppFacts, files: dict[str, bytes]
) -> None:
    script = files["bleib/assets/bleib.js"]
    assert script.startswith(app.static[app.carts["woocommerce"]].rstrip(b";\n") + b";\n")
    assert script.endswith(app.static["bleib.js"])


@pytest.mark.parametrize("address", ["https://x'.example", "https://x.example/\\", "https://x\n.y"])
def test_an_address_that_php_would_misread_is_refused(app: AppFacts, address: str) -> None:
    with pytest.raises(ValueError, match="not for a PHP file"):
        render(replace(app, public_url=address))


@needs_php
def test_php_accepts_every_file(folder: Path) -> None:
    for path in sorted(folder.rglob("*.php")):
        done = subprocess.run(["php", "-l", str(path)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_no_file_uses_what_php_7_4_does_not_have(files: dict[str, bytes]) -> None:
    newer = re.compile(
        r"\?->|\bmatch\s*\(|\benum\s|\breadonly\b(?!')|\bstr_(contains|starts_with|ends_with)\b"
        r"|: (mixed|never|static)\b|\): \??\w+\||: false\b|#\[|__construct\( (public|private)"
    )
    for name, content in files.items():
        if name.endswith(".php"):
            assert not newer.search(content.decode()), name


@needs_php
def test_no_file_does_anything_when_it_is_opened_in_a_browser(folder: Path) -> None:
    for path in sorted(folder.rglob("*.php")):
        done = subprocess.run(["php", str(path)], capture_output=True, text=True, check=False)
        assert (done.stdout, done.stderr, done.returncode) == ("", "", 0), path


def test_every_text_has_its_german_and_no_german_is_left_over(files: dict[str, bytes]) -> None:
    code = b"".join(content for name, content in files.items() if name.endswith(".php")).decode()
    said = set(re.findall(r"\b(?:__|esc_html__)\(\s*'((?:[^'\\]|\\.)*)'", code))
    said |= set(re.findall(r"\b_n\(\s*'((?:[^'\\]|\\.)*)'", code))
    said.add(re.search(r"^ \* Description: (.+)$", code, re.M)[1])  # type: ignore[index]
    catalog = read_po(BytesIO(files["bleib/languages/bleib-de_DE.po"]), locale="de_DE")
    known = {}
    for message in catalog:
        name = message.id if isinstance(message.id, str) else message.id[0]
        known[name] = message.string
    del known[""]
    assert said == set(known)
    assert all(all(text) if isinstance(text, tuple) else text for text in known.values())


def test_german_reaches_austria_switzerland_and_the_formal_variant(
    files: dict[str, bytes],
) -> None:
    for locale in ("de_DE", "de_DE_formal", "de_AT", "de_CH", "de_CH_informal"):
        compiled = files[f"bleib/languages/bleib-{locale}.mo"]
        assert compiled.startswith(b"\xde\x12\x04\x95")
        assert "Bleib öffnen".encode() in compiled


# --- the pages of the shop


@needs_php
def test_the_configuration_stands_in_the_page_and_cannot_leave_its_element(shop: Any) -> None:
    page = Page(shop("return standin_head();"))
    assert len(page.scripts) == 2
    attributes, text = page.scripts[0]
    assert attributes == {"type": "application/json", "id": "bleib-config"}
    assert json.loads(text) == CONFIG
    assert "<" not in text


@needs_php
def test_even_a_configuration_changed_in_the_database_cannot_leave_its_element(shop: Any) -> None:
    code = "wp()->options['bleib_embed']['config'] = $given['config']; return standin_head();"
    page = Page(shop(code, config='{"a":"</script><img src=x onerror=alert(1)>"}'))
    assert len(page.scripts) == 2
    assert page.others == []


@needs_php
def test_the_script_knows_the_shop_the_app_and_the_page(shop: Any) -> None:
    code = "$_GET['page_kind'] = 'product'; return standin_head();"
    attributes, _ = Page(shop(code)).scripts[1]
    assert attributes["async"] in (None, "")
    assert (attributes["src"] or "").startswith(
        "https://shop.example/wp-content/plugins/bleib/assets/bleib.js?ver="
    )
    assert {name: value for name, value in attributes.items() if name.startswith("data-")} == {
        "data-shop": KEY,
        "data-app": APP,
        "data-page": "product",
        "data-product": "42",
        "data-lang": "de-DE",
        "data-api": "https://shop.example/wp-json/wc/store/v1/",
        "data-files": data_files(package_facts(make_config())),
        "data-no-minify": "1",
        "data-no-optimize": "1",
        "data-noptimize": "1",
    }


@needs_php
def test_the_page_says_that_somebody_is_logged_in_and_not_who(shop: Any) -> None:
    html = shop("$_GET['logged_in'] = '1'; return standin_head();")
    assert Page(html).scripts[1][0]["data-customer"] in (None, "")


@needs_php
def test_hostile_values_stay_inside_their_attributes(shop: Any) -> None:
    language = """de" onload="alert(1)' ><script>"""
    code = "wp()->info['language'] = $given['language']; return standin_head();"
    page = Page(shop(code, language=language))
    assert len(page.scripts) == 2
    assert page.scripts[1][0]["data-lang"] == language
    assert "onload" not in page.scripts[1][0]


@needs_php
@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("thankyou", "thankyou"), ("checkout", "checkout"), ("cart", "cart"), ("order", "order"),
        ("product", "product"), ("shop", "collection"), ("category", "collection"),
        ("account", "account"), ("home", "home"), ("search", "search"), ("blog", "other"),
    ],
)  # fmt: skip
def test_every_kind_of_page_has_its_name(shop: Any, kind: str, name: str) -> None:
    html = shop("$_GET['page_kind'] = $given['kind']; return standin_head();", kind=kind)
    assert Page(html).scripts[1][0]["data-page"] == name


@needs_php
@pytest.mark.parametrize(
    ("version", "how"),
    [("6.2.6", False), ("6.3", {"strategy": "async", "in_footer": False})],
)
def test_older_wordpress_gets_no_strategy_but_the_same_element(
    shop: Any, version: str, how: object
) -> None:
    code = "wp()->info['version'] = $given['version']; $html = standin_head();"
    html, found = shop(code + "return [$html, wp()->scripts['bleib'][1]];", version=version)
    assert found == how
    assert "async" in Page(html).scripts[1][0]


@needs_php
@pytest.mark.parametrize(
    "code",
    [
        "standin_start();",
        "define('without_woocommerce', 1); standin_start();",
        "standin_start(); standin_rest('PUT', '/wc-bleib/v1/embed', $given);"
        "wp()->customizer = true;",
    ],
    ids=["not connected", "without WooCommerce", "while a theme is tried on"],
)
def test_nothing_stands_in_the_page(php: Any, code: str) -> None:
    assert php(code + "return standin_head();", EMBED) == ""


@needs_php
def test_the_plugin_says_that_it_knows_the_new_orders_and_the_new_checkout(php: Any) -> None:
    said = php(
        """
        eval('namespace Automattic\\WooCommerce\\Utilities; class FeaturesUtil {
            static function declare_compatibility(...$said) { \\wp()->sent[] = $said; }
        }');
        standin_start();
        return wp()->sent;
        """
    )
    assert [(feature, good) for feature, _, good in said] == [
        ("custom_order_tables", True),
        ("cart_checkout_blocks", True),
    ]


# --- places


@needs_php
@pytest.mark.parametrize(
    ("name", "widget"),
    [("status", "shipment_status"), ("suggestions", "cross_sell"), ("newsletter", "newsletter")],
)
def test_shortcode_and_block_make_the_same_place(shop: Any, name: str, widget: str) -> None:
    code = "return [wp()->codes[$given['code']](), wp()->blocks[$given['block']]];"
    short, block = shop(code, code=f"bleib_{name}", block=f"bleib/{name}")
    assert Page(short).others == [("div", {"data-bleib": widget})]
    assert block["editor_script_handles"] == ["bleib-editor"]
    drawn = shop(
        "return wp()->blocks[$given['block']]['render_callback']();", block=f"bleib/{name}"
    )
    assert Page(drawn).others == [("div", {"data-bleib": widget, "class": "wp-block-bleib"})]


@needs_php
def test_suggestions_stand_below_either_cart_until_the_merchant_says_no(shop: Any) -> None:
    both = """
        $both = static function () {
            return apply_filters('render_block_woocommerce/cart', '<p>cart</p>')
                . standin_printed(static function () { do_action('woocommerce_after_cart'); });
        };
    """
    before, after = shop(
        both
        + """
        $before = $both();
        standin_leaves('Bleib\\Admin\\save');
        return [$before, $both()];
    """
    )
    place = ("div", {"data-bleib": "cross_sell", "style": "clear:both"})
    voucher = ("div", {"data-bleib": "preflight", "style": "clear:both"})
    assert Page(before).others == [("p", {}), voucher, place, place]
    assert Page(after).others == [("p", {}), voucher]


@needs_php
def test_places_are_empty_while_nothing_is_connected(php: Any) -> None:
    code = "standin_start(); return [wp()->codes['bleib_status'](), standin_printed("
    assert php(code + "static function () { do_action('woocommerce_after_cart'); })];") == ["", ""]


# --- what the app leaves here


@needs_php
def test_the_app_stores_and_reads_back(php: Any) -> None:
    put, get, autoload = php(
        """
        standin_start();
        $put = standin_rest('PUT', '/wc-bleib/v1/embed', $given);
        return [$put, standin_rest('GET', '/wc-bleib/v1/embed'), wp()->autoload];
        """,
        EMBED,
    )
    assert put == [200, {"stored": True}]
    assert get == [200, {"version": "0.1.0", "shop": KEY}]
    assert autoload == {"bleib_embed": True, "bleib_secret": False}


@needs_php
def test_before_the_app_has_stored_anything_it_reads_an_empty_key(php: Any) -> None:
    code = "standin_start(); return standin_rest('GET', '/wc-bleib/v1/embed');"
    assert php(code) == [200, {"version": "0.1.0", "shop": ""}]


@needs_php
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("app", "https://other.example"),
        ("app", APP + ".other.example"),
        ("shop", "Key with blanks"),
        ("shop", KEY + "\n"),
        ("config", "[1]"),
        ("config", '"text"'),
        ("config", "{"),
        ("config", json.dumps({"a": "x" * 200_000})),
        ("config", {"v": 1}),
        ("secret", "short"),
        ("secret", SECRET + "<"),
        ("secret", None),
    ],
    ids=lambda value: str(value)[:20],
)
def test_wrong_values_are_refused_and_nothing_is_stored(php: Any, field: str, value: Any) -> None:
    code = "standin_start(); $put = standin_rest('PUT', '/wc-bleib/v1/embed', $given);"
    put, stored = php(code + "return [$put, get_option('bleib_embed')];", {**EMBED, field: value})
    assert put == [400, {"param": field}]
    assert stored is False


@needs_php
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_only_who_manages_the_shop_may_read_or_store(php: Any, method: str) -> None:
    code = f"standin_start(); wp()->may = false; return standin_rest('{method}',"
    assert php(code + "'/wc-bleib/v1/embed', $given)[0];", EMBED) == 403


@needs_php
def test_page_caches_start_anew_only_where_something_changed(php: Any) -> None:
    count = php(
        """
        standin_start();
        foreach ([1, 1, 2] as $version) {
            $config = json_encode(['v' => $version]);
            standin_rest('PUT', '/wc-bleib/v1/embed', ['config' => $config] + $given);
        }
        return did_action('litespeed_purge_all');
        """,
        EMBED,
    )
    assert count == 2


@needs_php
def test_the_secret_stands_on_no_page(shop: Any) -> None:
    html = shop("return standin_head() . standin_printed('Bleib\\Admin\\show');")
    assert "data-shop" in html
    assert SECRET not in html


# --- lines from a suggestion

ADD = "standin_rest('POST', '/wc/store/v1/cart/add-item', "


@needs_php
def test_the_mark_goes_from_the_request_through_the_cart_to_the_order(shop: Any) -> None:
    answer, order = shop(
        f"$one = {ADD} ['id' => 12003, 'quantity' => 1, '_bleib' => 'cross_sell:7:r12']);"
        "return [$one, standin_order()];"
    )
    status, body = answer
    assert status == 201
    assert body["items"][0]["extensions"]["bleib"] == {"product_id": 12, "mark": "cross_sell:7:r12"}
    assert order == [{"_bleib": "cross_sell:7:r12"}]


@needs_php
def test_a_line_without_a_mark_stays_as_it_is_even_after_a_marked_one(shop: Any) -> None:
    answer, order = shop(
        f"{ADD} ['id' => 12, 'quantity' => 1, '_bleib' => 'cross_sell:7']);"
        "WC()->cart->add(13, 1);"
        f"$two = {ADD} ['id' => 12, 'quantity' => 1]);"
        "return [$two, standin_order()];"
    )
    assert [item["id"] for item in answer[1]["items"]] == [12, 13, 12]
    assert order == [{"_bleib": "cross_sell:7"}, [], []]


@needs_php
def test_a_product_that_is_sold_one_by_one_gets_no_line_of_its_own(shop: Any) -> None:
    code = f"standin_state()->single = [12]; {ADD} ['id' => 12, 'quantity' => 1, '_bleib' => "
    assert shop(code + "'cross_sell:7']); return standin_order();") == [[]]


@needs_php
@pytest.mark.parametrize(
    "mark", ["<b>", "cross_sell:", "cross_sell:7\n", "cross_sell:7:", ["a"], 7, "x" * 80]
)
def test_a_foreign_mark_is_dropped(shop: Any, mark: object) -> None:
    code = f"{ADD} ['id' => 12, 'quantity' => 1, '_bleib' => $given['mark']]);"
    assert shop(code + "return standin_order();", mark=mark) == [[]]


# --- the note for the order

NOTED = """
    $note = static function ($text) {
        $body = ['namespace' => 'bleib', 'data' => ['note' => $text]];
        return standin_rest('POST', '/wc/store/v1/cart/extensions', $body)[0];
    };
"""
CHECKOUTS = (
    "woocommerce_checkout_create_order",
    "woocommerce_store_api_checkout_update_order_meta",
)


@needs_php
@pytest.mark.parametrize("checkout", CHECKOUTS)
def test_the_order_carries_the_note_and_its_first_word_on_a_campaign(
    shop: Any, checkout: str
) -> None:
    code = f"{ADD} ['id' => 12, 'quantity' => 1]); $note('0.0a,7.3b'); $note('7.3-,<b>,12.1h');"
    both = "return [standin_order_note($given['way']), standin_order_note($given['way'])];"
    first, next_one = shop(NOTED + code + both, way=checkout)
    assert first == {"_bleib_note": "0.0a,7.3b,12.1h"}
    assert next_one == []


@needs_php
def test_without_a_cart_nothing_is_noted(shop: Any) -> None:
    code = "$status = $note('0.0a'); return [$status, standin_order_note($given['way'])];"
    assert shop(NOTED + code, way=CHECKOUTS[0]) == [200, []]


# --- the link of a voucher mail

FOLLOW = """
    standin_state()->minimums = ['herbst-5' => 60];
    $follow = static function ($code) {
        $_GET['bleib_voucher'] = $code;
        return standin_leaves(static function () { do_action('template_redirect'); });
    };
    $state = static function () {
        $shop = standin_state();
        return [$shop->cart->coupons, $shop->session->get('bleib_voucher'), $shop->notices,
            $shop->session->has_cookie];
    };
"""


@needs_php
def test_a_voucher_link_applies_the_voucher_and_leads_to_the_clean_cart(shop: Any) -> None:
    to, again, (coupons, kept, notices, _) = shop(
        FOLLOW + "WC()->cart->add(12, 6); $to = $follow('HERBST-5');"
        "return [$to, $follow('herbst-5'), $state()];"
    )
    assert to == again == "https://shop.example/?page_kind=cart"
    assert coupons == ["herbst-5"]
    assert kept is None
    assert notices == [["success", "Coupon code applied successfully."]]


@needs_php
def test_a_voucher_waits_until_the_cart_is_full_enough(shop: Any) -> None:
    early, late = shop(
        FOLLOW + "WC()->cart->add(12, 1); $follow('herbst-5'); $early = $state();"
        "WC()->cart->add(13, 1); WC()->cart->add(14, 5); return [$early, $state()];"
    )
    assert early == [[], "herbst-5", [["error", "The minimum spend is not met."]], True]
    assert late[:2] == [["herbst-5"], None]
    assert len(late[2]) == 2


@needs_php
def test_a_voucher_waits_for_a_guest_whose_cart_is_empty(shop: Any) -> None:
    to, early, late = shop(
        FOLLOW + "$to = $follow('herbst-5'); $early = $state();"
        "WC()->cart->add(12, 6); return [$to, $early, $state()];"
    )
    assert to == "https://shop.example/?page_kind=shop"
    assert early[:2] == [[], "herbst-5"]
    assert early[2][0][0] == "notice"
    assert early[3] is True
    assert late[:2] == [["herbst-5"], None]


@needs_php
@pytest.mark.parametrize("items", [0, 6])
def test_an_unknown_code_is_said_once_and_not_kept(shop: Any, items: int) -> None:
    code = "if ($given['items']) { WC()->cart->add(12, $given['items']); } $follow('gone');"
    coupons, kept, notices, cookie = shop(FOLLOW + code + "return $state();", items=items)
    assert (coupons, kept, cookie) == ([], None, False)
    assert [kind for kind, _ in notices] == ["error"]


@needs_php
@pytest.mark.parametrize("code", [["herbst-5"], "", " ", "x" * 65])
def test_rubbish_in_the_link_does_nothing_but_lead_on(shop: Any, code: object) -> None:
    run = "$to = $follow($given['code']); return [$to, $state()];"
    to, state = shop(FOLLOW + run, code=code)
    assert to == "https://shop.example/?page_kind=shop"
    assert state == [[], None, [], False]


@needs_php
def test_a_page_without_the_parameter_is_left_alone(shop: Any) -> None:
    code = "return standin_leaves(static function () { do_action('template_redirect'); });"
    assert shop(code) == ""


# --- the merchant's page


@needs_php
def test_the_merchant_is_led_to_the_app_and_back(php: Any) -> None:
    html = php("standin_start(); return standin_printed('Bleib\\Admin\\show');")
    links = [attrs.get("href") for tag, attrs in Page(html).others if tag == "a"]
    assert links == [f"{APP}/install/woocommerce?shop_url=https%3A%2F%2Fshop.example"]


@needs_php
def test_what_woocommerce_needs_is_said_before_the_merchant_runs_into_it(php: Any) -> None:
    html = php(
        "wp()->options['permalink_structure'] = ''; standin_start();"
        "return standin_printed('Bleib\\Admin\\show');"
    )
    assert "Permalinks" in html
    assert "/install/woocommerce" not in html


@needs_php
def test_the_link_into_the_app_is_signed_as_agreed(shop: Any) -> None:
    url = shop("return standin_leaves('Bleib\\Admin\\open_app');")
    start, signature = url.split("&signature=")
    address, query = start.split("?")
    assert address == f"{APP}/install/woocommerce"
    assert re.fullmatch(rf"shop={KEY}&timestamp=\d{{10}}&nonce=[0-9a-f]{{32}}", query)
    assert signature == hmac.new(SECRET.encode(), query.encode(), hashlib.sha256).hexdigest()


@needs_php
@pytest.mark.parametrize("work", ["open_app", "save", "show"])
def test_nobody_else_gets_in(shop: Any, work: str) -> None:
    left = shop(f"wp()->may = false; return standin_leaves('Bleib\\Admin\\{work}');")
    assert left == "died: You may not do this."


@needs_php
def test_the_page_survives_a_damaged_option(shop: Any) -> None:
    html = shop(
        "wp()->options['bleib_embed'] = ['shop' => '<b>', 'config' => '</b>'];"
        "return standin_printed('Bleib\\Admin\\show');"
    )
    assert "<b>" not in html
    assert "Not visible to customers yet." in html


# --- the goodbye


@needs_php
def test_the_goodbye_is_signed_like_a_webhook(shop: Any) -> None:
    (sent,) = shop("Bleib\\Goodbye\\on_deactivation(false); return wp()->sent;")
    assert sent["url"] == f"{APP}/webhooks/woocommerce/{KEY}"
    assert sent["redirection"] == 0
    assert sent["headers"]["X-WC-Webhook-Topic"] == "app.uninstalled"
    assert sent["headers"]["X-WC-Webhook-Source"] == "https://shop.example/"
    wanted = hmac.new(SECRET.encode(), sent["body"].encode(), hashlib.sha256).digest()
    assert sent["headers"]["X-WC-Webhook-Signature"] == base64.b64encode(wanted).decode()
    assert json.loads(sent["body"])["shop"] == KEY


@needs_php
@pytest.mark.parametrize(("answer", "left"), [(200, False), (204, False), (500, True), (0, True)])
def test_what_was_stored_goes_once_the_app_knows(shop: Any, answer: int, left: bool) -> None:
    code = f"wp()->answers = {answer}; Bleib\\Goodbye\\on_deactivation();"
    stored = shop(code + "return [get_option('bleib_embed'), get_option('bleib_secret')];")
    assert [bool(value) for value in stored] == [left, left]


@needs_php
def test_deleting_the_plugin_says_goodbye_and_leaves_nothing(shop: Any, folder: Path) -> None:
    sent, left = shop(
        "wp()->answers = 0; update_option('bleib_settings', []); define('WP_UNINSTALL_PLUGIN', 1);"
        "require $given['file'];"
        "return [wp()->sent, preg_grep('/bleib/', array_keys(wp()->options))];",
        file=str(folder / "uninstall.php"),
    )
    assert len(sent) == 1
    assert left == []


@needs_php
def test_deleting_it_from_a_network_cleans_every_site(shop: Any, folder: Path) -> None:
    sent, sites = shop(
        """
        wp()->sites = [1 => wp()->options, 2 => wp()->options, 3 => []];
        define('WP_UNINSTALL_PLUGIN', 1);
        require $given['file'];
        return [count(wp()->sent), array_map(static function ($options) {
            return count(preg_grep('/bleib/', array_keys($options)));
        }, array_values(wp()->sites))];
        """,
        file=str(folder / "uninstall.php"),
    )
    assert sent == 2
    assert sites == [0, 0, 0]


# --- consent


@needs_php
def test_the_consent_tools_learn_what_may_be_kept_and_when(php: Any) -> None:
    known, keys = php(
        """
        function wp_add_cookie_info(...$facts) { wp()->sent[] = $facts; }
        standin_start();
        return [apply_filters('wp_consent_api_registered_bleib/bleib.php', false), wp()->sent];
        """
    )
    assert known is True
    assert {key[0]: key[2] for key in keys} == {
        "bleib.no": "functional",
        "bleib.ok": "functional",
        "bleib.voucher": "functional",
        "bleib.seen": "preferences",
        "bleib.ab": "preferences",
        "bleib.was": "preferences",
    }
    # The same keys, for as long, as the loader itself keeps to.
    ledger = json.loads(LEDGER.read_text(encoding="utf-8"))
    days = {"1 year": 365, "90 days": 90, "30 days": 30}
    assert {key[0]: days[key[3]] for key in keys} == {
        name: kept["days"] for name, kept in ledger.items()
    }
    assert {key[8] for key in keys} == {"LOCALSTORAGE"}


# --- the page of an order


@needs_php
def test_the_thank_you_page_links_the_orders_page_once_it_is_published(php: Any) -> None:
    published = CONFIG | {"campaigns": [{"widget": "shipment_status"}]}
    known, before = php(
        """
        standin_start();
        $shown = static function ($embed) {
            standin_rest('PUT', '/wc-bleib/v1/embed', $embed);
            return standin_printed(static function () { do_action('woocommerce_thankyou', 1007); });
        };
        return array_map($shown, $given);
        """,
        [EMBED | {"config": json.dumps(published)}, EMBED],
    )
    link = f"{APP}/o/{KEY}/1007/{proof_of(SECRET, KEY, '1007')}"
    assert f'<a class="button" href="{link}" rel="noreferrer">' in known
    assert before == ""
