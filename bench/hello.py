"""The two smallest web applications there are: what a bare WSGI server and bare Flask cost."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

_BODY = b"Hello, World!"

flask_hello = Flask(__name__, static_folder=None)


def wsgi_hello(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answers every request with a greeting."""
    head = [("Content-Type", "text/plain"), ("Content-Length", str(len(_BODY)))]
    start_response("200 OK", head)
    return [_BODY]


@flask_hello.get("/")
def greet() -> str:
    """Answers one route with a greeting."""
    return _BODY.decode()
