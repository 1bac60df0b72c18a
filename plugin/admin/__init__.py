"""The merchant's pages: server-rendered, one thing to do on each, working without JavaScript."""

from __future__ import annotations

from plugin.admin import (
    data,
    editor,
    guard,
    inside,
    law,
    overview,
    preview,
    setup,
    stop,
    widgets,
    work,
)
from plugin.admin.frame import blueprint

__all__ = [
    "blueprint",
    "data",
    "editor",
    "guard",
    "inside",
    "law",
    "overview",
    "preview",
    "setup",
    "stop",
    "widgets",
    "work",
]
