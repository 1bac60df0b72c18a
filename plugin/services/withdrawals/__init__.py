"""Withdrawing from a contract: two steps, no login, a receipt with the second in which it came."""

from __future__ import annotations

from plugin.services.withdrawals.block import block, footer

__all__ = ["block", "footer"]
