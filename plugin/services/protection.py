"""The merchant's side of the protection of sign-ups: what was held off, and the block list."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from plugin.model import Shop
from plugin.services import access_log, block_list, circuit, insight, unsubscribing
from plugin.services.context import Context
from plugin.services.identity import clean_email, identity_of
from plugin.store import blocked, subscribers
from plugin.store import protection as store
from plugin.store.protection import Protection

Rule = Literal["flag", "refuse"]

REPORT_DAYS = 28
#: Refusals that this page is about; all others stand under "what was left undone".
_HELD_OFF = frozenset(
    {
        "sign_up_automatic",
        "sign_up_repeated",
        "sign_up_blocked",
        "proof_needed",
        "too_many",
        "email_throwaway",
    }
)


@dataclass(frozen=True)
class Report:
    """How the sign-ups of a shop are protected now, and what was held off in 28 days."""

    protection: Protection
    tripped: bool
    blocked: int
    throwaway: int
    held_off: tuple[tuple[str, int], ...]


def report(context: Context, shop: Shop) -> Report:
    """Return what the merchant sees."""
    now = context.now()
    today = insight.day_of(shop, now)
    start = today - timedelta(days=REPORT_DAYS - 1)
    with context.db.read() as connection:
        protection = store.protection_of(connection, shop.id)
        people = blocked.size(connection, shop.id)
        flagged = subscribers.count_throwaway(
            connection, shop.id, now - timedelta(days=REPORT_DAYS)
        )
    refused = insight.refusals(context, shop, start, today)
    return Report(
        protection=protection,
        tripped=protection.is_tripped(now),
        blocked=people,
        throwaway=flagged,
        held_off=tuple(line for line in refused if line[0] in _HELD_OFF),
    )


def is_held(context: Context, shop: Shop) -> bool:
    """Tell whether the circuit breaker holds the shop's sign-ups back now."""
    with context.db.read() as connection:
        return store.protection_of(connection, shop.id).is_tripped(context.now())


def set_rule(context: Context, shop: Shop, rule: Rule) -> None:
    """Say whether throw-away addresses are taken and flagged, or refused."""
    with context.db.write() as connection:
        present = store.protection_of(connection, shop.id)
        store.put_protection(connection, shop.id, replace(present, throwaway=rule))


def release(context: Context, shop: Shop) -> None:
    """Let the circuit breaker go."""
    circuit.release(context, shop)


def is_blocked(context: Context, shop: Shop, email: str) -> bool:
    """Tell whether an address is never written to.

    InvalidFieldError("email_invalid") for what is no address.
    """
    identity = identity_of(context.keys, shop.id, clean_email(email))
    with context.db.read() as connection:
        return block_list.is_blocked(connection, shop, identity)


def block(context: Context, shop: Shop, email: str, *, actor: str) -> bool:
    """Never write to an address again; False if that was so. Who was subscribed is no longer.

    `actor` is the id of who wants it, for the log of accesses. InvalidFieldError("email_invalid")
    for what is no address.
    """
    identity = identity_of(context.keys, shop.id, clean_email(email))
    with context.db.write() as connection:
        # Nobody signs up between the two.
        subscribers.lock_person(connection, shop.id, identity)
        added = block_list.block(connection, context, shop, identity)
        if added:
            access_log.note(
                connection, context, shop.id, actor=actor, act="blocked", what="person",
                identity=identity,
            )  # fmt: skip
        person = subscribers.subscriber_by_identity(connection, shop.id, identity)
    if person is not None:
        unsubscribing.unsubscribe(context, unsubscribing.unsubscribe_token(context, person))
    return added


def unblock(context: Context, shop: Shop, email: str, *, actor: str) -> bool:
    """Let an address sign up again; False if it was not blocked. Noted as by `block`.

    InvalidFieldError("email_invalid") for what is no address.
    """
    identity = identity_of(context.keys, shop.id, clean_email(email))
    with context.db.write() as connection:
        removed = block_list.unblock(connection, shop, identity)
        if removed:
            access_log.note(
                connection, context, shop.id, actor=actor, act="unblocked", what="person",
                identity=identity,
            )  # fmt: skip
    return removed
