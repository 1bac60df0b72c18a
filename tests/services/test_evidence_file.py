"""The handed-out proof: whole, about one person, and any other byte is found without a database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from plugin.errors import NotFoundError
from plugin.model import Shop
from plugin.security import Keyring
from plugin.services import evidence_export, evidence_file, subscriptions
from plugin.services.context import Context
from plugin.services.evidence_pdf import printable
from plugin.store import evidence_triggers
from plugin.store.evidence import evidence as table
from tests.conftest import KeptMail, MovingClock
from tests.services.sign_up_stage import MAIL, Stage

OTHER = "eva.nord@post.example"


@pytest.fixture
def db_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "bleib.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def stage(context: Context, shop: Shop, kept_mail: KeptMail, moving_clock: MovingClock) -> Stage:
    """Somebody who confirmed and left, with somebody else's records in between."""
    stage = Stage(context, shop, voucher={"enabled": False})
    token = stage.confirmed(kept_mail)
    stage.confirmed(kept_mail, OTHER)
    moving_clock.move(days=3)
    off = subscriptions.peek(context, token).unsubscribe_token
    assert off is not None
    subscriptions.unsubscribe(context, off)
    return stage


def _json(stage: Stage, email: str = MAIL) -> bytes:
    return evidence_export.json_of(stage.context, stage.shop, email)


def test_a_proof_holds_without_the_database_and_is_about_one_person(stage: Stage) -> None:
    raw = _json(stage)
    found = evidence_file.verify(raw)
    assert found.problems == ()
    assert (found.address, found.records, found.named) == (MAIL, 4, 4)
    assert found.fingerprint == evidence_export.key_fingerprint(stage.context)
    document = json.loads(raw)
    assert [one["kind"] for one in document["records"]] == [
        "requested", "mailed", "confirmed", "unsubscribed",
    ]  # fmt: skip
    assert len(document["between"]) == 3
    assert OTHER not in raw.decode()
    others = [row for row in stage.rows(table) if row.number in (4, 5, 6)]
    for row in others:
        assert str(row.identity) not in raw.decode()


def test_every_altered_byte_of_a_proof_is_found(stage: Stage) -> None:
    stage.ask("asked@post.example")
    raw = _json(stage, "asked@post.example")
    flipped = (
        (at, raw[:at] + bytes([raw[at] ^ (0x20 if at % 2 else 1)]) + raw[at + 1 :])
        for at in range(len(raw))
    )
    assert [at for at, other in flipped if not evidence_file.verify(other).problems] == []


def test_bytes_more_or_less_are_found(stage: Stage) -> None:
    raw = _json(stage)
    for other in (b"", raw[:-1], raw + b"\n", b" " + raw, raw.replace(b"\n", b"\r\n"), raw + raw):
        assert evidence_file.verify(other).problems
    reordered = json.dumps(json.loads(raw), indent=1, ensure_ascii=False).encode()
    assert evidence_file.verify(reordered.replace(b'"address"', b'"Address"')).problems
    upper = json.loads(raw)
    upper["signature"] = upper["signature"].upper()
    assert evidence_file.verify(evidence_file.written(upper)).problems


@pytest.mark.parametrize("raw", [b"{}", b"[]", b"null", b"%PDF-1.4", b"\xff\xfe", b'{"key": 1}'])
def test_what_is_no_proof_is_called_so(raw: bytes) -> None:
    assert evidence_file.verify(raw).problems


def test_a_proof_signed_by_somebody_else_is_told_by_its_key(stage: Stage) -> None:
    known = evidence_export.key_fingerprint(stage.context)
    document = json.loads(_json(stage))
    del document["signature"], document["key"]
    document["records"][0]["wording"] = "Ja, gern."
    stranger = Keyring(["x" * 40], "y" * 40).evidence_key()
    forged = evidence_file.written(evidence_file.signed(document, stranger))
    found = evidence_file.verify(forged, known)
    assert "record 1 does not say what its hash says" in found.problems
    assert any("signed with another key" in problem for problem in found.problems)
    assert evidence_file.verify(_json(stage), known.replace(" ", "").upper()).problems == ()


def _forge(document: dict[str, Any], stage: Stage) -> tuple[str, ...]:
    """Sign what was altered with the right key: the marks and hashes alone must tell."""
    whole = {name: value for name, value in document.items() if name not in ("key", "signature")}
    key = stage.context.keys.evidence_key()
    return evidence_file.verify(evidence_file.written(evidence_file.signed(whole, key))).problems


def test_each_part_is_held_by_the_chain_and_not_by_the_signature_alone(stage: Stage) -> None:
    raw = _json(stage)
    document = json.loads(raw)
    assert _forge(document, stage) == ()
    for name in ("at", "kind", "wording", "page", "identity", "address", "previous", "number"):
        altered = json.loads(raw)
        value = altered["records"][0][name]
        altered["records"][0][name] = value + 1 if isinstance(value, int) else f"{value}x"
        assert _forge(altered, stage), name
    far = json.loads(raw)
    far["records"][-1]["number"] = 10**15
    assert "records in between are missing" in _forge(far, stage)
    for name in ("between", "records"):
        shorter = json.loads(raw)
        del shorter[name][1]
        assert _forge(shorter, stage), name


def test_a_proof_from_an_altered_row_does_not_hold(stage: Stage) -> None:
    with stage.context.db.write() as connection:
        evidence_triggers.lift(connection)
        connection.execute(sa.update(table).where(table.c.number == 3).values(wording="Ja."))
    found = evidence_file.verify(_json(stage))
    assert "record 3 does not say what its hash says" in found.problems
    # Another person's proof says that the chain does not hold, too.
    assert evidence_file.verify(_json(stage, OTHER)).problems


def test_a_person_who_wrote_the_address_in_another_way_is_the_same_person(
    stage: Stage, kept_mail: KeptMail
) -> None:
    found = evidence_file.verify(_json(stage, "Marlene.Ost+zwei@POST.example"))
    assert found.problems == ()
    assert (found.address, found.named) == (MAIL, 4)


def test_of_nobody_there_is_no_proof(stage: Stage) -> None:
    with pytest.raises(NotFoundError, match="no_evidence"):
        _json(stage, "nobody@post.example")


def test_a_pdf_carries_the_same_proof(stage: Stage) -> None:
    raw = evidence_export.pdf_of(stage.context, stage.shop, MAIL, "de")
    found = evidence_file.verify(raw)
    assert found.problems == ()
    assert (found.address, found.records) == (MAIL, 4)


def test_altered_bytes_of_a_pdf_are_found_wherever_they_are(stage: Stage) -> None:
    raw = evidence_export.pdf_of(stage.context, stage.shop, MAIL, "en")
    at_end = raw.index(b"%bleib-signature")
    places = [*range(0, at_end, 97), *range(at_end, len(raw))]
    unseen = [
        at
        for at in places
        if not evidence_file.verify(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]).problems
    ]
    assert unseen == []
    assert evidence_file.verify(raw + b"\n").problems
    assert evidence_file.verify(raw.replace(b"%PDF-1.", b"%PDF-1.\n", 1)).problems


def test_what_the_letters_of_a_pdf_lack_is_written_by_its_number() -> None:
    assert printable("E‑Mail „Grün“ – 5 €") == "E-Mail „Grün“ – 5 €"
    assert printable("żółw 🐢\x07") == "\\u{17c}ó\\u{142}w \\u{1f422}\\u{7}"
