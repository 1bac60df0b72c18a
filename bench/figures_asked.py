"""One fresh web process that asks for something of one shop and prints as JSON what it took.

`python -m bench.figures_asked KEY pages PATH…`: each page again and again; the first of the first
is the first request of the process. `… handed PATH FOLDER`: a long table, or (`parquet`) all files,
and how far the memory of the process grew over it.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from plugin.services import analytics
from plugin.services.context import Context
from plugin.services.tenants import shop_of_key
from plugin.serving import served

_ROUNDS = 8
_MILLION = 1_000_000


def main(key: str, kind: str, *what: str) -> None:
    """Asks and prints."""
    began = time.process_time()
    app = served()
    start = (time.process_time() - began) * 1_000
    if not any(name.endswith("figures/customers.html") for _, name in app.jinja_env.cache or ()):
        raise AssertionError("the pages were not rehearsed")
    context: Context = app.extensions["bleib"]
    if kind == "pages":
        browser = _signed_in(app, context, key)
        pages = {path: _page(context, browser, path) for path in what}
        print(json.dumps({"start": start, "pages": pages}))
    else:
        print(json.dumps(_handed(app, context, key, what[0], Path(what[1]))))
    context.db.dispose()


def _signed_in(app: Flask, context: Context, key: str) -> FlaskClient:
    shop = shop_of_key(context, key)
    if shop is None:
        raise LookupError(key)
    client = app.test_client()
    client.set_cookie("bleib", context.keys.sign("session", [shop.id, shop.generation]))
    return client


def _page(context: Context, browser: FlaskClient, path: str) -> dict[str, Any]:
    wall, cpu = [], []
    for _ in range(_ROUNDS + 1):
        clocks = (time.perf_counter(), time.process_time())
        answer = browser.get(path)
        wall.append((time.perf_counter() - clocks[0]) * 1_000)
        cpu.append((time.process_time() - clocks[1]) * 1_000)
        if answer.status_code != 200:
            raise AssertionError(f"{path}: {answer.status_code}")
    with _heard(context) as statements:
        browser.get(path)
    slow = [f"{took:.1f} ms {text}" for took, text in sorted(statements, reverse=True)[:3]]
    return {"wall": wall, "cpu": cpu, "statements": len(statements), "slow": slow}


@contextmanager
def _heard(context: Context) -> Iterator[list[tuple[float, str]]]:
    times: list[tuple[float, str]] = []
    began: list[float] = []

    def before(*_: object) -> None:
        began.append(time.perf_counter())

    def after(_c: object, _cursor: object, statement: str, *_: object) -> None:
        times.append(((time.perf_counter() - began.pop()) * 1_000, " ".join(statement.split())))

    sa.event.listen(context.db.engine, "before_cursor_execute", before)
    sa.event.listen(context.db.engine, "after_cursor_execute", after)
    yield times
    sa.event.remove(context.db.engine, "before_cursor_execute", before)
    sa.event.remove(context.db.engine, "after_cursor_execute", after)


def _handed(app: Flask, context: Context, key: str, path: str, folder: Path) -> dict[str, float]:
    before, began = _peak(), time.perf_counter()
    lines, size = (
        _written(context, key, folder)
        if path == "parquet"
        else _sent(_signed_in(app, context, key), path)
    )
    took = time.perf_counter() - began
    return {"lines": lines, "mb": size / _MILLION, "s": took, "grown": _peak() - before}


def _sent(browser: FlaskClient, path: str) -> tuple[int, int]:
    answer = browser.get(path, buffered=False)
    if answer.status_code != 200:
        raise AssertionError(f"{path}: {answer.status_code}")
    lines = size = 0
    for part in answer.iter_encoded():
        lines += part.count(b"\n")
        size += len(part)
    return lines, size


def _written(context: Context, key: str, folder: Path) -> tuple[int, int]:
    shop = shop_of_key(context, key)
    if shop is None:
        raise LookupError(key)
    with tempfile.TemporaryDirectory(dir=folder) as name:
        rows = analytics.export(context, shop, Path(name))
        return sum(rows.values()), sum(one.stat().st_size for one in Path(name).rglob("*.parquet"))


def _peak() -> float:
    return getrusage(RUSAGE_SELF).ru_maxrss / 1_024


if __name__ == "__main__":
    main(*sys.argv[1:])
