"""How long the server takes for the merchant's figures of a shop with a long past.

`python -m bench.figures [--orders N] [--events N] [--keep DIR] [--database-url URL] [--fill]`.
Fills a database with two shops: a large one of N orders and N events, and a small one beside it,
whose figures are the baseline (bench/figures_shop.py says what they consist of,
bench/figures_copies.py how they become many); the nightly step foresees their customers. Then it
asks for each page in fresh processes that are started as a web process is
(bench/figures_asked.py), from the request to the last byte of the answer, so without network and
gunicorn. `first` is the first request of a process, the median of two processes; the database's
files are in the memory of the system. Last it hands out the long tables and writes the Parquet
files, and looks how much memory that took.

With `--keep` a database stays in the folder and is measured again if it is there; `--fill` only
fills it. On PostgreSQL, which has to be empty or filled by this, times on the wall are what counts:
most of the work is done outside the process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

import sqlalchemy as sa

from bench import bulk, figures_copies, figures_shop, figures_visits
from bench.config_shop import SHOP
from bench.report import Budget, print_table, verdict
from plugin.app import build_context
from plugin.config import load_config
from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.customers_over_time import foresight, repeating
from plugin.services.tenants import shop_of_key
from plugin.store import customer_values, migrate
from plugin.store.shops import shops

ROOT = Path(__file__).parents[1]
#: Held to the limit: the overview, and every page of figures.
PAGES = {
    "Overview": "/admin/",
    "Overview of a year": "/admin/?days=365",
    "Figures": "/admin/figures",
    "Figures of customers": "/admin/figures/customers",
    "Figures of suggestions": "/admin/figures/suggestions",
    "Figures of parcels": "/admin/figures/parcels",
    "Advertising costs": "/admin/figures/costs",
}
#: Printed beside them.
OTHERS = {
    "Discount guard": "/admin/guard",
    "Subscribers": "/admin/people",
    "Parcels": "/admin/parcels",
    "Widgets": "/admin/widgets",
    "Vouchers": "/admin/vouchers",
    "Law and data": "/admin/law",
}
TABLES = {
    "what was counted, a year": "/admin/overview.csv?days=365",
    "who bought once and is due": "/admin/figures/customers/due.csv",
    "everybody who is subscribed": "/admin/connections/subscribers.csv",
}
LIMIT_MS, MOST_MB = 300, 32
EVENTS, ORDERS, SIGN_UPS = 10_000_000, 1_000_000, 0.12
_KEYS = {"large": "benchmark0000001", "small": "benchmark0000002"}
#: The small shop has three orders for a thousand of the large one.
_SMALL = 0.003
#: From so many orders on a part of them is drawn and stands there so many times.
COPIES, _MANY = 20, 20_000
_PROCESSES = 2

Found = TypeVar("Found")
Asked = dict[str, Any]


def main(arguments: Sequence[str]) -> int:
    """Measures and returns the exit code."""
    parser = ArgumentParser(prog="bench.figures")
    parser.add_argument("--orders", type=int, default=ORDERS)
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--database-url")
    parser.add_argument("--fill", action="store_true", help="fill it and measure nothing")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = options.keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        url = options.database_url or f"sqlite:///{folder / 'bleib.sqlite3'}"
        environ = {"BLEIB_ENVIRONMENT": "development", "BLEIB_DATABASE_URL": url}
        environ |= {"BLEIB_SMTP_SECURITY": "none", "BLEIB_LOG_LEVEL": "error"}
        _filled(folder, environ, options)
        return 0 if options.fill else measure(environ, folder)


def _filled(folder: Path, environ: dict[str, str], options: Namespace) -> None:
    context = build_context(load_config(environ))
    done = folder / "filled.json"
    with context.db.read() as connection:
        known = sa.inspect(connection).has_table("shops")
    if known and options.keep and not done.exists():
        raise SystemExit(f"{folder}: the filling was broken off; delete it")
    if not known:
        migrate.upgrade(context.db)
        figures = {"orders": options.orders, "events": options.events}
        began = time.perf_counter()
        with bulk.hurried(context.db, figures_shop.LONG):
            for name, share in {"large": 1.0, "small": _SMALL}.items():
                counts = {what: int(count * share) for what, count in figures.items()}
                print(f"the {name} shop")
                _fill(context, _new_shop(context, name), **counts)
        print(f"with indexes: {time.perf_counter() - began:.0f} s", flush=True)
        done.write_text(json.dumps(figures), encoding="utf-8")
    context.db.dispose()


def _new_shop(context: Context, name: str) -> Shop:
    own = {"key": _KEYS[name], "domain": f"{name}.example", "name": name}
    with context.db.write() as connection:
        connection.execute(sa.insert(shops).values(**SHOP | own))
    found = shop_of_key(context, own["key"])
    if found is None:
        raise LookupError(name)
    return found


def _fill(context: Context, shop: Shop, *, orders: int, events: int) -> None:
    now, count = context.now(), int(orders * SIGN_UPS)
    times = COPIES if orders >= _MANY else 1
    live = _timed("campaigns", lambda: figures_shop.published(context, shop))
    some = orders // times
    _timed(f"{some:,} orders", lambda: figures_shop.fill(context, shop, live, some, now))
    _timed("the nightly forecast", lambda: _foresee(context, shop))
    _timed(f"{times} times as many", lambda: _multiply(context, shop, times))
    rows = _timed(
        f"{events:,} events", lambda: figures_visits.count_events(context, shop, live, events)
    )
    print(f"  the events are {rows:,} rows")
    _timed(f"{count:,} sign-ups", lambda: figures_visits.sign_up(context, shop, live, count))


def _timed(name: str, work: Callable[[], Found]) -> Found:
    began = time.perf_counter()
    found = work()
    print(f"  {name}: {time.perf_counter() - began:.0f} s", flush=True)
    return found


def _multiply(context: Context, shop: Shop, times: int) -> None:
    with context.db.write() as connection:
        figures_copies.multiply(connection, shop.id, times)


def _foresee(context: Context, shop: Shop) -> None:
    with context.db.read() as connection:
        found = foresight.forecasts(connection, shop, repeating.today_of(context, shop))
    with context.db.write() as connection:
        customer_values.put_values(connection, shop.id, found, context.now())


def measure(environ: dict[str, str], folder: Path) -> int:
    """Asks for everything in fresh processes, prints it and returns the exit code."""
    sqlite = environ["BLEIB_DATABASE_URL"].startswith("sqlite")
    budgets = _show_pages(environ, "cpu" if sqlite else "wall")
    rows = []
    for name, path in {**TABLES, "all as Parquet": "parquet"}.items():
        found = ask(environ, "large", "handed", path, str(folder))
        rows.append([name, *(f"{found[key]:,.0f}" for key in ("lines", "mb", "s", "grown"))])
        if path != "parquet":
            budgets.append(Budget(f"memory for {name}, MB", found["grown"], MOST_MB))
    print()
    print_table(["handed out", "lines", "MB", "s", "MB of memory more"], rows)
    return verdict(budgets)


def _show_pages(environ: dict[str, str], counts: str) -> list[Budget]:
    rows, budgets = [], []
    every = PAGES | OTHERS
    small = ask(environ, "small", "pages", *every.values())
    for name, path in every.items():
        runs = [ask(environ, "large", "pages", path) for _ in range(_PROCESSES)]
        first = median(one["pages"][path][counts][0] for one in runs)
        later = [value for one in runs for value in one["pages"][path][counts][1:]]
        usual, small_usual = median(later), median(small["pages"][path][counts][1:])
        found = (first, usual, max(later), small_usual)
        rows.append([name, *(f"{value:.0f}" for value in found), f"{usual / small_usual:.2f}"])
        rows[-1] += [f"{runs[0]['pages'][path]['statements']}", f"{runs[0]['start']:.0f}"]
        if name in PAGES:
            budgets += [
                Budget(f"{name}, first, ms {counts}", first, LIMIT_MS),
                Budget(f"{name}, median, ms {counts}", usual, LIMIT_MS),
            ]
        for statement in runs[0]["pages"][path]["slow"]:
            print(f"  {name}: {statement}", flush=True)
    print()
    head = ["first", "median", "slowest", "small shop", "ratio", "statements", "start"]
    print_table([f"ms {counts}", *head], rows)
    return budgets


def ask(environ: dict[str, str], which: str, *what: str) -> Asked:
    """Lets a fresh process ask something of a shop and returns what it saw."""
    command = [sys.executable, "-m", "bench.figures_asked", _KEYS[which], *what]
    ran = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environ}, stdout=subprocess.PIPE, check=True
    )
    found: Asked = json.loads(ran.stdout)
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
