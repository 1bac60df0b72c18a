"""A shop with a published form, and the few moves that sign-up tests make again and again."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import sqlalchemy as sa

from plugin.model import Shop
from plugin.services import (
    embeds,
    form_tokens,
    guard_claims,
    mailing,
    subscriptions,
    voucher_removal,
    vouchers,
)
from plugin.services.context import Context
from plugin.services.steps import Runner
from plugin.services.subscriptions import SignUp
from plugin.store import campaigns as campaign_store
from plugin.store.installs import installs
from plugin.store.steps import steps as step_table
from tests.conftest import KeptMail

HANDLERS = {
    **subscriptions.HANDLERS,
    **vouchers.HANDLERS,
    **voucher_removal.HANDLERS,
    **mailing.HANDLERS,
    **guard_claims.HANDLERS,
    **embeds.HANDLERS,
}
MAIL = "marlene.ost@post.example"
VOUCHER = {
    "enabled": True,
    "kind": "amount",
    "value": "5.00",
    "minimum": "40.00",
    "days": 30,
    "exclusions": {"de": "Bücher", "en": "books"},
}


class Stage:
    """One installed shop whose newsletter form is live."""

    def __init__(self, context: Context, shop: Shop, **settings: Any) -> None:
        self.context = context
        self.shop = shop
        self.campaign = self.publish(**settings)
        self._connect()

    def publish(self, widget: str = "newsletter", **settings: Any) -> int:
        """Publish a campaign and return its id."""
        draft = {"voucher": VOUCHER, "newsletter_name": {"de": "", "en": ""}, **settings}
        with self.context.db.write() as connection:
            campaign_store.insert_campaign(
                connection, self.shop.id, widget, draft, self.context.now()
            )
            newest = campaign_store.all_campaigns(connection, self.shop.id)[-1].id
            campaign_store.add_version(connection, self.shop.id, newest, draft, self.context.now())
        return newest

    def _connect(self) -> None:
        with self.context.db.write() as connection:
            connection.execute(
                installs.insert().values(
                    shop_id=self.shop.id,
                    access_sealed=self.context.keys.seal(self.shop.id, "access", "token"),
                    scopes="write_discounts",
                    updated_at=self.context.now(),
                )
            )

    def form(self, email: str = MAIL, **values: Any) -> SignUp:
        """Return a filled-in form."""
        return SignUp(
            **{
                "id": str(uuid.uuid4()),
                "email": email,
                "campaign": self.campaign,
                "version": 1,
                "purposes": ("newsletter",),
                "page": "https://uferhaus.example/",
                "language": "de",
                "elapsed_ms": 8200,
                "website": "",
                "net_address": "203.0.113.7",
                "form_token": self.form_token(),
                **values,
            }
        )

    def form_token(self) -> str:
        """Return the token of a page that has been open for a few seconds."""
        opened = self.context.now() - timedelta(seconds=9)
        return form_tokens.issue(replace(self.context, clock=lambda: opened), self.shop)

    def ask(self, email: str = MAIL, **values: Any) -> None:
        """Send the form in."""
        subscriptions.request(self.context, self.shop, self.form(email, **values))

    def work(self) -> int:
        """Let the worker run everything that is due; returns how many steps that was."""
        runner, done = Runner(self.context, HANDLERS, "test"), 0
        while found := runner.run_due():
            done += found
        return done

    def link_in(self, mail: EmailMessage) -> str:
        """Return the token of the confirmation link in a mail."""
        found = re.search(r"/c/([\w.\-]+)", plain(mail))
        assert found, plain(mail)
        return found[1]

    def confirmed(self, kept_mail: KeptMail, email: str = MAIL, **values: Any) -> str:
        """Sign up, take the link from the mail and confirm; returns the token."""
        self.ask(email, **values)
        self.work()
        token = self.link_in(kept_mail.sent[-1][0])
        subscriptions.confirm(self.context, token)
        return token

    def rows(self, table: sa.Table) -> list[sa.Row[Any]]:
        """Return every row of a table, oldest first."""
        with self.context.db.read() as connection:
            return list(connection.execute(sa.select(table).order_by(*table.primary_key)))

    def dead(self) -> list[tuple[str, str]]:
        """Return the dead letters as (kind, reason)."""
        return [(row.kind, row.error) for row in self.rows(step_table) if row.state == "dead"]


def plain(mail: EmailMessage) -> str:
    """Return the text part of a mail."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html(mail: EmailMessage) -> str:
    """Return the HTML part of a mail."""
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())
