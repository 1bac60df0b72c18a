"""A counter on one database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from plugin.app import create_app
from plugin.services.context import Context
from tests.api.key_handover.counter import Counter
from tests.platforms.woo import woo_site


@pytest.fixture
def db_url(sqlite_template: Path, tmp_path: Path) -> str:
    """One database: the contract suite walks the same way on its own."""
    path = tmp_path / "bleib.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def counter(context: Context) -> Iterator[Counter]:
    with woo_site() as woo:
        whole = replace(context, platforms={"woocommerce": woo.platform})
        app = create_app(context=whole)
        app.config["TESTING"] = False
        yield Counter(whole, app.test_client(), woo)
