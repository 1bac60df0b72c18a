"""Runs the oracles that need Node: a process that answers each line with one line of JSON."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, Self

import pytest

HERE = Path(__file__).resolve().parent


def need_node() -> None:
    """Skip where Node or the oracles' packages are missing; `make test` installs them."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    if not (HERE / "node_modules").is_dir():
        pytest.skip("the oracles are not installed: run npm ci in tests/oracles")


class NodeOracle:
    """One script, asked many times."""

    def __init__(self, script: str, *arguments: str) -> None:
        need_node()
        self._process = subprocess.Popen(
            ["node", script, *arguments],
            cwd=HERE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def ask(self, job: Any) -> Any:
        """Return what the script says to one job."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        # Everything as ASCII: a lone surrogate, too, arrives as the text it is.
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()


def objections(folder: Path) -> list[dict[str, str]]:
    """Return what theme-check objects to in an extension."""
    need_node()
    done = subprocess.run(
        ["node", "theme_check.mjs", str(folder)],
        cwd=HERE, capture_output=True, encoding="utf-8", timeout=120, check=True,
    )  # fmt: skip
    found: list[dict[str, str]] = json.loads(done.stdout)
    return found
