"""Maps our exceptions to HTTP once: JSON for scripts, a plain page for people."""

from __future__ import annotations

import structlog
from flask import Flask, Response, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from plugin.errors import BleibError
from plugin.texts import LANGUAGES, area_texts

_log = structlog.get_logger("http")


def page_language() -> str:
    """Return the language of a page of ours: ?lang=, else what the browser prefers."""
    asked = request.args.get("lang", "")
    return asked if asked in LANGUAGES else request.accept_languages.best_match(LANGUAGES, "de")


def register_problems(app: Flask) -> None:
    """Answer every error of ours, of HTTP and of chance in one way."""
    app.register_error_handler(BleibError, answer_error)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def wants_page() -> bool:
    """Tell whether the caller is a person with a browser."""
    best = request.accept_mimetypes.best_match(["application/json", "text/html"])
    return best == "text/html" and "html" in request.headers.get("Accept", "")


def answer_error(error: BleibError) -> Response:
    """Return the answer to one of our errors, as a page or as JSON."""
    return _answer(error.status, error.code, field=error.field, retry_after=error.retry_after)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    known = {404: "not_found", 405: "method_not_allowed", 413: "body_too_large"}
    code = known.get(status, "unexpected" if status >= 500 else "request_refused")
    response = _answer(status, code)
    if error.code == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))  # type: ignore[attr-defined]
    return response


def _unexpected(error: Exception) -> Response:
    _log.error("unexpected", exc_info=error)
    return _answer(500, "unexpected")


def _answer(
    status: int, code: str, *, field: str | None = None, retry_after: int | None = None
) -> Response:
    if wants_page():
        response = _page(status, code)
    else:
        body = {"error": code} if field is None else {"error": code, "field": field}
        response = jsonify(body)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _page(status: int, code: str) -> Response:
    language = page_language()
    texts = area_texts("errors")
    known = f"{code}.title" in texts.keys(language)
    shown = code if known else ("unexpected" if status >= 500 else "request_refused")
    html = render_template(
        "errors/problem.html",
        language=language,
        title=texts.get(language, f"{shown}.title"),
        text=texts.get(language, f"{shown}.text"),
        code=code,
        code_label=texts.get(language, "code"),
    )
    return Response(html, mimetype="text/html")
