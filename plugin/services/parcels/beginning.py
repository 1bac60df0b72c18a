"""Begins the drawing of a page: what several sections need is read once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import Connection

from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.parcels import notice_settings
from plugin.services.parcels.drawing import INSTANT, Drawing, ShownSettings
from plugin.services.parcels.finding import Found
from plugin.services.parcels.links import LIFETIME
from plugin.services.parcels.promise import PROMISE
from plugin.services.service_promise import settings as service_settings
from plugin.services.withdrawals import settings as withdrawal_settings
from plugin.store import service_messages, withdrawals
from plugin.store import storefront_settings as store

__all__ = ["begun"]


@contextmanager
def begun(context: Context, found: Found, language: str) -> Iterator[Drawing]:
    """Draw the page of an order that was found within the block."""
    with context.db.read() as connection:
        yield _drawing(connection, context, found, language)


def _drawing(connection: Connection, context: Context, found: Found, language: str) -> Drawing:
    shop, order = found.shop, found.order
    drawing = Drawing(
        connection=connection,
        context=context,
        shop=shop,
        order=order,
        status=found.status,
        settings=_settings(connection, shop),
        declared=withdrawals.of_order(connection, shop.id, order.order_id),
        message=service_messages.last_of_order(connection, shop.id, order.order_id),
        language=language,
        page=found.page,
        now=found.status.at,
    )
    if order.updated_at is not None:
        drawing.only_until(order.updated_at + LIFETIME + INSTANT)
    return drawing


def _settings(connection: Connection, shop: Shop) -> ShownSettings:
    found = store.parts(connection, shop.id, ("service", "promise", "notices", "withdrawal"))
    return ShownSettings(
        service=service_settings.of(found["service"]),
        promise=PROMISE.of(found["promise"]),
        notices=notice_settings.of(found["notices"]),
        withdrawal=withdrawal_settings.of(found["withdrawal"]),
    )
