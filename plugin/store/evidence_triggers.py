"""Triggers that keep the evidence append-only, whatever the code around it does."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.evidence import ORIGIN, PERSON, evidence

_SAYS = "evidence is append-only"


def lay(connection: Connection) -> None:
    """Put the triggers in place: nothing is deleted while a shop is installed, and nothing
    changed but for emptying what tells a person.
    """
    lift(connection)
    for statement in _STATEMENTS[connection.dialect.name]():
        connection.execute(sa.text(statement))


def lift(connection: Connection) -> None:
    """Take the triggers away (before a migration, which may rebuild the table)."""
    if not sa.inspect(connection).has_table(evidence.name):
        return
    on = " ON evidence" if connection.dialect.name == "postgresql" else ""
    for name in ("evidence_no_change", "evidence_no_delete", "evidence_no_truncate"):
        connection.execute(sa.text(f"DROP TRIGGER IF EXISTS {name}{on}"))


def _kept(same: str) -> str:
    """Return the condition under which a change is an emptying; `same` compares also NULL."""
    erasable = PERSON + ORIGIN
    parts = [
        f"(NEW.{column.name} {same} OLD.{column.name}"
        + (f" OR NEW.{column.name} IS NULL)" if column.name in erasable else ")")
        for column in evidence.c
    ]
    # All that belongs together goes together: half of it could neither be checked nor told.
    for group in (PERSON, ORIGIN):
        emptied = " AND ".join(f"NEW.{name} IS NULL" for name in group)
        whole = " AND ".join(f"NEW.{name} {same} OLD.{name}" for name in group)
        parts.append(f"(({emptied}) OR ({whole}))")
    return " AND ".join(parts)


_INSTALLED = "(SELECT state FROM shops WHERE id = OLD.shop_id) = 'installed'"


def _sqlite() -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
    return [
        "CREATE TRIGGER evidence_no_change BEFORE UPDATE ON evidence "
        f"WHEN NOT ({_kept('IS')}) {refuse}",
        f"CREATE TRIGGER evidence_no_delete BEFORE DELETE ON evidence WHEN {_INSTALLED} {refuse}",
    ]


def _postgresql() -> list[str]:
    refused = f"RAISE EXCEPTION '{_SAYS}'"
    return [
        "CREATE OR REPLACE FUNCTION evidence_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN IF TG_OP = 'TRUNCATE' THEN {refused}; END IF; "
        f"IF TG_OP = 'UPDATE' THEN IF NOT ({_kept('IS NOT DISTINCT FROM')}) THEN {refused}; "
        f"END IF; RETURN NEW; END IF; IF {_INSTALLED} THEN {refused}; END IF; "
        "RETURN OLD; END $$",
        "CREATE TRIGGER evidence_no_change BEFORE UPDATE ON evidence "
        "FOR EACH ROW EXECUTE FUNCTION evidence_append_only()",
        "CREATE TRIGGER evidence_no_delete BEFORE DELETE ON evidence "
        "FOR EACH ROW EXECUTE FUNCTION evidence_append_only()",
        "CREATE TRIGGER evidence_no_truncate BEFORE TRUNCATE ON evidence "
        "FOR EACH STATEMENT EXECUTE FUNCTION evidence_append_only()",
    ]


_STATEMENTS = {"sqlite": _sqlite, "postgresql": _postgresql}
