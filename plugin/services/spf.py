"""Reads a domain's SPF record the way a receiving server does, as far as lists within lists go.

RFC 7208: exactly one record, at most ten look-ups with everything that is included; whoever has
more is treated as if the record were broken.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from plugin.contracts.dns import Dns

State = Literal["ok", "missing", "unlisted", "several", "too_many", "broken"]

_MOST_LOOKUPS = 10
_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9])?\.?")
#: Parts that make the receiver ask the DNS, and so count.
_ASKING = re.compile(r"[+?~-]?(include:|a\b|mx\b|ptr\b|exists:|redirect=)")
_END = re.compile(r"[+?~-]?all|redirect=\S+")


@dataclass(frozen=True)
class Spf:
    """What was found: the domain's own record as it stands, and the look-ups that it costs."""

    state: State
    record: str = ""
    lookups: int = 0


class _BrokenError(Exception):
    def __init__(self, state: State) -> None:
        super().__init__(state)
        self.state = state


def examine(dns: Dns, domain: str, wanted: str) -> Spf:
    """Tell whether a domain's record includes `wanted`, directly or in any depth.

    UnavailableError("dns_unavailable") where the DNS does not answer.
    """
    own = _records(dns, domain)
    if not own:
        return Spf("missing")
    if len(own) > 1:
        return Spf("several", " / ".join(own)[:500])
    walk = _Walk(dns, wanted)
    try:
        walk.read(own[0])
    except _BrokenError as broken:
        return Spf(broken.state, own[0], walk.lookups)
    return Spf("ok" if walk.found else "unlisted", own[0], walk.lookups)


def with_include(record: str, wanted: str) -> str:
    """Return the record that a domain needs: its own with one more part, or a new one."""
    part = f"include:{wanted}"
    terms = record.split()
    if not terms:
        return f"v=spf1 {part} ~all"
    if any(_include_of(term) == wanted for term in terms):
        return record
    place = next((n for n, term in enumerate(terms) if _END.fullmatch(term.lower())), len(terms))
    return " ".join([*terms[:place], part, *terms[place:]])


class _Walk:
    """One evaluation: what was looked up, and whether the wanted name was among it."""

    def __init__(self, dns: Dns, wanted: str) -> None:
        self._dns = dns
        self._wanted = wanted
        self.lookups = 0
        self.found = False

    def read(self, record: str) -> None:
        for term in record.lower().split()[1:]:
            if _ASKING.match(term):
                self.lookups += 1
            if self.lookups > _MOST_LOOKUPS:
                raise _BrokenError("too_many")
            target = _include_of(term)
            if target is not None:
                self._into(target)

    def _into(self, target: str) -> None:
        self.found |= target == self._wanted
        if "%" in target:
            return  # depends on the single mail: nothing to look up here
        if _NAME.fullmatch(target) is None:
            raise _BrokenError("broken")
        records = _records(self._dns, target)
        if len(records) != 1:
            raise _BrokenError("broken")
        self.read(records[0])


def _include_of(term: str) -> str | None:
    found = re.fullmatch(r"(?:[+?~-]?include:|redirect=)(\S+)", term.lower())
    return None if found is None else found[1].rstrip(".")


def _records(dns: Dns, name: str) -> list[str]:
    return [
        text.strip() for text in dns.texts(name) if re.match(r"v=spf1(\s|$)", text.strip().lower())
    ]
