"""Tables of the connections, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from plugin.model import Shop
from plugin.store import mail_connections, webhook_targets
from plugin.store.db import Database
from plugin.store.subscribers import subscribers
from tests.conftest import START

DAY = timedelta(days=1)


@pytest.fixture
def service(db: Database, shop: Shop) -> None:
    values = {
        "service": "brevo", "credentials_sealed": "x", "account": "", "list_id": "11",
        "list_name": "Newsletter", "state": "connected", "edition": 2, "since": START,
        "brought": 0, "refused": 0, "connected_at": START,
    }  # fmt: skip
    with db.write() as connection:
        mail_connections.put_connection(connection, shop.id, values)


@pytest.mark.usefixtures("service")
def test_a_connection_is_changed_by_those_alone_who_saw_it(db: Database, shop: Shop) -> None:
    with db.write() as connection:
        assert not mail_connections.update_connection(connection, shop.id, 1, state="revoked")
        assert mail_connections.update_connection(connection, shop.id, 2, filled_after=7)
        for refused in (False, False, True):
            mail_connections.count_brought(connection, shop.id, 2, START, refused=refused)
        mail_connections.count_brought(connection, shop.id, 1, START, refused=False)
        found = mail_connections.connection_of(connection, shop.id, lock=True)
        assert found is not None
        assert (found.state, found.filled_after) == ("connected", 7)
        assert (found.brought, found.refused, found.last_at) == (2, 1, START)
        mail_connections.delete_connection(connection, shop.id)
        assert mail_connections.connection_of(connection, shop.id) is None


def test_people_are_paged_by_when_they_confirmed_or_left(db: Database, shop: Shop) -> None:
    def person(name: str, confirmed: int | None, left: int | None = None) -> dict[str, object]:
        return {
            "shop_id": shop.id, "identity": name, "email_sealed": name, "state": "confirmed",
            "language": "de", "purposes": [], "campaign_id": 1, "campaign_version": 1,
            "widget": "newsletter", "requested_at": START, "expires_at": START, "mails_sent": 1,
            "last_mail_at": START,
            "confirmed_at": None if confirmed is None else START + confirmed * DAY,
            "unsubscribed_at": None if left is None else START + left * DAY,
        }  # fmt: skip

    rows = [person("asked", None), person("old", -9), person("left", -9, 1), person("new", 1)]
    with db.write() as connection:
        connection.execute(sa.insert(subscribers), rows)
        first = mail_connections.people_after(connection, shop.id, 0, START, 1)
        second = mail_connections.people_after(connection, shop.id, first[0].id, START, 5)
        other = mail_connections.people_after(connection, shop.id + 1, 0, START, 5)
    assert [one.identity for one in first + second] == ["left", "new"]
    assert other == []


def test_addresses_and_deliveries_belong_to_their_shop(db: Database, shop: Shop) -> None:
    target = {
        "url": "https://dev.example/", "secret_sealed": "x", "topics": ["ping"], "state": "on",
        "created_at": START,
    }  # fmt: skip
    message = {"event_id": "e", "topic": "ping", "at": START, "created_at": START}
    with db.write() as connection:
        mine = webhook_targets.insert_target(connection, shop.id, target)
        ids = [
            webhook_targets.insert_delivery(connection, shop.id, {"target_id": mine, **message})
            for _ in range(3)
        ]
        webhook_targets.update_delivery(connection, shop.id, ids[0], state="failed", attempts=12)
        webhook_targets.update_target(connection, shop.id, mine, state="off")
        webhook_targets.update_target(connection, shop.id + 1, mine, state="on")
        newest = webhook_targets.deliveries_to(connection, shop.id, mine, 2)
        assert [one.id for one in newest] == [ids[2], ids[1]]
        found = webhook_targets.delivery_by_id(connection, shop.id, ids[0], lock=True)
        assert found is not None
        assert (found.state, found.attempts) == ("failed", 12)
        assert webhook_targets.delivery_by_id(connection, shop.id + 1, ids[0]) is None
        kept = webhook_targets.target_by_id(connection, shop.id, mine, lock=True)
        assert kept is not None
        assert (kept.state, kept.topics) == ("off", ["ping"])
        assert webhook_targets.targets_of(connection, shop.id + 1) == []
        webhook_targets.delete_target(connection, shop.id, mine)
        assert webhook_targets.targets_of(connection, shop.id) == []
        assert webhook_targets.delivery_by_id(connection, shop.id, ids[0]) is None
