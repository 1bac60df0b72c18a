"""The arms of a published version: the holdout, version A and version B, with their shares."""

from __future__ import annotations

from plugin.services import targeting
from plugin.services.campaigns import settings_of
from plugin.services.context import Context
from plugin.store.campaigns import PublishedCampaign

#: Those who deliberately see nothing.
HOLDOUT = "-"


def weights_of(context: Context, version: PublishedCampaign) -> dict[str, int]:
    """Return the arms of a version with their shares in percent, as a storefront draws them."""
    widget = context.widgets.get(version.widget)
    if widget is None:
        return {"a": 100}
    return targeting.weights_of(settings_of(widget, version.settings))
