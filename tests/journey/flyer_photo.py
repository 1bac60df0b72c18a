"""A picture of the flyer that lies in a parcel, as Chromium's own viewer shows the PDF."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize

from tests.conftest import CHROMIUM_ARGS
from tests.journey.flyers import printed_flyer
from tests.journey.photos import SHARP, photograph
from tests.journey.running import RunningDemo
from tests.journey.stage import eventually

#: A sheet of A6 with the edge that the viewer draws around it.
_SIZE = ViewportSize(width=516, height=716)
#: The viewer is an extension, which a driven browser goes without at first.
_WITH_VIEWER = [
    "--headless",
    "--disable-extensions",
    "--disable-component-extensions-with-background-pages",
]


def take_flyer(browser: Browser, demo: RunningDemo, order: dict[str, Any], path: Path) -> None:
    """Print the flyer of an order as the merchant does, and photograph it."""
    page = browser.new_page(locale="de-DE")
    page.goto(f"{demo.shop}/admin/apps/bleib")
    flyer = printed_flyer(page, demo.app, order)
    page.close()
    viewer = browser.browser_type.launch(
        executable_path="/usr/bin/chromium",
        args=[*CHROMIUM_ARGS, "--headless=new"],
        ignore_default_args=_WITH_VIEWER,
    )
    _show(viewer.new_page(viewport=_SIZE, device_scale_factor=SHARP), flyer, path)
    viewer.close()


def _show(page: Page, flyer: bytes, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.with_suffix(".pdf")
    file.write_bytes(flyer)
    sheet = path.with_suffix(".html")
    sheet.write_text(
        f'<body style="margin:0"><embed src="{file.name}#toolbar=0&navpanes=0&view=FitH" '
        'type="application/pdf" style="width:100%;height:716px"></body>'
    )
    page.goto(sheet.as_uri())

    def drawn() -> bool:
        # The viewer says nothing when it is done: until then all is one colour.
        return len(base64.b64encode(page.screenshot())) > 20_000

    eventually(drawn, "the viewer shows the flyer")
    # A piece beyond the viewport would be of the viewer's empty ground.
    photograph(page, path)
    file.unlink()
    sheet.unlink()
