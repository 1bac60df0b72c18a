"""The capability table, from the code: what each platform can do.

`python -m tests.contract.table > docs/platforms/capabilities.md` writes the page of the docs;
`make test` prints the short form with what the contract suite found.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

from plugin.contracts.capabilities import Capability, Level
from plugin.contracts.platform import ShopPlatform
from plugin.manifest import load_manifest
from plugin.platforms import build_platforms
from plugin.texts import area_texts
from tests.conftest import make_config

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "platforms" / "capabilities.md"
CAPABILITIES: tuple[Capability, ...] = get_args(Capability)
LEVELS: tuple[Level, ...] = get_args(Level)
_HEAD = """# What each platform can do

Generated from what each adapter declares (`support`); a test holds it up to date:
`python -m tests.contract.table > docs/platforms/capabilities.md`. *Partly* and *no* are explained
below the table, with what to do instead; *no* means that Bleib cannot do it through the platform
by itself. Merchants read the same in their setup, in German or English. The contract suite
(`tests/contract/`) holds every adapter to what it declares.
"""


def adapters() -> Mapping[str, ShopPlatform]:
    """Return every adapter, by name, in the order of the manifest."""
    found = build_platforms(make_config(shopware_secret="a-shopware-test-secret-of-32-bytes"))
    return {name: found[name] for name in load_manifest().platforms if name in found}


def _text(key: str) -> str:
    return area_texts("admin").get("en", key)


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def document() -> str:
    """Return the page of the docs."""
    found = adapters()
    lines = [_HEAD]
    lines.append(_row(["", *(_title(name) for name in found)]))
    lines.append(_row(["---"] * (len(found) + 1)))
    for capability in CAPABILITIES:
        levels = [str(adapter.support[capability]) for adapter in found.values()]
        lines.append(_row([_text(f"abilities.name.{capability}"), *levels]))
    for name, adapter in found.items():
        noted = [item for item in CAPABILITIES if adapter.support[item] != "yes"]
        if noted:
            lines += ["", f"## {_title(name)}", ""]
        for capability in noted:
            title = _text(f"abilities.name.{capability}")
            note = _text(f"platforms.{name}.{capability}")
            lines.append(f"- **{title}** ({adapter.support[capability]}): {note}")
    return "\n".join(lines) + "\n"


def _title(name: str) -> str:
    # To its merchant it is "your shop system".
    return "Any shop" if name == "script_tag" else _text(f"platforms.{name}.name")


def short() -> list[str]:
    """Return the table as lines of plain text."""
    found = adapters()
    widths = [max(map(len, CAPABILITIES)), *(max(len(name), 6) for name in found)]
    rows = [["", *found]]
    rows += [
        [capability, *(str(adapter.support[capability]) for adapter in found.values())]
        for capability in CAPABILITIES
    ]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


if __name__ == "__main__":
    sys.stdout.write(document())
