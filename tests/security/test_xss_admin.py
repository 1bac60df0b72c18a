"""Three thousand hostile strings in whatever a page of the admin shows: none of them runs."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import cycle, islice
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bench.hostile_strings import strings
from plugin.services.context import Context
from plugin.store.db import metadata
from tests.conftest import START
from tests.security.hostile import Watch
from tests.security.routes_admin import ADMIN
from tests.security.test_tenants import NO_CONTROL
from tests.security.test_xss_browser import address as address
from tests.security.test_xss_browser import db_url as db_url
from tests.security.test_xss_browser import tenant as tenant
from tests.security.test_xss_browser import watch as watch
from tests.security.world import Tenant, sign_in

COUNT, TOGETHER = 3000, 60
#: Columns whose text comes from the shop's platform, its merchant, a shopper or a carrier, in
#: whatever table they stand: a new one of such a name is poisoned, too.
WRITTEN = {
    "account", "actor", "address", "carrier", "channel", "code", "done_by", "email", "error",
    "gift", "imprint", "label", "last_place", "list_name", "name", "number", "place", "reference",
    "reply_to", "selector", "stopped_by", "text", "title", "to", "tracking_number",
}  # fmt: skip
#: A shop's own two addresses are taken as web addresses alone, at each of their doors.
ADDRESSES = {"handle", "image_url", "tracking_url", "url"}
#: Structures in which every text is one of these.
NESTED = {"categories", "draft", "findings", "options", "settings", "tags", "terms", "words"}
SEALED = {
    ("orders", "email_sealed"): "order_email",
    ("service_messages", "email_sealed"): "message",
    ("service_messages", "text_sealed"): "message",
    ("subscribers", "email_sealed"): "email",
    ("team", "email_sealed"): "team",
    ("withdrawals", "declaration_sealed"): "withdrawal",
}
#: Names that the program gives, and what no row of a shop may change.
OURS = {"limits", "mail_texts", "evidence", "evidence_heads", "workers", "door_tries"}
#: "du" or "Sie", of which the program offers no third; the column bears the name of an address.
CHOICES = {("shops", "address")}
_KEPT = {"kind", "value", "minimum", "currency", "frame", "content", "at", "signature", "country"}


class Poison:
    """The strings, one handful after the other."""

    def __init__(self) -> None:
        self.all = strings(COUNT)
        self._next = cycle(self.all)
        self.given = 0

    def text(self) -> str:
        """Return the next ones, one after the other."""
        self.given += TOGETHER
        return " ".join(islice(self._next, TOGETHER)).replace("\x00", "")

    def address(self) -> str:
        """Return what an address that runs something begins with."""
        self.given += 1
        return f"javascript:__hit({self.given})"

    def nested(self, value: Any) -> Any:
        """Return a structure with hostile words in place of those in it."""
        if isinstance(value, dict):
            return {
                name: part if name in _KEPT else self.nested(part) for name, part in value.items()
            }
        if isinstance(value, list):
            return [self.nested(part) for part in value]
        # What is one of a few known words stays: a page would not open with another.
        words = isinstance(value, str) and (" " in value or (value.isalpha() and value.istitle()))
        return self.text() if words else value


def spoil(context: Context, tenant: Tenant, poison: Poison) -> None:
    """Write hostile text over everything that somebody else has written."""
    with context.db.write() as connection:
        more(connection, tenant)
        for table in metadata.sorted_tables:
            if table.name in OURS or table.name == "steps":
                continue
            for row in connection.execute(sa.select(table)).mappings().all():
                values = spoilt(context, tenant, table, dict(row), poison)
                if values:
                    keys = [column == row[column.name] for column in table.primary_key]
                    connection.execute(sa.update(table).where(*keys).values(values))
        steps = metadata.tables["steps"]
        dead = steps.c.state == "dead"
        connection.execute(sa.update(steps).where(dead).values(error=poison.text()))


def more(connection: sa.Connection, tenant: Tenant) -> None:
    """Add what a shop of the tests has none of."""
    shop = tenant.shop.id
    rows: dict[str, dict[str, Any]] = {
        "channel_costs": {
            "channel": "x", "month": START.date(), "amount": Decimal(1), "stated_at": START,
        },
        "refusals": {"day": START.date(), "reason": "x", "count": 2},
        "senders": {
            "name": "x", "address": "x", "reply_to": "x", "selector": "x", "key_sealed": "x",
            "key_public": "x", "passed": False, "checked_at": START,
        },
    }  # fmt: skip
    for name, row in rows.items():
        connection.execute(sa.insert(metadata.tables[name]).values(shop_id=shop, **row))


def spoilt(
    context: Context, tenant: Tenant, table: sa.Table, row: dict[str, Any], poison: Poison
) -> dict[str, Any]:
    """Return what is changed of a row."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        purpose = SEALED.get((table.name, name))
        if value is None or table.c[name].primary_key or (table.name, name) in CHOICES:
            continue
        if purpose:
            said = context.keys.unseal(tenant.shop.id, purpose, value)
            text = json.dumps(poison.nested(json.loads(said))) if said[0] == "{" else poison.text()
            found[name] = context.keys.seal(tenant.shop.id, purpose, text)
        elif name in WRITTEN and isinstance(value, str):
            found[name] = poison.text()
        elif name in ADDRESSES:
            found[name] = poison.address()
        elif name in NESTED:
            nested = json.loads(value) if isinstance(value, str) else value
            changed = poison.nested(nested)
            found[name] = json.dumps(changed) if isinstance(value, str) else changed
    return found


def shown_pages(client: FlaskClient, tenant: Tenant) -> dict[str, str]:
    """Return every page of the URL map that a merchant opens, by its path."""
    asked = [
        build(tenant, tenant).path
        for name, build in ADMIN.items()
        if name.startswith("GET ") and name not in NO_CONTROL
    ]
    # A proof that was written over is refused as a file; its page is among the others.
    answers = {path: client.get(path) for path in asked if not path.endswith("/proof.json")}
    assert [path for path, answer in answers.items() if answer.status_code >= 400] == []
    return {
        path: answer.text
        for path, answer in answers.items()
        if answer.status_code == 200 and answer.mimetype == "text/html"
    }


@pytest.mark.parametrize(("begin", "end"), [("<p>", "</p>"), ('<p title="', '">x</p>')])
def test_a_careless_page_runs_them(watch: Watch, begin: str, end: str) -> None:
    poison = Poison()
    texts = [poison.text() for _ in range(3)]
    watch.show("<!doctype html><body>" + "".join(begin + text + end for text in texts))
    assert len(watch.ran) >= len(texts)
    assert watch.latent() != []


def test_no_page_of_the_admin_runs_what_others_wrote(
    app: Flask, context: Context, tenant: Tenant, address: str, watch: Watch
) -> None:
    poison = Poison()
    spoil(context, tenant, poison)
    client = app.test_client()
    sign_in(client, tenant.session)
    found = shown_pages(client, tenant)
    assert poison.given > COUNT
    assert sum("__hit" in text for text in found.values()) > len(found) / 3
    watch.context.add_cookies([{"name": "bleib", "value": tenant.session, "url": address}])
    # From here on what a page loads comes from the app itself, its scripts and frames, too.
    watch.page.goto(address + "/admin/more", wait_until="load")
    unsafe = {}
    for path, html in found.items():
        watch.show(html)
        if not watch.clean():
            unsafe[path] = (watch.ran[:], watch.latent())
            watch.ran.clear()
    assert unsafe == {}
    watch.show("<!doctype html><body>" + poison.text())
    assert watch.ran != []
