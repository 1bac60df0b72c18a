"""Says whether a link into the shop may open the decision trace there."""

from __future__ import annotations

from flask import Blueprint, Response, request

from plugin.api import current_context, current_shop_by_key
from plugin.api.cors import open_to_storefronts
from plugin.services import why_links

blueprint = Blueprint("why", __name__)
open_to_storefronts(blueprint)


@blueprint.get("/v1/<key>/why")
def why(key: str) -> Response:
    """Answer 204 for a link of this shop that is still good, 404 for everything else."""
    shop = current_shop_by_key(key)
    why_links.check(current_context(), shop, request.args.get("token", ""))
    response = Response(status=204)
    response.headers["Cache-Control"] = "no-store"
    return response
