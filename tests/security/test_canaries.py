"""Secrets and people with unmistakable names, led through the whole job: none of them turns up."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from plugin.app import handlers
from plugin.config import Config
from plugin.model import Access, Customer, Grant, Order
from plugin.services.context import Context
from plugin.services.steps import Runner
from plugin.store import campaigns
from plugin.store.db import metadata
from plugin.store.vouchers import vouchers
from tests.conftest import START, KeptMail, make_config
from tests.fakes.platform import FakePlatform
from tests.fakes.things import a_customer, a_line, a_parcel, a_product, an_order
from tests.services.sign_up_stage import plain

DOMAIN = "uferhaus.myshopify.com"
SUBSCRIBER = "kanari-abo@post.example"
BUYER = "kanari-kauf@post.example"
SECRETS = {
    "access token": "shpat_canaryaccess0000000000000000000000",
    "refresh token": "shprt_canaryrefresh000000000000000000000",
    "code": "canarycode00000000000000000000000000000000",
    "key": "canary-secret-key-of-the-installation-1234",
    "hash key": "canary-hash-key-of-the-installation-56789",
    "client secret": "canary-client-secret-of-the-app-987654321",
}
#: What the database may hold sealed or as a check value only.
PEOPLE = {"subscriber": SUBSCRIBER, "buyer": BUYER, "postcode": "99991", "net": "203.0.113.77"}


class Leaky(FakePlatform):
    """Hands out marked secrets, and says them aloud when something goes wrong."""

    def _grant(self) -> Grant:
        return replace(
            super()._grant(),
            access_token=SECRETS["access token"],
            refresh_token=SECRETS["refresh token"],
        )

    def record_consent(self, access: Access, email: str, language: str, at: datetime) -> str:
        super().record_consent(access, email, language, at)
        return "gid://shopify/Customer/7"

    def order(self, access: Access, order_id: str) -> Order | None:
        if self.calls.count("order") == 0:
            self.calls.append("order")
            told = " ".join([*SECRETS.values(), BUYER])
            raise RuntimeError(f"{told} in the middle of a sentence, token={access.token}")
        return super().order(access, order_id)

    def customer_by_email(self, access: Access, email: str) -> Customer | None:
        if self.calls.count("customer_by_email") == 0:
            self.calls.append("customer_by_email")
            raise ValueError({"email": email, "Authorization": access.token})
        return super().customer_by_email(access, email)


@pytest.fixture
def fake_platform() -> FakePlatform:
    platform = Leaky()
    platform.products_held = [a_product(1), a_product(2)]
    platform.customers_held = [a_customer(1, email=BUYER)]
    platform.orders_held = {"1": an_order(1, email=BUYER, postcode="99991")}
    return platform


@pytest.fixture
def config(db_url: str) -> Config:
    return make_config(
        database_url=db_url,
        log_level="debug",
        secret_key=SECRETS["key"],
        hash_key=SECRETS["hash key"],
        shopify_secret=SECRETS["client secret"],
    )


@pytest.fixture
def said() -> list[str]:
    """Every answer that left the house, with its headers."""
    return []


@pytest.fixture
def client(app: Flask, said: list[str]) -> FlaskClient:
    @app.after_request
    def _keep(response: Any) -> Any:
        if not response.direct_passthrough:
            said.append(f"{response.headers}\n{response.get_data(as_text=True)}")
        return response

    return app.test_client()


def work(context: Context) -> None:
    """Let the worker do all there is, also what it has to try again."""
    runner = Runner(context, handlers(), "test")
    for _ in range(12):
        while runner.run_due():
            pass
        context.clock.move(minutes=2)  # type: ignore[attr-defined]


def dump(context: Context) -> str:
    """Return every value of every table as text."""
    with context.db.read() as connection:
        return "\n".join(
            f"{table.name}.{name}: {value!r}"
            for table in metadata.sorted_tables
            for row in connection.execute(sa.select(table))
            for name, value in row._mapping.items()
        )


def install(client: FlaskClient, platform: FakePlatform) -> str:
    first = client.get("/install/shopify?" + platform.sign(f"shop={DOMAIN}"))
    state = parse_qs(urlsplit(first.location).query)["state"][0]
    query = platform.sign(f"code={SECRETS['code']}&shop={DOMAIN}&state={state}")
    assert client.get(f"/auth/shopify/callback?{query}").status_code == 302
    return state


def publish(context: Context) -> tuple[str, int]:
    """Publish the newsletter's form; returns the shop's key and the campaign."""
    with context.db.write() as connection:
        row = connection.execute(sa.select(metadata.tables["shops"])).one()
        found = campaigns.all_campaigns(connection, row.id)
        for campaign in found:
            campaigns.add_version(connection, row.id, campaign.id, campaign.draft, START)
        form = next(campaign for campaign in found if campaign.widget == "newsletter")
    return row.key, form.id


def sign_up(client: FlaskClient, key: str, campaign: int) -> None:
    body = {
        "id": str(uuid.uuid4()), "email": SUBSCRIBER, "campaign": campaign, "version": 1,
        "purposes": ["newsletter"], "page": "https://uferhaus.example/", "lang": "de",
        "elapsed": 9000, "website": "",
    }  # fmt: skip
    answer = client.post(
        f"/v1/{key}/subscriptions",
        data=json.dumps(body),
        environ_base={"REMOTE_ADDR": PEOPLE["net"]},
    )
    assert answer.status_code == 202


def buy(client: FlaskClient, platform: FakePlatform, code: str) -> None:
    order = an_order(
        1007, email=BUYER, postcode="99991", codes=(code,), discount=Decimal("5.00"),
        lines=(a_line(1007),), shipments=(a_parcel(1007, created_at=START),),
        created_at=START, updated_at=START + timedelta(minutes=5),
    )  # fmt: skip
    platform.orders_held[order.id] = order
    raw = json.dumps({"admin_graphql_api_id": order.id, "email": BUYER}).encode()
    headers = {
        "X-Shopify-Hmac-Sha256": platform.webhook_signature(raw),
        "X-Shopify-Shop-Domain": DOMAIN,
        "X-Shopify-Topic": "orders/create",
        "X-Shopify-Event-Id": "e-1",
    }
    assert client.post("/webhooks/shopify", data=raw, headers=headers).status_code == 200


def test_no_secret_and_no_person_turns_up_where_they_do_not_belong(
    client: FlaskClient,
    context: Context,
    fake_platform: FakePlatform,
    kept_mail: KeptMail,
    said: list[str],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    state = install(client, fake_platform)
    work(context)
    key, campaign = publish(context)
    sign_up(client, key, campaign)
    work(context)
    link = re.search(r"/c/([\w.\-]+)", plain(kept_mail.sent[-1][0]))
    assert link
    assert client.post(f"/c/{link[1]}").status_code == 200
    work(context)
    with context.db.read() as connection:
        code = connection.execute(sa.select(vouchers.c.code)).scalar_one()
    buy(client, fake_platform, code)
    work(context)
    for path in ("/", "/setup", "/widgets", "/work", "/law", "/guard", "/overview.csv"):
        assert client.get(f"/admin{path}").status_code == 200
    client.get(f"/v1/config/{key}")
    found = client.post(
        f"/v1/{key}/shipments/lookup", data=json.dumps({"order": "#1007", "postcode": "99991"})
    )
    assert found.get_json()["found"] is True

    # The control: the journey went all the way, so there was something to be seen.
    assert fake_platform.calls.count("order") >= 2
    kinds = {message["X-Bleib-Class"] for message, _ in kept_mail.sent}
    assert kinds == {"confirmation", "service"}
    log = capsys.readouterr().out
    assert '"route": "/v1/<key>/subscriptions"' in log
    assert "RuntimeError" in log

    stored, answers = dump(context), "\n".join(said)
    session = client.get_cookie("bleib")
    assert session is not None
    hidden = SECRETS | {"state": state, "link": link[1], "session": session.value}
    for name, secret in hidden.items():
        assert secret not in log, f"{name} in the log"
        assert secret not in stored, f"{name} in the database"
        if name not in ("state", "link", "session"):  # these three go to their owner
            assert secret not in answers, f"{name} in an answer"
    for name, person in PEOPLE.items():
        assert person not in log, f"{name} in the log"
        assert person not in stored, f"{name} in the database"
    # The confirmation page shows the address to whoever holds its link; nothing else does.
    pages = [answer for answer in said if SUBSCRIBER in answer]
    assert all("Content-Type: text/html" in page for page in pages)
    assert BUYER not in answers
    assert "99991" not in answers
    for file in tmp_path.glob("bleib.sqlite3*"):
        raw = file.read_bytes()
        for name, secret in {**hidden, **PEOPLE}.items():
            assert secret.encode() not in raw, f"{name} in {file.name}"


def test_what_is_printed_of_our_objects_holds_no_secret(context: Context) -> None:
    shown = repr(context) + repr(context.config) + str(context.config.model_dump())
    shown += repr(Access(1, DOMAIN, SECRETS["access token"])) + repr(context.keys)
    shown += repr(
        Grant(SECRETS["access token"], SECRETS["refresh token"], START, None, frozenset())
    )
    for name, secret in SECRETS.items():
        assert secret not in shown, name
