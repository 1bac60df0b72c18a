"""What a sign-up has to pass before anybody is written to: robots, floods, blocked people.

Nothing here says anything about a person: who is blocked is answered like everybody else, and all
limits count where a form comes from, never whom it names.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from typing import Literal, Protocol

from sqlalchemy.engine import Connection

from plugin.errors import ChallengeError, InvalidFieldError, TooManyError
from plugin.model import Shop
from plugin.services import block_list, circuit, form_tokens, insight, limits, proof_of_work
from plugin.services.context import Context
from plugin.services.form_tokens import QUICKEST, Standing
from plugin.services.identity import clean_email, identity_of
from plugin.services.throwaway import is_throwaway
from plugin.store import events
from plugin.store import protection as store
from plugin.store.protection import Protection

_WINDOW = timedelta(hours=1)
_NETWORK_BITS = {4: 24, 6: 48}
#: So many times what is free passes with a proof of work; beyond it nothing does.
MOST = 4
_SHOP_LIMIT = "sign_up_shop"
#: Forms an hour that a shop takes while its circuit breaker holds, each with its proof.
_WHILE_HELD = 200


class Facts(Protocol):
    """What is known of a form that came in; nothing in it is believed yet."""

    @property
    def id(self) -> str:
        """The random id that the form was drawn with."""

    @property
    def email(self) -> str:
        """The address as it was typed."""

    @property
    def elapsed_ms(self) -> int:
        """How long the form was open, as the page says."""

    @property
    def website(self) -> str:
        """A field that people do not see."""

    @property
    def net_address(self) -> str:
        """Where the form comes from."""

    @property
    def form_token(self) -> str:
        """The token that the page was given."""

    @property
    def proof(self) -> str:
        """The proof of work, "" without one."""


@dataclass(frozen=True)
class _Place:
    """What is counted: up to `free` tries an hour pass, some more with a proof of work."""

    name: str
    key: str
    free: float


def admit(
    connection: Connection, context: Context, shop: Shop, facts: Facts
) -> Literal["take", "drop"]:
    """Decide whether a form is taken, within the transaction that takes it.

    "drop": it is answered like any other, and nothing more happens. TooManyError and
    ChallengeError("proof_needed") for more than people send from one place;
    InvalidFieldError("email_invalid" or "email_throwaway", field="email").
    """
    if facts.website or facts.elapsed_ms < QUICKEST / timedelta(milliseconds=1):
        return _drop(connection, context, shop, "sign_up_automatic")
    email = clean_email(facts.email)
    protection = store.protection_of(connection, shop.id)
    if protection.throwaway == "refuse" and is_throwaway(context, email):
        raise InvalidFieldError("email_throwaway", field="email")
    rate = _within_limits(connection, context, shop, facts, protection)
    circuit.watch(connection, context, shop, protection, rate)
    if block_list.is_blocked(connection, shop, identity_of(context.keys, shop.id, email)):
        return _drop(connection, context, shop, "sign_up_blocked")
    return "take"


def network_of(net_address: str) -> str:
    """Return the network that an address lies in: /24, or /48 of IPv6."""
    try:
        found = ipaddress.ip_network(net_address, strict=False)
    except ValueError:
        return net_address
    bits = min(_NETWORK_BITS[found.version], found.prefixlen)
    return str(found.supernet(new_prefix=bits))


def _within_limits(
    connection: Connection, context: Context, shop: Shop, facts: Facts, protection: Protection
) -> float:
    """Count the form everywhere and return how many the shop was sent in this hour."""
    token = form_tokens.standing(context, shop, facts.form_token)
    tripped = protection.is_tripped(context.now())
    busy, whole = tripped or token.state == "forged", 0.0
    for place in _places(facts, token, protection, context.now()):
        rate = limits.count(connection, context, shop.id, place.name, place.key, window=_WINDOW)
        if rate > place.free * MOST:
            raise TooManyError("too_many", retry_after=limits.wait_for(context, _WINDOW))
        busy |= rate > place.free
        if place.name == _SHOP_LIMIT:
            whole = rate
    if busy and not proof_of_work.is_proven(context, shop, facts.id, facts.proof):
        task = proof_of_work.task_for(context, shop, facts.id, heavy=tripped)
        raise ChallengeError("proof_needed", task=task)
    return whole


def _places(
    facts: Facts, token: Standing, protection: Protection, now: datetime
) -> Iterator[_Place]:
    """Yield what counts this form, always in the same order: nobody waits for each other's rows."""
    network = network_of(facts.net_address)
    if token.state == "good":
        yield _Place("sign_up_token", token.number, 5)
    else:
        # A page whose ticket got lost, or that stood open overnight, is still somebody's page.
        yield _Place("sign_up_bare_net", network, 3)
        yield _Place("sign_up_bare", "all", 60)
    yield _Place("sign_up_net", facts.net_address, 20)
    yield _Place("sign_up_network", network, 100)
    yield _Place(_SHOP_LIMIT, "all", inf if protection.is_released(now) else 600)
    if protection.is_tripped(now):
        yield _Place("sign_up_held", "all", _WHILE_HELD / MOST)


def _drop(connection: Connection, context: Context, shop: Shop, reason: str) -> Literal["drop"]:
    day = insight.day_of(shop, context.now())
    events.add_refusal(connection, shop.id, day, reason)
    return "drop"
