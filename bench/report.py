"""Prints a benchmark's table and its verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """A promise with the measured value: kept if the value is on the right side of the limit."""

    name: str
    value: float
    limit: float
    at_least: bool = False

    @property
    def kept(self) -> bool:
        """Whether the measured value keeps the promise."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def sentence(self) -> str:
        """One line for the reader: verdict, name, value and limit."""
        sign = ">=" if self.at_least else "<="
        verdict = "ok    " if self.kept else "MISSED"
        return f"{verdict} {self.name}: {_figure(self.value)} ({sign} {_figure(self.limit)})"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 1_000 else f"{value:.4g}"


def print_table(head: list[str], rows: list[list[str]]) -> None:
    """Prints rows under a head; the first column to the left, the others to the right."""
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    for row in [head, ["-" * width for width in widths], *rows]:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        print("  ".join(cells).rstrip())


def verdict(budgets: Sequence[Budget]) -> int:
    """Prints every budget and returns the exit code: 0 if all are kept, else 1."""
    print()
    for budget in budgets:
        print(budget.sentence())
    return 0 if all(budget.kept for budget in budgets) else 1
