"""The handed-out proof as a file: signed, readable, and checked without database or network.

A file is text that is written in one way only, so that any other byte makes it another file. A
PDF carries the same text and a signature over itself in comments before its end.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from plugin.errors import BadInputError, BleibError
from plugin.json_in import parse_object
from plugin.security import digest
from plugin.services.evidence_chain import body_digest, canonical, mark, origin, record_hash

#: No proof of one person is longer.
MAX_BYTES = 64 * 1024 * 1024
_END = b"startxref\n"
_LINE = 4096


@dataclass(frozen=True)
class Verdict:
    """What came of a check: what is wrong (nothing, if it holds), and what the file is about."""

    problems: tuple[str, ...]
    address: str = ""
    shop: str = ""
    records: int = 0
    #: So many of the records are shown to be about this very address.
    named: int = 0
    fingerprint: str = ""
    exported_at: str = ""


def signed(document: dict[str, Any], key: Ed25519PrivateKey) -> dict[str, Any]:
    """Return the document with the public half of the key and the signature over all of it."""
    whole = {**document, "key": key.public_key().public_bytes_raw().hex()}
    return {**whole, "signature": key.sign(canonical(whole)).hex()}


def fingerprint(public: bytes) -> str:
    """Return what a key is compared by: 32 digits in groups of four."""
    return " ".join(re.findall("....", digest(public)[:32]))


def written(document: dict[str, Any]) -> bytes:
    """Return the one text of a document."""
    text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True)
    return f"{text}\n".encode()


def carried(pdf: bytes, document: dict[str, Any], key: Ed25519PrivateKey) -> bytes:
    """Return a PDF that carries the document, and a signature over all of the file before it."""
    before, end = _cut(pdf)
    text = base64.b64encode(written(document))
    for start in range(0, len(text), _LINE):
        before += b"%bleib-evidence " + text[start : start + _LINE] + b"\n"
    return before + b"%bleib-signature " + key.sign(before + end).hex().encode() + b"\n" + end


def _cut(pdf: bytes) -> tuple[bytes, bytes]:
    at = pdf.rfind(_END)
    if at < 0:
        raise BadInputError("proof_unreadable")
    return pdf[:at], pdf[at:]


def verify(raw: bytes, trusted: str | None = None) -> Verdict:
    """Check a file, JSON or PDF, down to every byte; `trusted` is the fingerprint one knows."""
    try:
        text, outer = _unwrapped(raw) if raw.startswith(b"%PDF") else (raw, None)
        document = parse_object(text, max_bytes=MAX_BYTES)
        if written(document) != text:
            return Verdict(("not written by Bleib: bytes were changed, added or left out",))
        public = bytes.fromhex(document["key"])
        _check(public, document["signature"], canonical(_without_signature(document)))
        if outer is not None:
            _check(public, outer[0], outer[1])
        problems = list(_problems(document))
        if trusted is not None and _digits(trusted) != _digits(fingerprint(public)):
            problems.append(f"signed with another key: {fingerprint(public)}")
        return Verdict(
            tuple(problems),
            address=document["address"],
            shop=document["shop"]["name"],
            records=len(document["records"]),
            named=sum(one["address"] == document["address"] for one in document["records"]),
            fingerprint=fingerprint(public),
            exported_at=document["exported_at"],
        )
    except InvalidSignature:
        return Verdict(("the signature does not fit: something was changed",))
    except (BleibError, LookupError, TypeError, ValueError, AttributeError):
        return Verdict(("this is no proof that Bleib handed out, or it was cut or changed",))


def _digits(text: str) -> str:
    return re.sub(r"[\s:]", "", text).lower()


def _without_signature(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "signature"}


def _check(public: bytes, signature: str, message: bytes) -> None:
    given = bytes.fromhex(signature)
    if given.hex() != signature:  # one way to write it, here as well
        raise InvalidSignature
    Ed25519PublicKey.from_public_bytes(public).verify(given, message)


def _unwrapped(raw: bytes) -> tuple[bytes, tuple[str, bytes]]:
    """Return the text in a PDF, and its signature with what that is over."""
    before, end = _cut(raw)
    body, mark_, line = before.rpartition(b"%bleib-signature ")
    if not mark_ or not line.endswith(b"\n"):
        raise BadInputError("proof_unreadable")
    lines = re.findall(rb"^%bleib-evidence ([A-Za-z0-9+/=]+)$", body, re.MULTILINE)
    text = base64.b64decode(b"".join(lines), validate=True)
    return text, (line[:-1].decode("ascii"), body + end)


def _problems(document: dict[str, Any]) -> Iterator[str]:
    """Name what does not fit within a document whose signature does."""
    shop_id, records = document["shop"]["id"], document["records"]
    between = iter(document["between"])
    previous, number = records[0]["previous"], records[0]["number"]
    for found in records:
        while number < found["number"]:
            other = next(between, None)
            if other is None:  # whatever number a file names, we do not count up to it
                yield "records in between are missing"
                return
            previous = record_hash(shop_id, number, previous, other)
            number += 1
        yield from _faults(shop_id, found, previous)
        previous, number = found["hash"], number + 1
    if next(between, None) is not None or not document["intact"]:
        yield "the chain did not hold when this was handed out"


def _faults(shop_id: int, found: dict[str, Any], previous: str) -> Iterator[str]:
    place = f"record {found['number']}"
    own = record_hash(shop_id, found["number"], found["previous"], body_digest(found))
    if own != found["hash"]:
        yield f"{place} does not say what its hash says"
    if found["previous"] != previous:
        yield f"{place} does not follow on the one before it"
    nowhere = origin(None, None)
    told = origin(found["page"], found["net_address"])
    for name, value in (
        ("who", found["identity"]),
        ("address", found["address"]),
        ("origin", told),
    ):
        salt = found["salts"][name]
        if salt is not None and mark(name, salt, value) != found[f"mark_{name}"]:
            yield f"{place}: {name} is not what was recorded"
        elif salt is None and value not in (None, nowhere):
            yield f"{place}: {name} cannot be shown to be what was recorded"
