"""axe-core on a page: one place that knows where it lies and what it is asked."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

_FILE = Path(__file__).parents[1] / "widgets" / "node_modules" / "axe-core" / "axe.min.js"
#: The size of targets is no rule of axe's own choice: WCAG 2.2 is new to it.
_FINDINGS = """async () => (await axe.run(document, {
    iframes: false, resultTypes: ['violations'], rules: { 'target-size': { enabled: true } },
  })).violations.map(({ id, nodes }) => id + ': ' + nodes[0].html.slice(0, 200))"""
_SETTLED = "document.getAnimations().every((one) => one.playState !== 'running')"


def source() -> str:
    """Return axe-core itself; a machine without it fails the test by saying what is missing."""
    assert _FILE.is_file(), "axe-core is not installed: run npm ci in widgets/"
    return _FILE.read_text("utf-8")


def findings(page: Page) -> list[str]:
    """Return what axe-core finds wrong on the page, the documents of its frames left out."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(source())
    # Colours in the middle of a fade are nobody's contrast.
    page.wait_for_function(_SETTLED)
    return [str(one) for one in page.evaluate(_FINDINGS)]
