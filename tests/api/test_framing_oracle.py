"""Our answers to pages in the frame against those that Shopify's own library would give."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient
from shopify_app import ShopifyApp

from plugin.api.framing import BOUNCE
from plugin.model import Shop
from tests.conftest import MovingClock
from tests.fakes.framed_platform import CLIENT_ID, SECRET, FramedPlatform, id_token

DOMAIN = "uferhaus.myshopify.com"
ORACLE = ShopifyApp(client_id=CLIENT_ID, client_secret=SECRET)
RETRY = "X-Shopify-Retry-Invalid-Session-Request"
PATH = f"/admin/widgets?embedded=1&shop={DOMAIN}&host=YWRtaW4&locale=de"
#: The same question to both; what the oracle says goes where.
DOCUMENTS = {
    "good": lambda now: id_token(at=now),
    "five seconds too old": lambda now: id_token(at=now - timedelta(seconds=65)),
    "eleven seconds too old": lambda now: id_token(at=now - timedelta(seconds=71)),
    "signed by another": lambda now: id_token(at=now)[:-6] + "AAAAAA",
    "rubbish": lambda now: "rubbish",
    "empty": lambda now: "",
}


@pytest.fixture
def db_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "bleib.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def fake_platform() -> FramedPlatform:
    return FramedPlatform()


@pytest.fixture
def now(moving_clock: MovingClock) -> datetime:
    """The real time: the oracle knows no other."""
    moving_clock.time = datetime.fromtimestamp(int(time.time()), UTC)
    return moving_clock.time


def oracle(url: str, **headers: str) -> Any:
    request = {"method": "GET", "headers": headers, "url": f"https://app.example{url}", "body": ""}
    return ORACLE.verify_app_home_req(request, app_home_patch_id_token_path=BOUNCE)


def ancestors(policy: str) -> str:
    found = re.search(r"frame-ancestors ([^;]+)", policy)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("case", DOCUMENTS)
def test_a_page_is_answered_as_the_library_does(
    case: str, client: FlaskClient, shop: Shop, now: datetime
) -> None:
    url = f"{PATH}&{urlencode({'id_token': DOCUMENTS[case](now)})}"
    said, ours = oracle(url), client.get(url)
    assert ours.status_code == said.response.status
    if said.ok:
        policy = ours.headers["Content-Security-Policy"]
        assert ancestors(policy) == ancestors(said.response.headers["Content-Security-Policy"])
        assert ours.headers["Link"] in said.response.headers["Link"]
        return
    theirs, here = (urlsplit(x) for x in (said.response.headers["Location"], ours.location))
    assert here.path == theirs.path == BOUNCE
    expected, got = parse_qs(theirs.query), parse_qs(here.query)
    back, ours_back = (urlsplit(query.pop("shopify-reload")[0]) for query in (expected, got))
    assert got == expected
    # By way of the entry, where a shop that left meanwhile is connected again.
    assert ours_back.path == f"/install/shopify{back.path}"
    # Ours notes that it was bounced once: a second refusal must not go round for ever.
    assert parse_qs(ours_back.query) == {**parse_qs(back.query), "bounced": ["1"]}


def test_the_page_of_the_bounce_does_what_the_librarys_does(client: FlaskClient) -> None:
    url = f"{BOUNCE}?shop={DOMAIN}&{urlencode({'shopify-reload': PATH})}"
    request = {"method": "GET", "headers": {}, "url": f"https://app.example{url}", "body": ""}
    said = ORACLE.app_home_patch_id_token(request).response
    ours = client.get(url)
    assert ours.status_code == said.status == 200
    policy = ours.headers["Content-Security-Policy"]
    assert ancestors(policy) == ancestors(said.headers["Content-Security-Policy"])
    theirs = dict(re.findall(r'(data-api-key|src)="([^"]+)"', said.body))
    assert dict(re.findall(r'(data-api-key|src)="([^"]+)"', ours.text)) == theirs
    assert ours.headers["Link"] == said.headers["Link"].rstrip(";")


@pytest.mark.parametrize(
    ("header", "same"),
    [
        (lambda now: f"Bearer {id_token(at=now)}", True),
        (lambda now: f"Bearer {id_token(at=now - timedelta(seconds=71))}", True),
        (lambda now: "Bearer app-security.invalid.token", True),
        # Another scheme is no token at all here: the page's own session decides.
        (lambda now: "Basic Ymxl", False),
    ],
)
def test_a_part_of_a_page_is_answered_as_the_library_does(
    header: Callable[[datetime], str], same: bool, client: FlaskClient, shop: Shop, now: datetime
) -> None:
    said = oracle("/admin/widgets", authorization=header(now))
    ours = client.get("/admin/widgets", headers={"Authorization": header(now)})
    assert ours.status_code == said.response.status
    assert (RETRY in ours.headers) == (same and RETRY in said.response.headers)
