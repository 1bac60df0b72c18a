"""A shop with any number of orders on their way, for measuring how they are found and shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice
from random import Random

from plugin.model import Milestone, Order, OrderLine, Shipment, Shop
from plugin.services import orders
from plugin.services.context import Context

#: When the guesses come.
NOW = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
#: About as many as there are in Germany.
POSTCODES = 8_000
_AT_ONCE = 500
_FIRST_NUMBER = 30_000
_TITLES = ("Wollsocken Talwind", "Regenhülle Rast", "Trinkflasche 0,75 l", "Mütze Grat")


def email_of(number: int) -> str:
    """The address under which an order was placed."""
    return f"person-{number}@post.example"


def number_of(number: int) -> str:
    """What the shopper calls an order."""
    return str(_FIRST_NUMBER + number)


def parcel_number_of(number: int) -> str:
    """The carrier's number of an order's parcel, counted up as carriers do."""
    return f"{340434161094000000 + 7 * number:020d}"


def postcodes() -> list[str]:
    """All postcodes that somebody may live in."""
    return Random(1).sample([f"{n:05d}" for n in range(1067, 99999)], POSTCODES)  # noqa: S311


def fill(context: Context, shop: Shop, count: int) -> None:
    """Takes in orders of the last days, each with a parcel on its way."""
    made = _orders(count, context.now())
    while some := list(islice(made, _AT_ONCE)):
        with context.db.write() as connection:
            orders.ingest_many(connection, context, shop, some)


def order_id(number: int) -> str:
    """What the platform calls an order."""
    return f"gid://shopify/Order/{9_000_000_000 + number}"


def _orders(count: int, now: datetime) -> Iterator[Order]:
    chance, places = Random(2), postcodes()  # noqa: S311 - the same orders every time
    for number in range(count):
        placed = now - timedelta(days=2, minutes=number)
        yield Order(
            id=order_id(number),
            number=f"#{number_of(number)}",
            email=email_of(number),
            postcode=chance.choice(places),
            country="DE",
            customer_id=None,
            currency="EUR",
            total=Decimal("60.00"),
            discount=Decimal(0),
            codes=(),
            paid=True,
            created_at=placed,
            updated_at=placed + timedelta(days=1),
            cancelled_at=None,
            lines=tuple(_line(number, place) for place in range(1 + number % 4)),
            shipments=(_parcel(number, placed + timedelta(days=1)),),
        )


def _line(number: int, place: int) -> OrderLine:
    return OrderLine(
        id=f"{number}-{place}",
        product_id=f"p{place}",
        variant_id=f"v{place}",
        title=_TITLES[place],
        quantity=1 + place,
        price=Decimal("15.00"),
    )


def _parcel(number: int, sent: datetime) -> Shipment:
    return Shipment(
        id=f"gid://shopify/Fulfillment/{number}",
        carrier="DHL",
        tracking_number=parcel_number_of(number),
        tracking_url=None,
        status="IN_TRANSIT",
        created_at=sent,
        updated_at=sent + timedelta(hours=6),
        expected_on=(sent + timedelta(days=3)).date(),
        delivered_at=None,
        milestones=(
            Milestone(f"{number}-1", "label_printed", sent, None),
            Milestone(f"{number}-2", "in_transit", sent + timedelta(hours=6), "Eutingen"),
        ),
    )
