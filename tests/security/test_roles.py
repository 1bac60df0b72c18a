"""Roles and the log of accesses hold on every page of the admin, by the app's own URL map."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from plugin.admin import access, roles
from plugin.model import Shop
from plugin.services import access_log, person_requests
from plugin.services.context import Context
from plugin.services.identity import identity_of
from plugin.services.team import Role
from plugin.store import team as store
from tests.security.routes import ROUTES
from tests.security.test_frames import shown
from tests.security.test_tenants import NO_CONTROL, send
from tests.security.world import Tenant, rows_of, settle, sign_in
from tests.services.on_sqlite import db_url  # noqa: F401 - a fixture

ADMIN = {name: build for name, build in ROUTES.items() if " /admin/" in name}
#: What only owners open, as the docs promise it; written apart from the code.
OWNERS = ("/admin/team", "/admin/connections", "/admin/leave")


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


@pytest.fixture
def ours(context: Context, make_shop: Callable[..., Shop]) -> Tenant:
    return settle(context, make_shop("ours.myshopify.com", name="OURMARK Haus"), "OURMARK")


def session_of(context: Context, ours: Tenant, role: str) -> str:
    """Return the cookie of somebody new with this role."""
    with context.db.write() as connection:
        member = store.add(
            connection,
            ours.shop.id,
            name="Kim",
            role=role,
            email_check=role,
            email_sealed=context.keys.seal(ours.shop.id, "team", "kim@team.example"),
            at=context.now(),
            joined=True,
        )
    who = [ours.shop.id, ours.shop.generation, member.id, member.epoch]
    return context.keys.sign("session", who)


def endpoint_of(app: Flask, name: str) -> str:
    """Return what Flask calls a route of the table."""
    method, rule = name.split(" ", 1)
    return next(
        f"{found.endpoint}"
        for found in app.url_map.iter_rules()
        if found.rule == rule and method in (found.methods or set())
    )


def test_whoever_may_only_read_changes_nothing_by_any_form(
    app: Flask, client: FlaskClient, context: Context, ours: Tenant
) -> None:
    sign_in(client, session_of(context, ours, "reader"))
    before = rows_of(context, ours.shop)
    for name, build in ADMIN.items():
        if not name.startswith("POST ") or endpoint_of(app, name) in roles.OWN:
            continue
        answer = send(client, name, build(ours, ours))
        assert answer.status_code == 403, name
    assert rows_of(context, ours.shop) == before


def test_staff_work_but_neither_let_people_in_nor_data_out(
    client: FlaskClient, context: Context, ours: Tenant
) -> None:
    sign_in(client, session_of(context, ours, "staff"))
    for name, build in ADMIN.items():
        path = name.split(" ", 1)[1]
        if path.startswith(OWNERS):
            answer = send(client, name, build(ours, ours))
            assert answer.status_code == 403, name
    assert client.post("/admin/look", data={"save": "1"}).status_code < 400
    assert client.get("/admin/people").status_code == 200


def test_every_route_that_changes_something_needs_more_than_reading(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("admin.") and "POST" in (rule.methods or set()):
            allowed = roles.allows("reader", "POST", rule.endpoint)
            assert allowed == (rule.endpoint in roles.OWN), rule.endpoint
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert endpoints >= roles.OWN | roles.NOT_FOR_READERS | roles.CHANGED_BY_OWNERS


def test_no_page_shows_the_address_of_a_person_without_a_line_in_the_log(
    app: Flask, client: FlaskClient, context: Context, ours: Tenant
) -> None:
    sign_in(client, ours.session)
    for name, build in ADMIN.items():
        touch = access.TOUCHES.get(f"{name.split(' ')[0]} {endpoint_of(app, name)}")
        if name in NO_CONTROL or endpoint_of(app, name) in roles.OWN:
            continue
        ask = replace(build(ours, ours), shows=False)
        if ours.email in shown(send(client, name, ask)):
            assert touch is not None, f"{name} shows whom it is about and is not in TOUCHES"
    whose = identity_of(context.keys, ours.shop.id, ours.email)
    found, _ = access_log.page(context, ours.shop, whose=whose)
    assert {(one.act, one.what) for one in found} >= {("looked", "person"), ("exported", "proof")}
    many, _ = access_log.page(context, ours.shop)
    assert {one.what for one in many if not one.identity} >= {"people", "withdrawals"}


def test_a_parcel_that_hangs_shows_no_buyer_without_a_line(
    client: FlaskClient, context: Context, ours: Tenant
) -> None:
    """The table of stuck parcels names addresses, whether there are any on this day or not."""
    sign_in(client, ours.session)
    assert client.get("/admin/parcels").status_code == 200
    many, _ = access_log.page(context, ours.shop)
    assert [one.what for one in many] == ["parcels"]


def test_a_request_by_the_number_of_a_customer_is_looked_at_with_a_line(
    client: FlaskClient, context: Context, ours: Tenant
) -> None:
    person = person_requests.Person(None, "customer-7")
    with context.db.write() as connection:
        asked = person_requests.note(
            connection, context, ours.shop, "access", person, source="platform"
        )
    sign_in(client, ours.session)
    assert client.get(f"/admin/law/requests/{asked}").status_code == 200
    assert client.get(f"/admin/law/requests/{asked + 1}").status_code == 404
    many, _ = access_log.page(context, ours.shop)
    assert [one.what for one in many] == ["request"]


def test_every_line_of_the_map_is_a_route(app: Flask) -> None:
    names = {
        f"{method} {rule.endpoint}"
        for rule in app.url_map.iter_rules()
        for method in rule.methods or set()
    }
    assert set(access.TOUCHES) <= names


#: What stands on a page and sends something: forms, buttons with an address of their own, links.
SENDS = re.compile(r'<(form|button|a|section)\b[^>]*?\b(action|formaction|href|hx-post)="([^"]*)"')


def offered(app: Flask, answer: TestResponse) -> set[tuple[str, str]]:
    """Return method and route of everything in the admin that a page lets somebody send."""
    router = app.url_map.bind("localhost")
    found = set()
    for _, how, address in SENDS.findall(answer.text):
        if address.startswith("#"):
            continue  # a place on the page itself
        method = "GET" if how == "href" else "POST"
        path = urlsplit(urljoin(answer.request.path, unescape(address))).path
        with suppress(HTTPException):  # what only asks
            endpoint = str(router.match(path, method)[0])
            if endpoint.startswith("admin.") and not endpoint.startswith("admin.assets."):
                found.add((method, endpoint))
    return found


#: Every page that a reader may open; for staff those that speak of what is the owner's.
PAGES_OF: dict[Role, set[str]] = {
    "reader": {
        name
        for name in ADMIN
        if name.startswith("GET ")
        and not name.startswith(tuple(f"GET {path}" for path in OWNERS))
        and not name.endswith((".csv", ".pdf", ".json", "preview", ".<form>"))
    },
    "staff": {"GET /admin/law", "GET /admin/people", "GET /admin/parcels/carriers"},
}


@pytest.mark.parametrize("role", ["reader", "staff"])
def test_no_page_offers_what_would_be_refused(
    app: Flask, client: FlaskClient, context: Context, ours: Tenant, role: Role
) -> None:
    sign_in(client, session_of(context, ours, role))
    refused, withheld = set(), set()
    for name, build in ADMIN.items():
        if name not in PAGES_OF[role]:
            continue
        answer = send(client, name, build(ours, ours))
        refused |= {(name, one) for one in offered(app, answer) if not roles.allows(role, *one)}
        if 'id="withheld"' in answer.text:
            withheld.add(name)
    assert refused == set()
    said = {"GET /admin/widgets", "GET /admin/guard", "GET /admin/look"}
    assert (said <= withheld) == (role == "reader")


def test_on_a_page_that_is_refused_its_own_places_can_be_reached(
    client: FlaskClient, context: Context, ours: Tenant
) -> None:
    sign_in(client, session_of(context, ours, "reader"))
    answer = client.get("/admin/parcels/carriers/dhl", headers={"Accept": "text/html"})
    assert answer.status_code == 403
    assert '<a class="skip" href="#main">' in answer.text
