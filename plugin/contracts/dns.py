"""What answers questions about names in the DNS."""

from __future__ import annotations

from typing import Protocol

from plugin.errors import UnavailableError


class Dns(Protocol):
    """Asks a name server; see plugin/dns_out.py."""

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the TXT records of a name, each put together from its parts; () if none.

        UnavailableError("dns_unavailable") where no server gave an answer that can be believed.
        """


class NoDns:
    """Stands where no name server may be asked."""

    def texts(self, name: str) -> tuple[str, ...]:
        """Answer nothing: UnavailableError("dns_unavailable")."""
        raise UnavailableError("dns_unavailable")
