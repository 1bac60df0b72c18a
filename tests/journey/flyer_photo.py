"""A picture of the flyer that lies in a parcel, as Chromium's own viewer shows the PDF."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.conftest import CHROMIUM_ARGS
from tests.journey.photos import photograph
from tests.journey.running import RunningDemo
from tests.journey.stage import eventually

#: A sheet of A6 with the edge that the viewer draws around it.
_SIZE = {"width": 516, "height": 716}
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
    page.goto(f"{demo.app}/admin/parcels/inserts")
    row = page.locator('input[name="order"]')
    chosen = row.and_(page.get_by_label(order["name"], exact=True)).get_attribute("value")
    token = page.locator('input[name="csrf_token"]').first.input_value()

    def printed() -> bytes | None:
        # Refused while a code is not made yet.
        answer = page.request.post(
            f"{demo.app}/admin/parcels/inserts/print",
            form={"csrf_token": token, "order": str(chosen)},
            headers={"Origin": demo.app},
        )
        return answer.body() if answer.ok else None

    flyer = eventually(printed, "the flyer is printed")
    page.close()
    viewer = browser.browser_type.launch(
        executable_path="/usr/bin/chromium",
        args=[*CHROMIUM_ARGS, "--headless=new"],
        ignore_default_args=_WITH_VIEWER,
    )
    _show(viewer.new_page(viewport=_SIZE), flyer, path)
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
