"""Pictures of pages: the windows they are taken in, and how they are kept small.

A computer is 1440 px wide at one and a half dots to the pixel, a phone 375 px at two: text stays
sharp where a picture is shown smaller, and a document full of them can still be loaded.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, Playwright, ViewportSize

from tests.conftest import CHROMIUM_ARGS
from tests.journey.fonts import environment_with_fonts

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 375, "height": 812}
#: As high as three phones side by side need to show what they are about.
TALL_PHONE = {"width": 375, "height": 980}
#: The demo shop is no wider than this.
SHOP = {"width": 1180, "height": 880}
#: Dots to a pixel.
SHARP, SHARP_ON_PHONES = 1.5, 2
QUALITY = 74
#: Of a page higher than this the top is enough.
HIGHEST = 2400
_PHONES_END = 480
#: A frame of somebody else is drawn as sharp as the page around it.
_ONE_PROCESS = "--disable-site-isolation-trials"
_LOCALES = {"de": "de-DE", "en": "en-GB"}


def start_browser(play: Playwright, folder: Path, lang: str = "de") -> Browser:
    """Start Chromium with the fonts of the pictures; its own fields, as of dates, speak `lang`."""
    return play.chromium.launch(
        executable_path="/usr/bin/chromium",
        args=[*CHROMIUM_ARGS, f"--lang={_LOCALES[lang]}", _ONE_PROCESS],
        env={
            **os.environ,
            **environment_with_fonts(folder),
            "LANGUAGE": _LOCALES[lang].replace("-", "_"),
        },
    )


def window(
    browser: Browser,
    size: dict[str, int] = DESKTOP,
    *,
    lang: str = "de",
    dark: bool = False,
    sharp: float | None = None,
) -> Page:
    """Open an empty page of this size, in a browser window that knows nobody yet."""
    usual = SHARP_ON_PHONES if size["width"] <= _PHONES_END else SHARP
    page = browser.new_context(
        locale=_LOCALES[lang],
        viewport=ViewportSize(width=size["width"], height=size["height"]),
        device_scale_factor=sharp or usual,
        color_scheme="dark" if dark else "light",
    ).new_page()
    page.set_default_timeout(30_000)
    return page


def open_up(page: Page, most: int = HIGHEST) -> None:
    """Make the window as high as its page, so that what holds on to its edges does so there."""
    size = page.viewport_size or ViewportSize(width=DESKTOP["width"], height=DESKTOP["height"])
    height = int(page.evaluate("document.documentElement.scrollHeight"))
    page.set_viewport_size({"width": size["width"], "height": min(height, most)})


def photograph(
    page: Page,
    path: Path,
    element: Locator | None = None,
    *,
    cut: float = 0,
    until: Locator | None = None,
) -> None:
    """Save what is to be seen, or one element, as sharp as it is.

    Of the element a border of `cut` pixels is left out, and all that stands below `until`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    clip = _all_of(page) if element is None else _place_of(element, cut, until)
    session = page.context.new_cdp_session(page)
    # A session of its own has to be told how many dots a pixel has, also in frames of others.
    sharp = float(page.evaluate("devicePixelRatio"))
    told = {"deviceScaleFactor": sharp, "mobile": False, **(page.viewport_size or {})}
    session.send("Emulation.setDeviceMetricsOverride", told)
    given = {"format": "webp", "quality": QUALITY, "clip": clip | {"scale": 1}}
    shot = session.send("Page.captureScreenshot", given)
    path.write_bytes(base64.b64decode(shot["data"]))


def _all_of(page: Page) -> dict[str, float]:
    size = page.viewport_size
    assert size is not None
    return {"x": 0, "y": 0, "width": size["width"], "height": size["height"]}


def _place_of(element: Locator, cut: float, until: Locator | None) -> dict[str, float]:
    # Opened up: what has to be scrolled to is not drawn where it is asked for.
    open_up(element.page)
    element.page.evaluate("scrollTo(0, 0)")
    box, last = element.bounding_box(), (until or element).bounding_box()
    assert box is not None, "the element is not drawn"
    assert last is not None, "what it ends with is not drawn"
    return {
        "x": box["x"] + cut,
        "y": box["y"] + cut,
        "width": box["width"] - 2 * cut,
        "height": last["y"] + last["height"] - box["y"] - 2 * cut,
    }


def encoded(path: Path) -> str:
    """Return a picture as it stands in a page of its own."""
    return base64.b64encode(path.read_bytes()).decode("ascii")
