"""The platform's webhooks: a stored queue, signed deliveries, retries, and faults on demand."""

from __future__ import annotations

import json
import threading
import time
import uuid
from typing import Any

import requests

from plugin.demo.database import Connection, Row
from plugin.demo.settings import API_VERSION
from plugin.demo.shop import Shop, stamp
from plugin.demo.signing import webhook_hmac

TRIES = 8
ANSWER_WITHIN = 5.0
# Waits before the second to eighth try, in units of `retry_seconds`; the real platform spreads
# them over four hours.
WAITS = (1, 2, 4, 8, 15, 30, 60)
GATHER = 1.5
AFTER_UNINSTALL = ("app/uninstalled", "customers/data_request", "customers/redact", "shop/redact")


def announce(
    connection: Connection, shop: Shop, topic: str, about: str, body: dict[str, Any]
) -> None:
    """Queue one webhook inside the caller's transaction.

    Nothing is queued for topics the app did not ask for, nor (apart from the farewell topics)
    while the app is not installed. Call `shop.bell.set()` after the commit.
    """
    app = shop.settings.app
    if topic not in (*app.webhooks, *app.compliance_webhooks):
        return
    installed = connection.execute("SELECT 1 FROM installs").fetchone() is not None
    if not installed and topic not in AFTER_UNINSTALL:
        return
    # Under "reorder", deliveries are gathered for a moment and leave last first.
    hold = GATHER if shop.switched("reorder") else 0.0
    connection.execute(
        "INSERT INTO webhooks (topic, about, body, event_id, webhook_id, triggered_at, due, state) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, 'waiting')",
        (
            topic,
            about,
            json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(),
            str(uuid.uuid4()),
            str(uuid.uuid4()),
            stamp(shop.now()),
            time.time() + hold,
        ),
    )


class Courier(threading.Thread):
    """Delivers queued webhooks one after another until stopped."""

    def __init__(self, shop: Shop) -> None:
        super().__init__(name="webhooks", daemon=True)
        self._shop = shop
        self._session = requests.Session()
        self._ended = threading.Event()

    def stop(self) -> None:
        """End the thread after the delivery that is under way."""
        self._ended.set()
        self._shop.bell.set()
        self.join(timeout=ANSWER_WITHIN + 2)

    def run(self) -> None:
        """Deliver whatever is due, then wait for the bell or the next due time."""
        while not self._ended.is_set():
            self._shop.bell.clear()
            if not self.deliver_due():
                self._shop.bell.wait(timeout=0.25)
        self._session.close()
        self._shop.db.close()

    def deliver_due(self) -> int:
        """Deliver every webhook that is due now; return how many were tried."""
        reverse = self._shop.switched("reorder")
        rows = self._shop.db.all(
            "SELECT * FROM webhooks WHERE state = 'waiting' AND due <= ? ORDER BY id LIMIT 50",
            time.time(),
        )
        for row in reversed(rows) if reverse else rows:
            if self._ended.is_set():
                break
            self._deliver(row)
        return len(rows)

    def _deliver(self, row: Row) -> None:
        attempt = row["attempts"] + 1
        answer, took = self._post(row)
        accepted = answer.isdigit() and 200 <= int(answer) < 300
        if accepted and self._shop.switched("duplicate") and attempt == 1:
            self._post(row)
        if accepted:
            state, due = "delivered", row["due"]
        elif attempt >= TRIES:
            state, due = "given up", row["due"]
        else:
            wait = WAITS[attempt - 1] * self._shop.settings.retry_seconds
            state, due = "waiting", time.time() + wait
        with self._shop.db.write() as connection:
            connection.execute(
                "UPDATE webhooks SET attempts = ?, state = ?, due = ?, answer = ? WHERE id = ?",
                (attempt, state, due, answer, row["id"]),
            )
        self._shop.note(f"{row['topic']} {row['about']} → Bleib", answer, f"{took} ms")

    def _post(self, row: Row) -> tuple[str, int]:
        settings = self._shop.settings
        body = bytes(row["body"])
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Shopify-Captain-Hook",
            "X-Shopify-Topic": row["topic"],
            "X-Shopify-Hmac-Sha256": webhook_hmac(settings.secret, body),
            "X-Shopify-Shop-Domain": settings.shop_domain,
            "X-Shopify-API-Version": API_VERSION,
            "X-Shopify-Webhook-Id": row["webhook_id"],
            "X-Shopify-Event-Id": row["event_id"],
            "X-Shopify-Triggered-At": row["triggered_at"],
        }
        begun = time.monotonic()
        try:
            response = self._session.post(
                f"{settings.app_url}/webhooks/shopify",
                data=body,
                headers=headers,
                timeout=(1.0, ANSWER_WITHIN),
                allow_redirects=False,
            )
            answer = str(response.status_code)
        except requests.RequestException as error:
            answer = type(error).__name__
        return answer, round((time.monotonic() - begun) * 1000)
