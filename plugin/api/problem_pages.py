"""Serves what every page of ours needs: the style sheet of problem pages and the small mark."""

from __future__ import annotations

from flask import Blueprint, Response, redirect
from flask.typing import ResponseReturnValue

blueprint = Blueprint("problems", __name__, static_folder="assets", static_url_path="/pages/assets")


@blueprint.get("/")
def front_door() -> ResponseReturnValue:
    """Lead whoever types our bare address to the merchant's pages."""
    return redirect("/admin/")


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    """Answer what every browser asks for, so that no console shows an error of ours."""
    response = blueprint.send_static_file("mark.svg")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response
