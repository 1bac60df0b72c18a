"""The walk has moved: tests/walk. What it measures jumps with is tests/layout_shifts.py."""

from __future__ import annotations

from tests.layout_shifts import SHIFTS as SHIFTS
