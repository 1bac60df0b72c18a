"""The edge to the DNS: one question at a time, and the difference between "no" and "no answer"."""

from __future__ import annotations

import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver

from plugin.config import Config
from plugin.errors import UnavailableError

#: Seconds for one question with all its repetitions.
PATIENCE = 6.0
#: A name with more records than this is not set up by a person.
_MOST_RECORDS = 100


class DnsLookup:
    """Asks the system's name servers, or the one that the configuration names."""

    def __init__(self, config: Config) -> None:
        self._server = config.dns_server

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the TXT records of a name; see contracts/dns.py."""
        try:
            asked = dns.name.from_text(name)
        except dns.exception.DNSException:
            return ()  # nothing can stand under what is no name
        try:
            answer = self._resolver().resolve(asked, "TXT", search=False, raise_on_no_answer=False)
        except dns.resolver.NXDOMAIN:
            return ()
        except dns.exception.DNSException as error:
            raise UnavailableError("dns_unavailable") from error
        found = answer.rrset if answer.rrset is not None else ()
        records = [record for record in found if record.rdtype == dns.rdatatype.TXT]
        return tuple(
            b"".join(record.strings).decode("utf-8", "replace")
            for record in records[:_MOST_RECORDS]
        )

    def _resolver(self) -> dns.resolver.Resolver:
        # A new one for each question: it keeps no answers, so a record just added is seen.
        host, _, port = self._server.rpartition(":")
        try:
            resolver = dns.resolver.Resolver(configure=not host)
        except dns.resolver.NoResolverConfiguration as error:
            raise UnavailableError("dns_unavailable") from error
        if host:
            resolver.nameservers = [host.strip("[]")]
            resolver.port = int(port)
        resolver.lifetime = PATIENCE
        return resolver
