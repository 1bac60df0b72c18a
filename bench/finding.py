"""Guessing at orders: what a hundred thousand tries disclose, and whether time tells a hit.

`python -m bench.finding [--guesses N] [--pairs N] [--orders N]`. All guesses come within one hour,
from as many addresses of the net as an attacker may rent, and meet the services as they are. The
pairs are look-ups over HTTP, a right and a wrong one in turn, each from another network.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import cycle, islice
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter

from flask.testing import FlaskClient

from bench import made_orders, parcel_shop
from bench.parcel_shop import email_of, number_of, order_id, parcel_number_of, postcodes
from bench.report import Budget, print_table, verdict
from plugin.app import create_app
from plugin.errors import NotFoundError, TooManyError
from plugin.model import Shop
from plugin.security import random_token
from plugin.services.context import Context
from plugin.services.parcels import finding, links, reduced, tries
from plugin.services.parcels.finding import Proof

GUESSES, PAIRS, ORDERS = 100_000, 5_000, 5_000
#: Addresses of the net, in networks of up to 25.
ADDRESSES, NETWORKS = 10_000, 400
#: In milliseconds.
MEDIAN_LIMIT = 1.0

Guess = Callable[[str], bool]


@dataclass
class Outcome:
    """What came of one way of guessing."""

    tried: int = 0
    answered: int = 0
    found: int = 0


@dataclass
class Timed:
    """Milliseconds of every look-up, by what it was."""

    took: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, seconds: float) -> None:
        """Notes one look-up."""
        self.took.setdefault(name, []).append(seconds * 1000)

    def median(self, name: str) -> float:
        """The median of one sort."""
        return median(self.took[name])


def main(arguments: Sequence[str] = ()) -> int:
    """Tries all and returns the exit code."""
    parser = argparse.ArgumentParser(prog="bench.finding")
    parser.add_argument("--guesses", type=int, default=GUESSES)
    parser.add_argument("--pairs", type=int, default=PAIRS)
    parser.add_argument("--orders", type=int, default=ORDERS)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        context, shop = opened(Path(folder), max(options.orders, options.pairs))
        outcomes = guess(context, shop, options.guesses, options.orders)
        later = replace(context, clock=lambda: parcel_shop.NOW + 3 * tries.WINDOW)
        timed = time_pairs(later, shop, options.pairs)
        context.db.dispose()
    return show(outcomes, timed)


def opened(folder: Path, count: int) -> tuple[Context, Shop]:
    """A shop with that many orders, at a moment that stands still."""
    context = replace(made_orders.opened(folder), clock=lambda: parcel_shop.NOW)
    shop = made_orders.new_shop(context)
    parcel_shop.fill(context, shop, count)
    return context, shop


def guess(context: Context, shop: Shop, guesses: int, count: int) -> dict[str, Outcome]:
    """Guesses in five ways in turn; returns what came of each."""
    ways = _ways(context, shop, count)
    outcomes = {name: Outcome() for name in ways}
    chance = Random(3)  # noqa: S311 - the same guesses every time
    for name in islice(cycle(ways), guesses):
        outcome = outcomes[name]
        outcome.tried += 1
        try:
            found = next(ways[name])(_address(chance.randrange(ADDRESSES)))
        except TooManyError:
            continue
        outcome.answered += 1
        outcome.found += found
    return outcomes


def _ways(context: Context, shop: Shop, count: int) -> dict[str, Iterator[Guess]]:
    chance = Random(4)  # noqa: S311 - as above

    def by_proof(number: str, **proof: str) -> Guess:
        wanted = Proof(number, **proof)
        return lambda net: finding.lookup(context, shop, wanted, net).found is not None

    def by_number(number: str) -> Guess:
        return lambda net: reduced.look_up(context, shop, number, "de", net) is not None

    def by_link(token: str) -> Guess:
        return lambda _net: _opens(context, token)

    places = postcodes()
    return {
        "one postcode, every order": (
            by_proof(number_of(n % count), postcode=places[0]) for n in _numbers()
        ),
        "one order, every postcode": (by_proof(number_of(0), postcode=p) for p in cycle(places)),
        "addresses of other people": (
            by_proof(number_of(chance.randrange(count)), email=email_of(count + n))
            for n in _numbers()
        ),
        "parcels by number alone": (
            by_number(parcel_number_of(0)[:-4] + f"{n % 10_000:04d}") for n in _numbers()
        ),
        "links": (by_link(_altered(chance, context, shop)) for _ in _numbers()),
    }


def _numbers() -> Iterator[int]:
    return iter(range(10**9))


def _opens(context: Context, token: str) -> bool:
    try:
        finding.order_of(context, token)
    except NotFoundError:
        return False
    return True


def _altered(chance: Random, context: Context, shop: Shop) -> str:
    """A link of the right form: half of them drawn, half a real one with one letter changed."""
    drawn = random_token(128)
    if chance.random() < 0.5:
        return drawn
    genuine = links.token_of(context.keys, shop.id, order_id(0))
    place = chance.randrange(len(genuine))
    letter = chance.choice([one for one in drawn if one != genuine[place]] or ["~"])
    return genuine[:place] + letter + genuine[place + 1 :]


def _address(number: int) -> str:
    network, host = number % NETWORKS, number // NETWORKS
    return f"10.{network // 250}.{network % 250}.{host}"


def time_pairs(context: Context, shop: Shop, pairs: int) -> Timed:
    """Looks orders up over HTTP: right, and in turn with a wrong proof or an unknown number."""
    client = create_app(context=context).test_client()
    timed = Timed()
    for number in range(pairs):
        wrong = "wrong proof" if number % 2 else "unknown number"
        asked = {
            "hit": (number_of(number), email_of(number)),
            "wrong proof": (number_of(number), email_of(number + 10**6)),
            "unknown number": (f"{number}-0", email_of(number)),
        }
        # Whoever comes second meets warm pages of the database: each does in turn.
        names = ("hit", wrong) if number % 4 < 2 else (wrong, "hit")
        for place, name in enumerate(names):
            # A network for each pair, an address for each of the two.
            took, found = _look_up(client, shop, *asked[name], f"2001:db8:{number:x}:{place}::1")
            if found != (name == "hit"):
                raise AssertionError(f"{name} was answered with found={found}")
            timed.add(name, took)
    return timed


def _look_up(
    client: FlaskClient, shop: Shop, number: str, email: str, net: str
) -> tuple[float, bool]:
    body = json.dumps({"order": number, "email": email})
    started = perf_counter()
    answer = client.post(
        f"/v1/{shop.key}/shipments/lookup", data=body, environ_base={"REMOTE_ADDR": net}
    )
    took = perf_counter() - started
    return took, json.loads(answer.data)["found"]


def show(outcomes: dict[str, Outcome], timed: Timed) -> int:
    """Prints tables and budgets and returns the exit code."""
    rows = [
        [name, f"{one.tried:,}", f"{one.answered:,}", str(one.found)]
        for name, one in outcomes.items()
    ]
    print_table(["guessed at", "tried", "answered", "found"], rows)
    print()
    counts = Counter({name: len(took) for name, took in timed.took.items()})
    print_table(
        ["look-up", "times", "median ms"],
        [[name, f"{counts[name]:,}", f"{timed.median(name):.3f}"] for name in sorted(timed.took)],
    )
    return verdict([*_limits(outcomes), *_times(timed)])


def _limits(outcomes: dict[str, Outcome]) -> list[Budget]:
    sweep, one = outcomes["one postcode, every order"], outcomes["one order, every postcode"]
    people, parcels = outcomes["addresses of other people"], outcomes["parcels by number alone"]
    return [
        Budget("guesses at one order answered in an hour", one.answered, tries.OF_ONE),
        Budget(
            "guesses by postcode answered in an hour", sweep.answered + one.answered, tries.OF_SHOP
        ),
        Budget("guesses by parcel number answered in an hour", parcels.answered, tries.OF_SHOP),
        Budget("orders found by somebody else's address", people.found, 0),
        Budget("orders found by guessed links", outcomes["links"].found, 0),
    ]


def _times(timed: Timed) -> list[Budget]:
    hit = timed.median("hit")
    return [
        Budget(f"median of a hit and {name}, ms apart", abs(hit - timed.median(name)), MEDIAN_LIMIT)
        for name in timed.took
        if name != "hit"
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
