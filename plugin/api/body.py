"""Reads the JSON object of a request: size first, then shape, whatever the content type says."""

from __future__ import annotations

from typing import Any

from flask import request

from plugin.errors import BadInputError, TooLargeError
from plugin.json_in import parse_object


def json_object(max_bytes: int) -> dict[str, Any]:
    """Return the request's JSON object.

    Browsers send it as text/plain, because that needs no preflight. TooLargeError before anything
    over `max_bytes` is read, BadInputError for what is no clean JSON object or is packed.
    """
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise BadInputError("body_packed")
    if request.content_length is not None and request.content_length > max_bytes:
        raise TooLargeError("body_too_large")
    return parse_object(request.get_data(cache=False), max_bytes=max_bytes)
