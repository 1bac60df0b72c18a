"""Mails to the address for returns are written by strangers: reading one takes no minutes."""

from __future__ import annotations

import pytest

from plugin.services import delivery_reports

_STATUS = (
    b"Content-Type: message/delivery-status\n\n"
    b"Reporting-MTA: dns; mx.example\n\n"
    b"Final-Recipient: rfc822; m@post.example\nAction: failed\nStatus: 5.1.1\n"
)


def _report(depth: int, told: bytes = b"") -> bytes:
    """Return a delivery report within parts within parts."""
    lines = b"Content-Type: multipart/report;" + told + b" boundary=b0\n\n"
    for level in range(1, depth):
        lines += b"--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n" % (level - 1, level)
    return lines + b"--b%d\n" % (depth - 1) + _STATUS + b"\n--b%d--\n" % (depth - 1)


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_a_report_is_read_also_where_servers_have_wrapped_it(depth: int) -> None:
    assert delivery_reports.read(_report(depth)).verdict == "hard"


def test_parts_within_parts_without_end_are_not_looked_into() -> None:
    assert delivery_reports.read(_report(11)).verdict == "other"


def test_no_header_is_read_further_than_any_server_writes() -> None:
    assert delivery_reports.read(_report(1, b' x="a";')).verdict == "hard"
    assert delivery_reports.read(_report(1, b' x="' + b"a;" * 1000 + b'";')).verdict == "other"
