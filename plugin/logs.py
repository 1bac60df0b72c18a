"""JSON logs on standard output, with secrets and addresses taken out."""

from __future__ import annotations

import logging
import re
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRET_KEYS = re.compile(
    r"token|secret|password|authorization|hmac|signature|cookie|email|recipient|id_token", re.I
)
_ADDRESS = re.compile(r"[^\s<>\"'@]{1,64}@[^\s<>\"'@]{1,255}")
_TOKEN = re.compile(r"\b(shpat_|shprt_|shpss_)[A-Za-z0-9_-]+|[A-Za-z0-9_-]{40,}")

#: PostgreSQL repeats the row that it would not take.
_ROW = re.compile(r"DETAIL: .*?(?=\n\[SQL|\n\nThe above|\Z)", re.DOTALL)


def redact(
    _logger: Any,  # noqa: ANN401
    _method: str,
    event: MutableMapping[str, Any],
) -> dict[str, Any]:
    """Replace values of secret keys, and addresses and tokens inside any text."""
    return {
        key: "[redacted]" if _SECRET_KEYS.search(key) else _clean(value)
        for key, value in event.items()
    }


def _clean(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, str):
        value = _ROW.sub("DETAIL: [redacted]", value)
        return _TOKEN.sub("[redacted]", _ADDRESS.sub("[address]", value))
    if isinstance(value, dict):
        return redact(None, "", value)
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value


def configure_logs(level: str) -> None:
    """Set up structlog once for this process."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redact,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=False,
    )
