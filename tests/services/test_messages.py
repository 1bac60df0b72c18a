from __future__ import annotations

import unicodedata

import pytest

from bench.hostile_mails import send_all
from plugin.services.mails.message import header_text


def test_hostile_names_and_subjects_change_no_header_and_no_recipient() -> None:
    findings = send_all(140)
    assert (findings.sent, findings.wrong) == (140, [])


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
