"""The merchant's pages: server-rendered, one thing to do on each, working without JavaScript."""

from __future__ import annotations

from plugin.admin import (
    campaign_list,
    consent,
    data,
    editor,
    guard,
    inside,
    law,
    look,
    mail,
    mail_editor,
    mails,
    manners,
    overview,
    people,
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
    "consent",
    "data",
    "editor",
    "guard",
    "inside",
    "law",
    "look",
    "mail",
    "mail_editor",
    "mails",
    "manners",
    "overview",
    "people",
    "preview",
    "protection",
    "setup",
    "stop",
    "widgets",
    "work",
]
