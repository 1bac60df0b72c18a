"""The merchant's pages: server-rendered, one thing to do on each, working without JavaScript."""

from __future__ import annotations

from plugin.admin import (
    campaign_list,
    data,
    editor,
    guard,
    inside,
    law,
    look,
    manners,
    overview,
    preview,
    protection,
    setup,
    stop,
    widgets,
    work,
)
from plugin.admin.frame import blueprint

__all__ = [
    "blueprint",
    "campaign_list",
    "data",
    "editor",
    "guard",
    "inside",
    "law",
    "look",
    "manners",
    "overview",
    "preview",
    "protection",
    "setup",
    "stop",
    "widgets",
    "work",
]
