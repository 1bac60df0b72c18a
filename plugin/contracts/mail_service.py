"""What Bleib asks of an e-mail service: keep its list the same as what people said to the shop.

An adapter has every method. What its service cannot do stands in `cannot`, so that the merchant
reads it before choosing. Methods may raise PlatformError (try later), PlatformRefusedError (never)
and AccessRevokedError (the merchant must connect again), each with a code `mail_service_…`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

#: What became of somebody who confirmed: on the list now; left at the service after confirming;
#: or not taken, because the service keeps a lock of its own (bounces, its own rules).
Put = Literal["put", "left", "refused"]

#: What a service may be unable to do (text `connections.cannot.<name>`).
Inability = Literal[
    "prove_time",  # keep when the person asked and confirmed
    "prove_source",  # keep where the person asked
    "tell_language",
    "leave_one_list",  # an unsubscribe is one from everything at the service
    "come_back",  # whoever left once can only come back by the service's own form
    "erase",  # delete for good; it only marks as deleted
    "run_welcome_flows",  # start automations for people who come in with their proof
]


@dataclass(frozen=True)
class MailAccess:
    """The credentials of one shop at its service, by field name."""

    shop_id: int
    secrets: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class MailList:
    """One list, audience or group of the account."""

    id: str
    name: str


@dataclass(frozen=True)
class Contact:
    """Somebody who confirmed, with the proof of it in short."""

    email: str = field(repr=False)
    language: str
    requested_at: datetime
    confirmed_at: datetime
    source: str


@dataclass(frozen=True)
class Leaver:
    """Somebody who left at the service; `at` as exactly as the service tells it."""

    email: str = field(repr=False)
    at: datetime


@dataclass(frozen=True)
class Leavers:
    """One page of them; `after` continues it and is None on the last page."""

    items: tuple[Leaver, ...]
    after: str | None


class MailService(Protocol):
    """One e-mail service. Doing anything twice changes nothing."""

    name: str
    #: The credentials it asks for, in the order of the form.
    fields: tuple[str, ...]
    cannot: frozenset[Inability]

    def check(self, access: MailAccess) -> str:
        """Return the name of the account, "" if the service does not tell it.

        AccessRevokedError("mail_service_revoked") if the credentials are not accepted.
        """

    def lists(self, access: MailAccess) -> tuple[MailList, ...]:
        """Return the lists that people can be put on."""

    def put(self, access: MailAccess, list_id: str, contact: Contact) -> Put:
        """Put a person on the list, without any mail of the service's own.

        Whoever left at the service after `contact.confirmed_at` stays away: "left".
        """

    def unsubscribe(self, access: MailAccess, list_id: str, email: str) -> None:
        """Let the person get no more newsletters; nobody is created for it."""

    def erase(self, access: MailAccess, list_id: str, email: str) -> None:
        """Delete all that the service has of the person, as far as it can."""

    def left(self, access: MailAccess, list_id: str, since: datetime, after: str | None) -> Leavers:
        """Return a page of those who left at or after `since`, perhaps with some from before."""
