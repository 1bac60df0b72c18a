"""The Shopware package: a private app whose manifest is made for this installation alone."""

from __future__ import annotations

from plugin.packages import AppFacts
from plugin.packages.shopware.manifest_xml import NAME, manifest_xml
from plugin.packages.shopware.resources import resources


def render(app: AppFacts) -> dict[str, bytes]:
    """Return the files of the app's zip, as the administration takes it.

    Raises ValueError without the app secret: Shopware signs the registration with it.
    """
    files = {"manifest.xml": manifest_xml(app), **resources(app)}
    return {f"{NAME}/{path}": content for path, content in files.items()}
