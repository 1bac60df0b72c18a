"""What a shop's page has to load: bytes of the built scripts, recounted, against their budgets.

`python -m bench.storefront`
"""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]

from bench.report import Budget, print_table, verdict

ROOT = Path(__file__).parents[1]
BUILT = ROOT / "static" / "v1"
RECORD = "manifest.json"
#: The chunks that draw a window with a message in it: styles, look and dialog.
DIALOG = ("ui", "exit_intent")


class NotBuiltError(Exception):
    """The built bundles or their record are missing or unreadable; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Size:
    """Bytes of one file: as it is, and as a server sends it."""

    raw: int
    gzip: int
    brotli: int

    def __add__(self, other: Size) -> Size:
        return Size(self.raw + other.raw, self.gzip + other.gzip, self.brotli + other.brotli)


@dataclass(frozen=True, slots=True)
class Build:
    """The built files with their own recount, and where the record of the build disagrees.

    `texts` holds the language variants of each widget: a page loads one of them. `carts` are the
    bundles of platforms whose cart is their own: a page of such a shop loads one of them. `apart`
    is what a page with every widget does not load either: what explains decisions to merchants,
    contents of a window that stand in place of a sign-up, and what comes with a voucher's link.
    """

    loader: str
    sizes: dict[str, Size]
    texts: dict[str, list[str]]
    carts: list[str]
    apart: list[str]
    disagreements: list[str]

    def loaded(self) -> list[str]:
        """What a page with every widget open has loaded, with each widget's largest language.

        Carts have a budget of their own, because most shops load none.
        """
        variants = {name for names in self.texts.values() for name in names}
        largest = {
            max(names, key=lambda name: self.sizes[name].brotli)
            for names in self.texts.values()
            if names
        }
        left_out = (variants - largest).union(self.carts, self.apart)
        return [name for name in self.sizes if name not in left_out]


def main(_: Sequence[str] = ()) -> int:
    """Recounts, prints the table and returns the exit code."""
    try:
        build = read_build(BUILT)
        limits = json.loads((ROOT / "manifest.json").read_text("utf-8"))["budgets"]
    except NotBuiltError as error:
        print(error, file=sys.stderr)
        return 2
    total = sum((build.sizes[name] for name in build.loaded()), Size(0, 0, 0))
    loaded = build.loaded()
    rows = [_row(name, size, name in loaded) for name, size in build.sizes.items()]
    print_table(
        ["file", "raw B", "gzip B", "brotli B", "counted"],
        [*rows, _row("together, largest language", total, True)],
    )
    loader = build.sizes[build.loader].brotli
    dialog = sum(size.brotli for name, size in build.sizes.items() if name.split(".")[0] in DIALOG)
    visit = sum(size.brotli for name, size in build.sizes.items() if name.startswith("visit."))
    cart = max((build.sizes[name].brotli for name in build.carts), default=0)
    for sentence in build.disagreements:
        print(sentence)
    return verdict(
        [
            Budget("loader, brotli bytes", loader, limits["loader_brotli_bytes"]),
            Budget("exit-intent dialog, brotli bytes", dialog, limits["exit_intent_brotli_bytes"]),
            Budget("visit, brotli bytes", visit, limits["visit_brotli_bytes"]),
            Budget(
                "everything of all widgets, brotli bytes",
                total.brotli - loader - visit,
                limits["all_brotli_bytes"],
            ),
            Budget(
                "runtime and all widgets, brotli bytes", total.brotli, limits["page_brotli_bytes"]
            ),
            Budget("largest cart of a platform, brotli bytes", cart, limits["cart_brotli_bytes"]),
            Budget("disagreements with the build's record", len(build.disagreements), 0),
        ]
    )


def read_build(folder: Path) -> Build:
    """Reads the record of the build in the folder and counts every script anew."""
    try:
        record = json.loads((folder / RECORD).read_text("utf-8"))
        widgets = record["widgets"]
        texts = {name: sorted(set(widget["texts"].values())) for name, widget in widgets.items()}
        loaded = {record["loader"]}.union(*(_files(widget) for widget in widgets.values()))
        extras = [*map(_others, widgets.values()), _files(record.get("preflight", {"js": ()}))]
        apart = {record["why"]}.union(*extras) - loaded
        named = loaded | apart | {name for names in texts.values() for name in names}
        carts = sorted(record["carts"].values())
        named.update(carts)
        found = {path.name: path.read_bytes() for path in sorted(folder.glob("*.js"))}
        disagreements = [f"{name}: named in the record, not there" for name in named - set(found)]
        disagreements += [line for name in found for line in _compare(name, found[name], record)]
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise NotBuiltError(f"{folder / RECORD}: {error!r}. Run `make build`.") from error
    if disagreements and not named <= set(found):
        raise NotBuiltError("\n".join([*disagreements, "Run `make build`."]))
    sizes = {name: count(content) for name, content in found.items()}
    return Build(record["loader"], sizes, texts, carts, sorted(apart), disagreements)


def _files(widget: dict[str, Any]) -> set[str]:
    """What a widget loads, with a sign-up where it can have several contents."""
    return {*widget["js"], *widget.get("contents", {}).get("sign_up", [])}


def _others(widget: dict[str, Any]) -> set[str]:
    return {name for names in widget.get("contents", {}).values() for name in names}


def count(content: bytes) -> Size:
    """Bytes raw, with gzip at its best level, and with brotli at its best level."""
    return Size(len(content), len(gzip.compress(content, 9)), len(brotli.compress(content)))


def _compare(name: str, content: bytes, record: dict[str, Any]) -> list[str]:
    digest = "sha384-" + b64encode(hashlib.sha384(content).digest()).decode()
    recorded = record["integrity"].get(name)
    if recorded != digest:
        return [f"{name}: content differs from the recorded hash"]
    if record["bytes"][name]["raw"] != len(content):
        return [f"{name}: size differs from the recorded one"]
    return []


def _row(name: str, size: Size, counted: bool) -> list[str]:
    figures = [f"{value:,}" for value in (size.raw, size.gzip, size.brotli)]
    return [name, *figures, "yes" if counted else "no"]


if __name__ == "__main__":
    sys.exit(main())
