"""Starts demo shop, app, worker and mailbox as processes of their own and stops them together."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

DOMAIN = "uferhaus.myshopify.com"
CLIENT_ID = "demo-client-0123456789abcdef"
_START_SECONDS = 120
_STOP_SECONDS = 15


@dataclass(frozen=True)
class Part:
    """One process: its name, the interpreter's arguments, and the address that tells it is up."""

    name: str
    command: list[str]
    probe: str | None


class Launch:
    """One run of the demo: `port` is the app's, the two after it are shop and SMTP.

    `past` gives a new shop so many days with Bleib behind it before the worker starts.
    """

    def __init__(
        self,
        *,
        data: Path,
        orders: Path | None,
        database_url: str | None,
        port: int,
        keep: bool,
        web: list[str],
        embedded: bool = False,
        past: int = 0,
    ) -> None:
        self._data = data.resolve()
        self._orders = orders.resolve() if orders else None
        self._app = f"http://127.0.0.1:{port}"
        self._shop = f"http://localhost:{port + 1}"
        self._smtp_port = port + 2
        self._port = port
        self._web = web
        self._embedded = embedded
        self._past = 0 if keep and (self._data / "shopify-secret").exists() else past
        if not keep:
            shutil.rmtree(self._data, ignore_errors=True)
        self._data.mkdir(parents=True, exist_ok=True)
        self._database_url = database_url or f"sqlite:///{self._data / 'bleib.sqlite3'}"
        self._processes: list[tuple[str, subprocess.Popen[bytes]]] = []
        self._stopping = False

    def run(self) -> int:
        """Start everything, print the addresses, wait for Ctrl-C; returns the exit code."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop_asked)
        try:
            self._python("-m", "plugin.cli", "db", "upgrade", quiet=True)
            for part in self.parts():
                if part.name == "worker" and self._past:
                    self._tell_past()
                self._start(part)
                if not self._answers(part):
                    return 0 if self._stopping else 1
            self._announce()
            return self._watch()
        except subprocess.CalledProcessError as error:
            return 0 if self._stopping else error.returncode
        finally:
            self._stop()

    def parts(self) -> list[Part]:
        """Return the processes in the order in which they start."""
        shop = [
            "-m", "plugin.demo.server", "--port", str(self._port + 1),
            "--smtp-port", str(self._smtp_port), "--data", str(self._data / "shop"),
            "--app-url", self._app,
        ]  # fmt: skip
        if self._past:
            shop.append("--long-past")
        if self._orders:
            shop += ["--orders", str(self._orders)]
        if self._embedded:
            shop.append("--embedded")
        return [
            Part("shop", shop, f"http://127.0.0.1:{self._port + 1}/"),
            Part("app", self._web, self._app + "/healthz"),
            Part("worker", ["-m", "plugin.cli", "worker"], None),
        ]

    def _tell_past(self) -> None:
        print("Der Laden bekommt seine Vorgeschichte … The shop gets its past …", flush=True)  # noqa: T201
        folder = str(self._data / "shop")
        self._python(
            "-m", "plugin.cli", "demo-past", "--data", folder, "--shop-url", self._shop,
            "--days", str(self._past), quiet=True,
        )  # fmt: skip

    def environment(self) -> dict[str, str]:
        """Return the environment that all of them share."""
        return {
            **os.environ,
            "BLEIB_ENVIRONMENT": "development",
            "BLEIB_PUBLIC_URL": self._app,
            "BLEIB_DATABASE_URL": self._database_url,
            "BLEIB_SHOPIFY_CLIENT_ID": CLIENT_ID,
            "BLEIB_SHOPIFY_SECRET": self._secret(),
            "BLEIB_SHOP_ORIGINS": json.dumps({DOMAIN: self._shop}),
            "BLEIB_SMTP_HOST": "127.0.0.1",
            "BLEIB_SMTP_PORT": str(self._smtp_port),
            "BLEIB_SMTP_SECURITY": "none",
            "BLEIB_MAIL_FROM": "hallo@uferhaus.example",
            "BLEIB_WORKER_POLL_SECONDS": "0.2",
            "PYTHONUNBUFFERED": "1",
        }

    def _secret(self) -> str:
        # Kept beside the data: a run with --keep must still be able to verify old signatures.
        path = self._data / "shopify-secret"
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(32), encoding="ascii")
        return path.read_text(encoding="ascii")

    def _python(self, *arguments: str, quiet: bool) -> None:
        subprocess.run(  # noqa: S603 - our own interpreter with our own modules
            [sys.executable, *arguments],
            env=self.environment(),
            stdout=subprocess.DEVNULL if quiet else None,
            check=True,
        )

    def _start(self, part: Part) -> None:
        with (self._data / f"{part.name}.log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own modules
                [sys.executable, *part.command],
                env=self.environment(),
                stdout=log,
                # The shop shows the progress of an import on standard error.
                stderr=None if part.name == "shop" and self._orders else log,
                start_new_session=True,
            )
        self._processes.append((part.name, process))

    def _answers(self, part: Part) -> bool:
        if part.probe is None:
            return True
        name, process = self._processes[-1]
        # Importing half a million order lines takes its time; a dead process is noticed at once.
        deadline = time.monotonic() + (_START_SECONDS * 5 if self._orders else _START_SECONDS)
        while time.monotonic() < deadline and not self._stopping:
            if process.poll() is not None:
                print(f"{name} ended at once: {self._data / (name + '.log')}", file=sys.stderr)  # noqa: T201
                return False
            try:
                with urllib.request.urlopen(part.probe, timeout=2):  # noqa: S310 - loopback
                    return True
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        return False

    def _announce(self) -> None:
        opened = f"{self._shop}/admin/apps/bleib" if self._embedded else f"{self._app}/admin/"
        rows = [
            ("Laden / shop", f"{self._shop}/"),
            ("Hinterzimmer / back room", f"{self._shop}/hinterzimmer"),
            ("Postfach / mailbox", f"{self._shop}/postfach"),
            ("Bleib installieren / install", f"{self._shop}/hinterzimmer/apps"),
            ("Bleib", opened),
        ]
        print("\nBleib läuft auf diesem Rechner. Bleib is running on this machine.\n")  # noqa: T201
        for name, address in rows:
            print(f"  {name:32} {address}")  # noqa: T201
        print("\nStrg-C beendet alles. Ctrl-C stops everything.", flush=True)  # noqa: T201

    def _watch(self) -> int:
        while not self._stopping:
            for name, process in self._processes:
                if process.poll() is not None:
                    print(f"{name} has ended: see {self._data / (name + '.log')}", file=sys.stderr)  # noqa: T201
                    return 1
            time.sleep(0.2)
        return 0

    def _stop_asked(self, *_: object) -> None:
        self._stopping = True

    def _stop(self) -> None:
        for _, process in reversed(self._processes):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + _STOP_SECONDS
        for _, process in self._processes:
            try:
                process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
