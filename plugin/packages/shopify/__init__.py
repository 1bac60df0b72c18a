"""The Shopify package: the app's configuration and its theme app extension, for the Shopify CLI."""

from __future__ import annotations

from plugin.packages import AppFacts
from plugin.packages.shopify.app_config import app_config
from plugin.packages.shopify.extension import extension

_FOLDER = "extensions/bleib"


def render(app: AppFacts) -> dict[str, bytes]:
    """Return the files of an app folder that `shopify app deploy` takes as it is.

    ValueError without the client id of a Shopify app.
    """
    if not app.client_id:
        raise ValueError("BLEIB_SHOPIFY_CLIENT_ID is not set")
    files = {f"{_FOLDER}/{path}": content for path, content in extension(app).items()}
    return {"shopify.app.toml": app_config(app).encode(), **files}
