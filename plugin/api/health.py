"""Liveness, readiness and metrics for whoever operates Bleib."""

from __future__ import annotations

import hmac
import ipaddress

from flask import Blueprint, Response, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily

from plugin.api import current_context
from plugin.errors import NotAllowedError
from plugin.services import readiness

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Say that the process answers."""
    return jsonify({"status": "ok"})


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Say whether database, schema and worker are fit for traffic; 503 if not."""
    state = readiness.check(current_context())
    return jsonify(state.as_json()), 200 if state.ready else 503


@blueprint.get("/metrics")
def metrics() -> Response:
    """Figures for Prometheus: with the bearer token, or from loopback if none is set."""
    _check_caller()
    registry = CollectorRegistry()
    registry.register(_Figures())
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _check_caller() -> None:
    token = current_context().config.metrics_token.get_secret_value()
    if token:
        given = request.headers.get("Authorization", "").encode()
        if not hmac.compare_digest(given, f"Bearer {token}".encode()):
            raise NotAllowedError("metrics_token_invalid")
    elif not _is_from_this_machine():
        raise NotAllowedError("metrics_token_missing")


def _is_from_this_machine() -> bool:
    # Behind a front server on this machine everybody seems to come from here: its mark tells.
    if any(name in request.headers for name in ("Forwarded", "X-Forwarded-For", "X-Real-Ip")):
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


class _Figures:
    """Reads the database at each scrape: true for all processes together, and no files to share."""

    def collect(self) -> list[GaugeMetricFamily]:
        figures = readiness.figures(current_context())
        return [
            GaugeMetricFamily(f"bleib_{name}", help_text, value=value)
            for name, help_text, value in figures
        ]
