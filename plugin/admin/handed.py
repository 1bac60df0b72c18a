"""Tables that a merchant downloads."""

from __future__ import annotations

from flask import Response, make_response


def table(text: str, name: str) -> Response:
    """Answer with a table as the file `name`.csv."""
    response = make_response(text)
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
