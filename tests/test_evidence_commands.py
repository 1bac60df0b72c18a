"""The commands `bleib evidence`, run as a person runs them."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from plugin.cli import main
from plugin.model import Shop
from plugin.services.context import Context
from plugin.store import evidence_triggers
from plugin.store.access_log import Access, newest
from plugin.store.evidence import evidence as table
from tests.conftest import KeptMail
from tests.services.sign_up_stage import MAIL, Stage


@pytest.fixture
def db_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "bleib.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def shop_key(
    context: Context, shop: Shop, kept_mail: KeptMail, monkeypatch: pytest.MonkeyPatch
) -> str:
    """The key of a shop with somebody who confirmed."""
    Stage(context, shop).confirmed(kept_mail)
    monkeypatch.setenv("BLEIB_ENVIRONMENT", "development")
    monkeypatch.setenv("BLEIB_DATABASE_URL", context.config.database_url)
    monkeypatch.setenv("BLEIB_SMTP_SECURITY", "none")
    monkeypatch.setenv("BLEIB_LOG_LEVEL", "error")
    return shop.key


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["evidence", *arguments])


def accesses(context: Context) -> list[Access]:
    with context.db.read() as connection:
        return newest(connection, 1, limit=9)


@pytest.mark.parametrize("name", ["proof.json", "proof.pdf"])
def test_a_proof_is_written_and_checked_with_nothing_but_the_file(
    shop_key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, context: Context, name: str
) -> None:
    file = tmp_path / name
    made = run("export", "--shop", shop_key, "--email", MAIL, "--out", str(file))
    assert made.exit_code == 0, made.output
    assert [(one.actor, one.what) for one in accesses(context)] == [("operator", "proof")]
    key = run("key").output.strip()
    monkeypatch.setenv("BLEIB_DATABASE_URL", "nonsense://")
    good = run("verify", str(file), "--key", key)
    assert good.exit_code == 0, good.output
    assert f"3 records of {MAIL}, shop Uferhaus" in good.output
    assert key in good.output
    assert run("verify", str(file), "--key", "0000 " * 8).exit_code == 1
    file.write_bytes(file.read_bytes().replace(b"1", b"2", 1))
    bad = run("verify", str(file))
    assert (bad.exit_code, bad.output.startswith("FAIL")) == (1, True)


def test_the_whole_chain_is_checked_against_an_end_noted_earlier(
    shop_key: str, context: Context
) -> None:
    good = run("chain", "--shop", shop_key)
    assert good.exit_code == 0
    end = good.output.split()[-1]
    assert run("chain", "--shop", shop_key, "--end", end).exit_code == 0
    assert run("chain", "--shop", shop_key, "--end", f"2:{end.split(':')[1]}").exit_code == 1
    assert run("chain", "--shop", shop_key, "--end", "9:0").exit_code == 1
    assert run("chain", "--shop", shop_key, "--end", "end").exit_code == 2
    with context.db.write() as connection:
        evidence_triggers.lift(connection)
        connection.execute(sa.update(table).where(table.c.number == 2).values(wording=""))
    bad = run("chain", "--shop", shop_key)
    assert (bad.exit_code, bad.output) == (1, "FAIL record 2 does not fit the chain\n")


def test_what_cannot_be_handed_out_is_said_in_words(shop_key: str, tmp_path: Path) -> None:
    out = ("--out", str(tmp_path / "proof.json"))
    for shop, email, said in (
        (shop_key, "nobody@post.example", "nothing is recorded"),
        (shop_key, "nobody", "no mail address"),
        ("nosuchshop000000", MAIL, "no shop"),
    ):
        result = run("export", "--shop", shop, "--email", email, *out)
        assert (result.exit_code, said in result.output) == (1, True)
    assert not (tmp_path / "proof.json").exists()
