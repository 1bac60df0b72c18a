"""Lets in the signed calls of shops of their own: the raw bytes as they came, and nothing else."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from flask import request

from plugin.api import current_context, current_shop_by_key
from plugin.errors import BadInputError, NotAllowedError, NotFoundError, TooLargeError
from plugin.model import Shop
from plugin.services import any_shop

HEADER = "Bleib-Signature"
_SHAPE = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})", re.ASCII)


def signed_call(key: str, max_bytes: int) -> tuple[Shop, any_shop.Call, bool]:
    """Return the shop that signed this request, the call, and whether it is a new one.

    NotFoundError("unknown_shop"), NotAllowedError ("signature_missing", "signature_invalid",
    "timestamp_invalid"), TooLargeError, TooManyError.
    """
    shop = current_shop_by_key(key)
    if shop.platform != any_shop.PLATFORM:
        raise NotFoundError("unknown_shop")
    given = request.headers.get(HEADER)
    if given is None:
        raise NotAllowedError("signature_missing")
    found = _SHAPE.fullmatch(given)
    if found is None:
        raise NotAllowedError("signature_invalid")
    body = _body(max_bytes)
    call = any_shop.Call(int(found[1]), found[2], request.method, _target(), body)
    return shop, call, any_shop.admit(current_context(), shop, call)


def _body(max_bytes: int) -> bytes:
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise BadInputError("body_packed")
    if request.content_length is not None and request.content_length > max_bytes:
        raise TooLargeError("body_too_large")
    request.max_content_length = max_bytes
    return request.get_data(cache=False)


def _target() -> str:
    """Return path and query as they were sent: what was decoded once cannot be written again."""
    raw = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI")
    if not raw:  # a server that does not tell; only plain addresses can match then
        query = request.query_string.decode("latin-1")
        return quote(request.path) + (f"?{query}" if query else "")
    if str(raw).startswith("/"):
        return str(raw)
    parts = urlsplit(str(raw))
    return parts.path + (f"?{parts.query}" if parts.query else "")
