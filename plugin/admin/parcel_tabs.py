"""The pages that belong to parcels, as a row above each of them."""

from __future__ import annotations

from flask import current_app, request

from plugin.admin.frame import blueprint

#: In the order in which they stand, by what follows /admin/parcels in their address.
_PAGES = ("", "messages", "withdrawals", "notices", "inserts", "carriers")


@blueprint.app_template_global("parcel_tabs")
def parcel_tabs() -> list[tuple[str, str, bool]]:
    """Return name, endpoint and whether it is the open one, for each page of parcels."""
    endpoints = {
        rule.rule: rule.endpoint
        for rule in current_app.url_map.iter_rules()
        if rule.rule.startswith("/admin/parcels") and "GET" in (rule.methods or ())
    }
    tabs = []
    for name in _PAGES:
        path = f"/admin/parcels/{name}".rstrip("/")
        if path in endpoints:
            here = request.path == path or (bool(name) and request.path.startswith(f"{path}/"))
            tabs.append((name or "all", endpoints[path], here))
    return tabs
