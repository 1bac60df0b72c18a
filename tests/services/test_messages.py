from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from dataclasses import replace

import pytest

from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.mails.message import compose, header_text
from plugin.smtp import SmtpTransport
from tests.conftest import make_config
from tests.mail_server import MailServer, mail_server
from tests.services.sign_up_stage import MAIL

VALUES = {"order": "#1007", "link": "https://bleib.example/s/abc", "items": []}


def _transport(server: MailServer) -> SmtpTransport:
    return SmtpTransport(make_config(smtp_host="127.0.0.1", smtp_port=server.port))


def _hostile() -> Iterator[str]:
    """200 texts that try to become a header, a recipient, a second mail or markup."""
    breaks = [
        "\r\n",
        "\n",
        "\r",
        "\u2028",
        "\u2029",
        "\x0b",
        "\x0c",
        "\x1c",
        "\x85",
        "\x00",
        "%0d%0a",
    ]
    inserts = [
        "Bcc: evil@example.com",
        "To: evil@example.com",
        "Subject: Gewonnen",
        "\n\n<h1>Hallo</h1>",
        ".\r\nMAIL FROM:<evil@example.com>",
        "=?utf-8?q?=0D=0ABcc:_evil=40example.com?=",
        '"<evil@example.com>',
        "evil@example.com, other@example.com",
        "\u202eevil\u202c",
        "{{7*7}}{% for x in y %}",
        "\u200b\ufeff\u00ad",
        "x" * 3000,
    ]
    chance = random.Random(7)
    texts = [f"Shop{pause}{insert}" for pause in breaks for insert in inserts]
    while len(texts) < 200:
        texts.append("".join(chr(chance.choice(range(1, 0x2100))) for _ in range(60)))
    yield from texts


def test_two_hundred_hostile_names_change_no_header_and_no_recipient(
    context: Context, shop: Shop
) -> None:
    with mail_server() as server:
        transport = _transport(server)
        for text in _hostile():
            named = replace(shop, name=text, imprint=text)
            values = {**VALUES, "order": text, "items": [{"title": text, "quantity": 1}]}
            message = compose(
                "on_its_way",
                named,
                "de",
                values,
                recipient=MAIL,
                sender="bleib@shop.example",
                message_id="<fixed@shop.example>",
                at=context.now(),
            )
            transport.send(message, "bleib@shop.example", MAIL)
    assert len(server.received) == 200
    names = set()
    for mail in server.received:
        assert mail.recipients == [MAIL]
        assert mail.sender == "bleib@shop.example"
        assert len(mail.message["From"].addresses) == 1
        assert mail.message["From"].addresses[0].addr_spec == "bleib@shop.example"
        assert [address.addr_spec for address in mail.message["To"].addresses] == [MAIL]
        assert mail.message["Bcc"] is None
        assert not mail.message.defects
        names.add(tuple(mail.message.keys()))
    assert len(names) == 1


@pytest.mark.parametrize(
    "text",
    [
        "a\r\nBcc: x",
        "=?utf-8?q?a=0D=0ABcc:_x=40y.de?=",
        "\u202eabc",
        "a\u2028b",
        "\x00",
        "\ud800x",
        "  a  b ",
    ],
)
def test_header_text_is_one_visible_line(text: str) -> None:
    cleaned = header_text(text, 80)
    assert all(unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in cleaned)
    assert cleaned == cleaned.strip()
    assert "=?" not in cleaned
    assert "  " not in cleaned
