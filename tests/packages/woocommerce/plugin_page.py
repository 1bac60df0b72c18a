"""Constants of the tests of the WordPress plugin, and how they look at a page and at PHP."""

from __future__ import annotations

import json
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

STANDINS = Path(__file__).parents[1]
ROOT = STANDINS.parents[1]
LEDGER = ROOT / "widgets" / "_runtime" / "ledger.json"
APP = "https://bleib.example"
KEY = "k3y0000000000000"
SECRET = "s3cret-of-the-shop_0123456789abc"
HOSTILE = """</script><script>alert(1)</script><!-- ' " & ü 😀"""
CONFIG = {"v": 1, "shop": KEY, "name": HOSTILE, "campaigns": [], "widgets": {}}
EMBED = {"shop": KEY, "app": APP, "config": json.dumps(CONFIG), "secret": SECRET}

needs_php = pytest.mark.skipif(not shutil.which("php"), reason="PHP is missing: install php-cli")


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
