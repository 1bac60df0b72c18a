"""What the shop begins with: the built-in past, or a file of real orders."""

from __future__ import annotations

import gzip
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from plugin.demo import history
from plugin.demo.catalogue import entries
from plugin.demo.import_orders import WrongFileError
from plugin.demo.opening import open_shop
from plugin.demo.shop import Shop, stamp
from tests.demo.conftest import settings_for

FULL = """basket_id,timestamp,item_id,customer_id,price,qty,country,name
536365,2010-12-01 08:26:00,85123A,17850,2.55,6,United Kingdom,WHITE HANGING HEART T-LIGHT HOLDER
536365,2010-12-01 08:26:00,71053,17850,3.39,6,United Kingdom,WHITE METAL LANTERN
536366,2010-12-08 08:28:00,85123A,,2.95,2,Germany,WHITE HANGING HEART T-LIGHT HOLDER
"""
BARE = """item_id,basket_id,timestamp
a,b1,2024-01-01T10:00:00
b,b1,2024-01-01T10:00:00
"""


def imported(folder: Path, text: str, name: str = "orders.csv") -> Shop:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return open_shop(settings_for(folder / "data", orders_file=path), lambda line: None)


def past(shop: Shop) -> list[tuple[str, int, str]]:
    rows = shop.db.all("SELECT email, subtotal, name FROM orders ORDER BY id")
    return [tuple(row) for row in rows]


def test_generated_past_is_the_same_on_every_start(tmp_path: Path) -> None:
    first = open_shop(settings_for(tmp_path / "a"))
    second = open_shop(settings_for(tmp_path / "b"))
    assert past(first) == past(second)


def test_generated_past_has_real_structure(tmp_path: Path) -> None:
    shop = open_shop(settings_for(tmp_path, generated_orders=2000))
    assert shop.db.number("SELECT count(*) FROM orders") == 2000
    together: Counter[str] = Counter()
    pot = shop.db.one("SELECT id FROM products WHERE handle = 'teekanne-seeufer'")
    assert pot is not None
    rows = shop.db.all(
        "SELECT p.handle FROM lines a JOIN lines b ON a.order_id = b.order_id "
        "JOIN products p ON p.id = b.product_id WHERE a.product_id = ? AND b.product_id <> ?",
        pot["id"],
        pot["id"],
    )
    together.update(row["handle"] for row in rows)
    wanted = set(next(e for e in entries() if e["handle"] == "teekanne-seeufer")["with"])
    assert set(dict(together.most_common(4))) <= wanted | {"becher-seeufer"}
    returning = shop.db.number(
        "SELECT count(*) FROM (SELECT 1 FROM orders GROUP BY customer_id HAVING count(*) > 1)"
    )
    assert returning > 200


def test_shop_survives_its_own_restart(tmp_path: Path) -> None:
    first = open_shop(settings_for(tmp_path))
    before = past(first)
    first.db.close()
    assert past(open_shop(settings_for(tmp_path))) == before


@pytest.mark.parametrize("name", ["orders.csv", "orders.csv.gz"])
def test_file_of_orders_becomes_products_customers_and_orders(tmp_path: Path, name: str) -> None:
    shop = imported(tmp_path, FULL, name)
    assert [name for _, _, name in past(shop)] == ["#536365", "#536366"]
    assert past(shop)[0][:2] == ("kunde17850@example.com", 6 * 255 + 6 * 339)
    assert shop.db.number("SELECT count(*) FROM customers") == 1
    kinds = {row["title"]: row["kind"] for row in shop.db.all("SELECT * FROM products")}
    assert kinds == {
        "WHITE HANGING HEART T-LIGHT HOLDER": "heart",
        "WHITE METAL LANTERN": "lantern",
    }
    assert shop.currency == "GBP"


def test_past_moves_by_whole_weeks_to_now(tmp_path: Path) -> None:
    shop = imported(tmp_path, FULL)
    rows = shop.db.all("SELECT created_at FROM orders ORDER BY id")
    assert [row["created_at"][11:] for row in rows] == ["08:26:00Z", "08:28:00Z"]
    newest = shop.now() - datetime.fromisoformat(rows[1]["created_at"])
    assert 0 <= newest.days < 7


def test_columns_may_be_missing_and_in_any_order(tmp_path: Path) -> None:
    shop = imported(tmp_path, BARE)
    assert past(shop) == [("gastb1@example.com", 200, "#b1")]
    assert [row["title"] for row in shop.db.all("SELECT title FROM products")] == ["a", "b"]


def test_file_without_the_needed_columns_says_so(tmp_path: Path) -> None:
    with pytest.raises(WrongFileError, match="item_id"):
        imported(tmp_path, "basket_id,timestamp\n1,2024-01-01\n")
    with pytest.raises(WrongFileError, match="no orders"):
        imported(tmp_path, "basket_id,timestamp,item_id\n")


def test_attribution_belongs_to_the_file_that_asks_for_it(tmp_path: Path) -> None:
    assert imported(tmp_path / "a", FULL).db.fact("attribution") == ""
    assert imported(tmp_path / "b", FULL, "uci_online_retail.csv").db.fact("attribution")


def test_progress_is_told(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(FULL)
    said: list[str] = []
    open_shop(settings_for(tmp_path / "data", orders_file=path), said.append)
    assert said == [
        "reading orders.csv",
        "3 lines, 2 orders, 2 products, 1 customers",
    ]


def test_codes_of_the_shop_went_to_regulars_and_to_tea_and_are_nearly_over(tmp_path: Path) -> None:
    shop = open_shop(settings_for(tmp_path, generated_orders=2000))
    rows = shop.db.all("SELECT customer_id, code, subtotal, discount, created_at FROM orders")
    for name, percent in ((history.CODE, 10), (history.CLEARING, 40)):
        taken = [row for row in rows if row["code"] == name]
        assert taken, name
        # In whole cents for each line.
        assert all(abs(row["discount"] - row["subtotal"] * percent / 100) < 8 for row in taken)
    again = Counter(row["customer_id"] for row in rows if row["code"] == history.CODE)
    assert max(again.values()) > 1
    assert sum(again.values()) < len(rows) / 10


def test_a_busy_shop_has_orders_of_today_half_of_them_unpaid(tmp_path: Path) -> None:
    shop = open_shop(settings_for(tmp_path, generated_orders=2000, waiting_orders=6))
    waiting = shop.db.all(
        "SELECT financial_status, created_at FROM orders WHERE stage = 1 ORDER BY id DESC LIMIT 6"
    )
    assert [row["financial_status"] for row in waiting] == ["PENDING", "PAID"] * 3
    oldest = datetime.fromisoformat(waiting[-1]["created_at"])
    assert shop.now() - oldest < timedelta(hours=3)


def test_every_order_of_four_weeks_has_its_parcel_but_for_the_newest(tmp_path: Path) -> None:
    shop = open_shop(settings_for(tmp_path, generated_orders=2000, waiting_orders=6))
    without = shop.db.all(
        "SELECT created_at FROM orders WHERE created_at > ? AND cancelled_at IS NULL "
        "AND id NOT IN (SELECT order_id FROM fulfillments)",
        stamp(shop.now() - timedelta(days=29)),
    )
    assert without
    ages = [shop.now() - datetime.fromisoformat(row["created_at"]) for row in without]
    assert max(ages) < timedelta(days=3)
