"""What stands above a page while something outside fails: who does not answer, which right is gone.

Both are told with what they mean for the merchant, and with one button that mends it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, g, request, url_for

from plugin.admin.asked_once import once
from plugin.admin.frame import blueprint, this_shop, to, words
from plugin.admin.shell import platform_name
from plugin.api import current_context
from plugin.api.install import to_consent
from plugin.contracts.connecting import InstallsByConsent, OpensInAdmin
from plugin.model import Shop
from plugin.services import code_grant, outages, rights
from plugin.services.context import Context

#: Pages that a merchant comes back to after pressing "try now".
_BACK = ("overview", "parcels", "work")


@dataclass(frozen=True)
class Missing:
    """A missing right and the way to grant it; `outside` leads out of our pages."""

    lacking: rights.Lacking
    href: str
    outside: bool


def states_of(context: Context, shop: Shop) -> dict[str, Any]:
    """Return what stands above a page: outages, and rights that are missing."""
    return {
        "outages": outages.outages(context, shop),
        "platform_name": platform_name(shop, words()),
        "missing": [_missing(context, shop, one) for one in once(rights.lacking)],
    }


@blueprint.post("/try-now")
def try_now() -> Response:
    """Ask again at once whoever did not answer."""
    outages.try_now(current_context(), this_shop())
    asked = request.form.get("back", "")
    return to(asked if asked in _BACK else "overview", done="tried")


@blueprint.get("/grant")
def grant() -> Response:
    """Send the merchant to the platform's consent page, if it has one; it brings them back.

    Not from within a frame: the way there is kept in a cookie, and frames get none.
    """
    context, shop = current_context(), this_shop()
    by_consent = isinstance(context.platforms.get(shop.platform), InstallsByConsent)
    if not by_consent or g.get("frame") is not None:
        return to("overview")
    answer = to_consent(code_grant.ask_again(context, shop))
    answer.status_code = 303
    return answer


def _missing(context: Context, shop: Shop, lacking: rights.Lacking) -> Missing:
    platform = context.platforms.get(shop.platform)
    if isinstance(platform, InstallsByConsent) and g.get("frame") is None:
        return Missing(lacking, url_for("admin.grant"), outside=False)
    if isinstance(platform, OpensInAdmin):
        return Missing(lacking, platform.app_url(shop.domain), outside=True)
    return Missing(lacking, url_for("admin.work"), outside=False)
