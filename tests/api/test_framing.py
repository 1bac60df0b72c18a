"""Pages inside a platform's admin: who may hold them, how they stay signed in without a cookie."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from plugin.api.framing import open_frame
from plugin.errors import NotAllowedError, PlatformError
from plugin.model import Shop
from plugin.services import campaigns, installing
from plugin.services.context import Context
from plugin.services.frame_sessions import own_token
from tests.conftest import MovingClock
from tests.fakes.framed_platform import CLIENT_ID, FramedPlatform, ScriptlessPlatform, id_token

DOMAIN = "uferhaus.myshopify.com"
HOST = "YWRtaW4uc2hvcGlmeS5jb20vc3RvcmUvdWZlcmhhdXM="
BRIDGE = "https://cdn.shopify.com/shopifycloud/app-bridge.js"
ANCESTORS = f"frame-ancestors https://{DOMAIN} https://admin.shopify.com;"
RETRY = "X-Shopify-Retry-Invalid-Session-Request"


@pytest.fixture
def db_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "bleib.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def fake_platform() -> FramedPlatform:
    return FramedPlatform()


@pytest.fixture
def shop(context: Context, make_shop: Callable[..., Shop]) -> Shop:
    return settled(context, make_shop())


def settled(context: Context, shop: Shop) -> Shop:
    with context.db.write() as connection:
        campaigns.ensure_defaults(connection, context, shop.id)
    return shop


def opened(path: str = "/install/shopify", **query: str | None) -> str:
    given = {"embedded": "1", "shop": DOMAIN, "host": HOST, "id_token": id_token(), **query}
    return f"{path}?{urlencode({name: text for name, text in given.items() if text is not None})}"


def query_of(answer: TestResponse) -> dict[str, str]:
    return {name: texts[0] for name, texts in parse_qs(urlsplit(answer.location).query).items()}


def path_of(answer: TestResponse) -> str:
    return urlsplit(answer.location).path


def uninstall(context: Context, shop: Shop) -> None:
    with context.db.write() as connection:
        installing.uninstall(connection, context, shop)


def bearer(token: str | None = None, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token or id_token()}", "HX-Request": "true", **more}


def test_a_first_opening_installs_and_leads_to_the_setup(
    client: FlaskClient, fake_platform: FramedPlatform
) -> None:
    answer = client.get(opened(locale="de-DE"))
    assert (answer.status_code, path_of(answer)) == (302, "/admin/setup")
    assert query_of(answer) == {
        "embedded": "1", "shop": DOMAIN, "host": HOST, "lang": "de", "id_token": id_token(),
    }  # fmt: skip
    assert fake_platform.calls == ["exchange_session_token", "shop_facts"]
    page = client.get(answer.location)
    assert page.status_code == 200
    assert ANCESTORS in page.headers["Content-Security-Policy"]
    again = client.get(opened())
    assert (again.status_code, path_of(again)) == (302, "/admin/")


def test_a_page_in_the_frame_has_the_platforms_script_first(
    client: FlaskClient, shop: Shop
) -> None:
    page = client.get(opened("/admin/widgets"))
    assert page.status_code == 200
    scripts = re.findall(r"<script[^>]*>", page.text)
    assert scripts[0] == f'<script src="{BRIDGE}" data-api-key="{CLIENT_ID}">'
    policy = page.headers["Content-Security-Policy"]
    assert f"script-src 'self' {BRIDGE};" in policy
    assert ANCESTORS in policy
    assert "unsafe" not in policy
    assert page.headers["Link"] == f'<{BRIDGE}>; rel="preload"; as="script"'
    assert '<meta name="bleib-frame" content="">' in page.text


def test_a_page_of_its_own_has_nothing_of_the_frame(
    client: FlaskClient, context: Context, shop: Shop
) -> None:
    client.set_cookie("bleib", context.keys.sign("session", [shop.id, shop.generation]))
    page = client.get(f"/admin/widgets?embedded=1&shop={DOMAIN}")
    assert page.status_code == 200
    policy = page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self';" in policy
    for word in ("shopifycloud", "bleib-frame", "hx-boost"):
        assert word not in page.text
    assert "Link" not in page.headers


def test_every_address_in_the_frame_says_whose_it_is(client: FlaskClient, shop: Shop) -> None:
    page = client.get(opened("/admin/", lang="en"))
    links = re.findall(r'(?:href|action)="(/admin/[^"]*|\?[^"]*)"', page.text)
    mine = [link for link in links if "/static/" not in link]
    assert len(mine) > 10
    for link in mine:
        query = parse_qs(urlsplit(link.replace("&amp;", "&")).query)
        assert query["shop"] == [DOMAIN], link
        assert query["host"] == [HOST], link
        assert query["embedded"] == ["1"], link
        assert "id_token" not in query, link
        assert query["lang"] in (["en"], ["de"]), link


def test_nothing_in_the_frame_sets_or_needs_a_cookie(client: FlaskClient, shop: Shop) -> None:
    answers = [
        client.get(opened()),
        client.get(opened("/admin/")),
        client.get(opened("/admin/stop")),
    ]
    answers.append(client.post("/admin/stop", headers=bearer()))
    answers.append(client.get("/admin/", headers=bearer()))
    assert [answer.status_code for answer in answers] == [302, 200, 200, 303, 200]
    assert all("Set-Cookie" not in answer.headers for answer in answers)
    assert 'name="csrf_token" value=""' in answers[2].text


@pytest.mark.parametrize("stale", [None, "", "rubbish", "a.b.c"])
def test_a_page_without_a_good_token_is_bounced_to_a_fresh_one(
    client: FlaskClient, shop: Shop, stale: str | None
) -> None:
    for path in ("/install/shopify", "/admin/widgets"):
        answer = client.get(opened(path, id_token=stale, x="1"))
        assert (answer.status_code, path_of(answer)) == (302, "/admin/bounce")
        query = query_of(answer)
        assert query["shop"] == DOMAIN
        assert "id_token" not in query
        back = urlsplit(query["shopify-reload"])
        entry = path if path.startswith("/install") else f"/install/shopify{path}"
        assert (back.scheme, back.netloc, back.path) == ("", "", entry)
        assert parse_qs(back.query)["x"] == ["1"]
        page = client.get(answer.location)
        assert page.status_code == 200
        assert ANCESTORS in page.headers["Content-Security-Policy"]
        assert re.findall(r"<script[^>]*>", page.text) == [
            f'<script src="{BRIDGE}" data-api-key="{CLIENT_ID}">'
        ]
        # With the fresh token the page is there; refused again, it is not tried for ever.
        assert client.get(f"{query['shopify-reload']}&id_token={id_token()}").status_code in (
            200,
            302,
        )
        last = client.get(query["shopify-reload"], headers={"Accept": "text/html"})
        assert last.status_code == 401
        assert ANCESTORS in last.headers["Content-Security-Policy"]


def test_a_token_that_grew_old_is_bounced(
    client: FlaskClient, shop: Shop, moving_clock: MovingClock
) -> None:
    address = opened("/admin/widgets")
    assert client.get(address).status_code == 200
    moving_clock.move(seconds=71)
    assert path_of(client.get(address)) == "/admin/bounce"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/", "//evil.example/", "/\\evil.example/", "\\/evil.example",
        "javascript:alert(1)", "/admin/../../evil", "/admin//evil.example", "/elsewhere",
        "/admin/widgets\n", "/admin/'x", "/admin/<x>", "", "/admin", "http:/admin/",
        "/admin/bounce", "/admin/bounce/?x=1", "/admin/é", "/admin/" + "x" * 3000,
        "https:/admin/", "/install/%2e%2e/../x", "/admin/ x",
    ],
)  # fmt: skip
def test_a_bounce_leads_to_our_own_pages_only(client: FlaskClient, target: str) -> None:
    query = urlencode({"shop": DOMAIN, "shopify-reload": target})
    assert client.get(f"/admin/bounce?{query}").status_code == 400


@pytest.mark.parametrize(
    "name", ["", "evil.example", "*.myshopify.com", "a.myshopify.com\nx", "a.myshopify.com evil"]
)
def test_no_frame_is_opened_for_a_name_that_is_no_shop(client: FlaskClient, name: str) -> None:
    query = urlencode({"shop": name, "embedded": "1", "shopify-reload": "/admin/"})
    for path in ("/admin/bounce", "/admin/", "/install/shopify"):
        answer = client.get(f"{path}?{query}", headers={"Accept": "text/html"})
        assert answer.status_code >= 400
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"], path
        assert "evil" not in answer.headers["Content-Security-Policy"]


def test_a_part_of_a_page_is_told_to_ask_again_with_a_fresh_token(
    client: FlaskClient, shop: Shop, moving_clock: MovingClock
) -> None:
    token = id_token()
    assert client.get("/admin/setup", headers=bearer(token)).status_code == 200
    moving_clock.move(seconds=71)
    for method in ("GET", "POST"):
        answer = client.open("/admin/stop", method=method, headers=bearer(token))
        assert answer.status_code == 401
        assert answer.headers[RETRY] == "1"
        assert answer.headers["HX-Retarget"] == "body"
        assert "HX-Refresh" not in answer.headers


def test_a_part_of_a_page_without_a_token_is_not_bounced(client: FlaskClient, shop: Shop) -> None:
    address = opened("/admin/setup", id_token=None)
    answer = client.get(address, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Refresh"]) == (401, "true")


def test_the_answer_to_an_exchange_that_wants_a_fresh_token_is_a_bounce(
    client: FlaskClient, fake_platform: FramedPlatform
) -> None:
    fake_platform.fail("exchange_session_token", NotAllowedError("session_token_invalid"))
    assert path_of(client.get(opened())) == "/admin/bounce"
    fake_platform.fail("exchange_session_token", PlatformError("platform_busy", retry_after=30))
    busy = client.get(opened(), headers={"Accept": "text/html"})
    assert (busy.status_code, busy.headers["Retry-After"]) == (502, "30")
    assert ANCESTORS in busy.headers["Content-Security-Policy"]


def test_after_an_uninstall_a_token_opens_nothing(
    client: FlaskClient, context: Context, shop: Shop
) -> None:
    uninstall(context, shop)
    assert client.get("/admin/", headers=bearer()).status_code == 401
    bounced = client.get(opened("/admin/widgets"))
    assert path_of(bounced) == "/admin/bounce"
    # The platform's admin gives a fresh one only where we are installed: then we are back.
    again = client.get(f"{query_of(bounced)['shopify-reload']}&id_token={id_token()}")
    assert path_of(again) == "/admin/setup"
    assert client.get(again.location).status_code == 200


def test_a_form_with_a_bearer_needs_no_token_and_one_with_a_cookie_does(
    client: FlaskClient, app: Flask, context: Context, shop: Shop
) -> None:
    cookie = context.keys.sign("session", [shop.id, shop.generation])
    assert client.post("/admin/stop", headers=bearer()).status_code == 303
    signed_in = app.test_client()
    signed_in.set_cookie("bleib", cookie)
    assert signed_in.post("/admin/restart").status_code == 400
    # Whoever comes with a bearer is judged by that alone: a cookie makes up for nothing.
    for header in ("Bearer rubbish", "Bearer", "bearer ", f"Bearer {cookie}"):
        answer = signed_in.post("/admin/restart", headers={"Authorization": header})
        assert answer.status_code == 401, header
    for header in ("Basic Ymxl", "Bearerx y", "Digest x"):
        answer = signed_in.post("/admin/restart", headers={"Authorization": header})
        assert answer.status_code == 400, header
    # A token in the address is for looking.
    assert signed_in.post(opened("/admin/restart")).status_code == 400
    assert app.test_client().post(opened("/admin/restart")).status_code == 400


def test_the_preview_is_opened_by_its_address_alone(
    client: FlaskClient, context: Context, shop: Shop
) -> None:
    campaign = campaigns.all_of(context, shop)[0]
    page = client.get(f"/admin/widgets/{campaign.id}", headers=bearer())
    found = re.search(r'src="(/admin/widgets/\d+/preview[^"]+)"', page.text)
    assert found is not None
    source = found[1].replace("&amp;", "&")
    preview = client.get(source)
    assert preview.status_code == 200
    policy = preview.headers["Content-Security-Policy"]
    assert f"frame-ancestors 'self' https://{DOMAIN} https://admin.shopify.com;" in policy
    other = campaigns.all_of(context, shop)[1]
    moved = source.replace(f"/widgets/{campaign.id}/", f"/widgets/{other.id}/")
    assert client.get(moved).status_code in (302, 401)
    key = parse_qs(urlsplit(source).query)["key"][0]
    assert client.get(f"/admin/widgets/{campaign.id}?key={key}").status_code == 401
    assert client.get("/admin/", headers=bearer(key)).status_code == 401


def test_the_preview_of_a_mail_is_opened_by_its_address_alone(
    client: FlaskClient, shop: Shop
) -> None:
    page = client.get("/admin/mails/voucher", headers=bearer())
    found = re.search(r'src="(/admin/mails/voucher/preview[^"]+)"', page.text)
    assert found is not None
    source = found[1].replace("&amp;", "&")
    preview = client.get(source)
    assert preview.status_code == 200
    assert f"frame-ancestors 'self' https://{DOMAIN}" in preview.headers["Content-Security-Policy"]
    assert client.get(source.replace("/voucher/", "/welcome_1/")).status_code in (302, 401)


@pytest.mark.parametrize(
    ("page", "wanted"),
    [
        ("admin/widgets", "/admin/widgets"),
        ("admin/", "/admin/"),
        ("elsewhere", "/admin/"),
        ("admin/bounce", "/admin/"),
        ("admin/.well-known", "/admin/"),
    ],
)
def test_a_reload_of_the_admin_leads_back_to_its_page(
    client: FlaskClient, page: str, wanted: str
) -> None:
    client.get(opened())
    answer = client.get(opened(f"/install/shopify/{page}", days="28", hmac="x", bounced="1"))
    assert (answer.status_code, path_of(answer)) == (302, wanted)
    own = set(query_of(answer)) - {"embedded", "shop", "host", "id_token"}
    assert own == ({"days"} if wanted == f"/{page}" else set())


def test_a_reload_with_an_old_token_is_bounced_there_and_back(client: FlaskClient) -> None:
    bounced = client.get(opened("/install/shopify/admin/widgets", id_token=None))
    assert query_of(bounced)["shopify-reload"].startswith("/install/shopify/admin/widgets?")
    assert client.get(bounced.location).status_code == 200
    assert client.get("/install/shopify/admin/widgets").status_code == 404


def test_the_language_is_carried_in_the_address(client: FlaskClient, shop: Shop) -> None:
    english = client.get("/admin/?lang=en", headers=bearer())
    assert '<html lang="en">' in english.text
    assert "Set-Cookie" not in english.headers
    assert "lang=en" in re.search(r'href="(/admin/widgets[^"]*)"', english.text)[1]  # type: ignore[index]
    german = client.get("/admin/?lang=de", headers=bearer())
    assert '<html lang="de">' in german.text


class TestWithoutAScript:
    """A platform whose admin gives out no tokens: the page goes on with ours."""

    @pytest.fixture
    def fake_platform(self) -> FramedPlatform:
        return ScriptlessPlatform()

    def test_an_entry_opens_the_frame(self, app: Flask, client: FlaskClient, shop: Shop) -> None:
        with app.test_request_context():
            answer = open_frame(shop, "/admin/widgets")
        page = client.get(answer.location)
        assert page.status_code == 200
        policy = page.headers["Content-Security-Policy"]
        assert f"frame-ancestors https://{DOMAIN};" in policy
        assert "script-src 'self';" in policy
        assert "shopifycloud" not in page.text
        found = re.search(r'<meta name="bleib-frame" content="([^"]+)">', page.text)
        assert found is not None
        answer = client.get("/admin/stop", headers=bearer(found[1]))
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        following = answer.headers["Bleib-Frame-Token"]
        assert client.post("/admin/stop", headers=bearer(following)).status_code == 303

    def test_the_token_in_the_address_is_for_opening_only(
        self, app: Flask, client: FlaskClient, shop: Shop
    ) -> None:
        with app.test_request_context():
            location = open_frame(shop).location
        token = parse_qs(urlsplit(location).query)["id_token"][0]
        assert client.get("/admin/", headers=bearer(token)).status_code == 401
        page = client.get(location)
        found = re.search(r'<meta name="bleib-frame" content="([^"]+)">', page.text)
        assert found is not None
        assert client.get(f"/admin/?id_token={found[1]}").status_code == 401

    def test_a_chain_of_tokens_does_not_last_for_ever(
        self, client: FlaskClient, context: Context, shop: Shop, moving_clock: MovingClock
    ) -> None:
        token = own_token(context, shop, "frame")
        moving_clock.move(hours=11)
        following = client.get("/admin/", headers=bearer(token)).headers["Bleib-Frame-Token"]
        moving_clock.move(hours=1, seconds=1)
        assert client.get("/admin/", headers=bearer(following)).status_code == 401

    def test_a_page_without_a_token_says_what_to_do(self, client: FlaskClient, shop: Shop) -> None:
        answer = client.get(f"/admin/?embedded=1&shop={DOMAIN}")
        assert answer.status_code == 401
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
