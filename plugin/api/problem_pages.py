"""Serves the one style sheet of the problem pages."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("problems", __name__, static_folder="assets", static_url_path="/pages/assets")
