"""Where a request comes from: what one household has is one place, and two are two."""

from __future__ import annotations

import pytest
from flask import Flask

from plugin.api.caller import net_address


@pytest.mark.parametrize(
    ("told", "place"),
    [
        ("203.0.113.9", "203.0.113.9"),
        # As a server that listens on both families names a caller of the old one.
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("odd", "unknown"),
    ],
)
def test_a_caller_is_counted_as_one_place(told: str, place: str) -> None:
    with Flask(__name__).test_request_context(environ_base={"REMOTE_ADDR": told}):
        assert net_address() == place
