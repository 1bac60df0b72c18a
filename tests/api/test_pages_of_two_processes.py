"""A page that is changed through one process is never shown as it was by another one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta
from threading import Event, Thread

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from plugin.app import create_app
from plugin.contracts.service import Opening, Service
from plugin.contracts.withdrawal import Withdrawal
from plugin.model import ParcelEvent, Shop
from plugin.services import logo, stopping
from plugin.services.context import Context
from plugin.services.parcels import notice_settings, taking
from plugin.services.parcels.links import page_link
from plugin.services.service_promise import messages
from plugin.services.service_promise import settings as service_settings
from plugin.services.withdrawals import settings as withdrawal_settings
from plugin.store import catalogue
from plugin.store.db import Database
from plugin.store.shops import shops
from tests.conftest import START
from tests.fakes.things import a_line, a_parcel, a_product, an_order
from tests.services.parcels.test_shipments import take
from tests.services.test_logo import png
from tests.services.test_withdrawals import withdraw

HTML = {"Accept": "text/html", "Accept-Language": "de"}
PARCEL = a_parcel()
WEEK = (Opening(start=time(0, 5), end=time(23, 55)),) * 7


@pytest.fixture
def other(context: Context, db_url: str) -> Iterator[FlaskClient]:
    """Another process: its own connections and its own memory over the same database."""
    own = replace(context, db=Database(db_url))
    yield create_app(context=own).test_client()
    own.db.dispose()


def the_page(context: Context, shop: Shop) -> str:
    pictured(context, shop, "bowl")
    take(context, shop, shipments=(PARCEL,), lines=(a_line(1007, 1),))
    return page_link(context, shop, an_order().id).removeprefix(context.config.public_url)


def pictured(context: Context, shop: Shop, name: str) -> None:
    with context.db.write() as connection:
        product = a_product(image_url=f"https://cdn.shopify.com/{name}.jpg")
        catalogue.put_products(connection, shop.id, [product])


def scanned(context: Context, shop: Shop, place: str, seconds: int = 0) -> None:
    at = START + timedelta(seconds=seconds)
    with context.db.write() as connection:
        event = ParcelEvent("in_transit", at, "carrier", place)
        taking.add_events(connection, context, shop, PARCEL.id, [event])


def opens(context: Context, shop: Shop) -> None:
    seen = service_settings.both(context, shop)
    service_settings.save(context, shop, (Service(week=WEEK), seen[1]), seen=seen)


def answered(context: Context, shop: Shop) -> None:
    (waiting,) = messages.waiting(context, shop)
    messages.settle(context, shop, waiting.message.id, "answered")


def pays_back_longer(context: Context, shop: Shop) -> None:
    rules = withdrawal_settings.get(context, shop)
    withdrawal_settings.save(context, shop, Withdrawal(days=30), seen=rules)


def test_whatever_changes_a_page_in_one_process_is_shown_by_the_other(
    client: FlaskClient, other: FlaskClient, context: Context, shop: Shop
) -> None:
    page = the_page(context, shop)
    later = START - timedelta(hours=1)
    changes = {
        "scan": lambda: scanned(context, shop, "Eutingen"),
        "hours": lambda: opens(context, shop),
        "message": lambda: client.post(
            f"{page}/message", data={"reason": "where", "text": "Wo?"}, headers=HTML
        ),
        "answer": lambda: answered(context, shop),
        "mails": lambda: notice_settings.answer(context, shop, shop_sends=False),
        "wish": lambda: client.post(f"{page}/notices", headers=HTML),
        "period": lambda: pays_back_longer(context, shop),
        "logo": lambda: logo.save(context, shop, png(200, 50)),
        "picture": lambda: pictured(context, shop, "plate"),
        "withdrawal": lambda: withdraw(context, shop, an_order()),
        "order": lambda: take(context, shop, updated_at=later, lines=(a_line(title="Krug"),)),
        "stop": lambda: stopping.stop(context, shop),
        "cancelled": lambda: take(context, shop, updated_at=later, cancelled_at=later),
    }
    shown = [other.get(page, headers=HTML).text for _ in range(2)]
    for name, change in changes.items():
        change()
        shown.append(other.get(page, headers=HTML).text)
        # An odd question is always drawn: that is how it is now.
        assert shown[-1] == client.get(f"{page}?x=1", headers=HTML).text, name
        assert shown[-1] == client.get(page, headers=HTML).text, name
        assert name == "stop" or shown[-1] != shown[-2], name
    with context.db.write() as connection:
        connection.execute(sa.update(shops).values(state="uninstalled"))
    assert other.get(page, headers=HTML).status_code == 404


def test_no_thread_is_shown_what_was_over_before_it_asked(
    other: FlaskClient, context: Context, shop: Shop
) -> None:
    page, told, over = the_page(context, shop), [0], Event()
    scanned(context, shop, "Ort 0 nach")
    old: list[tuple[int, int]] = []

    def look() -> None:
        client = other.application.test_client()
        while not over.is_set():
            known = told[0]
            found = re.search(r"Ort (\d+) nach", client.get(page, headers=HTML).text)
            seen = -1 if found is None else int(found[1])
            if seen < known:
                old.append((seen, known))

    threads = [Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(1, 25):
        scanned(context, shop, f"Ort {number} nach", seconds=number)
        told[0] = number
    over.set()
    for thread in threads:
        thread.join()
    assert old == []
