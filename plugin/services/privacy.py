"""What is stored of people: the list of it, a person's export and erasure, and its expiry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import structlog
from sqlalchemy.engine import Connection

from plugin.errors import InvalidFieldError, NotFoundError
from plugin.model import Shop
from plugin.services import (
    evidence,
    import_slices,
    people_changes,
    syncing,
    tenants,
    vouchers,
)
from plugin.services.context import Context
from plugin.services.identity import clean_email, identity_of
from plugin.services.inbound import handled, opened, person_in
from plugin.services.order_rows import open_email, pseudonym
from plugin.services.steps import Handler, Step
from plugin.store import events, inbox, shop_deletion, subscribers
from plugin.store import personal as store
from plugin.store.evidence import forget_origins
from plugin.store.personal import PersonalColumn
from plugin.store.steps import clear_done, drop_of_orders

__all__ = [
    "HANDLERS",
    "DataRequest",
    "PersonalColumn",
    "data_requests",
    "erase_person",
    "erase_shop",
    "export_person",
    "export_request",
    "inventory",
]

#: The platform's topic for a person's wish to see what is stored.
DATA_REQUEST = "customers/data_request"
#: Counters and event ids are needed no longer than this.
_KEEP_COUNTERS = timedelta(days=2)
#: Keys of finished steps keep repeated messages from working twice, so they stay a while.
_KEEP_DONE_STEPS = timedelta(days=30)
_RENAMED_AT_ONCE = 500
_log = structlog.get_logger("privacy")


@dataclass(frozen=True)
class DataRequest:
    """A person's wish, passed on by the platform, that the merchant has to answer."""

    id: int
    received_at: datetime


def inventory() -> list[PersonalColumn]:
    """Return every place where something of a person is stored, with its erasure and expiry."""
    return store.personal_columns()


def data_requests(context: Context, shop: Shop) -> list[DataRequest]:
    """Return the open wishes to see what is stored, the newest first."""
    with context.db.read() as connection:
        noted = inbox.inbound_of_topic(connection, shop.id, DATA_REQUEST)
    return [DataRequest(item.id, item.received_at) for item in noted]


def export_request(context: Context, shop: Shop, request_id: int) -> dict[str, Any]:
    """Return the export that answers a wish; NotFoundError if this shop has no such wish."""
    with context.db.read() as connection:
        noted = inbox.inbound(connection, shop.id, request_id)
    if noted is None or noted.topic != DATA_REQUEST or noted.body_sealed is None:
        raise NotFoundError("not_found")
    customer_id, email = opened(context, shop.id, noted.body_sealed)
    return export_person(context, shop, _valid(email), customer_id=customer_id)


def export_person(
    context: Context, shop: Shop, email: str | None = None, *, customer_id: str | None = None
) -> dict[str, Any]:
    """Return all that is stored of a person as JSON values, by table; sealed text is opened.

    InvalidFieldError("email_invalid") for what is no mail address.
    """
    identity = _identity(context, shop, email)
    with context.db.read() as connection:
        rows = store.rows_of_person(connection, shop.id, identity, customer_id)
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
    identity = _identity(context, shop, email)
    with context.db.write() as connection:
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
        _forget_requests(connection, context, shop, identity, customer_id)
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


def _forget_requests(
    connection: Connection,
    context: Context,
    shop: Shop,
    identity: str | None,
    customer_id: str | None,
) -> None:
    """Empty the person's own wishes to see their data: nothing is left to be shown."""
    for noted in inbox.inbound_of_topic(connection, shop.id, DATA_REQUEST):
        asked_as, email = opened(context, shop.id, noted.body_sealed)
        same = customer_id is not None and asked_as == customer_id
        if same or (identity is not None and _identity(context, shop, _valid(email)) == identity):
            handled(connection, shop.id, noted.id)


def _rename(connection: Connection, context: Context, shop_id: int, ids: list[str]) -> None:
    names = {old: pseudonym(context.keys, shop_id, old) for old in ids if not _is_renamed(old)}
    store.rename_orders(connection, shop_id, names)
    drop_of_orders(connection, shop_id, list(names))


def _is_renamed(order_id: str) -> bool:
    return order_id.startswith("erased:")


def _identity(context: Context, shop: Shop, email: str | None) -> str | None:
    return identity_of(context.keys, shop.id, clean_email(email)) if email else None


def _valid(email: str | None) -> str | None:
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


def erase_person_step(context: Context, step: Step) -> None:
    """Erase the person of a noted message, then forget who it was."""
    inbox_id = int(step.payload["inbox"])
    customer_id, email = person_in(context, step.shop_id, inbox_id)
    shop = tenants.shop_of_id(context, step.shop_id)
    if shop is not None and (customer_id or email):
        erase_person(context, shop, _valid(email), customer_id=customer_id)
    with context.db.write() as connection:
        handled(connection, step.shop_id, inbox_id)


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
    "privacy.erase": erase_person_step,
    "privacy.erase_shop": erase_shop_step,
    "privacy.retention": retention,
}
