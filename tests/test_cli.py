"""The command line, run as a person runs it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from plugin.cli import main
from plugin.model import Shop
from plugin.services.context import Context
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
    assert set(left["data"]) == {"evidence"}


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


def test_the_schema_can_be_brought_up_to_date_twice(run: Run) -> None:
    assert run("db", "upgrade").exit_code == 0
    assert run("db", "upgrade").output == "The schema is up to date.\n"


def test_every_command_has_a_sentence_of_help(run: Run) -> None:
    listed = run("--help").output
    for name, command in main.commands.items():
        assert command.help, name
        assert name in listed


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
