"""The people of the journey: a merchant and a shopper, each with a browser of their own."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from plugin.demo.wording import texts as demo_texts
from plugin.texts import area_texts, texts_in
from tests.journey.stage import Stage, eventually

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "widgets" / "node_modules" / "axe-core" / "axe.min.js"


def says(key: str) -> str:
    """Return a German text of the admin."""
    return area_texts("admin").get("de", key)


def shop_says(key: str) -> str:
    """Return a German text of the demo shop."""
    return demo_texts("de")[key]


def widget_says(widget: str, key: str) -> str:
    """Return a German text (Sie) that a widget shows to shoppers."""
    return texts_in(ROOT / "widgets" / widget / "texts").get("de", f"shopper.{key}")


def suggestion_says(key: str) -> str:
    """Return a German text that suggestions bring along with what works them."""
    texts = json.loads((ROOT / "widgets" / "cross_sell" / "buy.de.json").read_text("utf-8"))
    return str(texts[key])


def widget_name(widget: str) -> str:
    """Return the German name of a widget, as merchants read it."""
    return texts_in(ROOT / "widgets" / widget / "texts").get("de", "merchant.name")


def accessible(page: Page) -> None:
    """Fail with what axe-core finds wrong on the page."""
    page.evaluate(AXE.read_text("utf-8"))
    found: list[dict[str, Any]] = page.evaluate(
        "async () => (await axe.run(document, {resultTypes: ['violations']})).violations.map("
        "v => ({id: v.id, nodes: v.nodes.map(n => n.target.join(' ') + ': ' + n.failureSummary)}))"
    )
    assert found == [], f"{page.url}: {found}"


class Person:
    """Somebody with a browser; every uncaught error and console error is remembered."""

    def __init__(self, browser: Browser, stage: Stage, **options: Any) -> None:
        self.stage = stage
        self.context: BrowserContext = browser.new_context(locale="de-DE", **options)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on(
            "console",
            lambda line: (
                self.errors.append(f"{line.text} {line.location.get('url', '')}")
                if line.type == "error"
                else None
            ),
        )

    def go(self, address: str) -> Page:
        """Open an address and look at it with axe."""
        self.page.goto(address)
        accessible(self.page)
        return self.page

    def leave(self) -> None:
        """Close the browser window; nothing may have gone wrong in it."""
        self.context.close()
        assert self.errors == [], self.errors


class Merchant(Person):
    """Installs Bleib and looks after it."""

    def install(self) -> None:
        """Go from the shop's page of apps through its consent page to the setup."""
        page = self.go(f"{self.stage.shop}/hinterzimmer/apps")
        page.get_by_role("link", name=shop_says("apps.install")).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(shop_says("consent.title"))
        accessible(page)
        page.get_by_role("button", name=shop_says("consent.allow")).click()
        page.wait_for_url(f"{self.stage.app}/admin/setup*")
        accessible(page)

    def admin(self, path: str) -> Page:
        """Open a page of the admin."""
        return self.go(f"{self.stage.app}/admin/{path}")

    def wait_for_sync(self) -> None:
        """Watch the first synchronisation until every row is done."""
        self.admin("setup")
        expect(self.page.locator("#sync-title")).to_have_text(
            says("setup.sync.title_done"), timeout=90_000
        )

    def switch_embed_on(self) -> None:
        """Follow the link of the setup into the theme editor, save, come back, look again."""
        page = self.admin("setup")
        page.get_by_role("link", name=says("platforms.shopify.embed_open")).click()
        page.get_by_role("button", name=shop_says("editor.save")).click()
        accessible(page)
        page.get_by_role("link", name=shop_says("editor.back")).click()
        page.wait_for_url(f"{self.stage.app}/admin/*")
        page = self.admin("setup")
        if page.get_by_role("button", name=says("setup.embed.look")).count():
            page.get_by_role("button", name=says("setup.embed.look")).click()
        expect(page.locator("#step-embed")).to_have_class(re.compile("done"))

    def tell_sender(self) -> None:
        """Give the legal notice that every mail carries."""
        page = self.admin("setup")
        if not page.locator("#imprint").is_visible():
            page.locator("#step-sender summary").click()
        page.locator("#imprint").fill("Uferhaus GmbH, Seestraße 1, 78464 Konstanz")
        page.locator("#privacy_url").fill(f"{self.stage.shop}/pages/datenschutz")
        page.get_by_role("button", name=says("setup.sender.save")).click()
        expect(page.locator("#step-sender")).to_have_class(re.compile("done"))

    def compare_nobody(self) -> None:
        """Let every shopper be offered the voucher: who is not would be drawn."""
        page = self.admin("guard")
        page.get_by_text(says("guard.rare"), exact=True).click()
        page.get_by_role("switch", name=says("guard.field.holdout_on"), exact=True).uncheck()
        page.get_by_role("button", name=says("guard.save")).click()
        expect(page.get_by_role("status").first).to_contain_text(says("done.saved"))
        accessible(page)

    def lets_bleib_write(self) -> None:
        """Answer who writes to buyers about their parcels: Bleib does."""
        page = self.admin("parcels/notices")
        page.get_by_role("button", name=says("notices.ask.bleib"), exact=True).click()
        expect(page.get_by_role("status").first).to_be_visible()
        accessible(page)

    def publish(self, widget: str) -> None:
        """Look at the real widget in the editor's preview, then publish it."""
        name = widget_name(widget)
        page = self.admin("widgets")
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
        accessible(page)
        page.get_by_role("button", name=says("editor.publish"), exact=True).click()
        expect(page.locator(".head")).to_contain_text(says("editor.publish_same"))

    def figures(self) -> dict[tuple[str, str], int]:
        """Return what the table behind the overview says was counted: (widget, kind) → number."""
        answer = self.context.request.get(f"{self.stage.app}/admin/overview.csv")
        found: dict[tuple[str, str], int] = defaultdict(int)
        text = io.StringIO(answer.text().lstrip("\ufeff"))
        for row in csv.DictReader(text, delimiter=";"):
            found[row["widget"], row["kind"]] += int(row["count"])
        return found


class Shopper(Person):
    """Looks, is asked once, signs up, buys, and follows the parcel."""

    def __init__(self, browser: Browser, stage: Stage, **options: Any) -> None:
        super().__init__(browser, stage, **options)
        self.context.add_init_script(
            "document.addEventListener('bleib:withheld', () => { window.heldOut = true })"
        )

    def about_to_leave(self) -> Locator:
        """Move the mouse out of the top of the window until the exit window opens."""
        dialog = self.page.get_by_role("dialog")

        def leaves() -> bool:
            self.page.mouse.move(400, 400)
            self.page.mouse.move(420, 200, steps=3)
            self.page.mouse.move(430, 20, steps=3)
            self.page.evaluate(
                "document.documentElement.dispatchEvent(new MouseEvent('mouseout', "
                "{bubbles: true, clientX: 430, clientY: -4, relatedTarget: null}))"
            )
            if self.page.evaluate("window.heldOut === true"):
                # Where nothing is remembered each page draws anew.
                self.page.reload()
                return False
            try:
                # The pointer stays outside: one that comes back at once did not leave.
                dialog.wait_for(state="visible", timeout=1000)
            except PlaywrightTimeout:
                return False
            return True

        eventually(leaves, "the exit window opens", 30)
        return dialog

    def look_into_cart(self) -> Page:
        """Open the cart and wait for its suggestions, on a page that is not held out."""
        page = self.go(f"{self.stage.shop}/cart")
        place = page.locator('[data-bleib="cross_sell"]')
        row = place.get_by_role("listitem").first

        def suggests() -> bool:
            # Counted, also as held out, is what is in sight.
            place.evaluate("(one) => one.scrollIntoView()")
            if page.evaluate("window.heldOut === true"):
                # Where nothing is remembered each page draws anew.
                page.reload()
            return row.is_visible()

        eventually(suggests, "suggestions in the cart", 30)
        return page

    def sign_up(self, form: Locator, widget: str, email: str) -> None:
        """Fill in a sign-up form and see the request to confirm."""
        # Typed as a person types: a form that is filled within a moment counts as a robot's.
        form.get_by_role("textbox").press_sequentially(email, delay=80)
        form.get_by_role("checkbox").first.check()
        form.locator("button[type=submit], button.first").first.click()
        expect(form.get_by_text(email)).to_be_visible()

    def put_into_cart(self, handle: str) -> None:
        """Add a product on its page."""
        page = self.go(f"{self.stage.shop}/products/{handle}")
        page.get_by_role("button", name=shop_says("product.add")).click()
        expect(page.locator("[data-added]")).not_to_be_empty()

    def buy(self, email: str) -> str:
        """Check out with what is in the cart; returns the order's number."""
        page = self.go(f"{self.stage.shop}/checkout")
        for name, value in {
            "email": email, "first_name": "Lena", "last_name": "Brandt",
            "street": "Seestraße 1", "zip": "78464", "city": "Konstanz",
        }.items():  # fmt: skip
            page.locator(f"#{name}").fill(value)
        page.get_by_role("button", name=shop_says("checkout.order")).click()
        page.wait_for_url("**/checkout/thanks/*")
        accessible(page)
        number = re.search(r"#\d+", page.locator("main").inner_text())
        assert number is not None
        return number.group()
