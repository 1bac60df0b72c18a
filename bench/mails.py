"""Mails while their workers are killed: nothing is lost in silence, advertising never comes twice.

`python -m bench.mails [MAILS] [KILLS]`: half of the mails are advertising, half carry a voucher.
They go by real SMTP; two workers at a time are killed with SIGKILL at named points of the code,
around the moment in which the server takes a mail, until the kills are spent.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import sqlalchemy as sa

from bench.mail_sink import Sink, mail_sink
from bench.mail_stock import fill
from bench.report import Budget, print_table, verdict
from plugin.app import build_context, handlers
from plugin.config import load_config
from plugin.logs import configure_logs
from plugin.services.context import Context
from plugin.services.mails.kinds import KINDS
from plugin.services.steps import Runner
from plugin.store import migrate
from plugin.store.outbox import outbox

ROOT = Path(__file__).resolve().parents[1]
MAILS = 20_000
KILLS = 110
#: Just before and after each moment that decides what is known about a mail.
POINTS = (
    "plugin.services.mailing:claim after",
    "plugin.smtp:SmtpTransport.send before",
    "plugin.smtp:_answer before",
    "plugin.smtp:SmtpTransport.send after",
    "plugin.services.mailing:_sent after",
    "plugin.services.steps:Runner._finish after",
)
#: The kills are over while there is still work, so that each of them can be reached.
_SHARE_UNDER_FIRE = 0.8
_WORKERS = 2
#: So long a dead worker's mail lies: with others at work, longer than any of them may wait.
_LEASE_ALONE, _LEASE_AMONG_OTHERS = 2, 30
_PATIENCE = 1800.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the outbox says against what arrived."""

    mails: int
    kills: int
    lost: int
    advertising_twice: int
    doubles: int
    unknown: int
    changed: int
    strange: int
    seconds: float

    def budgets(self, kills: int) -> list[Budget]:
        """The promises."""
        return [
            Budget("workers killed", self.kills, kills, at_least=True),
            Budget("mails lost in silence", self.lost, 0),
            Budget("advertising that came twice", self.advertising_twice, 0),
            Budget("voucher mails that came once more", self.doubles, self.kills),
            Budget("repetitions with another code", self.changed, 0),
            Budget("mails listed as uncertain", self.unknown, self.kills),
            Budget("mails that nobody queued", self.strange, 0),
        ]


def run(mails: int, kills: int, folder: Path, workers: int = _WORKERS) -> Outcome:
    """Send `mails` mails while `kills` workers die, some at a time, and compare both sides."""
    began = monotonic()
    configure_logs("error")
    with mail_sink() as sink:
        environment = _environment(folder, sink.port, workers)
        context = build_context(load_config(environment))
        migrate.upgrade(context.db)
        fill(context, mails)
        died = _fire(environment, mails, kills, workers)
        _finish(context)
        outcome = _compare(context, sink, mails, died, monotonic() - began)
        context.db.dispose()
    return outcome


def _environment(folder: Path, port: int, workers: int) -> dict[str, str]:
    lease = _LEASE_ALONE if workers == 1 else _LEASE_AMONG_OTHERS
    return {
        **os.environ,
        "BLEIB_ENVIRONMENT": "development",
        "BLEIB_DATABASE_URL": os.environ.get(
            "BENCH_DATABASE_URL", f"sqlite:///{folder / 'mails.sqlite3'}"
        ),
        "BLEIB_SMTP_HOST": "127.0.0.1",
        "BLEIB_SMTP_PORT": str(port),
        "BLEIB_SMTP_SECURITY": "none",
        "BLEIB_MAIL_FROM": "laden@mail.example",
        "BLEIB_MAIL_BOUNCES": "bounces@mail.example",
        "BLEIB_LEASE_SECONDS": str(lease),
        # One mail in the hands of each process: one kill, one mail.
        "BLEIB_WORKER_THREADS": "1",
        "BLEIB_WORKER_POLL_SECONDS": "0.05",
        "BLEIB_LOG_LEVEL": "error",
        "PYTHONPATH": os.fspath(ROOT),
    }


def _fire(environment: Mapping[str, str], mails: int, kills: int, workers: int) -> int:
    """Let workers die until the kills are spent; returns how many did."""
    shares = [kills // workers + (n < kills % workers) for n in range(workers)]
    most = max(2, int(mails * _SHARE_UNDER_FIRE / kills))
    with ThreadPoolExecutor(workers) as crowd:
        died = crowd.map(lambda n: _die(environment, shares[n], most, n), range(workers))
        return sum(died)


def _die(environment: Mapping[str, str], kills: int, most: int, seed: int) -> int:
    chance, died = random.Random(seed), 0  # noqa: S311 - where a worker dies is no secret
    with subprocess.Popen(
        [sys.executable, "-m", "tests.journey.dying_worker"],
        cwd=ROOT,
        env=dict(environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None  # noqa: S101 - asked for above
        assert process.stdout is not None  # noqa: S101
        for number in range(kills):
            point = POINTS[(number + seed) % len(POINTS)]
            process.stdin.write(f"{point} {chance.randint(1, most * 2 - 1)}\n")
            process.stdin.flush()
            died += process.stdout.readline() == "\n"
    return died


def _finish(context: Context) -> None:
    """Do what is left, as a worker would that nobody kills."""
    runner, deadline = Runner(context, handlers(), "last"), monotonic() + _PATIENCE
    while _open(context) and monotonic() < deadline:
        if runner.run_due() == 0:
            sleep(0.1)  # the lease of what a dead worker held runs out


def _open(context: Context) -> bool:
    query = sa.select(outbox.c.id).where(outbox.c.state.in_(("queued", "sending"))).limit(1)
    with context.db.read() as connection:
        return connection.execute(query).first() is not None


def _compare(context: Context, sink: Sink, mails: int, kills: int, seconds: float) -> Outcome:
    with context.db.read() as connection:
        rows = list(connection.execute(sa.select(outbox)))
    arrived = sink.arrived
    ours = {row.message_id for row in rows}
    found: Counter[str] = Counter()
    for row in rows:
        copies = arrived.get(row.message_id, [])
        advertising = KINDS[row.kind].mail_class == "marketing"
        found["unknown"] += row.state == "unknown"
        found["lost"] += row.state != "unknown" and (row.state != "sent" or not copies)
        found["twice"] += advertising and len(copies) > 1
        found["doubles"] += 0 if advertising else max(0, len(copies) - 1)
        found["changed"] += len(set(copies)) > 1
    return Outcome(
        mails=len(rows),
        kills=kills,
        lost=found["lost"] + mails - len(rows),
        advertising_twice=found["twice"],
        doubles=found["doubles"],
        unknown=found["unknown"],
        changed=found["changed"],
        strange=sum(message_id not in ours for message_id in arrived),
        seconds=seconds,
    )


def main(arguments: Sequence[str]) -> int:
    """Run at full size, or with the numbers given; non-zero if a promise is broken."""
    mails, kills = (*map(int, arguments), *(MAILS, KILLS)[len(arguments) :])
    with tempfile.TemporaryDirectory() as folder:
        outcome = run(mails, kills, Path(folder))
    print_table(
        ["mails", "killed", "lost", "advertising twice", "vouchers twice", "uncertain", "seconds"],
        [
            [
                f"{outcome.mails:,}", str(outcome.kills), str(outcome.lost),
                str(outcome.advertising_twice), str(outcome.doubles), str(outcome.unknown),
                f"{outcome.seconds:.0f}",
            ]
        ],
    )  # fmt: skip
    return verdict(outcome.budgets(kills))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
