"""The note of a cart is read as written by us, and a channel tells nothing about a person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.model import OrderArm
from plugin.model.origins import MOST_ARMS, MOST_CHANNEL, arms_of_note, channel_of


def test_a_note_names_the_arms_and_the_first_word_on_a_campaign_stands() -> None:
    arms = (OrderArm(0, 0, "-"), OrderArm(33, 4, "b"))
    assert arms_of_note("0.0-,33.4b,33.5a,0.0a") == arms


@pytest.mark.parametrize("note", [None, 7, "", "33.4", "33.4B", "x.1a", "٣.1a", "1.2a;drop", "<b>"])
def test_what_is_no_note_names_none(note: object) -> None:
    assert arms_of_note(note) == ()


@given(st.text() | st.lists(st.from_regex(r"\A\d{1,3}\.\d[a-z-]\Z")).map(",".join))
def test_whatever_a_browser_writes_is_read_within_limits(note: str) -> None:
    arms = arms_of_note(note)
    assert len(arms) <= MOST_ARMS
    assert len({arm.campaign for arm in arms}) == len(arms)
    assert all(len(arm.arm) == 1 for arm in arms)


@pytest.mark.parametrize(
    ("source", "medium", "channel"),
    [
        ("google", "cpc", "google / cpc"),
        ("Google", "Organic", "google / organic"),
        ("newsletter", None, "newsletter"),
        ("(direct)", "(none)", "direct"),
        ("direct", None, "direct"),
        ("https://www.Idealo.de/preis?id=1#x", "referral", "idealo.de / referral"),
        ("newsletter", "anna@example.com", "newsletter"),
        ("google", "Cj0KCQiA1ZGcBhCoARIsAGQ0kkq", "google"),
        ("google", "a3bb189e-8bf9-4c8d-9beb-1f3c5d6e7a8b", "google"),
        ("google", "CjwKCAiA-b2tBhB6-EiwAx3", "google"),
        ("max%40example.de", "email", "email"),
        ("192.168.1.23", "cpc", "cpc"),
        ("+49 170 123 45 67", "sms", "sms"),
        ("0170-1234567", None, None),
        ("Newsletter-2026-11-24_Black-Friday", None, "newsletter-2026-11-24_black-friday"),
        ("Google Shopping 360", "web2print", "google shopping 360 / web2print"),
        ("flyer 12345678", None, None),
        ("an unknown error", None, "an unknown error"),
        ("unknown", "", None),
        (None, None, None),
        ("<script>", "a\nb", "script / a b"),
    ],
)
def test_a_channel_is_a_few_words(
    source: str | None, medium: str | None, channel: str | None
) -> None:
    assert channel_of(source, medium) == channel


@given(st.text(), st.text())
def test_no_channel_holds_an_address_or_more_than_fits(source: str, medium: str) -> None:
    channel = channel_of(source, medium)
    assert channel is None or (0 < len(channel) <= MOST_CHANNEL)
    assert "@" not in (channel or "")
    assert "://" not in (channel or "")
