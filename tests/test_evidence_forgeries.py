"""Proofs that somebody else made up: told for what they are, and made to say nothing more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from plugin.cli import main
from plugin.services import evidence_file
from plugin.services.evidence_chain import START, body_digest, mark, record_hash

_WHO, _SALT = "a" * 64, "b" * 64


def _record() -> dict[str, Any]:
    facts: dict[str, Any] = {
        "kind": "confirmed",
        "at": "2026-11-21T09:00:00.000000+00:00",
        "campaign_id": 1,
        "campaign_version": 1,
        "wording": "Ja",
        "mail_hash": None,
        "mark_who": mark("who", _SALT, _WHO),
        "mark_address": None,
        "mark_origin": None,
    }
    return facts | {
        "number": 1,
        "previous": START,
        "hash": record_hash(1, 1, START, body_digest(facts)),
        "identity": _WHO,
        "address": None,
        "page": None,
        "net_address": None,
        "salts": {"who": _SALT, "address": None, "origin": None},
    }


def _verify(path: Path, **changed: Any) -> Result:
    """Check a proof that holds within itself, signed with a key of one's own."""
    document = {
        "shop": {"id": 1, "name": "Uferhaus", "domain": "uferhaus.example"},
        "address": "marlene@post.example",
        "exported_at": "2026-11-21T09:00:00+00:00",
        "records": [_record()],
        "between": [],
        "intact": True,
        **changed,
    }
    file = path / "forged.json"
    signed = evidence_file.signed(document, Ed25519PrivateKey.generate())
    file.write_bytes(evidence_file.written(signed))
    return CliRunner().invoke(main, ["evidence", "verify", str(file)], color=True)


def test_a_proof_without_any_record_is_called_none(tmp_path: Path) -> None:
    found = _verify(tmp_path, records=[])
    assert (found.exit_code, found.output[:4]) == (1, "FAIL")


@pytest.mark.parametrize(
    "changed",
    [
        {"shop": {"id": 1, "name": "Uferhaus\nkey  0123 4567"}},
        {"address": "marlene@post.example\x1b[2K\x1b[8m"},
        {"exported_at": "now\r\nkey  0123 4567\u202e"},
    ],
)
def test_a_forged_proof_writes_no_lines_of_its_own(tmp_path: Path, changed: dict[str, Any]) -> None:
    found = _verify(tmp_path, **changed)
    assert found.exit_code == 0, found.output
    lines = found.output.splitlines()
    assert [line[:5] for line in lines] == ["ok   ", "     ", "ok   ", "key  ", "     "]
    assert all(line.isprintable() for line in lines)
