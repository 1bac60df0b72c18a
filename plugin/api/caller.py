"""Where a request comes from, for rate limits only."""

from __future__ import annotations

import ipaddress

from flask import request


def net_address() -> str:
    """Return the caller's address of the net; of IPv6 the /64 that one household has.

    Behind proxies it is the address that the nearest trusted one saw (BLEIB_TRUSTED_PROXIES).
    """
    text = request.remote_addr or ""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return "unknown"
    if address.version == 6 and address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)  # a server that listens on both families says it this way
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
