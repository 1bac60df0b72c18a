"""Takes a sound request and spoils it: fields, bytes, addresses, methods, headers, signatures."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any
from urllib.parse import parse_qsl, quote, quote_from_bytes

from tests.security.evil import EVIL, EVIL_TEXTS

METHODS = ("GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "X")
TYPES = (
    "application/json", "text/plain", "text/xml", "", "application/x-www-form-urlencoded",
    "multipart/form-data", "multipart/form-data; boundary=", "application/json; charset=utf-16",
    "application/octet-stream", "é", "a" * 3000,
)  # fmt: skip
HEADERS = (
    "Accept", "Accept-Language", "Accept-Encoding", "Authorization", "Content-Encoding", "Cookie",
    "Content-Length", "Expect", "Forwarded", "Host", "If-None-Match", "If-Modified-Since", "Origin",
    "Range", "Referer", "Transfer-Encoding", "User-Agent", "X-Forwarded-For", "X-Forwarded-Host",
    "X-Forwarded-Prefix", "X-Forwarded-Proto", "X-HTTP-Method-Override", "X-Original-URL",
    "X-Requested-With", "HX-Request", "X-CSRFToken", "X-Shopify-Topic", "X-Shopify-Shop-Domain",
    "X-Shopify-Hmac-Sha256", "X-Shopify-Event-Id", "X-Shopify-Triggered-At",
)  # fmt: skip

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Shot:
    """One request; `sign` makes query and headers genuine for what is sent in the end."""

    method: str
    path: str
    query: Pairs
    body: Any = None
    headers: tuple[tuple[str, str], ...] = ()
    sign: Callable[[Shot], Shot] | None = None


def spoil(dice: Random, shot: Shot) -> Shot:
    """Return the request with one to three things wrong; a third of the signed ones signed anew."""
    spoilt = shot
    for _ in range(dice.randint(1, 3)):
        spoilt = dice.choice(_MOVES)(dice, spoilt)
    if shot.sign is None or dice.random() < 0.3:
        return spoilt
    return shot.sign(spoilt)


def encoded(body: Any) -> bytes:
    """Return the bytes of a body: JSON for objects, a form for pairs."""
    if isinstance(body, bytes):
        return body
    if isinstance(body, list) and all(isinstance(item, tuple) for item in body):
        return "&".join(f"{_quoted(name)}={_quoted(text)}" for name, text in body).encode()
    return b"" if body is None else json.dumps(body).encode()


def address(shot: Shot) -> str:
    """Return path and query as they go over the wire."""
    query = "&".join(f"{_quoted(name)}={_quoted(text)}" for name, text in shot.query)
    return f"{shot.path}?{query}" if query else shot.path


def _quoted(text: str) -> str:
    return quote_from_bytes(text.encode("utf-8", "surrogatepass"), safe="")


def _field(dice: Random, shot: Shot) -> Shot:
    if isinstance(shot.body, dict):
        body = json.loads(json.dumps(shot.body))
        target = body
        while dice.random() < 0.7:
            firsts = [v[0] if isinstance(v, list) and v else v for v in target.values()]
            inner = [value for value in firsts if isinstance(value, dict)]
            if not inner:
                break
            target = dice.choice(inner)
        _change(dice, target)
        return replace(shot, body=body)
    if isinstance(shot.body, list):
        return replace(shot, body=_pairs(dice, shot.body))
    return _query(dice, shot)


def _change(dice: Random, target: dict[str, Any]) -> None:
    name = dice.choice([*target, "shop_id", "__proto__", dice.choice(EVIL_TEXTS)])
    if dice.random() < 0.2:
        target.pop(name, None)
    else:
        target[name] = dice.choice(EVIL)


def _pairs(dice: Random, pairs: Sequence[tuple[str, str]]) -> Pairs:
    found = list(pairs)
    move = dice.random()
    if found and move < 0.2:
        found.pop(dice.randrange(len(found)))
    elif found and move < 0.3:
        found.append(dice.choice(found))
    elif found and move < 0.85:
        place = dice.randrange(len(found))
        found[place] = (found[place][0], dice.choice(EVIL_TEXTS))
    else:
        found.append((dice.choice(["shop", "lang", "days", *EVIL_TEXTS]), dice.choice(EVIL_TEXTS)))
    return found


def _query(dice: Random, shot: Shot) -> Shot:
    return replace(shot, query=_pairs(dice, shot.query))


def _bytes(dice: Random, shot: Shot) -> Shot:
    raw = bytearray(encoded(shot.body) or address(shot).partition("?")[2].encode())
    if not raw:
        return shot
    for _ in range(dice.randint(1, 8)):
        raw[dice.randrange(len(raw))] = dice.randrange(256)
    if shot.body is None:
        text = raw.decode("latin-1")
        return replace(shot, query=parse_qsl(text, keep_blank_values=True, max_num_fields=500))
    return replace(shot, body=bytes(raw))


def _whole(dice: Random, shot: Shot) -> Shot:
    whole = [
        b"", b"null", b"[]", b"0", b'"a"', b"{", b"\xff\xfe{\x00}\x00", b"\xef\xbb\xbf{}", b"\x00",
        b"[" * 50_000, b'{"a":' * 20_000, b'{"a":1,"a":"b"}', b'{"n":NaN}', b'{"n":1e999}',
        b'"\\' * 4000, b"a=b&" * 1500, b"--x\r\n\r\n", b"x" * 70_000, b'{"\\ud800":"\\udfff"}',
    ]  # fmt: skip
    return replace(shot, body=dice.choice(whole))


def _path(dice: Random, shot: Shot) -> Shot:
    parts = shot.path.split("/")
    place = dice.randrange(1, len(parts))
    text = dice.choice(EVIL_TEXTS)
    parts[place] = quote(text.encode("utf-8", "surrogatepass"), safe=dice.choice(["", "/"]))
    return replace(shot, path="/".join(parts))


def _method(dice: Random, shot: Shot) -> Shot:
    return replace(shot, method=dice.choice(METHODS))


def _header(dice: Random, shot: Shot) -> Shot:
    name = dice.choice(HEADERS)
    text = dice.choice([*EVIL_TEXTS, "a" * 20_000, "*/*", "text/html", "application/json"])
    # What a server would hand on: no line ends, bytes as Latin-1.
    value = text.encode("utf-8", "replace").decode("latin-1").replace("\r", "").replace("\n", "")
    copies = dice.choice([1, 1, 1, 2])
    return replace(shot, headers=(*shot.headers, *[(name, value.replace("\0", ""))] * copies))


def _type(dice: Random, shot: Shot) -> Shot:
    return replace(shot, headers=(*shot.headers, ("Content-Type", dice.choice(TYPES))))


_MOVES = (_field, _field, _field, _query, _query, _bytes, _whole, _path, _method, _header, _type)
