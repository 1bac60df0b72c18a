"""The pages that belong to parcels or to figures, as a row above each of them."""

from __future__ import annotations

from plugin.admin.frame import blueprint
from plugin.admin.places import endpoints_at, open_of

Tab = tuple[str, str, bool]

#: In the order in which they stand, by what follows /admin/parcels in their address.
_PARCELS = ("", "messages", "withdrawals", "notices", "inserts", "carriers")
#: The same of /admin/figures.
_FIGURES = ("", "customers", "costs", "suggestions", "parcels")


@blueprint.app_template_global("parcel_tabs")
def parcel_tabs() -> list[Tab]:
    """Return name, endpoint and whether it is the open one, for each page of parcels."""
    return _tabs("/admin/parcels", _PARCELS)


@blueprint.app_template_global("figure_tabs")
def figure_tabs() -> list[Tab]:
    """Return the same for each page of figures."""
    return _tabs("/admin/figures", _FIGURES)


def _tabs(root: str, names: tuple[str, ...]) -> list[Tab]:
    paths = {f"{root}/{name}".rstrip("/"): name or "all" for name in names}
    endpoints, here = endpoints_at(tuple(paths)), open_of(tuple(paths))
    return [
        (name, endpoints[path], path == here) for path, name in paths.items() if path in endpoints
    ]
