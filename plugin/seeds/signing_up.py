"""The people who signed up: each as the form, the mail and the button would have it."""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from plugin.demo.people import FIRST_CUSTOMER, Person, invent_person
from plugin.demo.shop import stamp
from plugin.model import Shop
from plugin.seeds.past import GONE_DOMAIN, SLOW_DOMAIN, Past
from plugin.seeds.setting_up import Running
from plugin.services import protection, subscriptions, tickets
from plugin.services.arms import COURTESY
from plugin.services.attribution import Told
from plugin.services.subscriptions import SignUp, confirm

#: So many sign up on a day; of a hundred of them so many at the foot of a page, and so many
#: confirm.
_EACH_DAY = 0.9
_AT_THE_FOOT = 30
_CONFIRMS = 76
_LEAVES = 9
#: So many wait for a mail that is put off. Looked at after so many minutes: a step waits longer
#: each time, the next one for the better part of an hour.
_WAITING = 6
_LOOKED_AFTER = tuple(120 / 1.3**back for back in range(26, -1, -1))
#: Versions A and B of the window, and one in ten who is shown it without a voucher.
WINDOW_ARMS = f"aaaaaaaaabbbbbbbbb{COURTESY * 2}"
_STRANGERS = 9000
#: Customers who sign up, and people whose mailbox is gone: so many on a day of the last weeks.
_CUSTOMERS_EACH_DAY, _GONE_EACH_DAY, _RECENT_DAYS = 0.07, 0.03, 27
_READS = timedelta(seconds=40)
_WITHIN = timedelta(minutes=4)


@dataclass(frozen=True)
class Joined:
    """Somebody who confirmed: who, when, in which arm of the window, and how to leave."""

    person: Person
    at: datetime
    arm: str
    way_out: str


def sign_up_all(
    past: Past, shop: Shop, running: Mapping[str, Running], today: datetime
) -> list[Joined]:
    """Let people sign up from the first day to this morning; returns who confirmed."""
    dice = random.Random(5090)  # noqa: S311 - a repeatable past, not secrecy
    joined: list[Joined] = []
    for moment, person in _who_comes(past, today, dice):
        at_the_foot = dice.randrange(100) < _AT_THE_FOOT
        campaign = running["form" if at_the_foot else "window"]
        arm = "a" if at_the_foot else dice.choice(WINDOW_ARMS)
        past.set(moment)
        _ask(past, shop, campaign, person, arm)
        past.work()
        if dice.randrange(100) >= _CONFIRMS:
            continue
        found = _confirm(past, person, arm, min(moment + _WITHIN, today))
        joined += found
        if found and dice.randrange(100) < _LEAVES:
            _leave(past, shop, campaign, found[0], stays_away=dice.randrange(2) > 0)
    _keep_waiting(past, shop, running["window"], today, dice)
    # The newest one went all the way: that is what the setup shows as proof.
    person = invent_person(dice, 3 * _STRANGERS)
    past.set(today - 2 * _READS)
    _ask(past, shop, running["window"], person, "a")
    past.work()
    joined += _confirm(past, person, "a", today)
    past.set(today)
    past.work()
    if len(joined) > 1:
        protection.block(past.context, shop, joined[0].person.email, actor=shop.platform)
    return joined


def customers_in(days: int) -> int:
    """Return how many customers of the shop sign up in a past of so many days."""
    return round(_CUSTOMERS_EACH_DAY * days)


def _who_comes(past: Past, today: datetime, dice: random.Random) -> list[tuple[datetime, Person]]:
    """Return who signs up and when: strangers, a few customers, a few nobody can write to."""
    moments = [
        today - timedelta(days=dice.uniform(0.02, past.days - 0.5))
        for _ in range(round(_EACH_DAY * past.days))
    ]
    people = [invent_person(dice, _STRANGERS + number) for number in range(len(moments))]
    found = list(zip(sorted(moments), people, strict=True))
    recent = min(past.days, _RECENT_DAYS) - 0.5
    known = _customers(past, customers_in(past.days), dice)
    gone = [
        _at(invent_person(dice, 4 * _STRANGERS + number), GONE_DOMAIN)
        for number in range(round(_GONE_EACH_DAY * past.days))
    ]
    for person in (*known, *gone):
        found.append((today - timedelta(days=dice.uniform(0.1, recent)), person))
    return sorted(found, key=lambda one: one[0])


def _customers(past: Past, number: int, dice: random.Random) -> list[Person]:
    """Return people who ordered before Bleib came."""
    rows = past.demo.db.all(
        "SELECT customer_id, first_name, last_name, email, street, zip, city, country FROM orders "
        "WHERE created_at < ? AND cancelled_at IS NULL ORDER BY id DESC LIMIT 400",
        stamp(past.demo.now() - timedelta(days=past.days)),
    )
    return [Person(*row) for row in dice.sample(rows, min(number, len(rows)))]


def _leave(past: Past, shop: Shop, campaign: Running, one: Joined, *, stays_away: bool) -> None:
    """Let somebody unsubscribe, and maybe think better of it the same day."""
    subscriptions.unsubscribe(past.context, one.way_out)
    if stays_away:
        return
    past.set(past.now() + _WITHIN)
    _ask(past, shop, campaign, one.person, one.arm)
    past.work()
    _confirm(past, one.person, one.arm, past.now() + _WITHIN)


def _confirm(past: Past, person: Person, arm: str, at: datetime) -> list[Joined]:
    """Press the button behind the link, if the mail came."""
    link = past.confirm_link(person.email)
    if link is None:
        return []
    past.set(at)
    done = confirm(past.context, link)
    past.work()
    return [Joined(person, at, arm, done.unsubscribe_token or "")]


def _keep_waiting(
    past: Past, shop: Shop, window: Running, today: datetime, dice: random.Random
) -> None:
    """Let some sign up whose mailboxes put every mail off, again and again until today."""
    began = today - timedelta(minutes=_LOOKED_AFTER[-1])
    past.set(began)
    for number in range(_WAITING):
        person = invent_person(dice, 2 * _STRANGERS + number)
        _ask(past, shop, window, _at(person, SLOW_DOMAIN), dice.choice(WINDOW_ARMS))
    for minutes in _LOOKED_AFTER:
        past.set(began + timedelta(minutes=minutes))
        past.work()


def _at(person: Person, domain: str) -> Person:
    name = person.email.partition("@")[0]
    return replace(person, email=f"{name}@{domain}")


def _ask(past: Past, shop: Shop, campaign: Running, person: Person, arm: str) -> None:
    ticket = tickets.sign(past.context, shop)
    past.set(past.now() + _READS)
    host = person.id - FIRST_CUSTOMER
    subscriptions.request(
        past.context,
        shop,
        SignUp(
            id=str(uuid.uuid4()),
            email=person.email,
            campaign=campaign.id,
            version=campaign.version,
            purposes=("newsletter",),
            page=f"{shop.storefront_url}/products/teekanne-seeufer",
            language="de",
            elapsed_ms=round(_READS / timedelta(milliseconds=1)),
            website="",
            net_address=f"192.0.2.{host % 250 + 1}",
            told=Told(ticket=ticket, arm=arm),
            form_token=ticket,
        ),
    )
