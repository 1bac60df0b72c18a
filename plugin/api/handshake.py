"""How a shop that registers itself comes in: registration, confirmation, opening in its frame."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from plugin.api import current_context
from plugin.api.framing import open_frame
from plugin.contracts.platform import Inbound
from plugin.errors import BleibError, TooLargeError
from plugin.services import handshake
from plugin.texts import LANGUAGES, area_texts

blueprint = Blueprint("handshake", __name__)

_MOST_BYTES = 10_000


@blueprint.get("/install/<platform>/register")
def register(platform: str) -> Response:
    """Answer a registration with our proof, a new secret, and where to confirm it."""
    context = current_context()
    try:
        answer = handshake.register(context, platform, request.query_string, _headers())
    except BleibError as error:
        return _refused(error)
    response = jsonify(
        proof=answer.proof,
        secret=answer.secret,
        confirmation_url=context.url(answer.confirm_path),
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/install/<platform>/confirm")
def confirm(platform: str) -> Response:
    """Complete a registration."""
    if request.content_length is not None and request.content_length > _MOST_BYTES:
        raise TooLargeError("body_too_large")
    # The raw bytes: JSON that was read and written again would no longer match the signature.
    inbound = Inbound(_headers(), request.get_data(cache=False))
    try:
        handshake.confirm(current_context(), platform, request.args.get("state", ""), inbound)
    except BleibError as error:
        return _refused(error)
    return Response(status=204)


@blueprint.get("/install/shopware")
def entry() -> Response:
    """Show the admin inside the shop's administration."""
    return open_frame(handshake.open_shop(current_context(), "shopware", request.query_string))


def _headers() -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


def _refused(error: BleibError) -> Response:
    """Say why, in the form in which the shop shows it to the merchant."""
    texts = area_texts("errors")
    language = request.headers.get("sw-user-language", "")[:2].lower()
    language = language if language in LANGUAGES else "en"
    known = f"{error.code}.text" in texts.keys(language)
    response = jsonify(error=texts.get(language, f"{error.code if known else 'unexpected'}.text"))
    response.status_code = error.status
    response.headers["Cache-Control"] = "no-store"
    return response
