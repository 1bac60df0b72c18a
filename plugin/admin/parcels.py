"""Parcels: as customers see them, the stuck ones first."""

from __future__ import annotations

from flask import Response

from plugin.admin.frame import blueprint, page


@blueprint.get("/parcels")
def parcels() -> Response:
    """Show where parcels are, which of them need somebody, and how punctual carriers were."""
    return page("parcels/all.html")
