"""The e-mail service of a shop: chosen, its credentials checked and sealed, its list, let go."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.engine import Connection

from plugin.contracts.mail_service import MailAccess, MailList, MailService
from plugin.errors import (
    AccessRevokedError,
    ConflictError,
    InvalidFieldError,
    NotFoundError,
)
from plugin.model import Shop
from plugin.services import limits, steps
from plugin.services.context import Context
from plugin.store import mail_connections as store
from plugin.store import webhook_targets
from plugin.store.mail_connections import MailConnection

_SEAL = "mail_service"
_LONGEST = 300
#: Everybody who ever confirmed: there was no shop of ours before.
_EVERYBODY = datetime(2020, 1, 1, tzinfo=UTC)
_TRIES, _HOUR = 20, timedelta(hours=1)


@dataclass(frozen=True)
class Chosen:
    """The connection of a shop with the adapter that speaks to its service."""

    connection: MailConnection
    service: MailService
    access: MailAccess


def present(context: Context, shop: Shop) -> MailConnection | None:
    """Return the shop's connection, None if there is none."""
    with context.db.read() as connection:
        return store.connection_of(connection, shop.id)


def service_named(context: Context, name: str) -> MailService:
    """Return an adapter by its name; NotFoundError("unknown_mail_service")."""
    try:
        return context.mail_services[name]
    except KeyError:
        raise NotFoundError("unknown_mail_service") from None


def chosen(context: Context, found: MailConnection) -> Chosen:
    """Return a connection ready to speak; NotFoundError("unknown_mail_service")."""
    secrets = json.loads(context.keys.unseal(found.shop_id, _SEAL, found.credentials_sealed))
    service = service_named(context, found.service)
    return Chosen(found, service, MailAccess(found.shop_id, secrets))


def connect(context: Context, shop: Shop, name: str, typed: Mapping[str, str]) -> None:
    """Check credentials at the service and keep them; the list is chosen next.

    With the list of before, a connection that was revoked goes on where it stopped.
    InvalidFieldError("credential_missing" or "mail_service_revoked") names the field, PlatformError
    if the service does not answer, TooManyError after twenty tries in an hour.
    """
    service = service_named(context, name)
    secrets = _read(service, typed)
    with context.db.write() as connection:
        limits.hit(connection, context, shop.id, "mail_service", "", limit=_TRIES, window=_HOUR)
    try:
        account = service.check(MailAccess(shop.id, secrets))
    except AccessRevokedError as error:
        raise InvalidFieldError(error.code, field=service.fields[0]) from None
    with context.db.write() as connection:
        before = store.connection_of(connection, shop.id, lock=True)
        same = before if before is not None and before.service == name else None
        _keep(connection, context, shop, name, secrets, account, before, same)


def _read(service: MailService, typed: Mapping[str, str]) -> dict[str, str]:
    secrets = {field: typed.get(field, "").strip() for field in service.fields}
    for field, value in secrets.items():
        if not value:
            raise InvalidFieldError("credential_missing", field=field)
        if len(value) > _LONGEST or not value.isascii() or not value.isprintable() or " " in value:
            raise InvalidFieldError("mail_service_revoked", field=field)
    return secrets


def _keep(
    connection: Connection,
    context: Context,
    shop: Shop,
    name: str,
    secrets: Mapping[str, str],
    account: str,
    before: MailConnection | None,
    same: MailConnection | None,
) -> None:
    now = context.now()
    listed = same is not None and same.list_id is not None
    values: dict[str, object] = {
        "service": name,
        "credentials_sealed": context.keys.seal(shop.id, _SEAL, json.dumps(secrets)),
        "account": account[:200],
        "list_id": same.list_id if same else None,
        "list_name": same.list_name if same else "",
        "state": "connected" if listed else "choosing",
        "edition": 1 if before is None else before.edition + 1,
        "since": same.since if same else now,
        # What was missed while nobody was let in is brought now.
        "filled_after": 0 if listed else None,
        "asked_until": same.asked_until if same else None,
        "brought": same.brought if same else 0,
        "refused": same.refused if same else 0,
        "last_at": same.last_at if same else None,
        "error": None,
        "connected_at": now,
    }
    store.put_connection(connection, shop.id, values)
    if listed:
        enqueue_fill(connection, context, shop.id, int(str(values["edition"])))


def lists(context: Context, shop: Shop) -> tuple[MailList, ...]:
    """Return the lists of the connected account; NotFoundError without one, or PlatformError."""
    found = present(context, shop)
    if found is None:
        raise NotFoundError("unknown_mail_service")
    ready = chosen(context, found)
    return ready.service.lists(ready.access)


def choose_list(context: Context, shop: Shop, list_id: str, *, everybody: bool) -> None:
    """Take one list of the account; from now on people are brought to it.

    `everybody`: also those who confirmed before. InvalidFieldError("list_unknown"),
    ConflictError("mail_service_changed") if the account was changed meanwhile.
    """
    seen = present(context, shop)
    known = {one.id: one for one in lists(context, shop)}
    if list_id not in known:
        raise InvalidFieldError("list_unknown", field="list")
    with context.db.write() as connection:
        found = store.connection_of(connection, shop.id, lock=True)
        if found is None or seen is None or found.edition != seen.edition:
            raise ConflictError("mail_service_changed")
        edition = found.edition + 1
        store.update_connection(
            connection,
            shop.id,
            found.edition,
            list_id=list_id[:80],
            list_name=known[list_id].name[:200],
            state="connected",
            edition=edition,
            since=_EVERYBODY if everybody else context.now(),
            filled_after=0 if everybody else None,
            asked_until=None,
            brought=0,
            refused=0,
            error=None,
        )
        if everybody:
            enqueue_fill(connection, context, shop.id, edition)


def enqueue_fill(connection: Connection, context: Context, shop_id: int, edition: int) -> None:
    """Let everybody since the connection's beginning be brought, page by page."""
    payload = {"edition": edition}
    key = f"mail_service.fill:{edition}"
    steps.enqueue(connection, context, shop_id, "mail_service.fill", payload, key=key)


def disconnect(context: Context, shop: Shop) -> None:
    """Forget the service with its credentials; who is on its list stays there."""
    with context.db.write() as connection:
        store.delete_connection(connection, shop.id)


def needing_merchant(context: Context, shop: Shop) -> int:
    """Return how many connections of a shop nobody but the merchant can repair."""
    with context.db.read() as connection:
        found = store.connection_of(connection, shop.id)
        targets = webhook_targets.targets_of(connection, shop.id)
    stuck = found is not None and found.state != "connected"
    return int(stuck) + sum(target.state == "given_up" for target in targets)


def mark_revoked(context: Context, found: MailConnection) -> None:
    """Note that the service refuses the credentials, so that nobody tries them again."""
    with context.db.write() as connection:
        store.update_connection(
            connection, found.shop_id, found.edition, state="revoked", error="mail_service_revoked"
        )
