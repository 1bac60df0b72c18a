"""Reads manifest.json, the registry of widgets, platforms and budgets, into frozen dataclasses."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).resolve().parent


def bundled(name: str) -> Path:
    """Return where `manifest.json` or `static` lies: inside the wheel, else in the checkout."""
    inside = _PACKAGE / "_bundled" / name
    return inside if inside.exists() else _PACKAGE.parent / name


@dataclass(frozen=True)
class PlatformEntry:
    """What manifest.json says of one platform.

    `picture_hosts` deliver the pictures of every shop of the platform beside the shop's own.
    `own_mails` are the milestones of an order at which it writes to shoppers as it comes.
    """

    name: str
    api_version: str
    scopes: tuple[str, ...]
    webhooks: tuple[str, ...]
    compliance_webhooks: tuple[str, ...]
    proxy_prefix: str
    proxy_subpath: str
    picture_hosts: tuple[str, ...]
    own_mails: tuple[str, ...]


@dataclass(frozen=True)
class Manifest:
    """The registry: widgets in their order, platforms by name, size budgets in bytes."""

    name: str
    version: str
    widgets: tuple[str, ...]
    platforms: dict[str, PlatformEntry]
    budgets: dict[str, int]


def _platform(name: str, raw: dict[str, Any]) -> PlatformEntry:
    proxy = raw.get("proxy", {})
    return PlatformEntry(
        name=name,
        api_version=raw.get("api_version", ""),
        scopes=tuple(raw.get("scopes", ())),
        webhooks=tuple(raw.get("webhooks", ())),
        compliance_webhooks=tuple(raw.get("compliance_webhooks", ())),
        proxy_prefix=proxy.get("prefix", ""),
        proxy_subpath=proxy.get("subpath", ""),
        picture_hosts=tuple(raw.get("picture_hosts", ())),
        own_mails=tuple(raw.get("own_mails", ())),
    )


@cache
def load_manifest() -> Manifest:
    """Return the manifest of this installation."""
    raw = json.loads(bundled("manifest.json").read_text(encoding="utf-8"))
    return Manifest(
        name=raw["name"],
        version=raw["version"],
        widgets=tuple(raw["widgets"]),
        platforms={name: _platform(name, entry) for name, entry in raw["platforms"].items()},
        budgets=dict(raw["budgets"]),
    )
