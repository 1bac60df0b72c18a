"""A real name server on loopback that knows what a test tells it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from dns.rdtypes.ANY.TXT import TXT


@dataclass
class NameServer:
    """TXT records by name; names in `broken` are answered with a failure."""

    address: str = ""
    texts: dict[str, list[str]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def answer(self, wire: bytes) -> bytes:
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        self.asked.append(name)
        response = dns.message.make_response(query)
        response.flags |= dns.flags.AA
        if name in self.broken:
            response.set_rcode(dns.rcode.SERVFAIL)
        elif name not in self.texts:
            response.set_rcode(dns.rcode.NXDOMAIN)
        elif self.texts[name] and question.rdtype == dns.rdatatype.TXT:
            records = [_txt(text) for text in self.texts[name]]
            response.answer.append(dns.rrset.from_rdata_list(question.name, 60, records))
        return response.to_wire(max_size=65535)


def _txt(text: str) -> TXT:
    # In pieces of at most 255 bytes, as the DNS wants it.
    raw = text.encode()
    pieces = [raw[at : at + 255] for at in range(0, len(raw), 255)] or [b""]
    return TXT(dns.rdataclass.IN, dns.rdatatype.TXT, pieces)


@contextmanager
def name_server() -> Iterator[NameServer]:
    """Run a server until the block ends."""
    server = NameServer()
    listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listening.bind(("127.0.0.1", 0))
    server.address = f"127.0.0.1:{listening.getsockname()[1]}"

    def serve() -> None:
        while True:
            wire, caller = listening.recvfrom(4096)
            if not wire:
                return
            listening.sendto(server.answer(wire), caller)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield server
    finally:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", listening.getsockname())
        thread.join()
        listening.close()
