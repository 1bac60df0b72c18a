"""Takes in a table that a merchant downloaded, filled in and sent back."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, request

from plugin.admin.data import problem
from plugin.admin.frame import to
from plugin.errors import BadInputError, InvalidFieldError, TooLargeError
from plugin.services.csv_reading import MAX_BYTES
from plugin.services.csv_tables import Taken


def take_in(
    take: Callable[[bytes], Taken], show: Callable[..., Response], endpoint: str
) -> Response:
    """Hand the file to `take` and show the page with what came of it; `endpoint` without a file.

    `show` takes `taken`, or `refused` in words and the status 422.
    """
    request.max_content_length = MAX_BYTES
    sent = request.files.get("file")
    if sent is None:
        return to(endpoint)
    try:
        taken = take(sent.read())
    except (BadInputError, TooLargeError, InvalidFieldError) as error:
        return show(refused=problem(f"error.{error.code}", field=error.field or ""), status=422)
    return show(taken=taken)
