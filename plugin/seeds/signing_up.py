"""The people who signed up: each as the form, the mail and the button would have it."""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from plugin.demo.people import FIRST_CUSTOMER, Person, invent_person
from plugin.model import Shop
from plugin.seeds.past import Past
from plugin.seeds.setting_up import Running
from plugin.services import subscriptions, tickets
from plugin.services.attribution import Told
from plugin.services.subscriptions import SignUp, confirm

#: So many sign up on a day; of a hundred of them so many at the foot of a page, and so many
#: confirm.
_EACH_DAY = 0.75
_AT_THE_FOOT = 30
_CONFIRMS = 76
_LEAVES = 4
_STRANGERS = 9000
_READS = timedelta(seconds=40)


@dataclass(frozen=True)
class Joined:
    """Somebody who confirmed: who, when, and in which arm of the window."""

    person: Person
    at: datetime
    arm: str


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
        arm = "a" if at_the_foot else dice.choice("ab")
        past.set(moment)
        _ask(past, shop, running["form" if at_the_foot else "window"], person, arm)
        past.work()
        link = past.confirm_link(person.email)
        if link is not None and dice.randrange(100) < _CONFIRMS:
            past.set(min(moment + timedelta(minutes=dice.uniform(1, 9)), today))
            done = confirm(past.context, link)
            past.work()
            joined.append(Joined(person, past.now(), arm))
            if done.unsubscribe_token and dice.randrange(100) < _LEAVES:
                subscriptions.unsubscribe(past.context, done.unsubscribe_token)
    past.set(today)
    past.work()
    return joined


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
