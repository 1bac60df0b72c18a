"""Abuse of the sign-up at full size, on both databases: a victim, aliases, claims at once.

`python -m bench.sign_ups [--share N] [--only WORD]`: an N-th of it, or one attack or database.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.report import Budget, print_table, verdict
from bench.sign_up_attacks import (
    Ground,
    bomb,
    claim_at_once,
    farm,
    new_ground,
    sqlite_url,
    stand_apart,
)
from plugin.logs import configure_logs
from tests.postgres import Postgres, find_postgres

FORMS, ADDRESSES = 10_000, 500
PEOPLE, VARIANTS = 100, 20
LOOK_ALIKES = 500
CLAIMING, CLAIMS = 1_000, 64


def main(arguments: Sequence[str] = ()) -> int:
    """Runs every attack on both databases, prints what came of them, returns the exit code."""
    parser = argparse.ArgumentParser(prog="bench.sign_ups")
    parser.add_argument("--share", type=int, default=1)
    parser.add_argument("--only", default="")
    given = parser.parse_args(arguments)
    configure_logs("error")
    rows: list[list[str]] = []
    budgets: list[Budget] = []
    with tempfile.TemporaryDirectory() as folder, databases(Path(folder)) as fresh:
        for database, url_of in fresh.items():
            for name, attack in _attacks(given.share).items():
                if given.only.lower() not in f"{name} {database}".lower():
                    continue
                began = time.monotonic()
                with new_ground(url_of(name.partition(":")[0])) as ground:
                    counted, budget = attack(ground)
                seconds = f"{time.monotonic() - began:.0f} s"
                rows.append([name, database, *counted, seconds])
                budgets += [
                    Budget(f"{database}: {one.name}", one.value, one.limit, one.at_least)
                    for one in budget
                ]
    print_table(["attack", "database", "tried", "came of it", "time"], rows)
    return verdict(budgets)


_Found = tuple[tuple[str, str], list[Budget]]


def _attacks(share: int) -> dict[str, Callable[[Ground], _Found]]:
    forms, addresses = FORMS // share, max(1, ADDRESSES // share)
    people, looking = max(1, PEOPLE // share), LOOK_ALIKES // share
    claiming = max(1, CLAIMING // share)

    def bombing(hours: int) -> Callable[[Ground], _Found]:
        def run(ground: Ground) -> _Found:
            found = bomb(ground, forms, addresses, hours=hours)
            told = f"{found.mails} mails, {found.taken:,} answered as taken"
            budget = [Budget(f"mails to one victim in {hours} h", found.mails, 1)]
            if hours > 1:  # none of them was too fast: the rule about the person held them
                budget.append(Budget("forms under every limit", found.taken, forms, True))
            return (f"{forms:,} forms, {addresses} addresses", told), budget

        return run

    def aliases(ground: Ground) -> _Found:
        codes = farm(ground, people, VARIANTS)
        return (f"{people * VARIANTS:,} spellings of {people}", f"{codes} codes"), [
            Budget("codes of people with twenty spellings each", codes, people)
        ]

    def alike(ground: Ground) -> _Found:
        codes = stand_apart(ground, looking)
        return (f"{looking} look-alikes", f"{codes} codes"), [
            Budget("look-alikes with a code of their own", codes, looking, True)
        ]

    def claims(ground: Ground) -> _Found:
        codes = claim_at_once(ground, claiming, CLAIMS)
        return (f"{claiming * CLAIMS:,} claims of {claiming:,}", f"{codes:,} codes"), [
            Budget("codes, at least one each", codes, claiming, True),
            Budget("codes, at most one each", codes, claiming),
        ]

    return {
        "hour: one victim, as fast as it goes": bombing(1),
        "day: one victim, under every limit": bombing(23),
        "aliases": aliases,
        "look-alikes": alike,
        "claims at once": claims,
    }


@contextmanager
def databases(folder: Path) -> Iterator[dict[str, Callable[[str], str]]]:
    """For each database a way to get a fresh one by a name; without PostgreSQL only SQLite."""
    found: dict[str, Callable[[str], str]] = {"SQLite": lambda name: sqlite_url(folder, name)}
    binaries = find_postgres()
    if binaries is None:
        print("PostgreSQL is not installed (Debian package: postgresql): SQLite only")
        yield found
        return
    server = Postgres(binaries, folder)
    server.start()
    try:
        yield {**found, "PostgreSQL": lambda _: server.empty_database()}
    finally:
        server.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
