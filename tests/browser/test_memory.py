"""A page that lives long does not grow."""

from __future__ import annotations

from playwright.sync_api import Browser

from bench.memory import openings, routes, shop_with_every_sensor
from bench.shop_pages import open_shopfront

#: What the engine's own bookkeeping of a short run may hold; a leak of any node is far above it.
HEAP = 250_000


def test_neither_routes_nor_openings_leave_anything_behind(chromium: Browser) -> None:
    with open_shopfront(shop_with_every_sensor()) as front:
        routed = routes(chromium, front, "inlined", 200, 200)
        opened, times = openings(chromium, front, 12, 4)
    assert times == 12
    # Fewer than before is no leak: what was loaded first may have had its last word meanwhile.
    assert max(routed.nodes, routed.listeners) <= 0
    assert max(opened.nodes, opened.listeners) <= 0
    assert max(routed.heap, opened.heap) < HEAP
