"""Cells of tables that we hand out: a spreadsheet must never take one for a formula."""

from __future__ import annotations

#: A cell that begins so would be a formula to a spreadsheet, also in the wide signs of Asia.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_GUARD = "'"


def with_guard(cell: str) -> str:
    """Return a cell that is read as what it says."""
    return f"{_GUARD}{cell}" if cell.startswith(_FORMULA) else cell


def without_guard(cell: str) -> str:
    """Return a cell as it was before it was kept from being a formula."""
    bare = cell.removeprefix(_GUARD)
    return bare if bare.startswith(_FORMULA) else cell
