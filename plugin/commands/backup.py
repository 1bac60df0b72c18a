"""The commands `bleib backup`: copy the database, and prove that a copy can be gone on with."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from plugin.commands import opened
from plugin.errors import BleibError


@click.group()
def backup() -> None:
    """Copy the database, and check a copy."""


@backup.command("make")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path),
              help="New file: a SQLite database, or an archive of pg_dump.")  # fmt: skip
def make(out: Path) -> None:
    """Copy everything while Bleib runs; the keys in the settings need a copy of their own."""
    from plugin.services import backups

    with opened() as context:
        sqlite = context.db.is_sqlite
        try:
            found = backups.make(context, out)
        except FileExistsError:
            raise click.ClickException(f"{out} is there already") from None
        except BleibError as error:
            raise click.ClickException(f"{error.code}: is pg_dump installed?") from None
    click.echo(out)
    if sqlite:
        _report(found)
    else:
        click.echo(f"     check it: bleib backup check {out} --into postgresql+psycopg://EMPTY")


@backup.command("check")
@click.argument("copy", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--into", help="An empty PostgreSQL database to fill it into; it stays filled.")
def check(copy: Path, into: str | None) -> None:
    """Open a copy with this installation's keys and read all of it; ends with 1 on any problem."""
    from plugin.services import backups

    with opened() as context:
        try:
            found = backups.check(context, copy, into)
        except BleibError as error:
            raise click.ClickException(f"{error.code}: is the database empty?") from None
    _report(found)


def _report(found: object) -> None:
    from plugin.services.backups import Restorable

    assert isinstance(found, Restorable)  # noqa: S101 - imported late: commands start quickly
    for problem in found.problems:
        click.echo(f"FAIL {problem}")
    if found.problems:
        sys.exit(1)
    click.echo(
        f"ok   {found.shops} shops, {found.rows} rows, {found.records} proofs in their chains"
    )
