"""The main job from installation to uninstall, in Chromium, against separate processes."""

from __future__ import annotations

import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from plugin.manifest import load_manifest
from tests.journey.guarded import (
    finds_the_budget_spent,
    hands_out_the_proof,
    learns_what_the_voucher_needs,
    leaves_by_one_click,
    meets_the_comparison_group,
    reads_the_report,
)
from tests.journey.inlined import wait_until_shown
from tests.journey.people import (
    Merchant,
    Shopper,
    accessible,
    says,
    shop_says,
    suggestion_says,
    widget_says,
)
from tests.journey.stage import Stage, eventually
from tests.postgres import Postgres

pytestmark = [pytest.mark.journey, pytest.mark.timeout(420)]
PORTS = {"sqlite": 24100, "postgresql": 24110}
EMAIL = "lena.brandt@example.com"


@pytest.fixture(params=["sqlite", "postgresql"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    url = None
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        url = server.empty_database()
    with Stage(tmp_path / "demo", url, PORTS[request.param]) as stage:
        yield stage


@pytest.mark.xdist_group("journey")
def test_a_visitor_becomes_a_regular(stage: Stage, chromium: Browser, tmp_path: Path) -> None:
    started = time.monotonic()
    merchant = Merchant(chromium, stage)
    merchant.install()
    merchant.wait_for_sync()
    merchant.switch_embed_on()
    merchant.tell_sender()
    merchant.lets_bleib_write()
    merchant.compare_nobody()
    for widget in load_manifest().widgets:
        merchant.publish(widget)
    wait_until_shown(stage, load_manifest().widgets)

    shopper = Shopper(chromium, stage)
    signs_up_in_the_exit_window(shopper)
    confirm_link = confirms_by_button_only(stage, shopper)
    code = receives_a_voucher(stage, shopper)
    number = adds_a_suggestion_and_buys(stage, shopper, code)
    follows_the_parcel(stage, shopper, number)
    gets_no_second_voucher(stage, shopper, confirm_link)
    shopper.leave()

    figures_count_it_all(merchant)
    hands_out_the_proof(merchant, EMAIL, tmp_path)
    leaves_by_one_click(stage, EMAIL)
    finds_the_budget_spent(merchant, chromium)
    meets_the_comparison_group(merchant, chromium)
    reads_the_report(merchant)
    uninstalling_leaves_nothing_behind(stage, merchant)
    merchant.leave()
    print(f"the journey took {time.monotonic() - started:.0f} s")


def signs_up_in_the_exit_window(shopper: Shopper) -> None:
    page = shopper.go(f"{shopper.stage.shop}/products/teekanne-seeufer")
    dialog = shopper.about_to_leave()
    expect(dialog.get_by_role("checkbox").first).not_to_be_checked()
    accessible(page)
    stored = "[Object.keys(localStorage), Object.keys(sessionStorage)]"
    assert page.evaluate(stored) == [[], []], "nothing may be stored before the shopper acts"
    shopper.sign_up(dialog, "exit_intent", EMAIL)
    assert page.evaluate(stored) == [["bleib.ok"], []], "nothing but that they signed up"
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def confirms_by_button_only(stage: Stage, shopper: Shopper) -> str:
    mail = stage.mail(EMAIL)
    assert mail["class"] == "confirmation"
    link = next(address for address in mail["links"] if "/c/" in address)
    with urllib.request.urlopen(link, timeout=10) as scanner:
        assert scanner.status == 200
    page = shopper.go(link)
    assert len(stage.mails(EMAIL)) == 1, "opening the link alone must confirm nothing"
    page.get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bestätigt")
    accessible(page)
    return str(link)


def receives_a_voucher(stage: Stage, shopper: Shopper) -> str:
    mail = stage.mail(EMAIL, 2)
    link = next(address for address in mail["links"] if "/discount/" in address)
    found = re.search(r"/discount/([A-Z0-9-]+)", link)
    assert found is not None
    code = found.group(1)
    assert code in mail["text"]
    learns_what_the_voucher_needs(shopper, link)
    expect(shopper.page.locator("aside")).to_contain_text(code)
    return code


def adds_a_suggestion_and_buys(stage: Stage, shopper: Shopper, code: str) -> str:
    page = shopper.look_into_cart()
    rows = page.get_by_role("listitem").filter(has_not=page.get_by_role("radiogroup"))
    add = rows.get_by_role("button", name=suggestion_says("add")).first
    expect(add).to_be_visible()
    accessible(page)
    before = page.evaluate("fetch('/cart.js').then(r => r.json()).then(c => c.item_count)")
    add.click()
    expect(page.get_by_text(suggestion_says("added")).first).to_be_visible()
    after: dict[str, Any] = page.evaluate("fetch('/cart.js').then(r => r.json())")
    assert after["item_count"] == before + 1
    assert any("_bleib" in (item["properties"] or {}) for item in after["items"])
    number = shopper.buy(EMAIL).lstrip("#")
    assert stage.demo(f"orders/{number}")["code"] == code
    return number


def follows_the_parcel(stage: Stage, shopper: Shopper, number: str) -> None:
    order = stage.demo(f"orders/{number}")
    page = shopper.go(f"{stage.shop}/pages/sendung")
    block = page.locator('[data-bleib="shipment_status"]')
    fields = block.get_by_role("textbox")
    expect(fields.first).to_be_visible()
    fields.nth(0).fill(f"#{number}")
    fields.nth(1).fill("falsch@example.com")
    block.locator("button").first.click()
    expect(block.get_by_text(widget_says("shipment_status", "st.none")[:30])).to_be_visible()
    stage.demo(f"orders/{order['id']}/step", {})
    stage.demo(f"orders/{order['id']}/step", {})
    mail = stage.mail_about(EMAIL, "unterwegs")
    assert mail["class"] == "service"
    fields.nth(1).fill(EMAIL)
    block.locator("button").first.click()
    expect(block.locator("ol")).to_be_visible()
    accessible(page)
    link = next(address for address in mail["links"] if "status" in address or "/s/" in address)
    page = shopper.go(link)
    expect(page.locator("ol")).to_be_visible()


def gets_no_second_voucher(stage: Stage, shopper: Shopper, confirm_link: str) -> None:
    page = shopper.go(confirm_link)
    if page.get_by_role("button").count():
        page.get_by_role("button").click()
    alias = "lena.brandt+zwei@example.com"
    page = shopper.go(f"{stage.shop}/")
    form = page.locator('[data-bleib="newsletter"]')
    form.scroll_into_view_if_needed()
    expect(form.get_by_role("textbox")).to_be_visible()
    shopper.sign_up(form, "newsletter", alias)
    issued = stage.demo("state")["counts"]["discounts"]
    assert issued == 1


def figures_count_it_all(merchant: Merchant) -> None:
    wanted = {
        *(("exit_intent", kind) for kind in ("impression", "sign_up", "confirmed", "redeemed")),
        *(("cross_sell", kind) for kind in ("add", "bought")),
    }

    def counted() -> bool:
        figures = merchant.figures()
        return all(figures[one] == 1 for one in wanted)

    eventually(counted, f"the overview counts {wanted}")
    known = merchant.admin("").locator("#known dl > div")
    confirmed = known.filter(has_text=says("overview.known_confirmed"))
    expect(confirmed.locator("dd").first).to_have_text("1")


def uninstalling_leaves_nothing_behind(stage: Stage, merchant: Merchant) -> None:
    with urllib.request.urlopen(f"{stage.shop}/", timeout=10) as home:
        found = re.search(r'data-shop="([a-z0-9]+)"', home.read().decode())
    assert found is not None
    key = found.group(1)
    page = merchant.go(f"{stage.shop}/hinterzimmer/apps")
    page.get_by_role("button", name=shop_says("apps.uninstall")).click()

    def gone() -> bool:
        try:
            urllib.request.urlopen(f"{stage.app}/v1/config/{key}", timeout=5)
        except urllib.error.HTTPError as error:
            return error.code == 404
        return False

    eventually(gone, "the config is gone after the uninstall")
    with urllib.request.urlopen(f"{stage.shop}/", timeout=10) as home:
        assert b"bleib.js" not in home.read()
    merchant.page.goto(f"{stage.app}/admin/")
    assert "Uferhaus" not in merchant.page.locator("h1").inner_text()
    merchant.errors = [line for line in merchant.errors if "401" not in line]
