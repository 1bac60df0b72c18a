"""Popups of others on the same pages: what a shop page carries of each peer, and their files."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import brotli  # type: ignore[import-untyped]
from werkzeug.wrappers import Response

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
KINDS = {".js": "text/javascript", ".css": "text/css"}
#: Each peer: its name for the reader, and its files in the order of loading.
PEERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "dialog": (
        "ouibounce + a11y-dialog",
        (
            "dialog.css",
            "node_modules/ouibounce/build/ouibounce.min.js",
            "node_modules/a11y-dialog/dist/a11y-dialog.min.js",
            "dialog.js",
        ),
    ),
    "magnific": (
        "jQuery + Magnific Popup (Popup Maker's class)",
        (
            "node_modules/magnific-popup/dist/magnific-popup.css",
            "magnific.css",
            "node_modules/jquery/dist/jquery.min.js",
            "node_modules/magnific-popup/dist/jquery.magnific-popup.min.js",
            "magnific.js",
        ),
    ),
    "posthog": (
        "PostHog with surveys (Mautic's class: tracker and popup)",
        ("node_modules/posthog-js/dist/array.js", "posthog.js"),
    ),
}
_SURVEY = {
    "id": "bench", "name": "Newsletter", "type": "popover", "start_date": "2026-01-01T00:00:00Z",
    "end_date": None, "linked_flag_key": None, "targeting_flag_key": None,
    "internal_targeting_flag_key": None, "schedule": "always",
    "conditions": {"selector": "#peer-never"},
    "appearance": {
        "position": "middle_center", "whiteLabel": True, "submitButtonText": "Newsletter anfordern",
    },
    "questions": [
        {
            "id": "q", "type": "open", "question": "5 € Gutschein für Ihre erste Bestellung",
            "description": "Ab 40 € Warenwert. Ihre E‑Mail-Adresse:", "optional": False,
        }
    ],
}  # fmt: skip


def installed(peer: str) -> bool:
    """Whether npm has brought everything the peer needs."""
    return all((HERE / name).is_file() for name in PEERS[peer][1])


def peer_tags(peer: str) -> str:
    """The lines a theme carries for a peer: the popup's markup, style sheets, scripts."""
    form = (HERE / "form.html").read_text("utf-8")
    markup = {
        "dialog": f'<div id="peer" class="peer" aria-labelledby="peer-title" aria-hidden="true">'
        f'<div class="peer-shade" data-a11y-dialog-hide></div>'
        f'<div role="document" class="peer-card">{form}</div></div>',
        "magnific": f'<div id="peer" class="peer-card mfp-hide">{form}</div>',
    }.get(peer, "")
    files = [f"/peers/{name}" for name in PEERS[peer][1]]
    sheets = [f'<link rel="stylesheet" href="{name}">' for name in files if name.endswith(".css")]
    # `defer` is the kindest of the ways in which they ask to be loaded.
    scripts = [f'<script defer src="{name}"></script>' for name in files if name.endswith(".js")]
    return "\n".join([markup, *sheets, *scripts])


def peer_file(path: str) -> Response:
    """A file of a peer as a server with brotli sends it, or an answer of PostHog's server."""
    if path.startswith("posthog-api/"):
        return _posthog(path.removeprefix("posthog-api/"))
    body = _packed(path)
    if body is None:
        return Response(status=404)
    headers = {"Content-Encoding": "br", "Cache-Control": "max-age=3600"}
    return Response(body, mimetype=KINDS[Path(path).suffix], headers=headers)


@cache
def _packed(path: str) -> bytes | None:
    file = (HERE / path).resolve()
    if HERE not in file.parents or file.suffix not in KINDS or not file.is_file():
        return None
    return bytes(brotli.compress(file.read_bytes()))


def _posthog(path: str) -> Response:
    if path.startswith("static/"):
        return peer_file(f"node_modules/posthog-js/dist/{path.rsplit('/', 1)[1]}")
    answers: dict[str, object] = {"api": {"surveys": [_SURVEY]}, "e": {"status": 1}}
    settings = {"surveys": True, "featureFlags": {}, "supportedCompression": []}
    found = answers.get(path.split("/")[0], settings)
    if path.endswith(".js"):
        return Response("", mimetype="text/javascript")
    return Response(json.dumps(found), mimetype="application/json")
