"""What the discount guard and the proof of consent add to the journey."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import requests
from playwright.sync_api import Browser, expect

from plugin.texts import area_texts
from tests.journey.people import Merchant, Shopper, accessible, says
from tests.journey.stage import Stage

LATE = "jonas.weber@example.com"
#: How often a page is drawn anew to meet a group of every second shopper: never in 10^-9 of runs.
_MOST_DRAWS = 30


def cart_says(key: str) -> str:
    """Return how a text of the cart about vouchers begins, in German."""
    return area_texts("cart").get("de", key).partition("{")[0].strip()


def learns_what_the_voucher_needs(shopper: Shopper, link: str) -> None:
    """Come by the mail's button with a cup in the cart, then add what the minimum asks for."""
    shopper.put_into_cart("becher-kiesel")
    page = shopper.go(link)
    status = page.locator("[data-bleib=preflight]").get_by_role("status")
    expect(status).to_contain_text(cart_says("missing.text"))
    expect(status).to_contain_text("23")  # 40 less the 17 of the cup
    accessible(page)
    shopper.put_into_cart("teekanne-seeufer")
    page = shopper.go(f"{shopper.stage.shop}/cart")
    expect(status).to_contain_text(cart_says("applies.text"))


def hands_out_the_proof(merchant: Merchant, email: str, folder: Path) -> None:
    """Find a person, take both files, and verify the one for machines without the database."""
    page = merchant.admin("people")
    page.get_by_role("link", name=email, exact=True).click()
    accessible(page)
    for key, name in (("people.pdf", "proof.pdf"), ("people.json", "proof.json")):
        with page.expect_download() as started:
            page.get_by_role("link", name=says(key), exact=True).click()
        started.value.save_as(folder / name)
    assert (folder / "proof.pdf").read_bytes().startswith(b"%PDF-")
    command = [sys.executable, "-m", "plugin.cli", "evidence", "verify", str(folder / "proof.json")]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


def leaves_by_one_click(stage: Stage, email: str) -> None:
    """Do what a mail program does: a POST without a cookie, twice."""
    every = [dict(mail["headers"]) for mail in stage.mails(email)]
    headers = next(found for found in every if "List-Unsubscribe" in found)
    address = headers["List-Unsubscribe"].strip("<>")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for _ in range(2):
        assert requests.post(address, data={"List-Unsubscribe": "One-Click"}, timeout=15).ok


def finds_the_budget_spent(merchant: Merchant, browser: Browser) -> None:
    """Sign up while there is a voucher, confirm when there is none left: thanks, and no code."""
    stage = merchant.stage
    shopper = Shopper(browser, stage)
    page = shopper.go(f"{stage.shop}/")
    form = page.locator('[data-bleib="newsletter"]')
    form.scroll_into_view_if_needed()
    shopper.sign_up(form, "newsletter", LATE)
    link = next(address for address in stage.mail(LATE)["links"] if "/c/" in address)
    limits(merchant, budget="1")
    before = stage.demo("state")["counts"]["discounts"]
    page = shopper.go(link)
    page.get_by_role("button").click()
    words = area_texts("pages").get("de", "budget_spent.text").rpartition("}")[2]
    expect(page.locator("main")).to_contain_text(words.strip()[:60])
    assert stage.demo("state")["counts"]["discounts"] == before
    shopper.leave()


def meets_the_comparison_group(merchant: Merchant, browser: Browser) -> None:
    """Draw until a shopper is in the group that sees the form without a claim, and one is not."""
    limits(merchant, budget="500", holdout="50")
    stage, met = merchant.stage, set()
    shopper = Shopper(browser, stage)

    def drawn() -> bool:
        page = shopper.go(f"{stage.shop}/")
        form = page.locator('[data-bleib="newsletter"]')
        form.scroll_into_view_if_needed()
        expect(form.get_by_role("textbox")).to_be_visible()
        met.add(form.get_by_text(re.compile(r"5\s€")).count() > 0)
        return len(met) == 2

    assert any(drawn() for _ in range(_MOST_DRAWS)), f"claimed: {met}"
    shopper.leave()


def reads_the_report(merchant: Merchant) -> None:
    """The report says what it knows, and that it is not enough yet."""
    page = merchant.admin("guard")
    expect(page.locator("main")).to_contain_text(says("guard.reason.budget_spent"))
    expect(page.locator("main")).to_contain_text(says("effect.few")[:20])
    accessible(page)


def limits(merchant: Merchant, **fields: str) -> None:
    """Set limits of the guard in the admin; `holdout` switches the comparison group on."""
    page = merchant.admin("guard")
    page.get_by_text(says("guard.rare"), exact=True).click()
    switch = page.get_by_role("switch", name=says("guard.field.holdout_on"), exact=True)
    switch.set_checked("holdout" in fields)
    for name, value in fields.items():
        page.locator(f"#{name}").fill(value)
    page.get_by_role("button", name=says("guard.save")).click()
    expect(page.get_by_role("status").first).to_contain_text(says("done.saved"))
