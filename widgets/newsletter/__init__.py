"""Newsletter: a sign-up form in the page, with a voucher for the first order."""

from __future__ import annotations

from pathlib import Path

from plugin.contracts.widget import Widget
from widgets.newsletter.settings import NewsletterSettings, public

WIDGET = Widget(
    name="newsletter",
    stage="attract",
    folder=Path(__file__).resolve().parent,
    settings=NewsletterSettings,
    public=public,
    collects_consent=True,
    counted=("impression", "sign_up", "confirmed", "redeemed"),
)
