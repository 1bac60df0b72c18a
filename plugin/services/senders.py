"""Who mails come from: the shop's own address once the DNS allows it, the operator's until then."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from plugin.errors import GiveUpError, InvalidFieldError, UnavailableError
from plugin.model import Shop
from plugin.security import digest
from plugin.services import dkim_keys, sender_check, steps
from plugin.services.context import Context
from plugin.services.dkim_keys import Signer
from plugin.services.identity import clean_email
from plugin.services.mails.message import header_text
from plugin.services.sender_check import Finding, Wanted
from plugin.services.steps import Handler, Step
from plugin.store import senders as store
from plugin.store.senders import StoredSender
from plugin.store.shops import shop_by_id

__all__ = ["HANDLERS", "Sender", "Setting", "check", "is_proven", "lacking", "look_again", "save"]
__all__ += ["sender_of", "setting"]

_LONGEST_NAME = 80
#: The DNS is not asked again within this time, however many pages are open.
LOOK_AGAIN_AFTER = timedelta(seconds=30)
#: Domains of everybody: no shop can add a record there.
_OF_EVERYBODY = frozenset(
    {"gmail.com", "googlemail.com", "gmx.de", "gmx.net", "gmx.at", "gmx.ch", "web.de"}
    | {"t-online.de", "outlook.com", "outlook.de", "hotmail.com", "yahoo.com", "yahoo.de"}
    | {"icloud.com", "aol.com", "freenet.de", "posteo.de", "mailbox.org", "bluewin.ch"}
)


@dataclass(frozen=True)
class Sender:
    """What stands in a mail's From and Reply-To, and what signs it."""

    name: str
    address: str
    reply_to: str
    sign: Signer | None = None


@dataclass(frozen=True)
class Setting:
    """What a merchant has set, what is used at present, and what the last check found."""

    name: str
    address: str
    reply_to: str
    used: Sender
    passed: bool
    checked_at: datetime | None
    findings: tuple[Finding, ...]

    @property
    def missing(self) -> list[Finding]:
        """Return the records that are to be added or changed."""
        return [one for one in self.findings if not one.good and one.check != "alignment"]


def sender_of(connection: Connection, context: Context, shop: Shop) -> Sender:
    """Return who the shop's mails come from now."""
    stored = store.sender_of(connection, shop.id)
    if stored is None:
        return Sender(shop.name, context.config.mail_from, shop.email)
    name = stored.name or shop.name
    reply_to = stored.reply_to or stored.address or shop.email
    if not (stored.address and stored.passed and dkim_keys.can_sign()):
        return Sender(name, context.config.mail_from, reply_to)
    private = context.keys.unseal(shop.id, "dkim", stored.key_sealed)
    sign = dkim_keys.signer(_domain(stored.address), stored.selector, private)
    return Sender(name, stored.address, reply_to, sign)


def setting(context: Context, shop: Shop) -> Setting:
    """Return the sender of a shop as its merchant sees it."""
    with context.db.read() as connection:
        stored = store.sender_of(connection, shop.id)
        used = sender_of(connection, context, shop)
    if stored is None:
        return Setting("", "", "", used, False, None, ())
    return Setting(
        stored.name,
        stored.address,
        stored.reply_to,
        used,
        stored.passed,
        stored.checked_at,
        sender_check.from_json(stored.findings),
    )


def lacking(context: Context, shop: Shop) -> int:
    """Return how many records are missing for the address that the merchant wants, 0 for none."""
    with context.db.read() as connection:
        stored = store.sender_of(connection, shop.id)
    if stored is None or not stored.address or stored.passed:
        return 0
    findings = sender_check.from_json(stored.findings)
    return sum(not found.good and found.check != "alignment" for found in findings)


def is_proven(connection: Connection, shop: Shop) -> bool:
    """Tell whether the DNS allows the address that the merchant wants; no wish needs no proof."""
    stored = store.sender_of(connection, shop.id)
    return stored is None or not stored.address or stored.passed


def look_again(context: Context, shop: Shop) -> None:
    """Ask the DNS for a page that stays open, unless that was done just now or nothing is missing.

    A DNS that does not answer changes nothing.
    """
    with context.db.read() as connection:
        stored = store.sender_of(connection, shop.id)
    if stored is None or stored.passed:
        return
    if stored.checked_at and context.now() - stored.checked_at < LOOK_AGAIN_AFTER:
        return
    with suppress(UnavailableError):
        check(context, shop)


def save(context: Context, shop: Shop, *, name: str, address: str, reply_to: str) -> None:
    """Set the sender; a new address counts only after a check, which is queued.

    "" stands for the shop's name, the operator's address, the shop's contact address.
    InvalidFieldError names the field: "email_invalid", "mail_domain_shared".
    """
    cleaned = _clean(address, "address")
    if _domain(cleaned) in _OF_EVERYBODY:
        raise InvalidFieldError("mail_domain_shared", field="address")
    values = {
        "name": header_text(name, _LONGEST_NAME),
        "address": cleaned,
        "reply_to": _clean(reply_to, "reply_to"),
    }
    with context.db.write() as connection:
        before = store.sender_of(connection, shop.id)
        if before is None:
            store.put_sender(connection, shop.id, values | _fresh(context, shop))
        elif before.address == cleaned:
            store.put_sender(connection, shop.id, values)
            return
        else:
            unproven = {"passed": False, "checked_at": None, "findings": None}
            store.put_sender(connection, shop.id, values | unproven)
        if cleaned:
            stamp = f"{context.now().timestamp():.6f}"
            steps.enqueue(
                connection, context, shop.id, "sender.check", key=f"sender.check:saved:{stamp}"
            )


def check(context: Context, shop: Shop) -> None:
    """Ask the DNS now and remember the answer.

    UnavailableError("dns_unavailable") leaves everything as it was.
    """
    with context.db.read() as connection:
        stored = store.sender_of(connection, shop.id)
    if stored is None or not stored.address:
        return
    findings = sender_check.examine(context.dns, _wanted(context, stored))
    with context.db.write() as connection:
        store.note_check(
            connection,
            shop.id,
            stored.address,
            passed=all(finding.good for finding in findings),
            findings=sender_check.as_json(findings),
            at=context.now(),
        )


def check_step(context: Context, step: Step) -> None:
    """Look again whether the records still stand (step `sender.check`)."""
    with context.db.read() as connection:
        shop = shop_by_id(connection, step.shop_id)
    if shop is None:
        raise GiveUpError("not_found")
    if shop.state == "installed":
        check(context, shop)


def _fresh(context: Context, shop: Shop) -> dict[str, object]:
    private, public = dkim_keys.new_key()
    return {
        # Of the shop alone: two shops may share one domain.
        "selector": f"bleib-{digest(shop.key)[:6]}",
        "key_sealed": context.keys.seal(shop.id, "dkim", private),
        "key_public": public,
        "passed": False,
    }


def _wanted(context: Context, stored: StoredSender) -> Wanted:
    return Wanted(
        domain=_domain(stored.address),
        spf=context.config.mail_spf or _domain(context.config.mail_from),
        selector=stored.selector,
        public=stored.key_public,
        reports_to=stored.reply_to or stored.address,
    )


def _clean(text: str, field: str) -> str:
    if not text.strip():
        return ""
    try:
        cleaned = clean_email(text)
    except InvalidFieldError:
        raise InvalidFieldError("email_invalid", field=field) from None
    local, _, domain = cleaned.rpartition("@")
    if not local.isascii():  # most servers could not answer to it
        raise InvalidFieldError("email_invalid", field=field)
    # In ASCII, as the DNS and every mail server know it.
    return f"{local}@{domain.encode('idna').decode()}"


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()


HANDLERS: dict[str, Handler] = {"sender.check": check_step}
