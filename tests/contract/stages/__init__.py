"""One module for each stage; its `open_stage(folder, database_url)` returns a fresh one."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from tests.contract.stage import Stage

NAMES = ("shopify", "demo_shop", "woocommerce", "shopware", "script_tag")

#: Gets an empty folder and the address of a migrated, empty database.
Opener = Callable[[Path, str], Stage]


def openers() -> dict[str, Opener]:
    """Return what opens each stage, by its name."""
    places = {name: f"{__name__}.{name}" for name in NAMES}
    return {
        name: import_module(place).open_stage for name, place in places.items() if find_spec(place)
    }
