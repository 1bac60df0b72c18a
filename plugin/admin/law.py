"""Law and data: what is stored about people, for how long, from the registry of such columns."""

from __future__ import annotations

from flask import Response

from plugin.admin.frame import blueprint, page
from plugin.services import privacy


@blueprint.get("/law")
def law() -> Response:
    """Show the table of stored data."""
    return page("law.html", inventory=privacy.inventory())
