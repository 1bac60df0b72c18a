"""Lets every origin read the public storefront routes; never with credentials."""

from __future__ import annotations

from flask import Blueprint, Response


def allow_any_origin(blueprint: Blueprint) -> None:
    """Open all routes of a blueprint to scripts of any page.

    Shops live under any domain, the answers hold nothing that a visitor may not see, and without
    Access-Control-Allow-Credentials no cookie travels.
    """
    blueprint.after_request(_open)


def _open(response: Response) -> Response:
    headers = response.headers
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Allow-Methods"] = "GET, POST, OPTIONS"
    headers["Access-Control-Allow-Headers"] = "Content-Type"
    headers["Access-Control-Expose-Headers"] = "Retry-After"
    headers["Access-Control-Max-Age"] = "86400"
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
