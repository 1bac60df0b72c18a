"""Runs every test: what the machine lacks is installed where that is allowed, else named.

At the end stands the capability table of the platforms, and the last line counts what passed,
failed and was skipped. In CI (CI=true) a skip is a failure.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: Heading of the capability table in pytest's output (tests/contract/summary.py).
TITLE = "capability table"
#: program, Debian package, what cannot run without it
NEEDED = (
    ("chromium", "chromium", "browser and journey tests"),
    ("initdb", "postgresql", "tests on PostgreSQL"),
    ("php", "php-cli", "tests of the WooCommerce plugin"),
    ("twig", "php-twig", "tests of the Shopware templates"),
)


def present(program: str) -> bool:
    """Tell whether a program is on the path or where Debian puts it."""
    if program == "initdb":
        return bool(shutil.which(program)) or any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if program == "twig":
        return Path("/usr/share/php/Twig/autoload.php").exists()
    return bool(shutil.which(program))


def install(packages: list[str]) -> None:
    """Install Debian packages if this user may; otherwise change nothing."""
    if not packages or not shutil.which("apt-get"):
        return
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if prefix and (
        not shutil.which("sudo")
        or subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode
    ):
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", *packages]):
        subprocess.run([*prefix, *command], env=environment, stdout=subprocess.DEVNULL, check=False)


def count(report: str) -> dict[str, int]:
    """Read pytest's and vitest's closing lines."""
    found = {"passed": 0, "failed": 0, "skipped": 0}
    for number, word in re.findall(r"(\d+) (passed|failed|skipped|error)", report):
        found["failed" if word == "error" else word] += int(number)
    return found


def run(command: list[str], folder: Path) -> tuple[int, str]:
    """Run a command, show its output as it comes, return its code and all it said."""
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        sys.stdout.write(line)
        sys.stdout.flush()
        lines.append(line)
    return process.wait(), re.sub(r"\x1b\[[0-9;]*m", "", "".join(lines))


def table(report: str) -> str:
    """Return the capability table that pytest printed, "" if it did not."""
    found = re.search(
        rf"^=+ {TITLE} =+\n(.*?)(?=^=|^\d+ (?:passed|failed)|\Z)", report, re.MULTILINE | re.DOTALL
    )
    return found[1] if found else ""


def main() -> int:
    """Return the exit code: 0 only if nothing failed and, in CI, nothing was skipped."""
    install([package for program, package, _ in NEEDED if not present(program)])
    for program, package, use in NEEDED:
        if not present(program):
            print(f"{program} is missing: {use} are skipped. Install the package {package}.")
    totals = {"passed": 0, "failed": 0, "skipped": 0}
    codes = []
    tables = ""
    pytest = [sys.executable, "-m", "pytest", "-q"]
    commands = (
        (["npm", "run", "--silent", "test"], ROOT / "widgets"),
        (
            [*pytest, "-m", "not journey", "-n", "2", "--dist", "loadgroup", "--durations", "20"],
            ROOT,
        ),
        # Alone on the machine: each journey runs half a dozen processes of its own.
        ([*pytest, "-m", "journey", "--durations", "5"], ROOT),
    )
    for command, folder in commands:
        code, report = run(command, folder)
        codes.append(code)
        tables += table(report)
        closing = [
            line for line in report.splitlines() if re.search(r"\d+ passed|\d+ failed", line)
        ]
        for word, number in count(closing[-1] if closing else "").items():
            totals[word] += number
    print(tables, end="")
    print("{passed} passed, {failed} failed, {skipped} skipped".format(**totals))
    if any(codes) or not totals["passed"]:
        return 1
    return 1 if totals["skipped"] and os.environ.get("CI") else 0


if __name__ == "__main__":
    sys.exit(main())
