"""What the storefront's config request costs the server, beside a bare WSGI and a bare Flask hello.

`python -m bench.server [--worker-class CLASS] [--port FIRST_OF_THREE]`. All three run under the
same gunicorn. The figure is CPU time of the server's processes per request: it hardly depends on
what else the machine does, whereas requests per second do.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.request import urlopen

from bench.config_shop import KEY, prepare
from bench.processes import ROOT, NotStartedError, Server, serve
from bench.report import Budget, print_table, verdict

ROUNDS = 7
REQUESTS = 3_000
CONNECTIONS = 32
WARM_UP = 400
RATIO_LIMIT = 1.0
RATIO_GOAL = 0.7

WSGI, FLASK, CONFIG = "bench.hello:wsgi_hello", "bench.hello:flask_hello", "plugin.app:create_app()"
CONFIG_PATH = f"/v1/config/{KEY}"


@dataclass(frozen=True, slots=True)
class Target:
    """A request to one of the servers and the status it must be answered with."""

    name: str
    server: Server
    path: str = "/"
    status: int = 200
    headers: tuple[str, ...] = ()

    def load(self, requests: int) -> tuple[float, float]:
        """CPU microseconds per request, and requests per second."""
        command = [sys.executable, "-m", "bench.load", str(self.server.port), self.path]
        command += [str(requests), str(CONNECTIONS), str(self.status), *self.headers]
        before = self.server.cpu_seconds()
        done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        used = self.server.cpu_seconds() - before
        return used * 1e6 / requests, requests / float(done.stdout)


def main(arguments: Sequence[str]) -> int:
    """Measures and returns the exit code."""
    parser = ArgumentParser(prog="bench.server")
    parser.add_argument("--worker-class", default="sync")
    parser.add_argument("--port", type=int, default=8800)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        environ = prepare(Path(folder))
        try:
            servers = [
                running.enter_context(serve(app, options.port + n, options.worker_class, environ))
                for n, app in enumerate((WSGI, FLASK, CONFIG))
            ]
        except NotStartedError as error:
            print(error, file=sys.stderr)
            return 2
        found = measure(targets(*servers))
    print(f"gunicorn, 2 {options.worker_class} workers, {ROUNDS} rounds of {REQUESTS:,} requests\n")
    return show(found)


def targets(wsgi: Server, flask: Server, app: Server) -> list[Target]:
    """The requests to be compared; the config is fetched once to learn its ETag."""
    with urlopen(f"http://127.0.0.1:{app.port}{CONFIG_PATH}", timeout=10) as answer:
        etag = answer.headers["ETag"]
        body = answer.read()
    campaigns = json.loads(body)["campaigns"]
    print(f"config: {len(body):,} bytes, {len(campaigns)} campaigns, ETag {etag}")
    condition = (f"If-None-Match: {etag}",)
    return [
        Target("bare WSGI hello", wsgi),
        Target("bare Flask hello", flask),
        Target("config", app, CONFIG_PATH),
        Target("config, unchanged (304)", app, CONFIG_PATH, 304, condition),
    ]


def measure(compared: Sequence[Target]) -> Mapping[str, list[tuple[float, float]]]:
    """Interleaved rounds, so that whatever else the machine does meets all alike."""
    found: dict[str, list[tuple[float, float]]] = {target.name: [] for target in compared}
    for target in compared:
        target.load(WARM_UP)
    for _ in range(ROUNDS):
        for target in compared:
            found[target.name].append(target.load(REQUESTS))
    return found


def show(found: Mapping[str, list[tuple[float, float]]]) -> int:
    """Prints the table and the budgets and returns the exit code."""
    flask, wsgi = _ratios(found, "bare Flask hello"), _ratios(found, "bare WSGI hello")
    rows = []
    for name, rounds in found.items():
        cpu = [used for used, _ in rounds]
        figures = [f"{value:.0f}" for value in (median(cpu), min(cpu), max(cpu))]
        figures += [f"{ratios[name]:.2f}" for ratios in (flask, wsgi)]
        rows.append([name, *figures, f"{median(rate for _, rate in rounds):,.0f}"])
    head = ["target", "CPU µs/request", "lowest", "highest", "x Flask", "x WSGI", "requests/s"]
    print_table(head, rows)
    measured = [name for name in found if name.startswith("config")]
    code = verdict([Budget(f"{name} / Flask hello", flask[name], RATIO_LIMIT) for name in measured])
    reached = all(flask[name] <= RATIO_GOAL for name in measured)
    print(f"goal   {RATIO_GOAL} of a Flask hello: {'reached' if reached else 'not reached'}")
    return code


def _ratios(found: Mapping[str, list[tuple[float, float]]], base: str) -> dict[str, float]:
    """Per target the median of its ratios to the base, each within one round."""
    return {
        name: median(one / other for (one, _), (other, _) in zip(rounds, found[base], strict=True))
        for name, rounds in found.items()
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
