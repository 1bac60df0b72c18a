"""What waits for the merchant's decision, the most costly first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol, TypeVar

from plugin.contracts.connecting import OpensInAdmin
from plugin.model import Shop
from plugin.services import guard_limits, protection, rights, senders
from plugin.services.access import connected
from plugin.services.blocked_drafts import Blocked, blocked_drafts
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

Found = TypeVar("Found")


class Asks(Protocol):
    """Returns what a service says of the shop; a page asks each service once."""

    def __call__(self, ask: Callable[[Context, Shop], Found], /) -> Found:
        """Return what this one says."""


@dataclass(frozen=True)
class Need:
    """One thing that needs the merchant: `name` keys its texts, `values` are what they name.

    `href` is a page of ours, or (`outside`) one of the shop's own admin. `size` says how much of
    it there is. `draft` is what stands in the way of a campaign, where the need is one.
    """

    name: str
    href: str
    size: int = 1
    values: Mapping[str, object] = field(default_factory=dict)
    outside: bool = False
    draft: Blocked | None = None

    @property
    def key(self) -> str:
        """Return what tells this need from any other of the shop."""
        return f"{self.name}:{self.draft.campaign.id}" if self.draft else self.name


def all_needs(context: Context, shop: Shop) -> list[Need]:
    """Return what waits now, asking every service itself."""

    def ask(service: Callable[[Context, Shop], Found]) -> Found:
        return service(context, shop)

    return needs_of(context, shop, ask(blocked_drafts), ask(guard_limits.report), ask)


def needs_of(
    context: Context, shop: Shop, blocked: Sequence[Blocked], guard: GuardReport, ask: Asks
) -> list[Need]:
    """Return what waits, in the order of what it costs not to act.

    First what stands still altogether, then people who wait, then discounts that cost or come to
    an end, then what is not finished.
    """
    return [
        *_still(context, shop, ask),
        *_people_waiting(context, shop, ask),
        *_discounts(guard),
        *_drafts(blocked),
        *_unfinished(context, shop, ask),
    ]


def _still(context: Context, shop: Shop, ask: Asks) -> Iterator[Need]:
    platform = context.maybe(shop, OpensInAdmin)
    if platform is not None and not connected(context, shop):
        yield Need("connection", platform.app_url(shop.domain), outside=True)
    # What was given up for a missing right is told above the page, with the button that mends it.
    dead = ask(count_dead) - sum(one.count for one in ask(rights.lacking))
    if dead > 0:
        yield _counted("dead", "/admin/work", dead)
    if ask(needing_merchant):
        yield Need("mail_service", "/admin/connections")


def _people_waiting(context: Context, shop: Shop, ask: Asks) -> Iterator[Need]:
    stuck = ask(count_stuck)
    if stuck:
        yield _counted("parcels", "/admin/parcels", stuck)
    if protection.is_held(context, shop):
        yield Need("sign_ups", "/admin/protection")
    waiting, due = mails_waiting(context, shop)
    if waiting and due is not None:
        yield Need("waiting", "/admin/mail", waiting, {"n": waiting, "time": due})
    lacking = ask(senders.lacking)
    if lacking:
        yield _counted("mail", "/admin/mail", lacking)


def _discounts(guard: GuardReport) -> Iterator[Need]:
    if guard.alarm and guard.coded_share is not None:
        shares = {"share": guard.coded_share, "limit": guard.limits.share / 100}
        yield Need("alarm", "/admin/guard", values=shares)
    if guard.share >= _NEARLY:
        values = {"spent": guard.spent, "budget": guard.budget}
        yield Need("budget", "/admin/guard", values=values)


def _drafts(blocked: Sequence[Blocked]) -> Iterator[Need]:
    for one in blocked:
        href = f"/admin/widgets/{one.campaign.id}?blocked=1#checks"
        yield Need("draft", href, len(one.failed), draft=one)


def _unfinished(context: Context, shop: Shop, ask: Asks) -> Iterator[Need]:
    if notice_settings.is_asked(context, shop):
        yield Need("notices", "/admin/parcels/notices")
    state = ask(setup_state)
    # What the records of the own address lack is a need of its own already.
    left = state.open - (state.details and not state.proven and bool(ask(senders.lacking)))
    if left:
        yield _counted("setup", "/admin/setup", left)


def _counted(name: str, href: str, n: int) -> Need:
    return Need(name, href, n, {"n": n})
