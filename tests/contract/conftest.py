"""Fixtures of the contract suite: each test runs on a fresh stage of every platform."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from plugin.model import Shop
from tests.contract.stage import Stage
from tests.contract.stages import openers


@pytest.fixture(params=list(openers()))
def stage(request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path) -> Iterator[Stage]:
    """A shop of each platform that does not know the app yet."""
    database = tmp_path / "app.sqlite3"
    database.write_bytes(sqlite_template.read_bytes())
    folder = tmp_path / "platform"
    folder.mkdir()
    opened = openers()[request.param](folder, f"sqlite:///{database}")
    yield opened
    opened.close()


@pytest.fixture
def shop(stage: Stage) -> Shop:
    """The shop right after its installation, before any step ran."""
    return stage.install()
