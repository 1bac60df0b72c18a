"""Hostile names and subjects through a real mail server; template syntax in every text of a mail.

`python -m bench.hostile_mails [--mails N]`
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from email.message import EmailMessage

from bench.report import Budget, print_table, verdict
from plugin.services.mails.kinds import KINDS
from plugin.services.mails.message import compose
from plugin.services.mails.parts import EDITABLE
from plugin.services.mails.placeholders import unknown_in
from plugin.services.mails.templates import NEUTRAL, Template
from plugin.smtp import SmtpTransport
from tests.conftest import make_config
from tests.fakes.letters import NOW, SHOP, VALUES
from tests.mail_server import Received, mail_server

COUNT = 2000
SENDER, RECIPIENT = "bleib@shop.example", "marlene.ost@post.example"
#: The product of the sum that every template engine would work out.
_WORKED_OUT = "890047"
_BREAKS = [
    "\r\n", "\n", "\r", "\u2028", "\u2029", "\x0b", "\x0c", "\x1c", "\x85", "\x00", "%0d%0a",
]  # fmt: skip
_INSERTS = [
    "Bcc: evil@example.com",
    "To: evil@example.com",
    "Cc: evil@example.com\r\n\r\nHallo",
    "Subject: Gewonnen",
    "Content-Type: text/html\r\n\r\n<h1>Hallo</h1>",
    "\n\n<h1>Hallo</h1>",
    ".\r\nMAIL FROM:<evil@example.com>",
    "=?utf-8?q?=0D=0ABcc:_evil=40example.com?=",
    "=?utf-8?b?DQpCY2M6IGV2aWxAZXhhbXBsZS5jb20=?=",
    '"<evil@example.com>',
    "evil@example.com, other@example.com",
    "\u202eevil\u202c",
    "{{7*7}}{% for x in y %}{vorname}{shop}",
    "\u200b\ufeff\u00ad",
    "x" * 3000,
]
#: Expression syntax of the engines that shop software has been broken through.
INJECTIONS = [
    open_ + inner + close
    for open_, close in (
        ("{{", "}}"),
        ("{%", "%}"),
        ("${", "}"),
        ("#{", "}"),
        ("<%=", "%>"),
        ("{", "}"),
    )
    for inner in (
        "911*977",
        "config.__class__.__init__.__globals__",
        "self._TemplateReference__context",
        "''.__class__.__mro__[1].__subclasses__()",
        "cycler.__init__.__globals__.os.popen('id').read()",
        "env('SECRET')",
        "_self.env.registerUndefinedFilterCallback('exec')",
        "include 'letter.css'",
        "shop.email",
        "newsletter",
    )
]
#: A merchant's own texts that put a visitor's and the shop's words into every header they reach.
_OWN = Template(
    texts={
        "subject": "{vorname}, {shop}: {newsletter}",
        "preheader": "{vorname} {newsletter}",
        "heading": "Hallo {vorname}",
        "text": "{vorname}\n\n{newsletter} {shop}",
        "button": "{newsletter}",
    }
)
_KINDS = ("on_its_way", "voucher", "welcome_1", "welcome_back")


@dataclass
class Findings:
    """What became of the mails: how many arrived, and every one that was not as it should be."""

    sent: int = 0
    wrong: list[str] = field(default_factory=list)


def hostile_texts(count: int) -> Iterator[str]:
    """Texts that try to become a header, a recipient, a second mail or markup."""
    chance = random.Random(7)  # noqa: S311 - the same texts in every run
    known = [f"Shop{pause}{insert}" for pause in _BREAKS for insert in _INSERTS]
    chance.shuffle(known)
    yield from known[:count]
    for _ in range(count - len(known)):
        noise = "".join(chr(chance.choice(range(1, 0x2100))) for _ in range(40))
        yield noise + chance.choice(_BREAKS) + chance.choice(_INSERTS)[:200]


def send_all(count: int) -> Findings:
    """Send one mail for each text, in every place that a stranger or a shop can write to."""
    findings = Findings()
    texts = list(hostile_texts(count))
    with mail_server() as server:
        config = make_config(smtp_host="127.0.0.1", smtp_port=server.port)
        transport = SmtpTransport(config)
        for number, text in enumerate(texts):
            transport.send(_mail(_KINDS[number % len(_KINDS)], text), SENDER, RECIPIENT)
        received = list(server.received)
    findings.sent = len(received)
    headers: dict[str, tuple[str, ...]] = {}
    for number, mail in enumerate(received):
        kind = _KINDS[number % len(_KINDS)]
        usual = headers.setdefault(kind, tuple(mail.message.keys()))
        findings.wrong += [f"{kind}: {fault}" for fault in _faults(mail, usual)]
    return findings


def changed(text: str) -> list[str]:
    """Return where a text with template syntax was not left as it is, in every kind of mail."""
    found = []
    for kind in KINDS:
        if text not in _words(_mail(kind, text)):
            found.append(f"{kind}: as a value")
        if kind in EDITABLE and unknown_in(text, EDITABLE[kind].placeholders):
            own = Template(texts=dict.fromkeys(EDITABLE[kind].parts, text))
            shown = _words(_composed(kind, SHOP.name, "", own))
            if text not in shown or _WORKED_OUT in shown:
                found.append(f"{kind}: as the merchant's own text")
    return found


def _mail(kind: str, text: str) -> EmailMessage:
    return _composed(kind, text, text, _OWN if kind in EDITABLE else NEUTRAL)


def _composed(kind: str, name: str, text: str, template: Template) -> EmailMessage:
    values = dict(VALUES[kind])
    if text:
        places = {"first_name", "newsletter", "exclusions", "order", "carrier", "gift_title"}
        values |= dict.fromkeys(places & values.keys(), text)
        if "items" in values:
            values["items"] = [{"title": text, "quantity": 1}]
    return compose(
        kind,
        replace(SHOP, name=name, imprint=text or SHOP.imprint),
        "de",
        values,
        recipient=RECIPIENT,
        sender=SENDER,
        message_id="<fixed@shop.example>",
        at=NOW,
        template=template,
    )


def _words(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    return re.sub(r"\s+", " ", str(part.get_content() if part else ""))


def _faults(mail: Received, usual: tuple[str, ...]) -> Iterator[str]:
    message = mail.message
    if mail.recipients != [RECIPIENT] or mail.sender != SENDER:
        yield f"envelope {mail.sender} {mail.recipients}"
    if [one.addr_spec for one in message["From"].addresses] != [SENDER]:
        yield f"From {message['From']}"
    if [one.addr_spec for one in message["To"].addresses] != [RECIPIENT]:
        yield f"To {message['To']}"
    if tuple(message.keys()) != usual:
        yield f"headers {message.keys()}"
    if message.defects or len(list(message.iter_parts())) != 2:
        yield f"shape {message.defects}"


def main(arguments: Sequence[str] = ()) -> int:
    """Sends, writes, prints the table and returns the exit code."""
    parser = argparse.ArgumentParser(prog="bench.hostile_mails")
    parser.add_argument("--mails", type=int, default=COUNT)
    count = parser.parse_args(arguments).mails
    findings = send_all(count)
    literal = [f"{text} {place}" for text in INJECTIONS for place in changed(text)]
    print_table(
        ["what", "tried", "wrong"],
        [
            ["hostile names and subjects", f"{findings.sent:,}", str(len(findings.wrong))],
            ["template syntax, every kind", str(len(INJECTIONS) * len(KINDS)), str(len(literal))],
        ],
    )
    for line, times in Counter([*findings.wrong, *literal]).most_common(20):
        print(f"{times} × {line}")
    return verdict(
        [
            Budget("mails that arrived", findings.sent, count, at_least=True),
            Budget("mails with another recipient or header", len(findings.wrong), 0),
            Budget("template strings", len(INJECTIONS), 60, at_least=True),
            Budget("template strings that did not stay literal", len(literal), 0),
        ]
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
