"""Hands out the evidence of one person, so that somebody without the database can check it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Connection

from plugin import __version__
from plugin.errors import NotFoundError, UnavailableError
from plugin.model import Shop
from plugin.services import consent_rules, evidence_file
from plugin.services.context import Context
from plugin.services.evidence import check, facts_of, fits, salt
from plugin.services.evidence_chain import FORMAT, body_digest, mark
from plugin.services.identity import clean_email, identity_of
from plugin.store import evidence as store
from plugin.store import subscribers
from plugin.store.evidence import Row

_AT_ONCE = 1000


def document_of(context: Context, shop: Shop, email: str) -> dict[str, Any]:
    """Return the signed proof of one person as a JSON value.

    InvalidFieldError("email_invalid") for what is no address, NotFoundError("no_evidence") where
    nothing is recorded or its time is over.
    """
    asked = clean_email(email)
    identity = identity_of(context.keys, shop.id, asked)
    checked = check(context, shop)
    with context.db.read() as connection:
        rows = store.records_of(connection, shop.id, identity)
        if not rows:
            raise NotFoundError("no_evidence")
        known = _addresses(connection, context, shop, identity, asked)
        between = _between(connection, shop.id, rows)
        rules = consent_rules.of(connection, shop)
    records = [_told(context, shop.id, row, known) for row in rows]
    whole = checked.intact and all(fits(context, shop.id, row) for row in rows)
    named = next((one["address"] for one in records if one["address"]), asked)
    document = {
        "format": FORMAT,
        "made_by": f"Bleib {__version__}",
        "shop": {"id": shop.id, "name": shop.name, "domain": shop.domain, "zone": shop.zone},
        "country": rules.country,
        "address": named,
        "exported_at": context.now().isoformat(timespec="seconds"),
        "records": records,
        "between": between,
        "intact": whole,
        "end": {"number": checked.records, "hash": checked.head},
    }
    return evidence_file.signed(document, context.keys.evidence_key())


def json_of(context: Context, shop: Shop, email: str) -> bytes:
    """Return the proof of one person as a file, as `document_of`."""
    return evidence_file.written(document_of(context, shop, email))


def pdf_of(context: Context, shop: Shop, email: str, language: str) -> bytes:
    """Return the proof of one person to read and print, with the other form in it.

    UnavailableError("pdf_missing") where the extra `pdf` is not installed.
    """
    try:
        from plugin.services import evidence_pdf
    except ModuleNotFoundError:
        raise UnavailableError("pdf_missing") from None
    document = document_of(context, shop, email)
    drawn = evidence_pdf.draw(document, shop, language)
    return evidence_file.carried(drawn, document, context.keys.evidence_key())


def key_fingerprint(context: Context) -> str:
    """Return what tells this installation's signature from others."""
    return evidence_file.fingerprint(context.keys.evidence_key().public_key().public_bytes_raw())


def _addresses(
    connection: Connection, context: Context, shop: Shop, identity: str, asked: str
) -> list[str]:
    """Return how the person may have written the address: marks tell which one it was."""
    person = subscribers.subscriber_by_identity(connection, shop.id, identity)
    own = [context.keys.unseal(shop.id, "email", person.email_sealed)] if person else []
    return list(dict.fromkeys([*own, asked]))


def _between(connection: Connection, shop_id: int, rows: list[Row]) -> list[str]:
    """Return the digests of other people's records that lie between, which say nothing of them."""
    own = {row.number for row in rows}
    first, last = rows[0].number, rows[-1].number
    found: list[str] = []
    for start in range(first, last + 1, _AT_ONCE):
        for row in store.records(connection, shop_id, start, min(start + _AT_ONCE - 1, last)):
            if row.number not in own:
                found.append(body_digest(facts_of(row)))
    return found


def _told(context: Context, shop_id: int, row: Row, known: list[str]) -> dict[str, Any]:
    facts = facts_of(row)
    person, place = facts.pop("nonce_person") or "", facts.pop("nonce_origin")
    by_address = salt(context, shop_id, "address", person)
    named = next(
        (one for one in known if mark("address", by_address, one) == row.mark_address), None
    )
    return {
        **facts,
        "address": named,
        "salts": {
            "who": salt(context, shop_id, "who", person),
            "address": by_address if named else None,
            "origin": salt(context, shop_id, "origin", place) if place else None,
        },
    }
