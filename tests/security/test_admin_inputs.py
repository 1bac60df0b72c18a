"""What a merchant types or puts into an address never breaks a page, now or later."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote_from_bytes

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from plugin.model import Shop
from plugin.sanitize import plain_text
from plugin.services.context import Context
from tests.security.world import Tenant, settle, sign_in


@pytest.fixture
def tenant(context: Context, make_shop: Callable[..., Shop]) -> Tenant:
    return settle(context, make_shop("ours.myshopify.com"), "OURMARK")


@pytest.fixture
def client(app: Flask, tenant: Tenant) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    sign_in(client, tenant.session)
    return client


def post(client: FlaskClient, path: str, **fields: str) -> TestResponse:
    """Send a form byte for byte: control characters as well."""
    body = "&".join(
        f"{name}={quote_from_bytes(text.encode('utf-8', 'surrogatepass'))}"
        for name, text in fields.items()
    )
    return client.post(path, data=body, content_type="application/x-www-form-urlencoded")


def later(client: FlaskClient, tenant: Tenant) -> int:
    """Return the worst status of the pages that show what was stored."""
    pages = ("/admin/setup", "/admin/guard", f"/admin/widgets/{tenant.campaign}")
    links = (f"/u/{tenant.unsubscribe_token}", f"/c/{tenant.confirm_token}")
    return max(client.get(path).status_code for path in (*pages, *links))


def test_switching_the_language_takes_no_orders_from_the_address(
    client: FlaskClient, tenant: Tenant
) -> None:
    for extra in (
        "endpoint=x", "_method=POST", "_anchor=x", "_scheme=javascript", "_external=1&_scheme=ftp",
        "_external=1", "campaign_id=../../x", "campaign_id=7", "values=1", "self=1",
    ):  # fmt: skip
        for path in ("/admin/", f"/admin/widgets/{tenant.campaign}"):
            answer = client.get(f"{path}?lang=en&{extra}")
            assert answer.status_code == 302, extra
            assert answer.location == f"{path}?{extra.replace('/', '%2F')}"


def test_numbers_that_no_row_has_are_not_found(client: FlaskClient) -> None:
    for number in (2**31, 2**63, 2**64, 10**40):
        for path in ("/admin/widgets/{}", "/admin/widgets/{}/preview", "/admin/law/requests/{}"):
            assert client.get(path.format(number)).status_code == 404
        for path in ("/admin/work/{}/again", "/admin/widgets/{}/on", "/admin/widgets/{}/publish"):
            assert client.post(path.format(number)).status_code == 404


def test_a_budget_beside_a_number_that_is_none_is_asked_about(
    client: FlaskClient, tenant: Tenant
) -> None:
    for seen in ("sNaN", "NaN", "-NaN7", "Infinity", "1e999999999", "\x00", "\u0661"):
        assert post(client, "/admin/guard", budget="100", seen=seen).status_code == 409, seen
    for typed in ("sNaN", "1e9", "\u0661", "\x00", "-0"):
        assert post(client, "/admin/guard", share=typed, seen="0").status_code == 422, typed
    for day in ("0000-01-01", "2026-02-30", "9999-99-99", "\x00", "20261201"):
        fields = {"quiet": "1", "quiet_start_0": day, "quiet_end_0": "2026-01-01"}
        assert post(client, "/admin/guard", seen="0", **fields).status_code == 422, day
    assert later(client, tenant) == 200


def test_an_odd_imprint_breaks_no_page_that_shows_it(client: FlaskClient, tenant: Tenant) -> None:
    for imprint in ("Uferhaus\x00 GmbH", "https://[::1", "//[", "http://", "\ud800 GmbH"):
        answer = post(
            client, "/admin/setup/sender", imprint=imprint, privacy_url="https://a.example/"
        )
        assert answer.status_code == 303, imprint
        assert later(client, tenant) == 200, imprint


def test_texts_of_a_campaign_keep_no_controls(client: FlaskClient, tenant: Tenant) -> None:
    answer = post(
        client,
        f"/admin/widgets/{tenant.campaign}",
        revision="1",
        section="content",
        **{"title.de": "Post\x00 vom\x1b See\x85", "lead.de": "Eins\r\nZwei\rDrei"},
    )
    assert answer.status_code == 303
    page = client.get(f"/admin/widgets/{tenant.campaign}").text
    assert "Post vom See" in page
    assert "Eins\nZwei\nDrei" in page


def test_plain_text_keeps_lines_and_letters() -> None:
    typed = " Zwei\r\nZeilen\t\u00df \U0001f986\u200d \x07\u009f\udfff "
    assert plain_text(typed) == "Zwei\nZeilen\t\u00df \U0001f986\u200d"
