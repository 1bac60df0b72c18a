"""What waits for the merchant's decision, the most costly first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from flask import url_for

from plugin.admin.asked_once import once
from plugin.admin.frame import words
from plugin.admin.points import heading_of
from plugin.contracts.connecting import OpensInAdmin
from plugin.model import Shop
from plugin.services import protection, rights, senders
from plugin.services.access import connected
from plugin.services.blocked_drafts import Blocked
from plugin.services.context import Context
from plugin.services.dead_letters import count_dead
from plugin.services.guard_limits import GuardReport
from plugin.services.mail_connections import needing_merchant
from plugin.services.outages import mails_waiting
from plugin.services.parcels import notice_settings
from plugin.services.parcels.overview import count_stuck
from plugin.services.setup import setup_state

#: More at once would be a list to scroll through, and none of them would be done.
MOST = 5
#: From this share of the month's budget on it is told that it runs out.
_NEARLY = Decimal("0.8")


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
    """Return what waits, in the order of what it costs not to act.

    First what stands still altogether, then people who wait, then discounts that cost or come to
    an end, then what is not finished.
    """
    return [
        *_still(context, shop),
        *_people_waiting(context, shop),
        *_discounts(guard),
        *_drafts(context, blocked),
        *_unfinished(context, shop),
    ]


def _still(context: Context, shop: Shop) -> Iterator[Need]:
    wording = words()
    platform = context.maybe(shop, OpensInAdmin)
    if platform is not None and not connected(context, shop):
        yield Need("connection", "octagon", platform.app_url(shop.domain), outside=True)
    # What was given up for a missing right is told above the page, with the button that mends it.
    dead = once(count_dead) - sum(one.count for one in once(rights.lacking))
    if dead > 0:
        yield Need("dead", "octagon", url_for("admin.work"), {"n": wording.number(dead)})
    if once(needing_merchant):
        yield Need("mail_service", "octagon", url_for("admin.connections"))


def _people_waiting(context: Context, shop: Shop) -> Iterator[Need]:
    wording = words()
    stuck = once(count_stuck)
    if stuck:
        yield Need("parcels", "parcel", url_for("admin.parcels"), {"n": wording.number(stuck)})
    if protection.is_held(context, shop):
        yield Need("sign_ups", "triangle", url_for("admin.protection"))
    waiting, due = mails_waiting(context, shop)
    if waiting and due is not None:
        told = {"n": wording.number(waiting), "time": wording.moment(due)}
        yield Need("waiting", "letter", url_for("admin.mail"), told)
    lacking = once(senders.lacking)
    if lacking:
        yield Need("mail", "letter", url_for("admin.mail"), {"n": wording.number(lacking)})


def _discounts(guard: GuardReport) -> Iterator[Need]:
    wording = words()
    if guard.alarm and guard.coded_share is not None:
        share, limit = guard.coded_share, guard.limits.share / 100
        shares = {"share": wording.percent(share), "limit": wording.percent(limit)}
        yield Need("alarm", "shield", url_for("admin.guard"), shares)
    if guard.share >= _NEARLY:
        values = {"spent": wording.money(guard.spent), "budget": wording.money(guard.budget)}
        yield Need("budget", "shield", url_for("admin.guard"), values)


def _drafts(context: Context, blocked: Sequence[Blocked]) -> Iterator[Need]:
    for one in blocked:
        name = words().name_of(one.campaign, context.widgets[one.campaign.widget])
        href = url_for("admin.editor", campaign_id=one.campaign.id, blocked=1, _anchor="checks")
        points = " · ".join(heading_of(check) for check in one.failed)
        yield Need("draft", "octagon", href, {"name": name, "points": points})


def _unfinished(context: Context, shop: Shop) -> Iterator[Need]:
    wording = words()
    if notice_settings.is_asked(context, shop):
        yield Need("notices", "letter", url_for("admin.notices"))
    state = once(setup_state)
    if state.open:
        yield Need("setup", "clock", url_for("admin.setup_page"), {"n": wording.number(state.open)})
