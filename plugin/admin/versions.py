"""Versions: what was live when, what each of them changed, and the way back to one."""

from __future__ import annotations

from flask import Response

from plugin.admin.captions import Captions
from plugin.admin.editor import changed_meanwhile, revision_of
from plugin.admin.editor_page import differences
from plugin.admin.fields import fields_of
from plugin.admin.frame import blueprint, page, this_shop, to, words
from plugin.api import current_context
from plugin.errors import ConflictError
from plugin.services import campaign_versions, campaigns


@blueprint.get("/widgets/<int:campaign_id>/versions")
def campaign_versions_page(campaign_id: int) -> Response:
    """Show the versions of a campaign, the newest one first."""
    context, shop = current_context(), this_shop()
    campaign = campaigns.find(context, shop, campaign_id)
    widget = context.widgets[campaign.widget]
    fields = fields_of(widget.settings)
    return page(
        "versions.html",
        campaign=campaign,
        name=words().name_of(campaign, widget),
        say=Captions(words(), widget),
        versions=[
            (one, differences(fields, one.before, one.settings) if one.before else [])
            for one in campaign_versions.history(context, shop, campaign)
        ],
        consents=widget.collects_consent,
    )


@blueprint.post("/widgets/<int:campaign_id>/versions/<int:version>")
def campaign_version_take(campaign_id: int, version: int) -> Response:
    """Put an earlier version into the draft; nothing is published by this."""
    context, shop = current_context(), this_shop()
    campaign = campaigns.find(context, shop, campaign_id)
    draft = campaign_versions.settings_again(context, shop, campaign, version)
    try:
        campaigns.save_draft(context, shop, campaign_id, draft, revision=revision_of())
    except ConflictError:
        return changed_meanwhile(campaign_id)
    return to("editor", campaign_id=campaign_id, done="taken", _anchor="changes")
