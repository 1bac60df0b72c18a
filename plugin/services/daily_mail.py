"""The daily mail: what is new among the things that need the merchant, in the shop's morning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from plugin.errors import NotFoundError
from plugin.model import Shop
from plugin.services import mailing, steps
from plugin.services.context import Context
from plugin.services.identity import normalised
from plugin.services.needs import MOST, Need, all_needs
from plugin.services.steps import Handler, Step
from plugin.store import team
from plugin.store import told_needs as store
from plugin.store.shops import lock_shop, shop_by_id
from plugin.store.team import Member
from plugin.store.told_needs import Told

__all__ = ["HANDLERS", "Setting", "setting", "switch"]

#: When the mail is made, by the shop's clock.
_MORNING = time(7)
#: What is still there after this many days is told again.
_AGAIN_DAYS = 7
#: A mail about mails that cannot leave would come once they have left.
_NOT_BY_MAIL = frozenset({"waiting"})


@dataclass(frozen=True)
class Setting:
    """Where the daily mail of somebody would go, and whether they want it."""

    address: str = field(repr=False)
    on: bool


@dataclass(frozen=True)
class _Recipient:
    who: str
    address: str = field(repr=False)


def setting(context: Context, shop: Shop, member: Member | None) -> Setting | None:
    """Return the daily mail of whoever is signed in; None for those who get none.

    `member` None is somebody whom the platform's admin let in: the shop's contact address.
    """
    if member is None:
        with context.db.read() as connection:
            wanted = store.wanted(connection, shop.id)
        return Setting(shop.email, wanted) if shop.email else None
    with context.db.read() as connection:
        present = team.member(connection, shop.id, member.id)
    if present is None or present.role != "owner" or present.email_sealed is None:
        return None
    address = context.keys.unseal(shop.id, "team", present.email_sealed)
    return Setting(address, not present.daily_mail_off)


def switch(context: Context, shop: Shop, member: Member | None, *, on: bool) -> None:
    """Switch the daily mail of whoever is signed in; NotFoundError for those who get none."""
    if setting(context, shop, member) is None:
        raise NotFoundError("not_found")
    with context.db.write() as connection:
        if member is None:
            store.set_wanted(connection, shop.id, on=on)
        else:
            team.change(connection, shop.id, member.id, daily_mail_off=not on)


def plan(context: Context, step: Step) -> None:
    """Put the look at the needs to the shop's next morning (step `needs.plan`)."""
    with context.db.write() as connection:
        shop = shop_by_id(connection, step.shop_id)
        if shop is None or shop.state != "installed":
            return
        due = _next_morning(context.now(), shop)
        key = f"needs.tell:{_day(shop, due)}"
        steps.enqueue(connection, context, shop.id, "needs.tell", key=key, due_at=due)


def tell(context: Context, step: Step) -> None:
    """Queue the mail of this day if there is something new (step `needs.tell`).

    What is told is remembered in the same transaction: a worker that dies leaves all or nothing.
    """
    with context.db.read() as connection:
        shop = shop_by_id(connection, step.shop_id)
    if shop is None or shop.state != "installed":
        return
    needs = [one for one in all_needs(context, shop) if one.name not in _NOT_BY_MAIL]
    with context.db.write() as connection:
        lock_shop(connection, shop.id)
        today, told = _day(shop, context.now()), store.all_of(connection, shop.id)
        if any(_day(shop, one.at) == today for one in told.values()):
            return
        store.keep(connection, shop.id, [one.key for one in needs])
        fresh = [one for one in needs if _is_new(shop, one, told.get(one.key), today)][:MOST]
        recipients = _recipients(connection, context, shop)
        if fresh and recipients:
            _queue(connection, context, shop, fresh, recipients, today)
            sizes = {one.key: one.size for one in fresh}
            store.note(connection, shop.id, sizes, context.now())


def _is_new(shop: Shop, need: Need, told: Told | None, today: date) -> bool:
    if told is None or need.size > told.size:
        return True
    return today - _day(shop, told.at) >= timedelta(days=_AGAIN_DAYS)


def _queue(
    connection: Connection,
    context: Context,
    shop: Shop,
    needs: Sequence[Need],
    recipients: Sequence[_Recipient],
    today: date,
) -> None:
    values = {
        "needs": [
            {
                "need": one.name,
                "campaign": one.draft.campaign.name if one.draft else "",
                "link": one.href if one.outside else context.url(one.href),
            }
            for one in needs
        ],
        "overview": context.url("/admin/"),
        "switch": context.url("/admin/account#daily-mail"),
    }
    language = "de" if shop.locale.lower().startswith("de") else "en"
    for one in recipients:
        key = f"needs:{today}:{one.who}"
        mailing.queue(connection, context, shop, "needs", key, one.address, language, values)


def _recipients(connection: Connection, context: Context, shop: Shop) -> list[_Recipient]:
    """Return the owners who want the mail, and the shop's contact where no owner has its address.

    A shop of its own belongs to its team; its contact address stands in until somebody is in it.
    """
    owners = [
        (one, context.keys.unseal(shop.id, "team", one.email_sealed))
        for one in team.all_of(connection, shop.id)
        if one.role == "owner" and one.joined_at is not None and one.email_sealed is not None
    ]
    found = [_Recipient(str(one.id), email) for one, email in owners if not one.daily_mail_off]
    known = {normalised(email) for _, email in owners}
    ours_alone = shop.platform == "script_tag" and bool(owners)
    if ours_alone or not shop.email or normalised(shop.email) in known:
        return found
    contact = [_Recipient("shop", shop.email)] if store.wanted(connection, shop.id) else []
    return found + contact


def _next_morning(now: datetime, shop: Shop) -> datetime:
    zone = ZoneInfo(shop.zone)
    here = now.astimezone(zone)
    today = datetime.combine(here.date(), _MORNING, zone)
    if here <= today:
        return today
    return datetime.combine(here.date() + timedelta(days=1), _MORNING, zone)


def _day(shop: Shop, moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(shop.zone)).date()


HANDLERS: dict[str, Handler] = {"needs.plan": plan, "needs.tell": tell}
