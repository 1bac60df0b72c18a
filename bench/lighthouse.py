"""Lighthouse's score of the demo shop with and without Bleib, where npm has brought it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from statistics import median

from bench.chrome import chromium
from bench.peers.pages import HERE
from bench.report import Budget
from bench.shop_pages import Shopfront

PORT = 9222
_SECONDS = 120

Figures = dict[str, float]


def installed() -> bool:
    """Whether npm has brought it."""
    return (HERE / "node_modules" / "lighthouse").is_dir()


def pairs(front: Shopfront, stage: str, count: int, port: int) -> list[tuple[Figures, Figures]]:
    """Audits (without, with), each pair in the other order than the one before."""
    found = []
    with chromium(f"--remote-debugging-port={port}"):
        audit(front.page("demo", stage), port)  # The first audit of a browser is like no other.
        for number in range(count):
            order = ["off", stage] if number % 2 else [stage, "off"]
            seen = {one: audit(front.page("demo", one), port) for one in order}
            found.append((seen["off"], seen[stage]))
    return found


def audit(address: str, port: int) -> Figures:
    """The figures of one page."""
    command = ["node", str(HERE / "lighthouse.mjs"), str(port), address]
    run = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=True)
    figures: Figures = json.loads(run.stdout.splitlines()[-1])
    return figures


def budgets(found: Sequence[tuple[Figures, Figures]], stage: str) -> list[Budget]:
    """The score lost against the noise of the page without Bleib."""
    lost = median(a["score"] - b["score"] for a, b in found)
    alone = [a["score"] for a, _ in found]
    noise = (max(alone) - min(alone)) / 2
    return [Budget(f"{stage}: Lighthouse points lost, against noise", lost, max(noise, 1.0))]


def sentence(found: Sequence[tuple[Figures, Figures]], stage: str) -> str:
    """One line for the reader: medians and what the pairs differ by."""

    def told(name: str, unit: str = "", digits: int = 0) -> str:
        without, having = (median(pair[at][name] for pair in found) for at in (0, 1))
        differ = [b[name] - a[name] for a, b in found]
        return (
            f"{name} {without:.{digits}f}{unit} → {having:.{digits}f}{unit}"
            f" ({median(differ):+.{digits}f} ±{(max(differ) - min(differ)) / 2:.{digits}f})"
        )

    parts = [told("score"), told("lcp", " ms"), told("tbt", " ms"), told("cls", "", 3)]
    return f"Lighthouse, without → with Bleib ({stage}), {len(found)} pairs: {'; '.join(parts)}"
