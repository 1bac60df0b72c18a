"""A printed link leads into the shop and is counted, but not for machines."""

from __future__ import annotations

from flask.testing import FlaskClient

from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.inserts import links, printing, reporting
from tests.beacons import BROWSER
from tests.services.on_sqlite import db_url  # noqa: F401 - a fixture
from tests.services.parcels.test_shipments import take


def test_people_are_counted_and_machines_are_not(
    client: FlaskClient, context: Context, shop: Shop
) -> None:
    order = take(context, shop)
    printing.print_flyers(context, shop, [order.id])
    path = f"/f/{links.token_of(context.keys, shop.id, order.id)}"
    for agent in ("curl/8.5", BROWSER, ""):
        answer = client.get(path, headers={"User-Agent": agent})
        assert (answer.status_code, answer.headers["Location"]) == (303, shop.storefront_url)
        assert answer.headers["Cache-Control"] == "no-store"
    client.head(path, headers={"User-Agent": BROWSER})
    (printed,) = reporting.report(context, shop).orders
    assert printed.visits == 1
