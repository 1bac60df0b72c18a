"""The app for gunicorn, with points at which a web worker is killed, each once for ever.

A point that has killed leaves a file with its number in the folder DEADLY_FOLDER, so that the next
worker lives on, and the test sees which points were reached.
"""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask

from plugin import app
from tests.journey.deadly import arm, once

#: In the order of the main job: install, look, sign up, confirm, order.
POINTS = (
    "plugin.platforms.shopify.installs:ShopifyInstalls.exchange after",
    "plugin.services.installing:_first_steps after",
    "plugin.services.code_grant:finish after",
    "plugin.services.browser_events:take after",
    "plugin.services.subscriptions:request before",
    "plugin.services.subscriptions:_take after",
    "plugin.services.subscriptions:request after",
    "plugin.services.confirmations:_accept after",
    "plugin.services.confirmations:confirm after",
    "plugin.services.webhooks:_note after",
    "plugin.services.webhooks:receive after",
)


def create_app() -> Flask:
    """Return the real app with every point armed that has not killed yet."""
    folder = Path(os.environ["DEADLY_FOLDER"])
    for number, point in enumerate(POINTS):
        arm(point, once(folder / str(number)))
    return app.create_app()
