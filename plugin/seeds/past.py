"""An earlier day: the installation under a clock that is set by hand, doing its work as then."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage

from plugin.contracts.mail import RecipientRefusedError, wire_form
from plugin.demo.post_office import keep
from plugin.demo.shop import Shop as DemoShop
from plugin.errors import UnavailableError
from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.steps import Handler, Postpone, Runner, Step

_CONFIRM = re.compile(r"/c/([A-Za-z0-9_.-]+)")
_PATIENCE = 120.0
#: Takes no mail in the past: who signs up from there waits.
SLOW_DOMAIN = "post.example"
#: Knows none of its mailboxes any more: what goes there comes back.
GONE_DOMAIN = "umgezogen.example"


class _Mailbox:
    """Puts each mail into the demo's mailbox with the time of the past; sends nothing."""

    def __init__(self, demo: DemoShop, past: Past) -> None:
        self._demo = demo
        self._past = past
        #: The newest link to confirm of each address.
        self.links: dict[str, str] = {}

    def send(self, message: EmailMessage, envelope_from: str, recipient: str) -> None:
        """Keep one mail; UnavailableError("mail_deferred") for the domain that puts mails off.

        RecipientRefusedError for the one whose mailboxes are gone.
        """
        if recipient.endswith(f"@{SLOW_DOMAIN}"):
            raise UnavailableError("mail_deferred")
        if recipient.endswith(f"@{GONE_DOMAIN}"):
            raise RecipientRefusedError("5.1.1")
        body = message.get_body(("plain",))
        found = _CONFIRM.search(str(body.get_content())) if body is not None else None
        if found is not None:
            self.links[recipient] = found.group(1)
        keep(self._demo, envelope_from, [recipient], wire_form(message), at=self._past.now())


class Past:
    """What the seeds work with: a context whose clock and mailbox are of an earlier day."""

    def __init__(
        self, context: Context, handlers: Mapping[str, Handler], demo: DemoShop, days: int
    ) -> None:
        #: How long ago Bleib came.
        self.days = days
        self._now: datetime | None = None
        self._handlers = handlers
        self._mails = _Mailbox(demo, self)
        self.demo = demo
        self.context = replace(context, clock=self.now, mail=self._mails)
        self._runner = Runner(self.context, handlers, "seeds")

    def now(self) -> datetime:
        """Return the moment that was set, the real one where none is."""
        return self._now or datetime.now(UTC)

    def set(self, moment: datetime | None) -> None:
        """Go to a moment; None is the present."""
        self._now = moment

    def work(self) -> None:
        """Do everything that is due by now."""
        while self._runner.run_due(limit=50):
            pass

    def confirm_link(self, email: str) -> str | None:
        """Return what stands in the newest link to confirm that went to an address."""
        return self._mails.links.get(email)

    def run(self, shop: Shop, kind: str) -> None:
        """Do one of the first steps of a shop now; the queued one finds it done."""
        step = Step(0, shop.id, kind, "", {"generation": shop.generation}, 1)
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            try:
                self._handlers[kind](self.context, step)
            except Postpone as later:
                time.sleep(min(later.seconds, 0.2))
            else:
                return
        raise TimeoutError(f"{kind} did not end")
