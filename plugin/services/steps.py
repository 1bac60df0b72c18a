"""Background work: enqueue in the business transaction, run due steps, back off, give up."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.engine import Connection

from plugin.errors import AccessRevokedError, BleibError, GiveUpError, PlatformRefusedError
from plugin.services.context import Context
from plugin.store import steps as store
from plugin.store import workers
from plugin.store.steps import Step

__all__ = ["Handler", "Postpone", "Runner", "Step", "enqueue"]

Handler = Callable[[Context, Step], None]

#: After this many failures a step becomes a dead letter; with the back-off below that is 2 days.
MAX_ATTEMPTS = 12
_log = structlog.get_logger("steps")


class Postpone(Exception):  # noqa: N818 - no error: the step asks to go on later
    """Raised by a handler that is not finished but has not failed: run it again in `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def enqueue(
    connection: Connection,
    context: Context,
    shop_id: int,
    kind: str,
    payload: dict[str, Any] | None = None,
    *,
    key: str,
    due_at: datetime | None = None,
) -> bool:
    """Add a step within the caller's transaction; False if one with this key is known already.

    The payload holds ids, never personal values: handlers read what they need.
    """
    now = context.now()
    return store.insert_step(
        connection,
        shop_id,
        kind=kind,
        key=key,
        payload=payload or {},
        due_at=due_at or now,
        now=now,
    )


def pause_after(attempts: int, spread: float) -> timedelta:
    """Return how long to wait after the n-th failure: doubling from 5 s to 6 h, ±20 %.

    `spread` in [0, 1) moves the result within that range, so that a crowd does not come back at
    the same moment.
    """
    seconds = min(5 * 2.0 ** min(attempts - 1, 20), 6 * 3600)
    return timedelta(seconds=seconds * (0.8 + 0.4 * spread))


class Runner:
    """Claims due steps and runs their handlers, one worker's share."""

    def __init__(self, context: Context, handlers: Mapping[str, Handler], name: str) -> None:
        self._context = context
        self._handlers = handlers
        self._name = name
        self._lease = timedelta(seconds=context.config.lease_seconds)
        self._last_shop = 0

    def run_due(self, limit: int = 10, stop: Callable[[], bool] = lambda: False) -> int:
        """Run what is due now, at most `limit` steps; returns how many were claimed.

        After `stop` says True the rest of the claimed batch is given back untouched.
        """
        now = self._context.now()
        with self._context.db.write() as connection:
            workers.beat(connection, self._name, now)
            claimed = store.claim_steps(
                connection,
                owner=self._name,
                now=now,
                lease=self._lease,
                limit=limit,
                after_shop=self._last_shop,
            )
        if claimed:
            self._last_shop = claimed[-1].shop_id
        for step in claimed:
            if stop():
                self._give_back(step, seconds=0)
            else:
                self._run(step)
        return len(claimed)

    def _run(self, step: Step) -> None:
        log = _log.bind(kind=step.kind, step=step.id, shop=step.shop_id, attempt=step.attempts)
        # The batch may have waited behind a slow step: our lease must still hold now.
        with self._context.db.write() as connection:
            until = self._context.now() + self._lease
            if not store.start_step(connection, step, owner=self._name, until=until):
                log.info("step_lease_lost")
                return
        if step.attempts > MAX_ATTEMPTS:  # no attempt came to any end: each took its worker along
            self._failed(step, GiveUpError("worker_died"), log)
            return
        try:
            handler = self._handlers.get(step.kind)
            if handler is None:
                raise GiveUpError("step_kind_unknown")
            handler(self._context, step)
        except Postpone as later:
            self._give_back(step, seconds=later.seconds)
        except Exception as error:  # noqa: BLE001 - whatever a step raises must not end the worker
            self._failed(step, error, log)
        else:
            self._finish(step, "done", None)
            log.info("step_done")

    def _failed(self, step: Step, error: Exception, log: Any) -> None:  # noqa: ANN401
        reason = error.code if isinstance(error, BleibError) else type(error).__name__
        final = isinstance(error, GiveUpError | PlatformRefusedError | AccessRevokedError)
        if final or step.attempts >= MAX_ATTEMPTS:
            self._finish(step, "dead", reason)
            log.error("step_dead", reason=reason, exc_info=not isinstance(error, BleibError))
            return
        asked = error.retry_after if isinstance(error, BleibError) else None
        pause = pause_after(step.attempts, random.random())  # noqa: S311 - spread, not a secret
        if asked is not None:
            pause = max(pause, timedelta(seconds=asked))
        with self._context.db.write() as connection:
            store.postpone_step(
                connection, step, owner=self._name, due_at=self._context.now() + pause, error=reason
            )
        log.warning("step_retry", reason=reason, exc_info=not isinstance(error, BleibError))

    def _give_back(self, step: Step, *, seconds: float) -> None:
        due = self._context.now() + timedelta(seconds=seconds)
        with self._context.db.write() as connection:
            store.postpone_step(
                connection, step, owner=self._name, due_at=due, error=None, counted=False
            )

    def _finish(self, step: Step, state: str, error: str | None) -> None:
        with self._context.db.write() as connection:
            store.finish_step(
                connection,
                step,
                owner=self._name,
                state=state,
                now=self._context.now(),
                error=error,
            )
