"""Cross-sell: up to three suggestions below the cart, each with its reason."""

from __future__ import annotations

from pathlib import Path

from plugin.contracts.widget import Widget
from widgets.cross_sell.settings import CrossSellSettings, public

WIDGET = Widget(
    name="cross_sell",
    stage="convert",
    folder=Path(__file__).resolve().parent,
    settings=CrossSellSettings,
    public=public,
    has_fields=True,
    suggests=True,
    counted=("impression", "click", "add", "bought"),
)
