"""Tells programs that look into mails before their reader does from the reader."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from plugin.services.robots import is_robot

#: Virus scanners look within seconds of the delivery, people after the mail program's sound.
_TOO_SOON = timedelta(seconds=10)
#: Scanners and proxies of mail providers by what they call themselves.
_SCANNER = re.compile(
    r"barracuda|mimecast|proofpoint|safelinks|microsoft office|symantec|trend ?micro|sophos"
    r"|cloudmark|fortinet|forcepoint|ironport|messagelabs|yahoomailproxy|urldefense|virustotal"
    r"|linkcheck|link-?expand",
    re.IGNORECASE,
)
#: Providers that fetch pictures only when somebody opens the mail, and say no more of themselves.
_READERS_PROXY = re.compile(r"GoogleImageProxy", re.IGNORECASE)
#: What mail privacy protection fetches everything with, read or not: a browser without a name.
_BARE = re.compile(r"Mozilla/5\.0\s*")


@dataclass(frozen=True)
class Fetch:
    """How something was fetched; where from is neither asked nor kept."""

    user_agent: str
    purpose: str = ""
    head: bool = False


def is_machine(fetch: Fetch, sent_at: datetime | None, now: datetime) -> bool:
    """Tell whether a program fetched it: by its name, by its manner, or too soon for anybody."""
    if fetch.head or "prefetch" in fetch.purpose.lower() or "preview" in fetch.purpose.lower():
        return True
    if sent_at is None or now - sent_at < _TOO_SOON:
        return True
    agent = fetch.user_agent.strip()[:500]
    if _SCANNER.search(agent) or _BARE.fullmatch(agent):
        return True
    return not _READERS_PROXY.search(agent) and is_robot(agent)
