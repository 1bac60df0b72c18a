"""Mails about an order are ended and asked for by its own link, with no login and no script."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.parcels.links import page_link
from plugin.services.parcels.notice_wishes import Wishes, wishes_behind
from tests.services.on_sqlite import db_url  # noqa: F401 - a fixture
from tests.services.parcels.test_shipments import take


@pytest.fixture
def page(context: Context, shop: Shop) -> str:
    order = take(context, shop)
    return page_link(context, shop, order.id).removeprefix(context.config.public_url)


def wishes(context: Context, page: str) -> Wishes:
    return wishes_behind(context, page.rpartition("/")[2]).wishes


def test_opening_the_link_ends_nothing_and_its_button_does(
    client: FlaskClient, context: Context, page: str
) -> None:
    asked = client.get(f"{page}/notices", headers={"Accept-Language": "de"})
    assert "Keine Mails mehr zu dieser Bestellung?" in asked.text
    assert asked.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert asked.headers["Cache-Control"] == "no-store"
    assert wishes(context, page) == Wishes()
    # As mail programs do it by themselves (RFC 8058), and once more.
    for _ in range(2):
        done = client.post(f"{page}/notices", data={"List-Unsubscribe": "One-Click"})
        assert done.status_code == 200
    assert wishes(context, page) == Wishes(quiet=True)
    again = client.get(f"{page}/notices?do=again", headers={"Accept-Language": "de"})
    assert "Wieder Bescheid bekommen?" in again.text
    back = client.post(f"{page}/notices?do=again")
    assert (back.status_code, back.headers["Location"].endswith(page)) == (303, True)
    assert wishes(context, page) == Wishes()


def test_the_tick_on_the_page_is_set_and_taken_back(
    client: FlaskClient, context: Context, page: str
) -> None:
    assert client.post(f"{page}/notices?do=day", data={"day": "1"}).status_code == 303
    assert wishes(context, page) == Wishes(on_the_day=True)
    assert client.post(f"{page}/notices?do=day").status_code == 303
    assert wishes(context, page) == Wishes()


def test_what_is_unknown_is_refused(client: FlaskClient, page: str) -> None:
    assert client.post(f"{page}/notices?do=everything").status_code == 400
    assert client.get(f"{page[:-1]}/notices").status_code == 404
