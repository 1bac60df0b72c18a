"""The ways in, tried by hand: look-alike owners, odd links, floods and files like bombs."""

from __future__ import annotations

import re
import tracemalloc
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from plugin.app import create_app
from plugin.errors import TooLargeError
from plugin.http_out import HttpOut
from plugin.platforms.script_tag import ScriptTagPlatform
from plugin.platforms.woocommerce import WooCommercePlatform
from plugin.services import front_door
from plugin.services.context import Context
from plugin.services.csv_kinds import KINDS
from plugin.services.csv_reading import CellError, as_last_moment, read_table
from plugin.services.door_links import Registration
from tests.conftest import KeptMail
from tests.own_shop import with_script_tag
from tests.platforms.woo import woo_site
from tests.services.sign_up_stage import plain

OWNER = Registration("weiss.example", "Weiss", "chef@weiss.example")
#: What a file may take while it is read, in bytes.
MOST_MEMORY = 60_000_000


def browser_of(context: Context) -> FlaskClient:
    app = create_app(context=context)
    app.config["TESTING"] = False
    return app.test_client()


# Any shop


@pytest.mark.parametrize("address", ["chef@weiß.example", "chef+somebody@weiss.example"])
def test_who_only_looks_like_the_owner_is_somebody_else(
    context: Context, kept_mail: KeptMail, address: str
) -> None:
    context = with_script_tag(context)
    front_door.add(context, OWNER)
    browser = browser_of(context)
    form = {"do": "register", "domain": OWNER.domain, "name": "W", "email": address}
    asked = browser.post("/install/script_tag", data={**form, "country": "de"})
    assert asked.status_code == 303
    link = re.search(r"/install/script_tag/\S+", plain(kept_mail.sent[-1][0]))
    assert link is not None
    assert browser.post(link[0]).status_code == 403
    assert browser.get("/admin/").status_code == 401


def test_a_file_of_empty_lines_fills_no_memory() -> None:
    raw = b"code;value\n" + b"\n" * 3_000_000
    tracemalloc.start()
    try:
        with pytest.raises(TooLargeError, match="file_too_long"):
            read_table(raw, KINDS["voucher_codes"].columns)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < MOST_MEMORY


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("9999-12-31T23:30:00+00:00", "Europe/Berlin"),
        ("31.12.9999", "America/New_York"),
        ("01.01.0001", "Europe/Berlin"),
    ],
)
def test_the_ends_of_time_are_a_fault_of_their_cell(text: str, zone: str) -> None:
    with pytest.raises(CellError, match="time_range"):
        as_last_moment(text, ZoneInfo(zone))


# Keys handed over


def test_a_key_that_no_database_can_look_for_is_refused(context: Context) -> None:
    with woo_site() as woo:
        whole = replace(context, platforms={"woocommerce": woo.platform})
        query = urlencode({"shop": "\x00", "timestamp": 1, "nonce": "0", "signature": "0" * 64})
        assert browser_of(whole).get(f"/install/woocommerce?{query}").status_code == 401


@pytest.mark.parametrize(
    "platform",
    [
        WooCommercePlatform({}, HttpOut()),
        ScriptTagPlatform("https://bleib.example", {}, HttpOut()),
    ],
    ids=lambda platform: str(platform.name),
)
def test_a_name_with_eszett_is_not_the_one_with_two_s(platform: Any) -> None:
    assert platform.clean_domain("https://Weiß.example/") == "xn--wei-7ka.example"
    assert platform.clean_domain("https://MÜLLER.example") == "xn--mller-kva.example"
