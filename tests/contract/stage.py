"""What the contract suite asks of each platform: a Stage plays the shop, the real app is in front.

A Stage is a real HTTP server on loopback that behaves as the platform does, and the whole app
(database, routes, steps, adapter) wired to it. Most of the app's half is `AppSide`; servers and
their bad days come from `platform_side.py`. The suite learns from the adapter's capability
Protocols what may be asked: the methods below that need a capability the platform has not are
never called.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from plugin.model import Shop
from plugin.services.context import Context
from tests.conftest import KeptMail

#: What the platform's API can be told to answer next.
#: throttled: the platform's own form of "too much"; too_many: plain 429 with Retry-After;
#: failed: 500; html: a web page with status 200; truncated: the connection ends in the middle;
#: half: a complete answer that holds half a JSON text; trickle: a byte now and then, for ever;
#: wrong_types: the right answer, each text a number and each number a text; empty_page: the
#: right answer, its lists empty; elsewhere: a redirect to another host; silent: no answer at all;
#: stuck: whatever is asked of an address, its first answer again, as from a cache.
Trouble = Literal[
    "throttled",
    "too_many",
    "failed",
    "html",
    "truncated",
    "half",
    "trickle",
    "wrong_types",
    "empty_page",
    "elsewhere",
    "silent",
    "stuck",
]


@dataclass(frozen=True)
class Message:
    """One signed message of the platform to the app; sent twice it is the same delivery."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    method: str = "POST"


@dataclass(frozen=True)
class Seen:
    """One request that reached the platform's API, or a stranger's host."""

    method: str
    target: str  # path and query as they came
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class MovableClock(Protocol):
    """The app's time: it runs on, and tests move it forward."""

    def move(self, **by: float) -> None:
        """Let time pass: keyword arguments of timedelta."""


class Stage(Protocol):
    """One shop of one platform, with the app in front of it. Each test gets a fresh one."""

    #: Which stage this is ("demo_shop"), and the adapter it plays for ("shopify").
    name: str
    platform_name: str
    context: Context
    client: FlaskClient
    clock: MovableClock
    #: What the app would have sent; nothing leaves the machine.
    mail: KeptMail
    #: Seconds that the app was asked to wait between requests; nothing really waits.
    pauses: Sequence[float]
    #: The total deadline of one call of the app, in seconds; a test of slow answers lowers it.
    seconds: float

    # The merchant's side
    def install(self) -> Shop:
        """Walk the platform's real installation through the app's own routes.

        Also good for coming back after `uninstall` (same shop) and after `revoke`.
        """
        ...

    def uninstall(self) -> None:
        """Say goodbye as the platform does; afterwards it refuses every token it gave out."""
        ...

    def farewell(self) -> Message:
        """Return the goodbye that `uninstall` sent last, to be sent again."""
        ...

    def revoke(self) -> None:
        """Refuse every token from now on without telling the app."""
        ...

    def expire(self) -> None:
        """Let the present access token come to its end, for both sides (RenewsTokens only)."""
        ...

    def erasure(self) -> Message | None:
        """Return the platform's request to erase the shop; None if it has no such message."""
        ...

    # What the shop holds
    def put_product(self, number: int) -> str:
        """Add product `number`, published and for sale; returns its id as the adapter names it.

        `number` is part of its title. Later ones are changed later.
        """
        ...

    def touch_product(self, product_id: str) -> None:
        """Change a product, so that it becomes the one that was changed last."""
        ...

    def delete_product(self, product_id: str) -> None:
        """Delete a product; orders keep their lines."""
        ...

    def put_customer(self, email: str) -> str:
        """Add a customer who never agreed to anything; returns the id."""
        ...

    def place_order(
        self, *, email: str | None, products: Sequence[str], code: str | None = None
    ) -> str:
        """Place a paid order and return its id as the adapter names it; sends no message.

        Without `email` the order is as bare as the platform allows: no customer, no address, every
        optional field null.
        """
        ...

    def ship(self, order_id: str, *, carrier: str, number: str) -> None:
        """Hand a parcel over."""
        ...

    def cancel(self, order_id: str) -> None:
        """Cancel an order."""
        ...

    def take_code(self, code: str) -> None:
        """Let a foreign discount have this code (IssuesVouchers only)."""
        ...

    def vouchers(self) -> list[str]:
        """Return every code that exists in the shop; a code that exists twice stands twice."""
        ...

    def consents(self) -> Mapping[str, bool]:
        """Return mail addresses of the shop's own records: True for confirmed subscribers."""
        ...

    def embedded(self) -> str | None:
        """Return the shop key that the embed on the storefront names; None if there is no embed."""
        ...

    # Messages
    def deliveries(self, order_id: str) -> list[Message]:
        """Return the signed messages about an order in the order in which they happened.

        At least two once the order was shipped or cancelled.
        """
        ...

    def foreign(self, message: Message) -> Message:
        """Return the same message signed with a wrong secret."""
        ...

    def send(self, message: Message) -> TestResponse:
        """Deliver a message to the app."""
        ...

    # Bad days
    def trouble(self, kind: Trouble, times: int = 1) -> None:
        """Let the next `times` calls of the platform's API go wrong."""
        ...

    def calm(self) -> None:
        """End every trouble."""
        ...

    def requests(self) -> int:
        """Return how many API calls the platform has seen."""
        ...

    def seen(self) -> Sequence[Seen]:
        """Return every API call, oldest first."""
        ...

    def strangers(self) -> Sequence[Seen]:
        """Return every request that went to a foreign host ("elsewhere")."""
        ...

    def secrets(self) -> Sequence[str]:
        """Return every secret that was given out so far: tokens, keys, signing secrets."""
        ...

    # Work
    def run_steps(self) -> None:
        """Run everything that is due."""
        ...

    def close(self) -> None:
        """Stop the servers and let go of the database."""
        ...
