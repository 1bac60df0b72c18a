"""What the storefront's question for suggestions costs the server, beside a bare Flask hello.

`python -m bench.suggestions_server [--worker-class CLASS] [--port FIRST_OF_TWO]`. A shop of 2,000
products that has learned from 20,000 orders, under the same gunicorn. The question is asked for
one cart again and again, for five hundred in turn, for a mix in which half of the carts were never
asked for before and half are of the five hundred, and, without a budget, for new carts alone.
"""

from __future__ import annotations

import json
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from itertools import cycle, islice
from pathlib import Path
from random import Random
from statistics import median
from urllib.request import urlopen

from bench import made_orders
from bench.config_shop import KEY, prepare
from bench.made_orders import product_id
from bench.processes import NotStartedError, Server, serve
from bench.report import Budget, print_table, verdict
from bench.server import ROUNDS, Target, measure
from plugin.model import Product, Variant
from plugin.services.steps import Step
from plugin.services.suggestions import learn_from_orders
from plugin.services.suggestions.absorbing import absorb
from plugin.store import catalogue

LIMIT = 1.5
PRODUCTS, ORDERS, LINES = 2_000, 20_000, 4
FLASK, APP = "bench.hello:flask_hello", "plugin.app:create_app()"
IN_TURN = 500
_BUDGETED = ("the same cart", f"{IN_TURN} carts in turn", "every second cart is new")


@dataclass(frozen=True, slots=True)
class Carts(Target):
    """Questions of which each round asks the next ones."""

    paths: Iterator[str] = field(default_factory=lambda: iter(()))
    folder: Path = Path()

    def load(self, requests: int) -> tuple[float, float]:
        """CPU microseconds per request, and requests per second."""
        file = self.folder / self.name.replace(" ", "_")
        file.write_text("\n".join(islice(self.paths, requests)), "utf-8")
        return Target(self.name, self.server, f"@{file}").load(requests)


def main(arguments: Sequence[str]) -> int:
    """Measures and returns the exit code."""
    parser = ArgumentParser(prog="bench.suggestions_server")
    parser.add_argument("--worker-class", default="sync")
    parser.add_argument("--port", type=int, default=8810)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name, ExitStack() as running:
        environ = taught(Path(name))
        try:
            flask, app = (
                running.enter_context(serve(one, options.port + n, options.worker_class, environ))
                for n, one in enumerate((FLASK, APP))
            )
        except NotStartedError as error:
            print(error, file=sys.stderr)
            return 2
        found = measure(targets(flask, app, Path(name)))
    print(f"gunicorn, 2 {options.worker_class} workers, {ROUNDS} rounds\n")
    return show(found)


def taught(folder: Path) -> dict[str, str]:
    """A database with the shop, its catalogue, its orders and what was learned from them."""
    environ = prepare(folder)
    context = made_orders.opened(folder)
    shop = made_orders.the_shop(context)
    with context.db.write() as connection:
        goods = [_product(number) for number in range(PRODUCTS)]
        catalogue.put_products(connection, shop.id, goods)
    made_orders.fill(context, shop, made_orders.baskets(ORDERS, PRODUCTS, LINES))
    while absorb(context, shop):
        pass
    learn_from_orders(context, Step(1, shop.id, "suggestions.learn", "", {"generation": 1}, 1))
    context.db.dispose()
    return environ


def _product(number: int) -> Product:
    name = product_id(number)
    price = _price(number)
    variant = Variant(f"v{number:06}", "", price, None, price / 3, available=True, position=1)
    return Product(
        id=name,
        title=f"Artikel {number}",
        handle=name,
        url=f"/products/{name}",
        image_url=f"https://cdn.example/{name}.jpg",
        kind=f"Art {number % 40}",
        published=True,
        updated_at=datetime(2026, 11, 1, tzinfo=UTC),
        variants=(variant,),
    )


def _price(number: int) -> Decimal:
    return Decimal(500 + number * 7 % 9_000) / 100


def targets(flask: Server, app: Server, folder: Path) -> list[Target]:
    """The requests to be compared."""
    several = [_path(cart) for cart in islice(_carts(), IN_TURN)]
    first = several[0]
    with urlopen(f"http://127.0.0.1:{app.port}{first}", timeout=10) as answer:
        items = json.loads(answer.read())["items"]
    print(f"{first}: {len(items)} suggestions")
    return [
        Target("bare Flask hello", flask),
        Target(_BUDGETED[0], app, first),
        Carts(_BUDGETED[1], app, paths=cycle(several), folder=folder),
        Carts(_BUDGETED[2], app, paths=_mixed(several), folder=folder),
        Carts("new carts only", app, paths=_new(2), folder=folder),
    ]


def _carts() -> Iterator[list[int]]:
    """Half of the questions stand on a product's page, half in a cart of up to three."""
    chance = Random(4)  # noqa: S311 - the same carts every time, no secret
    for basket in made_orders.baskets(10**9, PRODUCTS, LINES):
        chance.shuffle(basket)
        yield basket[: 1 if chance.random() < 0.5 else chance.randint(1, 3)]


def _new(seed: int) -> Iterator[str]:
    """Each with a total of its own: goods cost differently with every quantity and form."""
    chance = Random(seed)  # noqa: S311 - the same carts every time, no secret
    for cart in _carts():
        worth = float(sum(map(_price, cart))) * chance.uniform(1, 3)
        yield f"{_path(cart)}&total={worth:.2f}"


def _mixed(known: Sequence[str]) -> Iterator[str]:
    for old, new in zip(cycle(known), _new(1), strict=False):
        yield old
        yield new


def _path(cart: Sequence[int]) -> str:
    return f"/v1/{KEY}/suggestions?lang=de&cart={','.join(map(product_id, sorted(cart)))}"


def show(found: Mapping[str, list[tuple[float, float]]]) -> int:
    """Prints the table and the budgets and returns the exit code."""
    base = found["bare Flask hello"]
    rows, budgets = [], []
    for name, rounds in found.items():
        cpu = [used for used, _ in rounds]
        ratio = median(used / other for used, (other, _) in zip(cpu, base, strict=True))
        figures = [f"{value:.0f}" for value in (median(cpu), min(cpu), max(cpu))]
        rates = f"{median(rate for _, rate in rounds):,.0f}"
        rows.append([name, *figures, f"{ratio:.2f}", rates])
        if name in _BUDGETED:
            budgets.append(Budget(f"{name} / Flask hello", ratio, LIMIT))
    print_table(["asked", "CPU µs/request", "lowest", "highest", "x Flask", "requests/s"], rows)
    return verdict(budgets)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
