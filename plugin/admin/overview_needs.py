"""What waits for the merchant's decision, in words and with the button that leads there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import url_for

from plugin.admin.asked_once import once
from plugin.admin.frame import words
from plugin.admin.points import heading_of
from plugin.admin.wording import Words
from plugin.model import Shop
from plugin.services import needs
from plugin.services.blocked_drafts import Blocked
from plugin.services.context import Context
from plugin.services.guard_limits import GuardReport
from plugin.services.needs import MOST

__all__ = ["MOST", "PAGES", "Need", "needs_of"]

#: The icon and the page of each need; a draft's and the shop's own admin are found elsewhere.
PAGES = {
    "connection": ("octagon", ""),
    "dead": ("octagon", "admin.work"),
    "mail_service": ("octagon", "admin.connections"),
    "parcels": ("parcel", "admin.parcels"),
    "sign_ups": ("triangle", "admin.protection"),
    "waiting": ("letter", "admin.mail"),
    "mail": ("letter", "admin.mail"),
    "alarm": ("shield", "admin.guard"),
    "budget": ("shield", "admin.guard"),
    "draft": ("octagon", "admin.editor"),
    "notices": ("letter", "admin.notices"),
    "setup": ("clock", "admin.setup_page"),
}
#: How the merchant reads each value.
_SAID: dict[str, Callable[[Words, Any], str]] = {
    "n": Words.number,
    "time": Words.moment,
    "share": Words.percent,
    "limit": Words.percent,
    "spent": Words.money,
    "budget": Words.money,
}


@dataclass(frozen=True)
class Need:
    """One line of "needs you": `name` keys its texts, `values` fill them.

    `outside`: the way out leads to the shop's own admin, not to a page of ours.
    """

    name: str
    icon: str
    href: str
    values: Mapping[str, object] = field(default_factory=dict)
    outside: bool = False


def needs_of(
    context: Context, shop: Shop, blocked: Sequence[Blocked], guard: GuardReport
) -> list[Need]:
    """Return what waits, in the order of what it costs not to act."""
    return [_line(context, one) for one in needs.needs_of(context, shop, blocked, guard, once)]


def _line(context: Context, need: needs.Need) -> Need:
    icon, page = PAGES[need.name]
    # By name: inside a frame every address carries whose it is.
    href = need.href if need.outside else url_for(page, **_where(need))
    return Need(need.name, icon, href, _values(context, need), need.outside)


def _where(need: needs.Need) -> dict[str, Any]:
    if need.draft is None:
        return {}
    return {"campaign_id": need.draft.campaign.id, "blocked": 1, "_anchor": "checks"}


def _values(context: Context, need: needs.Need) -> dict[str, object]:
    wording = words()
    if need.draft is not None:
        campaign = need.draft.campaign
        points = " · ".join(heading_of(check) for check in need.draft.failed)
        return {
            "name": wording.name_of(campaign, context.widgets[campaign.widget]),
            "points": points,
        }
    return {name: _SAID[name](wording, value) for name, value in need.values.items()}
