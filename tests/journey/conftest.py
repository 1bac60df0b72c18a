"""Every test in this folder is a journey: it runs against processes of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is collected here, so that the test command runs it apart."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.journey)
