"""Exit intent: one quiet window when a shopper is about to leave, with the newsletter form."""

from __future__ import annotations

from pathlib import Path

from plugin.contracts.widget import Widget
from widgets.exit_intent.settings import ExitIntentSettings, public

WIDGET = Widget(
    name="exit_intent",
    stage="convert",
    folder=Path(__file__).resolve().parent,
    settings=ExitIntentSettings,
    public=public,
    interrupts=True,
    collects_consent=True,
    counted=("impression", "dismissal", "sign_up", "confirmed", "redeemed"),
)
