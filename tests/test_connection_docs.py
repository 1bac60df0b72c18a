"""What the documents of the connections say is so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from plugin.mail_services import build_mail_services
from plugin.services.outgoing_webhooks import TOPICS
from plugin.services.webhook_deliveries import signed

DOCS = Path(__file__).parents[1] / "docs"
SECRET, AT, BODY = "whsec_one", 1795252000, '{"topic":"ping","shop":"Größe"}'.encode()
#: Lines of the table that say what a service cannot do.
DECLARED = {
    "time of the confirmation": "prove_time",
    "source of consent": "prove_source",
    "language": "tell_language",
    "whoever left there may come back by confirming anew": "come_back",
    "an unsubscribe leaves other lists alone": "leave_one_list",
    "erases for good": "erase",
    "its welcome automations start": "run_welcome_flows",
}


def checker() -> Any:
    text = (DOCS / "webhooks-out.md").read_text("utf-8")
    snippet = re.search(r"```python\n(.*?)```", text, re.S)
    assert snippet
    names: dict[str, Any] = {}
    exec(snippet[1], names)  # noqa: S102 - our own document
    return names["is_from_bleib"]


def test_the_lines_for_developers_tell_our_messages_from_others() -> None:
    is_from_bleib, header = checker(), signed(SECRET, AT, BODY)
    assert is_from_bleib(SECRET, header, BODY, AT + 299)
    assert not is_from_bleib(SECRET, header, BODY, AT + 301)
    assert not is_from_bleib(SECRET, header, BODY, AT - 301)
    assert not is_from_bleib(SECRET, header, BODY)  # long ago, or long to come
    assert not is_from_bleib("whsec_two", header, BODY, AT)
    assert not is_from_bleib(SECRET, header, BODY + b" ", AT)
    assert not is_from_bleib(SECRET, header.replace(str(AT), str(AT + 1)), BODY, AT)
    for odd in ("", "t=,v1=", "t=x,v1=y", header.split(",")[0], "v1=ä,t=²", "=,=,="):
        assert not is_from_bleib(SECRET, odd, BODY, AT)


def test_every_topic_stands_in_the_document() -> None:
    text = (DOCS / "webhooks-out.md").read_text("utf-8")
    assert re.findall(r"^\| `([a-z.]+)` \|", text, re.M) == [*TOPICS, "ping"]


def test_the_table_of_services_says_what_the_adapters_declare() -> None:
    text = (DOCS / "mail-services.md").read_text("utf-8")
    rows = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in text.splitlines()]
    services = list(build_mail_services().values())
    told = {row[0]: row[1:] for row in rows if len(row) == 1 + len(services)}
    assert [name.lower() for name in told[""]] == [service.name for service in services]
    for line, inability in DECLARED.items():
        can = [not cell.startswith("no") for cell in told[line]]
        assert can == [inability not in service.cannot for service in services], line
