"""HTML from settings: formatting stays, nothing runs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.sanitize import plain_text, sanitize_html

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:123">x</a>',
    '<a href="vbscript:1">x</a>',
    '<a href="data:1">x</a>',
    '<a href="  java\tscript:alert(1)">x</a>',
    '<a href="&#106;avascript:alert(1)">x</a>',
    "<svg onload=alert(1)>",
    "<math><mtext></mtext><mglyph><style><img src onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<p onclick=alert(1)>x</p>",
    "<plaintext><script>alert(1)",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_runs_comes_through(text: str) -> None:
    clean = sanitize_html(text).lower()
    for sign in ("<script", "onerror=", "onload=", "onclick=", "javascript:", "vbscript:", "<svg",
                 "<iframe", "style=", 'href="data'):  # fmt: skip
        assert sign not in clean or "&lt;" in clean


def test_simple_formatting_and_safe_links_stay() -> None:
    clean = sanitize_html(
        '<p>Ein <strong>Satz</strong> mit <a href="https://a.example">Link</a></p>'
    )
    assert "<strong>Satz</strong>" in clean
    assert 'href="https://a.example"' in clean
    assert "noopener" in clean


@given(st.text(max_size=200))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = sanitize_html(text)
    assert sanitize_html(once) == once


def test_words_that_would_turn_round_what_stands_beside_them_do_not() -> None:
    assert plain_text("Tasse \u202efdp.exe\u202c \u2066rot\u2069") == "Tasse fdp.exe rot"
