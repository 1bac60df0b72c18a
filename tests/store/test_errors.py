"""What goes wrong in the database ends up in a log, and logs hold nothing of people."""

from __future__ import annotations

import traceback

import sqlalchemy as sa

from plugin.logs import redact
from plugin.model import Shop
from plugin.store.db import Database
from plugin.store.evidence import evidence

ADDRESS = "203.0.113.77"


def test_an_error_does_not_repeat_the_values_of_its_statement(db: Database, shop: Shop) -> None:
    wrong = sa.insert(evidence).values(shop_id=shop.id, number=1, net_address=ADDRESS)
    try:
        with db.write() as connection:
            connection.execute(wrong)
    except sa.exc.DBAPIError:
        logged = redact(None, "", {"exception": traceback.format_exc()})["exception"]
    assert "INSERT INTO evidence" in logged
    assert ADDRESS not in logged
