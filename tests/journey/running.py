"""The demo as `bleib demo` starts it, in a process of its own, with what it prints to click on."""

from __future__ import annotations

import re
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.journey.stage import eventually

_PATIENCE = 300.0


class RunningDemo:
    """One run of the command; `shop` and `app` are the addresses that it prints."""

    def __init__(self, data: Path, port: int, *options: str) -> None:
        data.mkdir(parents=True, exist_ok=True)
        self._printed = data / "printed"
        self._database = data / "demo" / "bleib.sqlite3"
        self._command = [
            sys.executable, "-m", "plugin.cli", "demo",
            "--data", str(data / "demo"), "--port", str(port), *options,
        ]  # fmt: skip
        self.shop = self.app = ""

    def __enter__(self) -> Self:
        with self._printed.open("wb") as out:
            self._process = subprocess.Popen(self._command, stdout=out)
        try:
            eventually(self._is_up, "the demo runs", _PATIENCE, 0.2)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._process.send_signal(signal.SIGINT)
        self._process.wait(timeout=60)

    def caught_up(self) -> bool:
        """Tell whether Bleib has read the parcels of the weeks before it came."""
        with closing(sqlite3.connect(self._database)) as database:
            found = database.execute(
                "SELECT count(*) FROM steps WHERE kind LIKE 'parcel%' "
                "AND kind <> 'parcels.notices' AND state IN ('waiting', 'running')"
            )
            return int(found.fetchone()[0]) == 0

    def _is_up(self) -> bool:
        if self._process.poll() is not None:
            raise AssertionError("the demo has ended")
        text = self._printed.read_text("utf-8")
        if "Ctrl-C" not in text:
            return False
        found = [address.rstrip("/") for address in re.findall(r"https?://\S+", text)]
        self.shop, self.app = found[0], found[-1].removesuffix("/admin")
        return True
