"""Pages by their address: which exist in this installation, and which one is open."""

from __future__ import annotations

from flask import current_app, request


def endpoints_at(paths: tuple[str, ...]) -> dict[str, str]:
    """Return the endpoint of each address that has a page to look at."""
    wanted = set(paths)
    return {
        rule.rule: rule.endpoint
        for rule in current_app.url_map.iter_rules()
        if rule.rule in wanted and "GET" in (rule.methods or ())
    }


def is_open(path: str) -> bool:
    """Tell whether the open page is the one at an address, or one below it."""
    return request.path == path or request.path.startswith(path.rstrip("/") + "/")


def open_of(paths: tuple[str, ...]) -> str | None:
    """Return the address, of several, that the open page belongs to: the longest that fits."""
    return max((path for path in paths if is_open(path)), key=len, default=None)
