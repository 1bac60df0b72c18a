"""Decides which network addresses an outgoing connection may reach."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from plugin.errors import PlatformError, PlatformRefusedError

#: Turns a host name and port into network addresses in text form.
Resolver = Callable[[str, int], Sequence[str]]

# Python calls these global although nothing public answers there, or although they lead back to
# an IPv4 address that would have to be checked instead: NAT64, 6to4 and its relays, Teredo,
# IPv4-compatible and IPv4-mapped addresses, protocol assignments, segment routing, site-local.
_NEVER = tuple(
    ip_network(text)
    for text in (
        "192.0.0.0/24",
        "192.88.99.0/24",
        "::/96",
        "::ffff:0:0/96",
        "::ffff:0:0:0/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2001::/32",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fec0::/10",
    )
)
_ISATAP = (0x00005EFE, 0x02005EFE)


def is_public(address: str) -> bool:
    """Tell whether an address (text, no name) belongs to the public unicast internet."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and (found.scope_id or _is_isatap(found)):
        return False
    if found.is_multicast or not found.is_global:
        return False
    return not any(found in network for network in _NEVER if network.version == found.version)


def is_loopback(address: str) -> bool:
    """Tell whether an address (text, no name) is this machine itself."""
    try:
        found: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return False
    return found.is_loopback


def _is_isatap(address: IPv6Address) -> bool:
    return (int(address) >> 32) & 0xFFFFFFFF in _ISATAP


def system_resolver(host: str, port: int) -> Sequence[str]:
    """Return the addresses the operating system knows for a host; OSError if there is none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True)
class Guard:
    """Allows connections either to public hosts on one port or to one loopback origin."""

    resolve: Resolver
    port: int
    loopback_host: str | None = None

    def addresses(self, host: str, port: int) -> Sequence[str]:
        """Return the checked addresses of a host.

        The caller connects to one of these and never resolves the name again, so an answer that
        changes between check and use cannot lead elsewhere. PlatformRefusedError
        ("address_not_allowed") if any of them is not allowed, PlatformError
        ("platform_unreachable") if there is none.
        """
        if port != self.port or self.loopback_host not in (None, host):
            raise PlatformRefusedError("address_not_allowed")
        found = self._resolved(host, port)
        allowed = is_public if self.loopback_host is None else is_loopback
        if not all(allowed(address) for address in found):
            raise PlatformRefusedError("address_not_allowed")
        return found

    def _resolved(self, host: str, port: int) -> Sequence[str]:
        try:
            found = self.resolve(host, port)
        except (OSError, UnicodeError):  # the idna codec rejects over-long labels by UnicodeError
            found = ()
        if not found:
            raise PlatformError("platform_unreachable")
        return found
