"""Pictures of pages, small enough for a document full of them."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 375, "height": 812}
QUALITY = 80
#: Of a page higher than this the top is enough.
HIGHEST = 2400


def whole(page: Page, most: int = HIGHEST) -> dict[str, Any]:
    """Return the piece of the page that holds all of it, from its top down to `most` pixels."""
    width, height = page.evaluate(
        "[document.documentElement.clientWidth, document.documentElement.scrollHeight]"
    )
    return {"x": 0, "y": 0, "width": width, "height": min(height, most), "scale": 1}


def photograph(page: Page, path: Path, clip: dict[str, Any] | None = None) -> None:
    """Save what is to be seen, or a piece of the whole page."""
    path.parent.mkdir(parents=True, exist_ok=True)
    session = page.context.new_cdp_session(page)
    given: dict[str, Any] = {"format": "webp", "quality": QUALITY}
    if clip is not None:
        given |= {"clip": clip, "captureBeyondViewport": True}
    shot = session.send("Page.captureScreenshot", given)
    path.write_bytes(base64.b64decode(shot["data"]))


def encoded(path: Path) -> str:
    """Return a picture as it stands in a page of its own."""
    return base64.b64encode(path.read_bytes()).decode("ascii")
