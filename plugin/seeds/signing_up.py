"""The people who signed up: each as the form, the mail and the button would have it."""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from plugin.demo.people import FIRST_CUSTOMER, Person, invent_person
from plugin.model import Shop
from plugin.seeds.past import SLOW_DOMAIN, Past
from plugin.seeds.setting_up import Running
from plugin.services import subscriptions, tickets
from plugin.services.arms import COURTESY
from plugin.services.attribution import Told
from plugin.services.subscriptions import SignUp, confirm

#: So many sign up on a day; of a hundred of them so many at the foot of a page, and so many
#: confirm.
_EACH_DAY = 0.75
_AT_THE_FOOT = 30
_CONFIRMS = 76
_LEAVES = 4
#: So many wait for a mail that is put off. Looked at after so many minutes: a step waits longer
#: each time, the next one for the better part of an hour.
_WAITING = 6
_LOOKED_AFTER = tuple(120 / 1.3**back for back in range(26, -1, -1))
#: Versions A and B of the window, and one in ten who is shown it without a voucher.
WINDOW_ARMS = f"aaaaaaaaabbbbbbbbb{COURTESY * 2}"
_STRANGERS = 9000
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
    joined = []
    moments = sorted(
        today - timedelta(days=dice.uniform(0.02, past.days - 0.5))
        for _ in range(round(_EACH_DAY * past.days))
    )
    for number, moment in enumerate(moments):
        person = invent_person(dice, _STRANGERS + number)
        at_the_foot = dice.randrange(100) < _AT_THE_FOOT
        campaign = running["form" if at_the_foot else "window"]
        arm = "a" if at_the_foot else dice.choice(WINDOW_ARMS)
        past.set(moment)
        _ask(past, shop, campaign, person, arm)
        past.work()
        if dice.randrange(100) < _CONFIRMS:
            joined += _confirm(past, person, arm, min(moment + _WITHIN, today))
        if joined and dice.randrange(100) < _LEAVES:
            subscriptions.unsubscribe(past.context, joined[-1].way_out)
    _keep_waiting(past, shop, running["window"], today, dice)
    # The newest one went all the way: that is what the setup shows as proof.
    person = invent_person(dice, 3 * _STRANGERS)
    past.set(today - 2 * _READS)
    _ask(past, shop, running["window"], person, "a")
    past.work()
    joined += _confirm(past, person, "a", today)
    past.set(today)
    past.work()
    return joined


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
        name = person.email.partition("@")[0]
        slow = replace(person, email=f"{name}@{SLOW_DOMAIN}")
        _ask(past, shop, window, slow, dice.choice(WINDOW_ARMS))
    for minutes in _LOOKED_AFTER:
        past.set(began + timedelta(minutes=minutes))
        past.work()


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
