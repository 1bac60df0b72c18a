"""What moved on a page while nobody scrolled, also right after a press: how far, and what."""

from __future__ import annotations

SHIFTS = """() => { window.shifts = []
  new PerformanceObserver((list) => list.getEntries().forEach((one) => window.shifts.push(
    [one.value, one.sources.map(({ node }) => node && (node.id || node.className))]
  ))).observe({ type: 'layout-shift', buffered: true }) }"""
