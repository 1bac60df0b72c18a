"""The command line, run as a person runs it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace

import pytest
from click.testing import CliRunner, Result

from plugin.cli import main
from plugin.errors import UnavailableError
from plugin.model import Shop
from plugin.services import team
from plugin.services.context import Context
from plugin.services.return_path import return_path
from plugin.store import team as store
from plugin.store.outbox import outbox
from tests.conftest import make_config
from tests.returned_mails import bounce
from tests.services.sign_up_stage import MAIL, Stage

Run = Callable[..., Result]


@pytest.fixture
def run(context: Context, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("BLEIB_ENVIRONMENT", "development")
    monkeypatch.setenv("BLEIB_DATABASE_URL", context.config.database_url)
    monkeypatch.setenv("BLEIB_SMTP_SECURITY", "none")
    monkeypatch.setenv("BLEIB_LOG_LEVEL", "error")
    return lambda *arguments: CliRunner().invoke(main, arguments)


def test_export_prints_everything_about_a_person(run: Run, context: Context, shop: Shop) -> None:
    Stage(context, shop).ask()
    result = run("export", "--shop", shop.key, "--email", MAIL)
    assert result.exit_code == 0
    assert MAIL in json.dumps(json.loads(result.output))


def test_erase_leaves_nothing_to_export_but_what_is_locked(
    run: Run, context: Context, shop: Shop
) -> None:
    Stage(context, shop).ask()
    assert run("erase", "--shop", shop.key, "--email", MAIL).exit_code == 0
    left = json.loads(run("export", "--shop", shop.key, "--email", MAIL).output)
    assert set(left["data"]) == {"access_log", "evidence"}


@pytest.mark.parametrize("command", ["export", "erase"])
def test_an_unknown_shop_and_a_wrong_address_are_named(run: Run, shop: Shop, command: str) -> None:
    nobody = run(command, "--shop", "nosuchshop000000", "--email", MAIL)
    assert (nobody.exit_code, "no shop" in nobody.output) == (1, True)
    wrong = run(command, "--shop", shop.key, "--email", "not-an-address")
    assert (wrong.exit_code, "email_invalid" in wrong.output) == (1, True)


def test_doctor_says_what_is_wrong_in_words(run: Run, shop: Shop) -> None:
    result = run("doctor", "--shop", shop.key)
    assert result.exit_code == 1
    assert "No worker is running." in result.output
    assert "unknown_platform" in result.output


def test_an_operator_helps_who_lost_the_second_factor(
    run: Run, context: Context, shop: Shop
) -> None:
    with context.db.write() as connection:
        values = {"name": "Anna", "email": "anna@post.example", "role": "owner"}
        anna = team.invite(connection, context, shop, **values)
        store.change(connection, shop.id, anna.id, factor_sealed="sealed", epoch=3)
    listed = run("team", "list", "--shop", shop.key).output
    assert listed == f"{anna.id}\towner\tanna@post.example\tsecond factor\n"
    off = ("team", "factor-off", "--shop", shop.key, "--person")
    assert run(*off, str(anna.id)).exit_code == 0
    assert "mail link only" in run("team", "list", "--shop", shop.key).output
    assert run(*off, "999").exit_code == 1


def test_a_bounce_comes_in_by_a_pipe_and_is_never_returned(
    run: Run, context: Context, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage(context, shop)
    stage.ask()
    stage.work()
    path = return_path(_with_return_path(context), shop.id, stage.rows(outbox)[0].id)
    for raw, to, noted in (
        (bounce(path), "", "noted"),
        (bounce("x@mail.example"), path, "known"),
        (bounce("x@mail.example"), "", "unknown"),
        (b"\xff\x00 no mail at all", "", "no_report"),
    ):
        result = CliRunner().invoke(main, ["mail", "receive", "--to", to], input=raw)
        assert (result.exit_code, result.output.split()[-1]) == (0, noted)
    monkeypatch.setattr("plugin.services.bounces.receive", _busy)
    assert run("mail", "receive").exit_code == os.EX_TEMPFAIL


def _with_return_path(context: Context) -> Context:
    return replace(context, config=make_config(mail_bounces="bounces@mail.example"))


def _busy(*_: object) -> None:
    raise UnavailableError("database_busy")


def test_the_schema_can_be_brought_up_to_date_twice(run: Run) -> None:
    assert run("db", "upgrade").exit_code == 0
    assert run("db", "upgrade").output == "The schema is up to date.\n"


def test_every_command_has_a_sentence_of_help(run: Run) -> None:
    listed = run("--help").output
    for name, command in main.commands.items():
        assert command.help, name
        assert command.hidden or name in listed


def test_an_operator_adds_a_shop_of_its_own_also_while_registration_is_closed(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BLEIB_REGISTRATION", "closed")
    wish = ["--domain", "https://Teehaus.example/", "--email", "c@teehaus.example", "--name", "Tee"]
    added = run("shop", "add", *wish)
    assert added.exit_code == 0, added.output
    assert 'src="http://127.0.0.1:8700/static/v1/bleib.js"' in added.output
    assert "secret  bleib_" in added.output
    wrong = run("shop", "add", *wish[2:], "--domain", "127.0.0.1")
    assert (wrong.exit_code, "domain: shop_invalid" in wrong.output) == (1, True)
