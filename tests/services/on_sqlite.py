"""For tests whose SQL is tried on both databases elsewhere: SQLite alone, for time."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def db_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "bleib.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"
