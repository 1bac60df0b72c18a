"""A shop whose people go on to an e-mail service and to a developer's address."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from plugin.errors import BleibError
from plugin.http_out import Reply
from plugin.mail_services import build_mail_services
from plugin.model import Shop
from plugin.services import (
    csv_import,
    mail_connections,
    mail_service_sync,
    subscriptions,
    unsubscribing,
    webhook_deliveries,
)
from plugin.services.context import Context
from plugin.services.steps import Runner
from plugin.store import subscribers
from tests.conftest import KeptMail
from tests.fakes.mail_services.brevo import FakeBrevo
from tests.fakes.mail_services.wire import FakeService
from tests.services.sign_up_stage import HANDLERS, MAIL, Stage


@dataclass(frozen=True)
class Posted:
    """One message as it reached an address."""

    url: str
    body: bytes
    headers: dict[str, str]

    @property
    def told(self) -> Any:
        return json.loads(self.body)


class FakePosts:
    """Takes every message; answers 204 unless told otherwise."""

    def __init__(self) -> None:
        self.posted: list[Posted] = []
        self.answers: list[int | BleibError] = []
        self.always = 204

    def post_bytes(
        self, url: str, body: bytes, *, headers: Mapping[str, str], seconds: float, max_bytes: int
    ) -> Reply:
        self.posted.append(Posted(url, body, dict(headers)))
        answer = self.answers.pop(0) if self.answers else self.always
        if isinstance(answer, BleibError):
            raise answer
        return Reply(answer, {}, b"")


class SyncStage(Stage):
    """The shop of the sign-up tests, with all that listens."""

    def __init__(self, context: Context, shop: Shop, fake: FakeService | None = None) -> None:
        self.fake = fake or FakeBrevo()
        self.posts = FakePosts()
        services = build_mail_services(self.fake)
        super().__init__(replace(context, mail_services=services, posts=self.posts), shop)

    def connect_service(self, *, everybody: bool = False) -> None:
        """Choose the service and its first list."""
        mail_connections.connect(self.context, self.shop, self.fake.name, dict(self.fake.secrets))
        mail_connections.choose_list(self.context, self.shop, "11", everybody=everybody)

    def work(self) -> int:
        handlers = {
            **HANDLERS,
            **mail_service_sync.HANDLERS,
            **webhook_deliveries.HANDLERS,
            **csv_import.HANDLERS,
        }
        runner, done = Runner(self.context, handlers, "test"), 0
        while found := runner.run_due():
            done += found
        return done

    def confirmed_link(self, kept_mail: KeptMail) -> None:
        """Press the button behind the link of the newest mail."""
        subscriptions.confirm(self.context, self.link_in(kept_mail.sent[-1][0]))

    def leave(self, email: str = MAIL) -> None:
        """Let a person press unsubscribe in one of our mails."""
        unsubscribing.unsubscribe(
            self.context, unsubscribing.unsubscribe_token(self.context, self.person(email))
        )

    def person(self, email: str = MAIL) -> subscribers.Subscriber:
        found = [
            row
            for row in self.rows(subscribers.subscribers)
            if self.context.keys.unseal(self.shop.id, "email", row.email_sealed) == email
        ]
        with self.context.db.read() as connection:
            person = subscribers.subscriber_by_id(connection, self.shop.id, found[0].id)
        assert person is not None
        return person
