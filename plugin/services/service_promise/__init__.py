"""Service around an order: the promise that proves itself, messages, what follows a delivery."""

from __future__ import annotations

from plugin.services.service_promise.sections import block

__all__ = ["block"]
