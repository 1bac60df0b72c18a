"""What `make test` says of each platform at its end: what is declared, what the suite found."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from _pytest.terminal import TerminalReporter

TITLE = "capability table"
_CASE = re.compile(r"contract/test_(?!capabilities)\w+\.py::\w+\[([\w-]+)\]")


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Print the table and how many promises each stage kept; nothing if the suite did not run."""
    kept, broken = _count(terminalreporter, "passed"), _count(terminalreporter, "failed", "error")
    if not kept and not broken:
        return
    terminalreporter.write_sep("=", TITLE)
    for line in lines(kept, broken):
        terminalreporter.write_line(line)


def lines(kept: Counter[str], broken: Counter[str]) -> Iterator[str]:
    """Yield the table and one line for each stage."""
    # Not above: the suite's own modules need tests/conftest.py, which takes this hook in.
    from tests.contract import table
    from tests.contract.stages import NAMES

    yield from table.short()
    current = table.DOCUMENT.is_file() and table.DOCUMENT.read_text("utf-8") == table.document()
    state = "is up to date" if current else "is out of date: python -m tests.contract.table"
    yield f"docs/platforms/capabilities.md {state}"
    for name in NAMES:
        if name in kept or name in broken:
            yield f"contract suite, {name}: {kept[name]} kept, {broken[name]} broken"
        else:
            yield f"contract suite, {name}: not run"


def _count(reporter: TerminalReporter, *kinds: str) -> Counter[str]:
    from tests.contract.stages import NAMES

    reports = [report for kind in kinds for report in reporter.stats.get(kind, ())]
    cases = [_CASE.search(getattr(report, "nodeid", "")) for report in reports]
    parts = [part for case in cases if case for part in case[1].split("-")]
    return Counter(part for part in parts if part in NAMES)
