"""No shop sees or changes anything of another: every route, generated from the app's URL map."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from plugin.model import Shop
from plugin.services.context import Context
from tests.security.asks import Ask
from tests.security.routes import BEARER, ROUTES, WITHOUT_TENANT
from tests.security.world import Tenant, rows_of, settle, sign_in

#: Routes whose ids of their own do not lead to an answer below 400 in the control, and why.
NO_CONTROL = {
    "GET /o/<key>/<order_id>/<proof>": "needs a secret of its own: test_order_lookup.py",
    "GET /pages/look/<key>.logo": "needs a logo: tests of the look",
    "GET /auth/<platform>/callback": "needs a state in cookie and database: test_install.py",
    "POST /v1/<key>/identity": "needs a secret of the shop's own: test_identity.py",
    "POST /v1/<key>/subscriptions": "needs a published campaign: tests of the sign-up",
    "GET /n/<key>": "as above",
    "POST /n/<key>": "as above",
    "GET /proxy/<platform>/newsletter": "as above",
    "POST /admin/widgets/<int:campaign_id>/on": "the draft has open checks: tests of the admin",
    "POST /admin/widgets/<int:campaign_id>/publish": "as above",
    "POST /admin/widgets/<int:campaign_id>/versions/<int:version>": "as above",
    "POST /admin/widgets/<int:campaign_id>/off": "as above",
    "POST /admin/connections/files": "needs a file: test_connections.py",
    "GET /admin/connections/files/<int:import_id>": "as above",
    "POST /admin/connections/files/<int:import_id>": "as above",
    "GET /admin/connections/mail/<service>": "needs a service: test_connections.py",
    "POST /admin/connections/mail/<service>": "as above",
    "GET /admin/parcels/carriers/<api>": "needs an API: tests/admin/test_carriers.py",
    "POST /admin/parcels/carriers/<api>": "as above",
    "POST /admin/connections/list": "as above",
    "POST /admin/mails/<kind>": "needs the mark of the draft: test_mail_texts.py",
    "POST /admin/mails/<kind>/publish": "as above",
    "GET /c/<token>/use": "needs a voucher: tests of the sign-up",
    "POST /admin/law/person/file": "needs whom the page sealed: test_person_requests.py",
    "POST /admin/law/person/erase": "as above",
    "POST /admin/account/factor": "for people who sign in by mail: tests/admin/test_team.py",
    "POST /admin/account/factor/on": "as above",
    "POST /admin/account/factor/off": "as above",
    "GET /admin/leave": "for shops of their own: tests/admin/test_team.py",
    "POST /admin/leave": "as above",
    "GET /admin/<path:_unknown>": "leads nowhere for anybody: tests/admin/test_states.py",
}


#: Shops of their own alone have these: to any other they are not there (test_own_shops.py).
NO_CONTROL |= {
    name: "there for shops of their own alone"
    for name in ROUTES
    if "/api/v1/" in name or "/admin/data" in name
}


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    # Without the form token a refused POST would prove nothing about tenants.
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


@pytest.fixture
def ours(context: Context, make_shop: Callable[..., Shop]) -> Tenant:
    return settle(context, make_shop("ours.myshopify.com", name="OURMARK Haus"), "OURMARK")


@pytest.fixture
def theirs(context: Context, make_shop: Callable[..., Shop]) -> Tenant:
    shop = make_shop("theirs.myshopify.com", name="THEIRMARK Haus", email="theirmark@x.example")
    return settle(context, shop, "THEIRMARK")


def send(client: FlaskClient, name: str, ask: Ask) -> TestResponse:
    return client.open(ask.path, method=name.split(" ", 1)[0], data=ask.data, headers=ask.headers)


def names(app: Flask) -> set[str]:
    return {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_route_is_in_the_table(app: Flask) -> None:
    known = {*ROUTES, *BEARER, *WITHOUT_TENANT}
    assert names(app) - known == set(), "new routes need an entry in routes.py or routes_admin.py"
    assert known - names(app) == set(), "these routes no longer exist"


def test_with_its_own_ids_a_shop_gets_its_own_things(client: FlaskClient, ours: Tenant) -> None:
    sign_in(client, ours.session)
    for name, build in {**ROUTES, **BEARER}.items():
        if name in NO_CONTROL or name == "POST /webhooks/<platform>":
            continue
        ask = build(ours, ours)
        answer = send(client, name, ask)
        assert answer.status_code < 400, (name, answer.status_code, answer.text[:300])
        if ask.shows:
            assert "OURMARK" in answer.text, name


def test_foreign_ids_show_and_change_nothing(
    client: FlaskClient, context: Context, ours: Tenant, theirs: Tenant
) -> None:
    sign_in(client, ours.session)
    before = rows_of(context, theirs.shop)
    for name, build in ROUTES.items():
        own, foreign = build(ours, ours), build(ours, theirs)
        answer = send(client, name, foreign)
        assert answer.status_code < 500, (name, answer.status_code)
        if foreign.path != own.path and "suggestions" not in name:
            assert answer.status_code >= 400, (name, answer.status_code)
        shown = answer.data.decode(errors="replace")  # some are files to print
        assert "theirmark" not in (shown + str(answer.headers)).lower(), name
        assert rows_of(context, theirs.shop) == before, name


def test_without_a_session_the_admin_shows_and_changes_nothing(
    client: FlaskClient, context: Context, ours: Tenant
) -> None:
    dead = [
        None,
        "",
        "rubbish",
        ours.session[:-2],
        context.keys.sign("session", [ours.shop.id, ours.shop.generation + 1]),
        context.keys.sign("session", [ours.shop.id + 77, 1]),
        context.keys.sign("session", "not a pair"),
        context.keys.sign("unsubscribe", [ours.shop.id, ours.shop.generation]),
    ]
    before = rows_of(context, ours.shop)
    for session in dead:
        sign_in(client, session)
        for name, build in ROUTES.items():
            if " /admin" not in name:
                continue
            answer = send(client, name, build(ours, ours))
            assert 300 <= answer.status_code < 500, (name, session, answer.status_code)
            assert "OURMARK" not in answer.text, (name, session)
    assert rows_of(context, ours.shop) == before


def test_a_session_dies_with_the_installation(
    client: FlaskClient, context: Context, ours: Tenant
) -> None:
    from plugin.services.installing import uninstall

    with context.db.write() as connection:
        uninstall(connection, context, ours.shop)
    sign_in(client, ours.session)
    for name, build in ROUTES.items():
        if " /admin" in name or name.startswith("GET /v1"):
            answer = send(client, name, build(ours, ours))
            assert 300 <= answer.status_code < 500, (name, answer.status_code)
            assert "OURMARK" not in answer.text, name


def test_tokens_open_nothing_on_routes_of_another_purpose(
    client: FlaskClient, context: Context, theirs: Tenant
) -> None:
    before = rows_of(context, theirs.shop)
    tokens = [theirs.shipment_token, theirs.confirm_token, theirs.unsubscribe_token, theirs.session]
    right = {"/s/": 0, "/c/": 1, "/u/": 2, "/b/": 9, "/w/": 9, "/f/": 9}
    for name in BEARER:
        method, rule = name.split(" ", 1)
        for place, token in enumerate(tokens):
            if right[rule[:3]] == place:
                continue
            answer = client.open(rule.replace("<token>", token), method=method)
            assert 400 <= answer.status_code < 500, (name, place, answer.status_code)
            assert "THEIRMARK" not in answer.text, name
    assert rows_of(context, theirs.shop) == before
