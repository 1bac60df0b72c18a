"""What the page of an order weighs and costs the server, beside a bare Flask hello.

`python -m bench.parcel_page [--worker-class CLASS] [--port FIRST_OF_TWO]`. Bytes as they come over
the wire, head and body, with everything that the page fetches from us on a first visit; pictures
of the articles are the shop's. Two budgets of cost: one page asked for again and again, and five
hundred in turn. Each of these was visited so often before the rounds that every process has drawn
it; from then on each round brings thousands of pages that nobody has looked at, as the mails of a
large shop do, and the five hundred have to outlast them. Without a budget: what those cost, which
have to be drawn, and what an open page asks every minute.
"""

from __future__ import annotations

import re
import socket
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from bench import made_orders, parcel_shop
from bench.config_shop import prepare
from bench.parcel_shop import order_id
from bench.processes import NotStartedError, Server, serve
from bench.report import Budget, print_table, verdict
from bench.server import ROUNDS, Target, measure
from plugin.services.parcels.links import token_of

WEIGHT_LIMIT = 25_000
COST_LIMIT = 2.0
PAGES, ORDERS = 500, 30_000
FLASK, APP = "bench.hello:flask_hello", "plugin.app:create_app()"
_SAME, _TURN, _NEW = "the same page", f"{PAGES} pages in turn", "pages not drawn before"
_NEWS = "is anything new? (204)"
#: Two processes share the visits about evenly: that one of them misses a page is one in 2**20.
_VISITS = 20
_GERMAN = "Accept-Language: de"
_SEEN = re.compile(rb'data-seen="(\w+)"')
_PARTS = re.compile(r'(?:<link rel="stylesheet" href|<script[^>]* src)="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Pages(Target):
    """Pages of which each round asks for the next ones."""

    paths: Iterator[str] = field(default_factory=lambda: iter(()))
    folder: Path = Path()
    most: int = 10**9

    def load(self, requests: int) -> tuple[float, float]:
        """CPU microseconds per request, and requests per second."""
        asked = list(islice(self.paths, min(requests, self.most)))
        file = self.folder / self.name.replace(" ", "_")
        file.write_text("\n".join(asked), "utf-8")
        return Target(self.name, self.server, f"@{file}").load(len(asked))


def main(arguments: Sequence[str]) -> int:
    """Measures and returns the exit code."""
    parser = ArgumentParser(prog="bench.parcel_page")
    parser.add_argument("--worker-class", default="sync")
    parser.add_argument("--port", type=int, default=9340)
    parser.add_argument("--orders", type=int, default=ORDERS)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name, ExitStack() as running:
        environ, paths = filled(Path(name), options.orders)
        try:
            flask, app = (
                running.enter_context(serve(one, options.port + n, options.worker_class, environ))
                for n, one in enumerate((FLASK, APP))
            )
        except NotStartedError as error:
            print(error, file=sys.stderr)
            return 2
        sizes = weigh(app, paths[0])
        compared = targets(flask, app, paths, Path(name))
        next(one for one in compared if one.name == _TURN).load(_VISITS * PAGES)
        found = measure(compared)
    print(f"\ngunicorn, 2 {options.worker_class} workers, {ROUNDS} rounds\n")
    return show(sizes, found)


def filled(folder: Path, count: int) -> tuple[dict[str, str], list[str]]:
    """A database with orders on their way, and the paths of their pages."""
    environ = prepare(folder)
    context = made_orders.opened(folder)
    shop = made_orders.the_shop(context)
    parcel_shop.fill(context, shop, count)
    paths = ["/s/" + token_of(context.keys, shop.id, order_id(n)) for n in range(count)]
    context.db.dispose()
    return environ, paths


def weigh(app: Server, path: str) -> dict[str, int]:
    """Bytes over the wire of the page and of everything that it fetches from us, by path."""
    page = _fetch(app.port, path)
    parts = [urlsplit(part).path for part in _PARTS.findall(page.decode("utf-8", "replace"))]
    return {"the page": len(page)} | {part: len(_fetch(app.port, part)) for part in parts}


def _fetch(port: int, path: str) -> bytes:
    ask = f"GET {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\nAccept: text/html\r\n"
    with socket.create_connection(("127.0.0.1", port), 30) as line:
        line.sendall((ask + f"{_GERMAN}\r\n\r\n").encode())
        parts = list(iter(lambda: line.recv(65_536), b""))
    answer = b"".join(parts)
    if answer.split(b" ", 2)[1] != b"200":
        raise AssertionError(answer[:200])
    return answer


def targets(flask: Server, app: Server, paths: Sequence[str], folder: Path) -> list[Target]:
    """The requests to be compared; new pages come last, other ones in each round."""
    seen = _SEEN.findall(_fetch(app.port, paths[0]))[0].decode()
    rest = iter(paths[PAGES:])
    few = max(1, (len(paths) - PAGES) // (ROUNDS + 1))
    return [
        Target("bare Flask hello", flask),
        Target(_SAME, app, paths[0]),
        Target(_NEWS, app, f"{paths[0]}?seen={seen}", 204, (_GERMAN,)),
        Pages(_TURN, app, paths=cycle(paths[:PAGES]), folder=folder),
        Pages(_NEW, app, paths=rest, folder=folder, most=few),
    ]


def show(sizes: Mapping[str, int], found: Mapping[str, list[tuple[float, float]]]) -> int:
    """Prints tables and budgets and returns the exit code."""
    print_table(["over the wire", "bytes"], [[name, f"{size:,}"] for name, size in sizes.items()])
    print()
    base = found["bare Flask hello"]
    rows, ratios = [], {}
    for name, rounds in found.items():
        cpu = [used for used, _ in rounds]
        ratios[name] = median(used / other for used, (other, _) in zip(cpu, base, strict=True))
        figures = [f"{value:.0f}" for value in (median(cpu), min(cpu), max(cpu))]
        rows.append([name, *figures, f"{ratios[name]:.2f}"])
    print_table(["asked", "CPU µs/request", "lowest", "highest", "x Flask"], rows)
    return verdict(
        [
            Budget("bytes of a first visit", sum(sizes.values()), WEIGHT_LIMIT),
            Budget(f"{_SAME} / Flask hello", ratios[_SAME], COST_LIMIT),
            Budget(f"{_TURN} / Flask hello", ratios[_TURN], COST_LIMIT),
        ]
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
