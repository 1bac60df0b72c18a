"""Lets a shop's pages read the answers of the storefront routes, and nothing else of ours."""

from __future__ import annotations

from flask import Blueprint, Response, request


def open_to_storefronts(blueprint: Blueprint) -> None:
    """Allow any origin on every answer of this blueprint, errors included; never with cookies."""

    @blueprint.after_request
    def _allow(response: Response) -> Response:
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Headers"] = "Content-Type"
            response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "")
            response.headers["Access-Control-Max-Age"] = "86400"
        return response
