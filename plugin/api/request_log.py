"""One JSON log line for each request, with an id that the answer carries too."""

from __future__ import annotations

import time
import uuid

import structlog
from flask import Flask, Response, g, request

_log = structlog.get_logger("http")


def register_request_log(app: Flask) -> None:
    """Bind a request id to all log lines of a request and log its end, without its query."""

    @app.before_request
    def _start() -> None:
        g.started = time.perf_counter()
        g.request_id = uuid.uuid4().hex[:16]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=g.request_id)

    @app.after_request
    def _end(response: Response) -> Response:
        started = g.get("started", time.perf_counter())
        response.headers["X-Request-Id"] = g.get("request_id", "")
        # The rule, not the path: paths of mail links hold tokens.
        _log.info(
            "request",
            method=request.method,
            route=str(request.url_rule) if request.url_rule else None,
            status=response.status_code,
            ms=round((time.perf_counter() - started) * 1000, 1),
        )
        return response
