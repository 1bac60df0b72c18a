"""People from a file: only with a source of consent, nobody overwritten, nobody written to."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugin.errors import InvalidFieldError
from plugin.model import Shop
from plugin.services import block_list, csv_import, subscriber_import, subscriber_list
from plugin.services.context import Context
from plugin.services.identity import identity_of
from plugin.store.evidence import evidence
from plugin.store.subscribers import subscribers
from tests.conftest import KeptMail
from tests.fakes.platform import FakePlatform
from tests.services.sign_up_stage import MAIL
from tests.services.sync_stage import SyncStage

SOURCE = "Double-Opt-in-Formular der alten Shopseite, Export vom 1. November 2026"
HEAD = "E-Mail;Sprache;Bestätigt am\n"


@pytest.fixture
def db_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "bleib.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def stage(context: Context, shop: Shop) -> SyncStage:
    stage = SyncStage(context, shop)
    stage.connect_service()
    return stage


def hand_in(stage: SyncStage, text: str, source: str = SOURCE) -> csv_import.Import:
    kind = subscriber_import.kind_with(source)
    found = csv_import.hand_in(stage.context, stage.shop, kind, text.encode())
    csv_import.start_import(stage.context, stage.shop, found.id)
    stage.work()
    return csv_import.look(stage.context, stage.shop, found.id)


def test_people_of_a_file_are_subscribed_with_the_source_in_their_proof(
    stage: SyncStage, kept_mail: KeptMail, fake_platform: FakePlatform
) -> None:
    found = hand_in(stage, HEAD + "eva@post.example;en;20.11.2026 18:10\n")
    assert (found.state, found.good, found.taken) == ("done", 1, 1)
    row = stage.rows(subscribers)[0]
    assert (row.state, row.language, row.widget) == ("confirmed", "en", "import")
    assert row.confirmed_at.isoformat() == "2026-11-20T17:10:00+00:00"
    proof = stage.rows(evidence)[0]
    assert proof.kind == "imported"
    assert SOURCE in proof.wording
    assert kept_mail.sent == []
    assert fake_platform.consents == {"eva@post.example": "subscribed"}
    assert stage.fake.gets_mail("eva@post.example")
    assert stage.dead() == []


def test_nobody_who_is_known_left_or_blocked_is_changed(
    stage: SyncStage, kept_mail: KeptMail
) -> None:
    stage.confirmed(kept_mail)
    stage.leave()
    stage.ask("offen@post.example")
    blocked = identity_of(stage.context.keys, stage.shop.id, "gesperrt@post.example")
    with stage.context.db.write() as connection:
        block_list.block(connection, stage.context, stage.shop, blocked)
    stage.work()
    before, mails = stage.rows(subscribers), len(kept_mail.sent)
    names = [MAIL, MAIL.replace("@", "+x@"), "offen@post.example", "gesperrt@post.example"]
    rows = "".join(f"{name};de;1.11.2026 10:00\n" for name in names)
    found = hand_in(stage, HEAD + rows)
    assert (found.good, found.taken) == (4, 0)
    assert stage.rows(subscribers) == before
    assert len(kept_mail.sent) == mails


def test_the_same_file_twice_is_one(stage: SyncStage) -> None:
    rows = HEAD + "eva@post.example;de;1.11.2026\nEVA@post.example;de;2.11.2026\n"
    assert hand_in(stage, rows).taken == 1
    assert hand_in(stage, rows).taken == 0
    assert len(stage.rows(subscribers)) == 1


@pytest.mark.parametrize("source", ["", "   ", "ja", "x" * 501])
def test_without_a_source_nothing_is_read(source: str) -> None:
    with pytest.raises(InvalidFieldError, match="consent_source_missing"):
        subscriber_import.kind_with(source)


def test_rows_without_time_or_address_are_named(stage: SyncStage) -> None:
    rows = ";de;1.11.2026\neva@post.example;de;\nkeine;de;1.11.2026\nmo@post.example;de;1.1.2031\n"
    found = hand_in(stage, HEAD + rows)
    codes = [(one["row"], one["code"]) for one in found.problems]
    assert codes == [(2, "missing"), (3, "missing"), (4, "email_invalid"), (5, "in_future")]
    assert stage.rows(subscribers) == []


def test_what_went_out_comes_in_again_formulas_and_all(stage: SyncStage) -> None:
    hand_in(stage, HEAD + "+1@post.example;de;1.11.2026\n=a@post.example;de;1.11.2026\n")
    out = "".join(subscriber_list.as_csv(stage.context, stage.shop))
    assert "'+1@post.example" in out
    assert "'=a@post.example" in out
    assert hand_in(stage, out.removeprefix("\ufeff")).taken == 0
    assert len(stage.rows(subscribers)) == 2
