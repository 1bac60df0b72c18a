"""What a web process serves: the application, ready to answer its first request like any other."""

from __future__ import annotations

import gc

import structlog
from flask import Flask

from plugin.admin.rehearsal import rehearse
from plugin.app import create_app

_log = structlog.get_logger("serving")


def served() -> Flask:
    """Return the web application of the environment, after its pages have been rehearsed."""
    app = create_app()
    try:
        rehearse(app)
    except Exception:  # noqa: BLE001 - the database may be away for a while, or have no tables yet
        _log.warning("not_rehearsed", exc_info=True)
    # What stands now stands until the process ends: nothing of it need be looked through again.
    gc.collect()
    gc.freeze()
    return app
