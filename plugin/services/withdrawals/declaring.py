"""Taking a declaration in: written down with its proof, receipted by mail, told to the merchant."""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy.engine import Connection

from plugin.model import Shop
from plugin.security import digest
from plugin.services import evidence, limits, mailing, steps
from plugin.services.context import Context
from plugin.services.identity import clean_email, identity_of
from plugin.services.order_rows import open_email
from plugin.services.parcels.tries import network_of
from plugin.services.withdrawals.cases import Case
from plugin.services.withdrawals.entries import Entry, declaration, items_of
from plugin.services.withdrawals.receipts import SEAL, mail_values, receipt_of, receipt_token
from plugin.services.wording import Voice
from plugin.store import order_pages
from plugin.store import withdrawals as store
from plugin.store.withdrawals import Withdrawal

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_MOST_OF_ORDER = 20
#: About one address, from one network and from all: nobody uses up what its owner may declare.
_MOST_OF_PERSON, _MOST_ABOUT_PERSON = 5, 25
_MOST_OF_NET = 20
_MOST_OF_NETWORK = 60
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def declare(context: Context, shop: Shop, case: Case, entry: Entry, net_address: str) -> str:
    """Take in a cleaned entry without faults; returns the token of its receipt.

    The same form sent twice is one declaration. The receipt goes to the address that was entered
    and, of a known order, to the order's own: whose order it is learns what others declare.
    TooManyError after twenty in an hour from one address of the net or sixty from its network,
    twenty in a day about one order, or for one address that is not the order's five in a day from
    one network and twenty-five from all: the mail would go to whoever is named.
    """
    own = _order_email(context, shop, case)
    email = clean_email(entry.email) if entry.email else own
    identity = identity_of(context.keys, shop.id, email)
    named = not own or identity_of(context.keys, shop.id, own) != identity
    key = context.keys.check_value(shop.id, "withdrawal", _content(case, entry))
    with context.db.write() as connection:
        found = store.known(connection, shop.id, key)
        if found is not None:
            return receipt_token(context, shop, found)
        _limit(connection, context, shop, case, identity if named else "", net_address)
        values = _row(connection, context, shop, case, entry, email)
        written = store.insert(connection, shop.id, {"key": key, "identity": identity, **values})
        _prove(connection, context, shop, written, identity, email)
        if case.order is not None:
            order_pages.touch_order(connection, shop.id, case.order.order_id)
        if own and named:
            _receipt(connection, context, shop, written, own)
        return receipt_token(context, shop, written)


def _order_email(context: Context, shop: Shop, case: Case) -> str:
    sealed = case.order.email_sealed if case.order else None
    return open_email(context.keys, shop.id, sealed) if sealed else ""


def _content(case: Case, entry: Entry) -> str:
    chosen = sorted((entry.chosen or {}).items())
    about = case.order.order_id if case.order else entry.order
    person = (entry.name, entry.email)
    return json.dumps([entry.mark, about, *person, entry.whole, chosen, entry.what, case.kind])


def _limit(
    connection: Connection,
    context: Context,
    shop: Shop,
    case: Case,
    identity: str,
    net_address: str,
) -> None:
    tries = [
        ("withdrawal_net", net_address, _MOST_OF_NET, _HOUR),
        ("withdrawal_network", network_of(net_address), _MOST_OF_NETWORK, _HOUR),
    ]
    if identity:
        here = f"{identity}|{network_of(net_address)}"
        tries.append(("withdrawal_mail", here, _MOST_OF_PERSON, _DAY))
        tries.append(("withdrawal_mails", identity, _MOST_ABOUT_PERSON, _DAY))
    if case.order is not None:
        tries.append(("withdrawal_order", case.order.order_id, _MOST_OF_ORDER, _DAY))
    for name, key, most, window in tries:
        limits.hit(connection, context, shop.id, name, key, limit=most, window=window)


def _row(
    connection: Connection, context: Context, shop: Shop, case: Case, entry: Entry, email: str
) -> dict[str, Any]:
    declared = {
        "name": entry.name,
        "email": email,
        "entered": bool(entry.email),
        "order": entry.order,
        "items": items_of(entry, case),
        "wording": declaration(entry, case, shop),
    }
    sealed = json.dumps(declared, ensure_ascii=False)
    return {
        "reference": _reference(connection, shop, case),
        "kind": case.kind or "statutory",
        "declared_at": context.now(),
        "language": entry.language,
        "declaration_sealed": context.keys.seal(shop.id, SEAL, sealed),
        "order_id": case.order.order_id if case.order else None,
        "period_ends": case.period.ends if case.period else None,
    }


def _reference(connection: Connection, shop: Shop, case: Case) -> str:
    if case.order is None:
        # Nothing that tells how many there are, or whether the order is known.
        return "W-" + "".join(secrets.choice(_LETTERS) for _ in range(8))
    before = len(store.of_order(connection, shop.id, case.order.order_id))
    return f"W-{case.order.number.lstrip('#')}-{before + 1}"[:60]


def _prove(
    connection: Connection, context: Context, shop: Shop, written: int, identity: str, email: str
) -> None:
    """Write the receipt and the record of it in the transaction of the declaration."""
    row = _receipt(connection, context, shop, written, email)
    steps.enqueue(
        connection,
        context,
        shop.id,
        "withdrawal.tell",
        {"withdrawal": written},
        key=f"withdrawal:{written}",
    )
    evidence.record(
        connection,
        context,
        shop,
        identity=identity,
        kind="withdrawn",
        email=email,
        wording=_proof(context, shop, row),
    )


def _receipt(
    connection: Connection, context: Context, shop: Shop, written: int, recipient: str
) -> Withdrawal:
    row = store.by_id(connection, shop.id, written)
    if row is None:
        raise LookupError(f"withdrawal {written}")
    receipt = receipt_of(connection, context, shop, row)
    to = identity_of(context.keys, shop.id, recipient)
    mailing.queue(
        connection,
        context,
        shop,
        "withdrawal_receipt",
        f"withdrawal_receipt:{written}:{to}",
        recipient,
        row.language,
        mail_values(context, shop, row, receipt),
    )
    return row


def _proof(context: Context, shop: Shop, row: Withdrawal) -> str:
    """Return what the chain keeps: nothing of the person, but a mark of every word declared."""
    voice = Voice("withdrawals", shop, row.language)
    opened = context.keys.unseal(shop.id, SEAL, row.declaration_sealed or "")
    return voice.say(f"{row.kind}.evidence", digest=digest(opened))
