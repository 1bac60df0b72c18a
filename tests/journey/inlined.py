"""What the demo shop's pages carry of the app: the config that was last given to them."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterable

from tests.journey.stage import Stage, eventually

_CONFIG = re.compile(r'<script type="application/json" id="bleib-config">(.*?)</script>')


def shown_in(stage: Stage) -> set[str]:
    """Return the widgets that a page of the shop would show now."""
    with urllib.request.urlopen(stage.shop, timeout=10) as page:
        found = _CONFIG.search(page.read().decode())
    if found is None:
        return set()
    return {campaign["widget"] for campaign in json.loads(found[1])["campaigns"]}


def wait_until_shown(stage: Stage, widgets: Iterable[str]) -> None:
    """Wait until the worker has brought what was published into the shop's pages."""
    wanted = set(widgets)
    eventually(lambda: wanted <= shown_in(stage), f"the shop's pages carry {sorted(wanted)}")
