"""The exit-intent window as shoppers meet it: every design, keyboard, phones, failures."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, LEAVE, PHONE, SMALL, Visitor, until
from tests.browser.shopfront import EXIT, SETTINGS, Shopfront

FACTS = {
    "shipping": {"country": {"de": "Österreich"}, "cost": "4.90", "free_from": "60.00"},
    "delivery": {"cutoff": "14:00", "min_days": 2, "max_days": 3},
    "returns": {"days": 30, "free": True},
    "size": {"de": "Höhe 7 cm, fasst 180 ml."},
}
SERVICE = {
    "phone": "+43 1 234 56 78",
    "email": "werkstatt@amsel.example",
    "hours": {"de": "Montag bis Freitag, 9–17 Uhr"},
    "promise": {"de": "Antwort in 2 Stunden"},
}
MESSAGE = {
    "content": "message",
    "title": {"de": "Neue Schalen am Freitag"},
    "lead": {"de": "Der Brennofen ist voll."},
    "button": {"label": {"de": "Schon jetzt ansehen"}, "url": "/schalen"},
}
DESIGNS: dict[str, dict[str, Any]] = {
    "modal": {},
    "letter": {"frame": "corner", "voucher": None},
    "sheet": {"frame": "sheet"},
    "bar": {"frame": "bar"},
    "question": {"frame": "corner", "content": "question", "facts": FACTS},
    "basket": {"content": "basket"},
    "message": MESSAGE | {"frame": "corner"},
    "service": {"content": "service", "service": SERVICE, "frame": "corner"},
}
CART = (201, {"link": "https://app.example/c/abc", "qr": "M0 0h1v1h-1z", "size": 29})
ITEM = {"variant_id": 101, "title": "Teeschale Ruß", "price": 1980, "image": "/pictures/1.svg"}
#: The one shadow root of ours.
ROOT = "[...document.body.children].find((one) => one.shadowRoot)?.shadowRoot"
ACTIVE = f"{ROOT}?.activeElement"
LABEL = f"({ACTIVE}?.ariaLabel || {ACTIVE}?.textContent || {ACTIVE}?.id || '').trim()"
# What a thumb has to hit; a link within a sentence may be lower.
TOO_SMALL = f"""() => [...{ROOT}.querySelectorAll("button,.bt,.way,.tk,.tx")]
  .filter((one) => one.checkVisibility())
  .filter((one) => {{ const {{ width, height }} = one.getBoundingClientRect()
    return width < 44 || height < 44 }}).map((one) => one.outerHTML)"""
# Whatever leaves the window sideways, or holds more than it shows.
CUT = f"""() => [...{ROOT}.querySelectorAll("*")]
  .filter((one) => !one.matches(".hp, input, svg *") && one.checkVisibility())
  .filter((one) => {{ const {{ left, right }} = one.getBoundingClientRect()
    return left < -0.5 || right > innerWidth + 0.5 || one.scrollWidth > one.clientWidth + 1
      && getComputedStyle(one).display !== "inline" }}).map((one) => one.outerHTML)"""
SHIFTS = """() => new Promise((done) => {
  const watch = new PerformanceObserver(() => {})
  watch.observe({ type: "layout-shift", buffered: true })
  requestAnimationFrame(() => done(
    watch.takeRecords().reduce((sum, { value }) => sum + value, 0))) })"""


@pytest.fixture(autouse=True)
def only_exit_intent(storefront: Shopfront) -> None:
    storefront.campaigns("exit_intent")
    storefront.answers["/carts"] = CART
    storefront.cart[:] = [line | ITEM for line in storefront.cart]


def publish(storefront: Shopfront, *names: str, **changes: Any) -> None:
    """Publishes these designs, one campaign each, numbered from 3 on."""
    storefront.config["campaigns"] = [
        {
            "id": number,
            "widget": "exit_intent",
            "version": 4,
            "when": EXIT,
            "settings": SETTINGS["exit_intent"] | DESIGNS[name] | changes,
        }
        for number, name in enumerate(names, start=3)
    ]


def ready(page: Page) -> None:
    """Waits until something can be opened by hand."""
    until(page, "async () => !!(await window.bleib?.why?.())?.length")


def is_modal(page: Page) -> bool:
    """Whether the page behind is out of reach."""
    return bool(page.evaluate(f"!!{ROOT}.querySelector('dialog:modal')"))


def height_of(page: Page) -> float:
    """How much of the page the window takes."""
    box = page.get_by_role("dialog").bounding_box()
    assert box
    return box["height"]


@pytest.mark.parametrize(
    ("design", "theme", "last"),
    [
        ("modal", "amsel", "Datenschutz"),
        ("letter", "steigwohl", "Datenschutz"),
        ("sheet", "pill", "Ja, gern"),
        ("bar", "amsel-dark", "Ansehen"),
        ("question", "amsel", "Nein danke"),
        ("basket", "steigwohl", "Nein danke"),
        ("message", "pill", "Schon jetzt ansehen"),
        ("service", "amsel-dark", "Nein danke"),
    ],
)
def test_a_design_takes_nothing_over_and_is_walked_with_the_keyboard(
    storefront: Shopfront, visitor: Visitor, design: str, theme: str, last: str
) -> None:
    publish(storefront, design)
    shopper = visitor(storefront.page(theme))
    page = shopper.page
    page.locator("#buy").focus()
    shopper.open_exit()
    assert page.evaluate("document.activeElement.id") == "buy"
    assert page.evaluate(TOO_SMALL) == []
    assert page.evaluate(CUT) == []
    assert shopper.axe() == []
    page.mouse.move(60, 300)
    page.mouse.wheel(0, 200)
    until(page, "scrollY > 0")
    walked = []
    while last not in walked:
        assert len(walked) < 14, walked
        page.keyboard.press("Tab")
        walked.append(page.evaluate(LABEL))
    assert walked[0] == "Schließen"
    assert "Nein danke" in walked
    assert is_modal(page) == (design in {"modal", "basket"})
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.evaluate("document.activeElement.id") == "buy"
    assert page.evaluate(SHIFTS) == 0


def test_the_conditions_stand_beside_the_claim_and_nothing_is_ticked(
    storefront: Shopfront, visitor: Visitor
) -> None:
    shopper = visitor(storefront.page())
    shopper.open_exit()
    page = shopper.page
    claim = page.locator(".cl")
    expect(claim).to_contain_text("5\u00a0€")
    expect(claim.get_by_role("listitem")).to_have_text(
        [
            "ab 40\u00a0€ Warenwert",
            "nur für Ihre erste Bestellung",
            "begrenzte Anzahl, 30 Tage gültig, nicht auf Bücher",
        ]
    )
    assert [box.is_checked() for box in page.get_by_role("checkbox").all()] == [False, False]
    boxes = [
        page.get_by_role("button", name=name).bounding_box()
        for name in ("Nein danke", "Newsletter anfordern")
    ]
    assert boxes[0]
    assert boxes[1]
    assert boxes[0]["height"] == boxes[1]["height"] >= 48


def test_the_keyboard_alone_can_sign_up(storefront: Shopfront, visitor: Visitor) -> None:
    shopper = visitor(storefront.page())
    page = shopper.page
    shopper.open_exit()
    page.keyboard.press("Tab")
    page.get_by_label("E‑Mail-Adresse").focus()
    page.keyboard.type("marlene.ost@post.example")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Bitte bestätigen Sie Ihre E‑Mail")).to_be_focused()
    assert shopper.axe() == []
    [body] = storefront.bodies("/subscriptions")
    assert body["email"] == "marlene.ost@post.example"
    assert body["purposes"] == ["newsletter"]
    assert (body["campaign"], body["version"]) == (3, 4)
    assert (body["website"], body["lang"]) == ("", "de")
    assert len(body["id"]) == 36
    page.get_by_role("button", name="Adresse ändern").click()
    expect(page.get_by_label("E‑Mail-Adresse")).to_be_focused()
    expect(page.get_by_label("E‑Mail-Adresse")).to_have_value("marlene.ost@post.example")


def test_every_way_out_is_a_refusal_that_is_counted_once(
    storefront: Shopfront, visitor: Visitor
) -> None:
    shopper = visitor(storefront.page())
    page = shopper.page
    shopper.open_exit()
    for way in ("button", "close", "escape", "beside"):
        if way == "button":
            page.get_by_role("button", name="Nein danke").click()
        elif way == "close":
            page.get_by_role("button", name="Schließen").click()
        elif way == "escape":
            page.keyboard.press("Escape")
        else:
            page.mouse.click(20, 400)
        expect(page.get_by_role("dialog")).to_have_count(0)
        if way == "button":
            # Asked once on a page; afterwards only whoever wants it sees it again.
            page.evaluate(LEAVE)
            expect(page.get_by_role("dialog")).to_have_count(0)
        if way != "beside":
            page.evaluate("bleib.open('exit_intent')")
            page.get_by_role("dialog").wait_for()
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    assert [one["kind"] for one in storefront.events(2)][:2] == ["impression", "dismissal"]


def test_a_wrong_entry_is_explained_and_a_failure_can_be_tried_again(
    storefront: Shopfront, visitor: Visitor
) -> None:
    shopper = visitor(storefront.page())
    page = shopper.page
    shopper.open_exit()
    field = page.get_by_label("E‑Mail-Adresse")
    field.fill("marlene.ost@post")
    page.get_by_role("button", name="Newsletter anfordern").click()
    expect(field).to_be_focused()
    expect(field).to_have_value("marlene.ost@post")
    expect(field).to_have_accessible_description("Da fehlt etwas nach „post“, zum Beispiel „.de“.")
    expect(page.locator(".tk .er")).to_contain_text("Bitte setzen Sie hier den Haken.")
    assert storefront.bodies("/subscriptions") == []
    assert shopper.axe() == []
    field.fill("marlene.ost@post.example")
    page.get_by_role("checkbox").first.check()
    page.context.set_offline(True)
    page.get_by_role("button", name="Newsletter anfordern").click()
    expect(page.get_by_role("alert")).to_contain_text("Gerade keine Verbindung.")
    expect(field).to_have_value("marlene.ost@post.example")
    page.context.set_offline(False)
    for status in (404, 409, 429, 500):
        storefront.answers["/subscriptions"] = (status, {"error": "any"})
        page.get_by_role("button", name="Noch einmal").click()
        expect(page.get_by_role("alert")).to_contain_text("Das hat gerade nicht geklappt.")
    expect(page.get_by_role("button", name="Schließen").last).to_be_visible()
    storefront.answers.clear()
    page.get_by_role("button", name="Noch einmal").click()
    expect(page.get_by_role("heading", name="Bitte bestätigen Sie Ihre E‑Mail")).to_be_visible()
    assert len({body["id"] for body in storefront.bodies("/subscriptions")}) == 1


def test_on_a_phone_a_quick_scroll_up_brings_the_nudge_and_the_page_stays_usable(
    storefront: Shopfront, visitor: Visitor
) -> None:
    storefront.config["address"] = "du"
    shopper = visitor(storefront.page("steigwohl"), PHONE)
    page = shopper.page
    shopper.state("exit_intent", "waiting")
    page.evaluate("scrollTo(0, 1500)")
    until(page, "scrollY === 1500")
    page.evaluate(
        """async () => { const frame = () => new Promise(requestAnimationFrame)
          await frame(); await frame()
          for (let y = 1500; y > 900; y -= 100) { scrollTo(0, y); await frame() } }"""
    )
    sheet = page.get_by_role("dialog", name="Newsletter gegen Gutschein")
    expect(sheet).to_be_visible()
    box = sheet.bounding_box()
    assert box
    assert box["height"] <= 0.4 * PHONE[1]
    assert box["y"] + box["height"] == PHONE[1]
    page.evaluate("scrollTo(0, 0)")
    page.locator("#buy").click()
    page.get_by_role("button", name="Ja, gern").click()
    expect(page.get_by_label("Deine E‑Mail-Adresse")).to_be_focused()
    assert is_modal(page)
    assert height_of(page) <= 0.85 * PHONE[1]
    assert shopper.axe() == []
    # A low screen scrolls the entries instead of squeezing them; the buttons stay.
    page.set_viewport_size({"width": 375, "height": 560})
    rows = [row.bounding_box() for row in page.locator(".tk").all()]
    assert rows[0]
    assert rows[1]
    assert rows[0]["y"] + rows[0]["height"] <= rows[1]["y"]
    expect(page.get_by_role("button", name="Nein danke")).to_be_in_viewport(ratio=1)


def test_a_bar_covers_no_control_and_grows_upwards(storefront: Shopfront, visitor: Visitor) -> None:
    publish(storefront, "bar")
    shopper = visitor(storefront.page())
    page = shopper.page
    shopper.open_exit()
    assert height_of(page) == 73
    page.get_by_role("button", name="Ansehen").click()
    expect(page.get_by_label("E‑Mail-Adresse")).to_be_focused()
    expect(page.locator(".cl")).to_be_visible()
    assert not is_modal(page)
    box = page.get_by_role("dialog").bounding_box()
    assert box
    assert box["y"] + box["height"] == DESKTOP[1]
    assert shopper.axe() == []
    page.evaluate("bleib.close()")
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.evaluate("bleib.open('exit_intent')")
    expect(page.get_by_role("dialog")).to_have_class("d w sign_up in")
    assert height_of(page) <= 180
    page.evaluate("bleib.close()")
    # A phone on its side has room for a bar alone.
    page.set_viewport_size({"width": 740, "height": 360})
    page.evaluate("bleib.open('exit_intent')")
    expect(page.get_by_role("dialog")).to_have_class("d w sign_up in")
    page.evaluate("bleib.close()")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.evaluate("document.getElementById('buy').style = 'position: fixed; bottom: 20px'")
    page.evaluate("bleib.open('exit_intent')")
    expect(page.get_by_role("dialog")).to_have_class("d n sign_up in")


@pytest.mark.parametrize(
    ("lang", "address", "size"),
    [("de", "sie", SMALL), ("en", "du", SMALL), ("de", "du", (640, 480))],
)
def test_no_design_scrolls_sideways_or_is_cut_at_320_pixels_and_at_200_per_cent(
    storefront: Shopfront, visitor: Visitor, lang: str, address: str, size: tuple[int, int]
) -> None:
    storefront.config["address"] = address
    publish(storefront, *DESIGNS)
    shopper = visitor(storefront.page(lang=lang), size)
    page = shopper.page
    ready(page)
    for number, name in enumerate(DESIGNS, start=3):
        page.evaluate(f"bleib.open({number})")
        dialog = page.locator(f"dialog.{DESIGNS[name].get('content', 'sign_up')}:not(.out)")
        dialog.wait_for()
        assert page.evaluate(CUT) == [], name
        assert page.evaluate(TOO_SMALL) == [], name
        further = page.get_by_role("button", name="Ja, gern").or_(
            page.get_by_role("button", name="Yes please")
        )
        further = further.or_(page.get_by_role("button", name="Ansehen"))
        if further.count():
            further.first.click()
            assert page.evaluate(CUT) == [], f"{name}, opened"
            assert page.evaluate(TOO_SMALL) == [], f"{name}, opened"
        page.evaluate("bleib.close()")
        expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_picture_keeps_its_place_an_end_is_announced_and_a_teaser_reopens(
    storefront: Shopfront, visitor: Visitor
) -> None:
    picture = {"url": "/pictures/slow.svg", "alt": {"de": "Schalen im Ofen"}, "ratio": "16/9"}
    ends = {"at": "2099-11-30T22:59:00Z", "signature": "x"}
    publish(storefront, "message", picture=picture, ends=ends, teaser=True)
    shopper = visitor(storefront.page())
    page = shopper.page
    page.route("**/pictures/slow.svg", lambda route: None)
    shopper.open_exit()
    box = page.get_by_alt_text("Schalen im Ofen").bounding_box()
    assert box
    assert round(box["width"] / box["height"], 1) == 1.8
    expect(page.locator(".ends")).to_contain_text("Endet am 30.\u00a0November, 23:59 Uhr · noch ")
    page.get_by_role("button", name="Nein danke").click()
    tab = page.get_by_role("button", name="Neue Schalen am Freitag")
    expect(tab).to_be_visible()
    assert shopper.axe() == []
    assert page.evaluate(TOO_SMALL) == []
    page.evaluate("document.getElementById('buy').style = 'position: fixed; left: 0; bottom: 0'")
    page.evaluate("scrollTo(0, 50)")
    expect(tab).to_be_hidden()
    page.evaluate("document.getElementById('buy').style = ''")
    page.evaluate("scrollTo(0, 0)")
    tab.click()
    expect(page.get_by_role("heading", name="Neue Schalen am Freitag")).to_be_focused()
    page.keyboard.press("Escape")
    expect(tab).to_be_focused()
    page.get_by_role("button", name="Schließen").click()
    expect(tab).to_have_count(0)
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    kinds = [one["kind"] for one in storefront.events(3)]
    assert kinds == ["impression", "dismissal", "teaser"]


def test_it_follows_forced_colours_and_the_direction_of_the_page(
    storefront: Shopfront, visitor: Visitor
) -> None:
    publish(storefront, "letter")
    shopper = visitor(storefront.page(), forced_colors="active")
    page = shopper.page
    page.evaluate("document.documentElement.dir = 'rtl'")
    shopper.open_exit()
    dialog = page.get_by_role("dialog")
    box = dialog.bounding_box()
    close = page.get_by_role("button", name="Schließen").bounding_box()
    title = page.get_by_role("heading", name="Unser Newsletter").bounding_box()
    assert box
    assert close
    assert title
    assert box["x"] == 24
    assert close["x"] < title["x"]
    style = "(one) => [getComputedStyle(one).direction, getComputedStyle(one).outlineStyle]"
    assert dialog.evaluate(style) == ["rtl", "solid"]
    assert page.evaluate(CUT) == []


def test_a_merchant_s_own_look_wins_over_the_page(storefront: Shopfront, visitor: Visitor) -> None:
    storefront.config["look"] = {
        "accent": "#0b5fff",
        "on": "#ffffff",
        "surface": "#101820",
        "ink": "#f0f4f8",
        "radius": 0,
        "font": "monospace",
        "button_height": 56,
    }
    shopper = visitor(storefront.page("pill"))
    shopper.open_exit()
    style = """(one) => { const { backgroundColor, borderRadius, fontFamily, height } =
      getComputedStyle(one); return [backgroundColor, borderRadius, fontFamily, height] }"""
    send = shopper.page.get_by_role("button", name="Newsletter anfordern")
    assert send.evaluate(style) == ["rgb(11, 95, 255)", "0px", "monospace", "56px"]
    dialog = shopper.page.get_by_role("dialog")
    assert dialog.evaluate("(one) => getComputedStyle(one).backgroundColor") == "rgb(16, 24, 32)"
    assert shopper.axe() == []
