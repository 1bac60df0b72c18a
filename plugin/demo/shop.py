"""The running demo shop as one object: settings, file, clock, log and faults."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from flask import current_app

from plugin.demo.database import Database, Row, remember
from plugin.demo.settings import Settings


def stamp(moment: datetime) -> str:
    """Return a moment as the platform writes it: "2026-11-19T13:02:00Z"."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Shop:
    """What every part of the demo shop draws on."""

    settings: Settings
    db: Database
    bell: threading.Event = field(default_factory=threading.Event)

    def now(self) -> datetime:
        """Return the shop's time: real time plus the days the visitor let pass."""
        return datetime.now(UTC) + timedelta(days=int(self.db.fact("days", "0")))

    def stamp(self) -> str:
        """Return the shop's time as the platform writes it."""
        return stamp(self.now())

    @property
    def currency(self) -> str:
        """The shop's currency code; imported orders may bring another than EUR."""
        return self.db.fact("currency", "EUR")

    @property
    def install(self) -> Row | None:
        """The row of the installed app, or None."""
        return self.db.one("SELECT * FROM installs WHERE client_id = ?", self.settings.client_id)

    def note(self, line: str, outcome: str = "", rest: str = "") -> None:
        """Write one line of the log of what passed between shop and app."""
        with self.db.write() as connection:
            connection.execute(
                "INSERT INTO log (at, line, outcome, rest) VALUES (?, ?, ?, ?)",
                (datetime.now(UTC).isoformat(timespec="seconds"), line, outcome, rest),
            )

    def silent(self) -> bool:
        """Tell whether the platform's interfaces are switched off right now."""
        return time.time() < float(self.db.fact("silent_until", "0"))

    def switched(self, fault: str) -> bool:
        """Tell whether a fault ("duplicate", "reorder") is switched on."""
        return self.db.fact(f"fault_{fault}") == "on"

    def set_fact(self, name: str, value: str) -> None:
        """Store a value of the shop as a whole."""
        with self.db.write() as connection:
            remember(connection, name, value)


def current_shop() -> Shop:
    """Return the shop that the running Flask app serves."""
    shop = current_app.config["DEMO_SHOP"]
    if not isinstance(shop, Shop):
        raise TypeError("DEMO_SHOP must be a Shop")
    return shop
