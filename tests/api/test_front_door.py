"""A merchant registers a shop and comes in again: every step by the pages and the mail."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from plugin.app import create_app, handlers
from plugin.errors import PlatformError
from plugin.services.context import Context
from plugin.services.steps import Runner
from plugin.store.shops import shop_by_domain
from tests.conftest import KeptMail, MovingClock, make_config
from tests.own_shop import with_script_tag
from tests.services.sign_up_stage import plain

FORM = {
    "do": "register",
    "domain": "https://www.Teehaus.example/",
    "name": "Teehaus",
    "email": "chefin@teehaus.example",
    "country": "ch",
}
DOMAIN = "www.teehaus.example"


@pytest.fixture
def context(context: Context) -> Context:
    return with_script_tag(context)


def knock(client: FlaskClient, **values: str) -> Any:
    return client.post("/install/script_tag", data={**FORM, **values})


def link_in(kept_mail: KeptMail) -> str:
    message, _ = kept_mail.sent[-1]
    found = re.search(r"(/install/script_tag/\S+)", plain(message))
    assert found
    return found[1]


def registered(client: FlaskClient, kept_mail: KeptMail, **values: str) -> Any:
    assert knock(client, **values).status_code == 303
    return client.post(link_in(kept_mail))


def test_a_shop_is_registered_by_the_link_of_a_mail(
    client: FlaskClient, context: Context, kept_mail: KeptMail
) -> None:
    sent = knock(client)
    assert sent.headers["Location"].endswith("?sent=1&lang=de")
    message, recipient = kept_mail.sent[0]
    assert recipient == "chefin@teehaus.example"
    assert message["From"].endswith("<bleib@localhost.localdomain>")
    assert "chefin" not in link_in(kept_mail)
    asked = client.get(link_in(kept_mail))
    assert "Shop anlegen" in asked.text
    with context.db.read() as connection:
        assert shop_by_domain(connection, "script_tag", DOMAIN) is None
    page = client.post(link_in(kept_mail))
    assert page.status_code == 200
    with context.db.read() as connection:
        shop = shop_by_domain(connection, "script_tag", DOMAIN)
    assert shop is not None
    assert (shop.currency, shop.zone, shop.locale) == ("CHF", "Europe/Zurich", "de-CH")
    assert f"data-shop=&#34;{shop.key}&#34;" in page.text
    assert re.search(r"bleib_[\w-]{43}", page.text)
    assert "Einrichtung" in client.get("/admin/setup").text
    assert "bleib_" not in client.get("/admin/data").text


def test_a_link_works_once_and_for_fifteen_minutes(
    client: FlaskClient, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    registered(client, kept_mail)
    again = client.post(link_in(kept_mail))
    assert again.status_code == 401
    assert "schon benutzt" in again.text
    knock(client)
    moving_clock.move(minutes=15)
    for method in ("get", "post"):
        late = getattr(client, method)(link_in(kept_mail))
        assert (late.status_code, "abgelaufen" in late.text) == (401, True)


@pytest.mark.parametrize("change", [lambda t: t[:-2], lambda t: t + "A", lambda t: "x" * 3000])
def test_an_altered_link_is_refused(client: FlaskClient, kept_mail: KeptMail, change: Any) -> None:
    knock(client)
    root, _, token = link_in(kept_mail).rpartition("/")
    assert client.post(f"{root}/{change(token)}").status_code == 401


def test_another_site_cannot_press_the_button(client: FlaskClient, kept_mail: KeptMail) -> None:
    knock(client)
    forged = client.post(link_in(kept_mail), headers={"Sec-Fetch-Site": "cross-site"})
    assert forged.status_code == 401
    assert "Set-Cookie" not in forged.headers


def work(context: Context) -> None:
    runner = Runner(context, handlers(), "test")
    while runner.run_due():
        pass


def test_signing_in_says_the_same_for_known_and_unknown_shops(
    client: FlaskClient, context: Context, kept_mail: KeptMail
) -> None:
    registered(client, kept_mail)
    client.delete_cookie("bleib")
    known = knock(client, do="sign_in", known="www.teehaus.example/")
    unknown = knock(client, do="sign_in", known="nobody.example")
    assert known.headers["Location"] == unknown.headers["Location"]
    assert known.data == unknown.data
    work(context)
    assert len(kept_mail.sent) == 2
    assert kept_mail.sent[1][1] == "chefin@teehaus.example"
    inside = client.post(link_in(kept_mail))
    assert inside.headers["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_registering_a_known_shop_again_signs_its_owner_in(
    client: FlaskClient, kept_mail: KeptMail
) -> None:
    registered(client, kept_mail)
    again = registered(client, kept_mail, name="Anders")
    assert again.headers["Location"] == "/admin/"


def test_a_domain_that_was_never_proven_is_free_after_a_day(
    client: FlaskClient, context: Context, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    registered(client, kept_mail)
    early = registered(client, kept_mail, email="andere@teehaus.example")
    assert early.status_code == 403
    assert "schon angemeldet" in early.text
    moving_clock.move(hours=25)
    taken = registered(client, kept_mail, email="andere@teehaus.example")
    assert taken.status_code == 200
    with context.db.read() as connection:
        shop = shop_by_domain(connection, "script_tag", DOMAIN)
    assert shop is not None
    assert (shop.email, shop.generation) == ("andere@teehaus.example", 1)
    work(context)  # what was there of the first one is erased


@pytest.mark.parametrize("proof", ["tag", "data"])
def test_a_proven_domain_is_never_given_away(
    client: FlaskClient,
    context: Context,
    kept_mail: KeptMail,
    moving_clock: MovingClock,
    proof: str,
) -> None:
    from plugin.services import insight
    from plugin.store import shop_switches

    registered(client, kept_mail)
    with context.db.write() as connection:
        shop = shop_by_domain(connection, "script_tag", DOMAIN)
        assert shop is not None
        if proof == "tag":
            for found in (("home",), ()):  # seen once is enough, even if it is gone later
                shop_switches.save_embed(
                    connection, shop.id, at=context.now(), checked=("home",), found=found
                )
        else:
            today = context.now().date()
            insight.count(connection, shop.id, day=today, widget="newsletter", kind="impression")
    moving_clock.move(days=400)
    late = registered(client, kept_mail, email="andere@teehaus.example")
    assert late.status_code == 403


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("domain", "localhost"),
        ("domain", "127.0.0.1"),
        ("domain", "2130706433"),
        ("domain", "0x7f.1"),
        ("domain", "teehaus.example:8080"),
        ("domain", "a@teehaus.example"),
        ("domain", "teehaus.example/?a=1"),
        ("domain", "teehaus.example/../x"),
        ("domain", "javascript:alert(1)"),
        ("domain", "teehaus.example\n.evil.example"),
        ("domain", ""),
        ("name", ""),
        ("name", "x" * 81),
        ("email", "chefin"),
        ("country", "xx"),
    ],
)
def test_a_fault_in_the_form_is_named_at_its_field(
    client: FlaskClient, kept_mail: KeptMail, field: str, value: str
) -> None:
    page = knock(client, **{field: value})
    assert page.status_code == 422
    if field != "country":
        assert f'id="{field}-problem"' in page.text
    assert kept_mail.sent == []


def test_nobody_can_flood_a_mailbox(
    client: FlaskClient, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    answers = [knock(client).status_code for _ in range(6)]
    assert answers == [303, 303, 303, 429, 429, 429]
    assert len(kept_mail.sent) == 3
    # Another mailbox from the same address of the net, until that is too much as well.
    more = [knock(client, email=f"c{n}@teehaus.example").status_code for n in range(9)]
    assert more == [303] * 7 + [429] * 2
    moving_clock.move(hours=3)
    assert knock(client).status_code == 303


def test_a_mail_server_that_is_away_is_said_at_once(
    client: FlaskClient, kept_mail: KeptMail
) -> None:
    kept_mail.failure = PlatformError("smtp_unreachable")
    page = knock(client)
    assert page.status_code == 503
    assert "nicht verschickt" in page.text


def test_a_closed_installation_registers_nobody_but_lets_known_shops_in(
    app: Flask, client: FlaskClient, context: Context, kept_mail: KeptMail
) -> None:
    from dataclasses import replace

    registered(client, kept_mail)
    knock(client, email="spaeter@teehaus.example", domain="neu.example")
    late = link_in(kept_mail)
    closed = make_config(database_url=context.config.database_url, registration="closed")
    shut = create_app(context=replace(context, config=closed)).test_client()
    assert "nur der Betreiber" in shut.get("/install/script_tag").text
    assert knock(shut).status_code == 403
    assert shut.post(late).status_code == 403
    assert knock(shut, do="sign_in", known=DOMAIN).status_code == 303


def test_who_is_signed_out_is_led_back_to_the_door(
    client: FlaskClient, kept_mail: KeptMail
) -> None:
    registered(client, kept_mail)
    client.get("/admin/")
    client.delete_cookie("bleib")
    page = client.get("/admin/")
    assert page.status_code == 401
    assert "/install/script_tag" in page.text
