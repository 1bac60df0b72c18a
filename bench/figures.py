"""How long the server takes for the merchant's figures of a shop with a long past.

`python -m bench.figures [--orders N] [--events N] [--folder DIR | --database-url URL]`. Fills a
database (bench/figures_shop.py says with what), lets the nightly step foresee its customers, then
asks the app for Overview and Figures as a signed-in merchant does: in this process, from the
request to the last byte of the answer, so without network and gunicorn. `first` is the first
request of the app after its start, templates not compiled yet, the database's files in the memory
of the system. A folder that was filled before is measured again; a database is filled if it is
empty.
"""

from __future__ import annotations

import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import TypeVar

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bench import figures_shop, figures_visits
from bench.made_orders import new_shop, opened, the_shop
from bench.report import Budget, print_table, verdict
from plugin.app import build_context, create_app
from plugin.config import load_config
from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.customers_over_time import foresight, repeating
from plugin.store import customer_values

PAGES = {
    "Overview": "/admin/",
    "Overview of a year": "/admin/?days=365",
    "Figures": "/admin/figures",
    "Figures of customers": "/admin/figures/customers",
}
LIMIT_MS = 300
EVENTS, ORDERS, SIGN_UPS = 10_000_000, 1_000_000, 0.12
_ROUNDS = 15

Found = TypeVar("Found")


def main(arguments: Sequence[str]) -> int:
    """Measures and returns the exit code."""
    parser = ArgumentParser(prog="bench.figures")
    parser.add_argument("--orders", type=int, default=ORDERS)
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--database-url")
    parser.add_argument("--slow", action="store_true", help="name each page's slowest statements")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        context = _opened(options.folder or Path(name), options.database_url)
        shop = _filled(context, options.orders, options.events)
        found = measure(context, shop, slow=options.slow)
        context.db.dispose()
    return show(found)


def _opened(folder: Path, url: str | None) -> Context:
    if url is None:
        return opened(folder)
    environ = {"BLEIB_ENVIRONMENT": "development", "BLEIB_DATABASE_URL": url}
    return build_context(load_config(environ | {"BLEIB_SMTP_SECURITY": "none"}))


def _filled(context: Context, orders: int, events: int) -> Shop:
    with context.db.read() as connection:
        known = sa.inspect(connection).has_table("shops")
    if known:
        return the_shop(context)
    shop, now = new_shop(context), context.now()
    live = _timed("campaigns", lambda: figures_shop.published(context, shop))
    _timed(f"{orders:,} orders", lambda: figures_shop.fill(context, shop, live, orders, now))
    rows = _timed(
        f"{events:,} events", lambda: figures_visits.count_events(context, shop, live, events)
    )
    print(f"  the events are {rows:,} rows")
    count = int(orders * SIGN_UPS)
    _timed(f"{count:,} sign-ups", lambda: figures_visits.sign_up(context, shop, live, count))
    _timed("the nightly forecast", lambda: _foresee(context, shop))
    if not context.db.is_sqlite:
        with context.db.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(sa.text("ANALYZE"))
    return shop


def _timed(name: str, work: Callable[[], Found]) -> Found:
    began = time.perf_counter()
    found = work()
    print(f"{name}: {time.perf_counter() - began:.0f} s", flush=True)
    return found


def _foresee(context: Context, shop: Shop) -> None:
    with context.db.read() as connection:
        found = foresight.forecasts(connection, shop, repeating.today_of(context, shop))
    with context.db.write() as connection:
        customer_values.put_values(connection, shop.id, found, context.now())


def measure(context: Context, shop: Shop, *, slow: bool = False) -> dict[str, list[float]]:
    """Milliseconds of each page, in the order of the requests."""
    found: dict[str, list[float]] = {}
    for name, path in PAGES.items():
        # Each page has an app of its own to be the first one of.
        browser = _signed_in(create_app(context=context), context, shop)
        found[name] = [_ask(browser, path) for _ in range(_ROUNDS + 1)]
        if slow:
            _name_slow(context, name, partial(_ask, browser, path))
    return found


def _signed_in(app: Flask, context: Context, shop: Shop) -> FlaskClient:
    client = app.test_client()
    client.set_cookie("bleib", context.keys.sign("session", [shop.id, shop.generation]))
    return client


def _ask(browser: FlaskClient, path: str) -> float:
    began = time.perf_counter()
    answer = browser.get(path)
    took = (time.perf_counter() - began) * 1_000
    if answer.status_code != 200:
        raise AssertionError(f"{path}: {answer.status_code}")
    return took


def _name_slow(context: Context, name: str, ask: Callable[[], float]) -> None:
    times: list[tuple[float, str]] = []
    began: list[float] = []

    def before(*_: object) -> None:
        began.append(time.perf_counter())

    def after(_c: object, _cursor: object, statement: str, *_: object) -> None:
        times.append(((time.perf_counter() - began.pop()) * 1_000, " ".join(statement.split())))

    sa.event.listen(context.db.engine, "before_cursor_execute", before)
    sa.event.listen(context.db.engine, "after_cursor_execute", after)
    ask()
    sa.event.remove(context.db.engine, "before_cursor_execute", before)
    sa.event.remove(context.db.engine, "after_cursor_execute", after)
    print(f"\n{name}: {len(times)} statements, {sum(took for took, _ in times):.0f} ms")
    for took, statement in sorted(times, reverse=True)[:6]:
        print(f"  {took:7.1f} ms  {statement}")


def show(found: dict[str, list[float]]) -> int:
    """Prints tables and budgets and returns the exit code."""
    print()
    rows = [
        [name, *(f"{value:.0f}" for value in (one[0], median(one[1:]), max(one[1:])))]
        for name, one in found.items()
    ]
    print_table(["ms of the server", "first", "median", "slowest"], rows)
    return verdict(
        [
            Budget(f"{name}, {which}", value, LIMIT_MS)
            for name, one in found.items()
            for which, value in (("first", one[0]), ("median", median(one[1:])))
        ]
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
