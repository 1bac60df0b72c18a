"""What is stored of people: the list of it, a person's export and erasure, and its expiry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import structlog
from sqlalchemy.engine import Connection

from plugin.errors import InvalidFieldError
from plugin.model import Shop
from plugin.services import (
    consent_rules,
    evidence,
    import_slices,
    people_changes,
    syncing,
    tenants,
    vouchers,
)
from plugin.services.context import Context
from plugin.services.identity import clean_email, identity_of
from plugin.services.order_rows import open_email, pseudonym
from plugin.services.steps import Handler, Step
from plugin.store import events, inbox, shop_deletion, subscribers
from plugin.store import personal as store
from plugin.store.evidence import forget_origins
from plugin.store.personal import PersonalColumn
from plugin.store.shops import touch_pages
from plugin.store.steps import clear_done, drop_of_orders

__all__ = [
    "HANDLERS",
    "PersonalColumn",
    "erase_person",
    "erase_shop",
    "erase_within",
    "export_person",
    "identity",
    "inventory",
    "valid_email",
]

#: Counters and event ids are needed no longer than this.
_KEEP_COUNTERS = timedelta(days=2)
#: Keys of finished steps keep repeated messages from working twice, so they stay a while.
_KEEP_DONE_STEPS = timedelta(days=30)
#: What a platform has announced is not announced again after so long (Shopify: two days).
_KEEP_MESSAGES = timedelta(days=60)
_RENAMED_AT_ONCE = 500
_log = structlog.get_logger("privacy")


def inventory() -> list[PersonalColumn]:
    """Return every place where something of a person is stored, with its erasure and expiry."""
    return store.personal_columns()


def export_person(
    context: Context, shop: Shop, email: str | None = None, *, customer_id: str | None = None
) -> dict[str, Any]:
    """Return all that is stored of a person as JSON values, by table; sealed text is opened.

    InvalidFieldError("email_invalid") for what is no mail address.
    """
    with context.db.read() as connection:
        rows = store.rows_of_person(
            connection, shop.id, identity(context, shop, email), customer_id
        )
    openers = _openers(context, shop)
    return {
        "shop": shop.name,
        "exported_at": context.now().isoformat(),
        "email": email,
        "customer": customer_id,
        "data": {
            table: [_readable(table, row, openers) for row in found]
            for table, found in rows.items()
            if found
        },
    }


def _openers(context: Context, shop: Shop) -> Mapping[str, Callable[[str], str]]:
    def unseal(purpose: str) -> Callable[[str], str]:
        return lambda sealed: context.keys.unseal(shop.id, purpose, sealed)

    return {
        "orders.email_sealed": lambda sealed: open_email(context.keys, shop.id, sealed),
        "subscribers.email_sealed": unseal("email"),
        "subscribers.declared_sealed": unseal("declared"),
        "outbox.recipient_sealed": unseal("mail"),
        "outbox.values_sealed": unseal("mail"),
        "service_messages.email_sealed": unseal("message"),
        "service_messages.text_sealed": unseal("message"),
        "service_answers.words_sealed": unseal("message"),
        "withdrawals.declaration_sealed": unseal("withdrawal"),
        "person_requests.person_sealed": unseal("inbox"),
    }


def _readable(
    table: str, row: Mapping[str, Any], openers: Mapping[str, Callable[[str], str]]
) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, value in row.items():
        if name == "shop_id" or value is None:
            continue
        opener = openers.get(f"{table}.{name}")
        shown[name.removesuffix("_sealed")] = opener(value) if opener else _plain(value)
    return shown


def _plain(value: Any) -> Any:  # noqa: ANN401 - any value of a column
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def erase_person(
    context: Context, shop: Shop, email: str | None = None, *, customer_id: str | None = None
) -> dict[str, dict[str, int]]:
    """Erase a person everywhere; the proof of a consent stays locked until it expires.

    Returns a receipt: rows changed ("erased") and rows the law keeps ("kept_locked"), by table.
    Orders keep their baskets under an id that leads nowhere. Doing it twice is harmless.
    InvalidFieldError("email_invalid") for what is no mail address.
    """
    known = identity(context, shop, email)
    with context.db.write() as connection:
        return erase_within(connection, context, shop, known, customer_id)


def erase_within(
    connection: Connection,
    context: Context,
    shop: Shop,
    identity: str | None,
    customer_id: str | None,
) -> dict[str, dict[str, int]]:
    """Erase a person within the caller's transaction, as `erase_person`."""
    ids = store.order_ids_of(connection, shop.id, identity, customer_id)
    for one in people_changes.named(connection, shop, identity, customer_id):
        people_changes.note(connection, context, shop, one, "erased")
        _drop_voucher(connection, context, shop, one)
        import_slices.forget(connection, context, shop, one)
    erased = store.erase_person(connection, shop.id, identity, customer_id)
    if identity is not None:
        forget_origins(connection, shop.id, identity)
    locked = store.locked_rows(connection, shop.id, identity, customer_id)
    _rename(connection, context, shop.id, ids)
    if any(erased.values()):
        touch_pages(connection, shop.id)  # what they wrote is gone from what all pages say
    _log.info("person_erased", shop=shop.id, orders=len(ids))
    return {
        "erased": {table: rows for table, rows in erased.items() if rows},
        "kept_locked": {table: rows for table, rows in locked.items() if rows},
    }


def _drop_voucher(connection: Connection, context: Context, shop: Shop, identity: str) -> None:
    """Let a voucher that is not made yet give back what it took: its step will find nobody."""
    person = subscribers.subscriber_by_identity(connection, shop.id, identity)
    if person is not None:
        vouchers.enqueue_issue(connection, context, shop.id, person)


def _rename(connection: Connection, context: Context, shop_id: int, ids: list[str]) -> None:
    names = {old: pseudonym(context.keys, shop_id, old) for old in ids if not _is_renamed(old)}
    store.rename_orders(connection, shop_id, names)
    drop_of_orders(connection, shop_id, list(names))


def _is_renamed(order_id: str) -> bool:
    return order_id.startswith("erased:")


def identity(context: Context, shop: Shop, email: str | None) -> str | None:
    """Return the check value of an address; InvalidFieldError("email_invalid") if it is none."""
    return identity_of(context.keys, shop.id, clean_email(email)) if email else None


def valid_email(email: str | None) -> str | None:
    """Return an address that a platform names, None where it is none (of somebody erased there)."""
    try:
        return clean_email(email) if email else None
    except InvalidFieldError:
        return None


def erase_shop(context: Context, shop: Shop) -> None:
    """Delete everything of a shop that left; one that is installed (again) is left alone."""
    if shop.state == "installed":
        _log.warning("erasure_of_an_installed_shop_ignored", shop=shop.id)
        return
    for table in shop_deletion.tables_of_shops():
        # In many small transactions: deleting half a million lines must not lock others out.
        while _delete_some(context, shop, table):
            pass
    with context.db.write() as connection:
        shop_deletion.delete_shop(connection, shop.id)
    _log.info("shop_erased", shop=shop.id)


def _delete_some(context: Context, shop: Shop, table: Any) -> int:  # noqa: ANN401 - the store's
    with context.db.write() as connection:
        return shop_deletion.delete_some_rows(connection, shop.id, table)


def erase_shop_step(context: Context, step: Step) -> None:
    """Erase the shop that the step belongs to (the step goes with it)."""
    shop = tenants.shop_of_id(context, step.shop_id)
    if shop is not None:
        erase_shop(context, shop)


def retention(context: Context, step: Step) -> None:
    """Let expire what is older than its column may be kept (once a day)."""
    shop = syncing.shop_of_step(context, step)
    if shop is None:
        return
    now = context.now()
    for column in inventory():
        if column.keep_days is None or column.table == "evidence":
            continue
        before = now - timedelta(days=column.keep_days)
        if (column.table, column.column) == ("orders", "order_id"):
            _rename_old(context, shop, before)
        else:
            with context.db.write() as connection:
                store.expire(connection, shop.id, column, before)
    with context.db.write() as connection:
        # The proof of a consent: counted from the last word of the person, by the shop's country.
        evidence.retire(connection, shop, now)
        rules = consent_rules.of(connection, shop)
        ended = rules.proof_ends_before(now, shop.zone)
        subscribers.forget_left(connection, shop.id, ended)
        inbox.prune(connection, shop.id, now - _KEEP_MESSAGES)
        subscribers.forget_sign_ups(connection, shop.id, now - _KEEP_COUNTERS)
        events.clear_counters(connection, shop.id, now - _KEEP_COUNTERS)
        clear_done(connection, shop.id, now - _KEEP_DONE_STEPS)


def _rename_old(context: Context, shop: Shop, before: datetime) -> None:
    while True:
        with context.db.write() as connection:
            ids = store.orders_before(connection, shop.id, before, _RENAMED_AT_ONCE)
            _rename(connection, context, shop.id, ids)
        if len(ids) < _RENAMED_AT_ONCE:
            return


HANDLERS: dict[str, Handler] = {
    "privacy.erase_shop": erase_shop_step,
    "privacy.retention": retention,
}
