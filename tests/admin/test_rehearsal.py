"""A web process has drawn the pages of figures once before the first merchant asks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from plugin.admin.rehearsal import PAGES, rehearse
from plugin.model import Shop
from plugin.services.context import Context
from plugin.serving import served
from tests.admin.conftest import Browser

_CHANGING = ("INSERT", "UPDATE", "DELETE", "BEGIN IMMEDIATE")


@contextmanager
def heard(context: Context) -> Iterator[list[str]]:
    said: list[str] = []

    def listen(_c: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    sa.event.listen(context.db.engine, "before_cursor_execute", listen)
    yield said
    sa.event.remove(context.db.engine, "before_cursor_execute", listen)


def test_after_it_no_template_of_these_pages_is_compiled_any_more(
    app: Flask,
    sign_in: Callable[[Shop], Browser],
    installed: Callable[..., Shop],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rehearse(app)
    compiled: list[str] = []
    whole = app.jinja_env.compile
    monkeypatch.setattr(
        app.jinja_env, "compile", lambda *given, **named: compiled.append(whole(*given, **named))
    )
    browser = sign_in(installed())
    assert [browser.get(path).status_code for path in PAGES] == [200] * len(PAGES)
    assert compiled == []


def test_it_asks_much_and_changes_nothing(app: Flask, context: Context) -> None:
    with heard(context) as said:
        rehearse(app)
    assert len(said) > 100
    assert not [one for one in said if one.startswith(_CHANGING)]


def test_a_database_without_tables_keeps_no_process_from_serving(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BLEIB_ENVIRONMENT", "development")
    monkeypatch.setenv("BLEIB_DATABASE_URL", f"sqlite:///{tmp_path / 'new.sqlite3'}")
    monkeypatch.setenv("BLEIB_SMTP_SECURITY", "none")
    monkeypatch.setattr("gc.freeze", lambda: None)
    assert served().test_client().get("/healthz").status_code in (200, 503)
