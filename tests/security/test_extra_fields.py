"""Forms of the admin take the fields they show and no other: none reaches a column by its name."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Flask

from plugin.services.context import Context
from plugin.store.db import metadata
from tests.security.routes_admin import ADMIN
from tests.security.test_xss_browser import tenant as tenant
from tests.security.world import Tenant, rows_of, sign_in
from tests.services.on_sqlite import db_url as db_url

#: What a merchant may call something, in one form or another: a column of such a name is theirs.
MERCHANTS = {
    "address", "amount", "channel", "content", "cost", "country", "days", "email", "holdout",
    "kind", "label", "month", "name", "of", "of_kind", "pinned", "place", "position", "reply_to",
    "rule", "since", "text", "title", "to", "to_kind", "until", "url", "value", "words", "yearly",
    "imprint", "privacy_url", "minimum", "minimum_value", "reason", "topics", "service", "code",
    "frame", "gift", "language", "languages", "list_id", "draft", "settings",
}  # fmt: skip
#: Ends what the others need: sent last.
ENDS = ("delete", "leave", "remove", "out", "disconnect", "drop", "stop", "secret", "factor")
WORD, NUMBER, DAY = "smuggled", "90210417", "2001-02-03"


def smuggled() -> dict[str, str]:
    """Return a value for every column of the database that is not the merchant's to set."""
    found = {}
    for table in metadata.sorted_tables:
        for column in table.columns:
            if column.name in MERCHANTS:
                continue
            if isinstance(column.type, sa.Integer):
                found[column.name] = NUMBER
            elif isinstance(column.type, sa.Date | sa.DateTime):
                found[column.name] = DAY
            else:
                found[column.name] = WORD
    return found


def holds(rows: dict[str, list[tuple[Any, ...]]]) -> list[tuple[str, str]]:
    """Return where one of the values stands, by table and column."""
    found = []
    for name, lines in rows.items():
        columns = [column.name for column in metadata.tables[name].columns]
        for line in lines:
            for column, value in zip(columns, line, strict=True):
                text = str(value)
                if WORD in text or NUMBER in text or text.startswith(DAY):
                    found.append((name, column))
    return found


def test_no_form_of_the_admin_takes_a_field_that_it_does_not_show(
    app: Flask, context: Context, tenant: Tenant
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    sign_in(client, tenant.session)
    extra = smuggled()
    assert {"shop_id", "id", "generation", "role", "state", "stopped_at"} <= set(extra)
    forms = [name for name in ADMIN if name.startswith("POST ")]
    taken = 0
    for name in sorted(forms, key=lambda one: one.rsplit("/", 1)[1].startswith(ENDS)):
        ask = ADMIN[name](tenant, tenant)
        data = {**extra, **ask.data} if isinstance(ask.data, dict) else extra
        answer = client.post(ask.path, data=data)
        assert answer.status_code < 500, name
        taken += answer.status_code < 400
        assert holds(rows_of(context, tenant.shop)) == [], name
    # The control: what the forms do show was taken.
    assert taken > len(forms) / 2
    with context.db.read() as connection:
        names = connection.execute(sa.select(metadata.tables["team"].c.name)).scalars().all()
    assert "Neu" in names
