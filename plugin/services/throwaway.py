"""Throw-away addresses: mailboxes without an owner, good for one code and gone in an hour."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from plugin.services.context import Context
from plugin.services.identity import domain_of

_OWN_LIST = Path(__file__).with_name("throwaway_domains.txt")


def is_throwaway(context: Context, email: str) -> bool:
    """Tell whether an address belongs to a provider of throw-away mailboxes, or below one.

    The list is ours, and that of BLEIB_THROWAWAY_DOMAINS beside it.
    """
    listed = _domains(_OWN_LIST)
    if context.config.throwaway_domains:
        listed |= _domains(Path(context.config.throwaway_domains))
    labels = domain_of(email).split(".")
    return any(".".join(labels[start:]) in listed for start in range(len(labels) - 1))


@cache
def _domains(path: Path) -> frozenset[str]:
    lines = (line.partition("#")[0].strip().lower() for line in path.read_text("utf-8").split("\n"))
    return frozenset(line for line in lines if line)
