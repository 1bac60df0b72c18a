"""Background work: once, in turn, again after a crash, given up in the end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from plugin.errors import GiveUpError, PlatformError
from plugin.model import Shop
from plugin.services import steps
from plugin.services.context import Context
from plugin.services.steps import MAX_ATTEMPTS, Postpone, Runner, Step, pause_after
from plugin.store import dead_steps, workers
from plugin.store import steps as store
from tests.conftest import MovingClock, make_config

LEASE = timedelta(seconds=make_config().lease_seconds)


class Record:
    """Remembers which steps a handler saw, and fails as it is told."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.failures: list[Exception] = []

    def __call__(self, _context: Context, step: Step) -> None:
        self.seen.append(step.key)
        if self.failures:
            raise self.failures.pop(0)


@pytest.fixture
def record() -> Record:
    return Record()


@pytest.fixture
def runner(context: Context, record: Record) -> Runner:
    return Runner(context, {"work": record}, "worker-1")


def put(context: Context, shop: Shop, key: str, **extra: object) -> bool:
    with context.db.write() as connection:
        return steps.enqueue(connection, context, shop.id, "work", key=key, **extra)  # type: ignore[arg-type]


def test_a_step_runs_once(context: Context, shop: Shop, runner: Runner, record: Record) -> None:
    put(context, shop, "a")
    assert runner.run_due() == 1
    assert runner.run_due() == 0
    assert record.seen == ["a"]


def test_the_same_key_is_enqueued_once(context: Context, shop: Shop) -> None:
    assert put(context, shop, "a")
    assert not put(context, shop, "a")


def test_two_shops_may_use_the_same_key(
    context: Context, shop: Shop, make_shop: Callable[..., Shop]
) -> None:
    assert put(context, shop, "a")
    assert put(context, make_shop("zwei.myshopify.com"), "a")


def test_a_rolled_back_transaction_takes_its_step_along(
    context: Context, shop: Shop, runner: Runner
) -> None:
    with pytest.raises(RuntimeError), context.db.write() as connection:
        steps.enqueue(connection, context, shop.id, "work", key="a")
        raise RuntimeError
    assert runner.run_due() == 0


def test_a_step_waits_until_it_is_due(
    context: Context, shop: Shop, runner: Runner, moving_clock: MovingClock
) -> None:
    put(context, shop, "a", due_at=context.now() + timedelta(hours=1))
    assert runner.run_due() == 0
    moving_clock.move(hours=1)
    assert runner.run_due() == 1


def test_a_failed_step_is_tried_again_later(
    context: Context, shop: Shop, runner: Runner, record: Record, moving_clock: MovingClock
) -> None:
    put(context, shop, "a")
    record.failures = [PlatformError("platform_down")]
    runner.run_due()
    assert runner.run_due() == 0
    moving_clock.move(seconds=10)
    runner.run_due()
    assert record.seen == ["a", "a"]


def test_a_step_asked_to_wait_waits_that_long(
    context: Context, shop: Shop, runner: Runner, record: Record, moving_clock: MovingClock
) -> None:
    put(context, shop, "a")
    record.failures = [PlatformError("throttled", retry_after=3600)]
    runner.run_due()
    moving_clock.move(seconds=3599)
    assert runner.run_due() == 0
    moving_clock.move(seconds=1)
    assert runner.run_due() == 1


def test_a_hopeless_step_becomes_a_dead_letter_at_once(
    context: Context, shop: Shop, runner: Runner, record: Record
) -> None:
    put(context, shop, "a")
    record.failures = [GiveUpError("mail_rejected")]
    runner.run_due()
    with context.db.read() as connection:
        dead = dead_steps.dead_steps(connection, shop.id)
    assert [(item.kind, item.error) for item in dead] == [("work", "mail_rejected")]


def test_a_step_that_keeps_failing_is_given_up(
    context: Context, shop: Shop, runner: Runner, record: Record, moving_clock: MovingClock
) -> None:
    put(context, shop, "a")
    record.failures = [RuntimeError("broken")] * MAX_ATTEMPTS
    for _ in range(MAX_ATTEMPTS):
        runner.run_due()
        moving_clock.move(hours=8)
    assert len(record.seen) == MAX_ATTEMPTS
    assert runner.run_due() == 0
    with context.db.read() as connection:
        assert [item.error for item in dead_steps.dead_steps(connection, shop.id)] == [
            "RuntimeError"
        ]


def test_a_merchant_can_try_a_dead_letter_again(
    context: Context, shop: Shop, runner: Runner, record: Record
) -> None:
    put(context, shop, "a")
    record.failures = [GiveUpError("mail_rejected")]
    runner.run_due()
    with context.db.write() as connection:
        dead = dead_steps.dead_steps(connection, shop.id)[0]
        assert not dead_steps.revive_step(connection, shop.id + 1, dead.id, context.now())
        assert dead_steps.revive_step(connection, shop.id, dead.id, context.now())
    assert runner.run_due() == 1
    assert record.seen == ["a", "a"]


def test_an_unknown_kind_is_a_dead_letter(context: Context, shop: Shop, runner: Runner) -> None:
    with context.db.write() as connection:
        steps.enqueue(connection, context, shop.id, "no_such_kind", key="a")
    runner.run_due()
    with context.db.read() as connection:
        assert dead_steps.dead_steps(connection, shop.id)[0].error == "step_kind_unknown"


def test_a_step_may_ask_to_go_on_later_without_a_failure_being_counted(
    context: Context, shop: Shop, runner: Runner, record: Record, moving_clock: MovingClock
) -> None:
    put(context, shop, "a")
    for _ in range(MAX_ATTEMPTS + 5):
        record.failures = [Postpone(2)]
        runner.run_due()
        moving_clock.move(seconds=3)
    runner.run_due()
    with context.db.read() as connection:
        assert dead_steps.dead_steps(connection, shop.id) == []
        assert workers.counts(connection)["waiting"] == 0


def test_the_work_of_a_dead_worker_is_taken_over_after_its_lease(
    context: Context, shop: Shop, runner: Runner, record: Record, moving_clock: MovingClock
) -> None:
    put(context, shop, "a")
    with context.db.write() as connection:
        claimed = store.claim_steps(
            connection, owner="killed", now=context.now(), lease=LEASE, limit=5
        )
    assert len(claimed) == 1
    assert runner.run_due() == 0
    moving_clock.move(seconds=LEASE.total_seconds() + 1)
    assert runner.run_due() == 1
    assert record.seen == ["a"]


def test_what_a_dead_worker_only_claimed_is_not_counted_as_tried(
    context: Context, shop: Shop, runner: Runner, record: Record, moving_clock: MovingClock
) -> None:
    put(context, shop, "a")
    for death in range(2 * MAX_ATTEMPTS):
        with context.db.write() as connection:
            assert store.claim_steps(
                connection, owner=f"killed-{death}", now=context.now(), lease=LEASE, limit=5
            )
        moving_clock.move(seconds=LEASE.total_seconds() + 1)
    record.failures = [PlatformError("platform_down")]
    runner.run_due()
    moving_clock.move(seconds=10)
    runner.run_due()
    assert record.seen == ["a", "a"]


def test_a_step_that_takes_its_worker_along_each_time_is_given_up(
    context: Context, shop: Shop, moving_clock: MovingClock
) -> None:
    class Killed(BaseException):
        """Stands for kill -9: nothing in between may catch it."""

    def die(_context: Context, _step: Step) -> None:
        raise Killed

    put(context, shop, "a")
    runner = Runner(context, {"work": die}, "worker-1")
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(Killed):
            runner.run_due()
        moving_clock.move(seconds=LEASE.total_seconds() + 1)
    runner.run_due()
    with context.db.read() as connection:
        (dead,) = dead_steps.dead_steps(connection, shop.id)
    assert dead.error == "worker_died"


def test_a_worker_that_lost_its_lease_changes_nothing(
    context: Context, shop: Shop, runner: Runner, moving_clock: MovingClock
) -> None:
    put(context, shop, "a")
    with context.db.write() as connection:
        slow = store.claim_steps(connection, owner="slow", now=context.now(), lease=LEASE, limit=1)[
            0
        ]
    moving_clock.move(seconds=LEASE.total_seconds() + 1)
    runner.run_due()
    with context.db.write() as connection:
        assert not store.finish_step(
            connection, slow, owner="slow", state="dead", now=context.now(), error="late"
        )


def test_a_shop_with_much_work_does_not_hold_up_another(
    context: Context,
    shop: Shop,
    make_shop: Callable[..., Shop],
    record: Record,
) -> None:
    for number in range(600):
        put(context, shop, f"noisy-{number}")
    put(context, make_shop("leise.myshopify.com"), "quiet")
    Runner(context, {"work": record}, "worker-1").run_due(limit=4)
    assert "quiet" in record.seen
    assert len(record.seen) == 4


def test_shops_take_turns_even_when_one_step_is_claimed_at_a_time(
    context: Context, shop: Shop, make_shop: Callable[..., Shop], record: Record
) -> None:
    for number in range(20):
        put(context, shop, f"noisy-{number}")
    put(context, make_shop("leise.myshopify.com"), "quiet")
    put(context, make_shop("still.myshopify.com"), "still")
    runner = Runner(context, {"work": record}, "worker-1")
    for _ in range(4):
        runner.run_due(limit=1)
    assert record.seen == ["noisy-0", "quiet", "still", "noisy-1"]


def test_two_workers_never_claim_the_same_step(context: Context, shop: Shop) -> None:
    for number in range(20):
        put(context, shop, str(number))
    with context.db.write() as connection:
        first = store.claim_steps(connection, owner="one", now=context.now(), lease=LEASE, limit=12)
    with context.db.write() as connection:
        second = store.claim_steps(
            connection, owner="two", now=context.now(), lease=LEASE, limit=12
        )
    assert len(first) == 12
    assert len(second) == 8
    assert {step.id for step in first}.isdisjoint({step.id for step in second})


def test_stopping_gives_the_rest_of_the_batch_back(
    context: Context, shop: Shop, record: Record, runner: Runner
) -> None:
    put(context, shop, "a")
    put(context, shop, "b")
    runner.run_due(stop=lambda: True)
    assert record.seen == []
    assert runner.run_due() == 2


def test_a_finished_step_keeps_no_payload(context: Context, shop: Shop, runner: Runner) -> None:
    with context.db.write() as connection:
        steps.enqueue(connection, context, shop.id, "work", {"order": "1"}, key="a")
    runner.run_due()
    with context.db.read() as connection:
        payloads = [row.payload for row in connection.execute(store.steps.select())]
    assert payloads == [{}]


@pytest.mark.parametrize("attempts", range(1, 13))
def test_pauses_grow_but_stay_within_six_hours(attempts: int) -> None:
    shortest, longest = pause_after(attempts, 0.0), pause_after(attempts, 1.0)
    assert timedelta(seconds=4) <= shortest < longest <= timedelta(hours=7.2)
    assert pause_after(attempts + 1, 0.5) >= pause_after(attempts, 0.5)


def test_the_worker_is_seen(context: Context, runner: Runner) -> None:
    runner.run_due()
    with context.db.read() as connection:
        assert workers.last_beat(connection) == context.now()
