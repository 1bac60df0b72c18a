"""Signed messages: once for twice, the newest for whatever order, nothing without a signature."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plugin.model import Shop
from plugin.services import rounds
from tests.contract.moves import later, put_products, rows, settle, together
from tests.contract.stage import Message, Stage

NUMBER = "00340434161094042557"
REFUSED = (401, 403, 404)


@pytest.fixture
def shipped(stage: Stage, shop: Shop) -> str:
    """An order that was placed and shipped after the first synchronisation."""
    settle(stage, shop)
    order = stage.place_order(email="anne@example.com", products=put_products(stage, 2))
    stage.ship(order, carrier="DHL", number=NUMBER)
    return order


def deliver(stage: Stage, messages: list[Message]) -> None:
    for message in messages:
        answer = stage.send(message)
        assert 200 <= answer.status_code < 300, answer.text


def parcels(stage: Stage, shop: Shop) -> list[tuple[str, str, str]]:
    return [
        (row.order_id, row.carrier, row.tracking_number) for row in rows(stage, shop, "shipments")
    ]


def test_an_order_and_its_parcel_arrive(stage: Stage, shop: Shop, shipped: str) -> None:
    deliver(stage, stage.deliveries(shipped))
    later(stage, minutes=1)
    assert [row.order_id for row in rows(stage, shop, "orders")] == [shipped]
    assert parcels(stage, shop) == [(shipped, "DHL", NUMBER)]


def test_messages_that_come_twice_count_once(stage: Stage, shop: Shop, shipped: str) -> None:
    messages = stage.deliveries(shipped)
    deliver(stage, messages)
    noted = len(rows(stage, shop, "inbox"))
    steps = len(rows(stage, shop, "steps"))
    deliver(stage, [message for message in messages for _ in range(3)])
    assert len(rows(stage, shop, "inbox")) == noted
    assert len(rows(stage, shop, "steps")) == steps
    later(stage, minutes=1)
    deliver(stage, messages)
    later(stage, minutes=1)
    assert len(rows(stage, shop, "orders")) == 1
    assert len(parcels(stage, shop)) == 1


def test_one_message_that_comes_many_times_at_once_counts_once(
    stage: Stage, shop: Shop, shipped: str
) -> None:
    message = stage.deliveries(shipped)[-1]
    before = len(rows(stage, shop, "steps"))
    application = stage.client.application

    def deliver_alone() -> int:
        return (
            application.test_client()
            .open(
                message.path,
                method=message.method,
                headers=dict(message.headers),
                data=message.body,
                base_url=stage.context.config.public_url,
            )
            .status_code
        )

    assert all(code < 300 for code in together(5, deliver_alone))
    assert len(rows(stage, shop, "steps")) <= before + 1


def test_messages_in_the_wrong_order_lead_to_the_same_end(
    stage: Stage, shop: Shop, shipped: str
) -> None:
    for message in reversed(stage.deliveries(shipped)):
        deliver(stage, [message])
        stage.run_steps()
    later(stage, minutes=1)
    assert parcels(stage, shop) == [(shipped, "DHL", NUMBER)]
    assert rows(stage, shop, "orders")[0].cancelled_at is None


def test_a_cancellation_is_not_undone_by_an_older_message(stage: Stage, shop: Shop) -> None:
    settle(stage, shop)
    order = stage.place_order(email="anne@example.com", products=put_products(stage, 1))
    stage.cancel(order)
    for message in reversed(stage.deliveries(order)):
        deliver(stage, [message])
        stage.run_steps()
    later(stage, minutes=1)
    assert rows(stage, shop, "orders")[0].cancelled_at is not None


def test_what_another_secret_signed_is_refused_and_leaves_nothing(
    stage: Stage, shop: Shop, shipped: str
) -> None:
    before = len(rows(stage, shop, "inbox")), len(rows(stage, shop, "steps"))
    for message in stage.deliveries(shipped):
        assert stage.send(stage.foreign(message)).status_code == 401
    assert (len(rows(stage, shop, "inbox")), len(rows(stage, shop, "steps"))) == before


def test_a_changed_body_is_refused(stage: Stage, shop: Shop, shipped: str) -> None:
    message = stage.deliveries(shipped)[0]
    for body in (message.body + b" ", message.body[:-1], b"", b"[]", b"\xff", b"[" * 100_000):
        assert stage.send(replace(message, body=body)).status_code in (400, 401)
    assert rows(stage, shop, "orders") == []


def test_a_message_without_its_headers_is_refused(stage: Stage, shop: Shop, shipped: str) -> None:
    message = stage.deliveries(shipped)[0]
    bare = replace(message, headers={"Content-Type": "application/json"})
    assert stage.send(bare).status_code in (400, 401, 404)


def test_a_message_that_could_not_be_stored_is_not_confirmed(
    stage: Stage, shop: Shop, shipped: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OSError("disk full")

    message = stage.deliveries(shipped)[0]
    if not message.path.startswith("/webhooks/"):
        return  # no webhook: a call of the shop's own programme, tried in its own tests
    with monkeypatch.context() as patch:
        patch.setattr("plugin.store.inbox.put_inbox", broken)
        assert stage.send(message).status_code >= 500
    deliver(stage, stage.deliveries(shipped))
    later(stage, minutes=1)
    assert parcels(stage, shop) == [(shipped, "DHL", NUMBER)]


def test_messages_that_never_came_are_made_good_by_asking(
    stage: Stage, shop: Shop, shipped: str
) -> None:
    if not stage.requests():
        return  # a shop that is never asked: what it does not tell stays unknown
    stage.clock.move(minutes=20)
    rounds.enqueue_due(stage.context)
    stage.run_steps()
    later(stage, minutes=1)
    assert parcels(stage, shop) == [(shipped, "DHL", NUMBER)]
