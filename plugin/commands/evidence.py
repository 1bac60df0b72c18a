"""The commands `bleib evidence`: hand out the proof of a person, and check one."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from plugin.commands import opened, shop_named
from plugin.errors import BleibError

_SAYS = {
    "no_evidence": "nothing is recorded of this person, or the time of the proof is over",
    "email_invalid": "this is no mail address",
    "pdf_missing": "PDFs need reportlab: pip install 'bleib[pdf]'",
}


@click.group()
def evidence() -> None:
    """Hand out the proof of a consent, and check it."""


@evidence.command("export")
@click.option("--shop", "key", required=True, help="The shop's key.")
@click.option("--email", required=True, help="The person's mail address.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path),
              help="File to write: a PDF if its name ends so, else JSON.")  # fmt: skip
@click.option("--language", type=click.Choice(["de", "en"]), default="de", show_default=True)
def export(key: str, email: str, out: Path, language: str) -> None:
    """Write the signed proof of one person into a file."""
    from plugin.services import access_log, evidence_export

    with opened() as context:
        shop = shop_named(context, key)
        whose = access_log.of_address(context, shop, email) or ""
        try:
            if out.suffix.lower() == ".pdf":
                raw = evidence_export.pdf_of(context, shop, email, language)
            else:
                raw = evidence_export.json_of(context, shop, email)
        except BleibError as error:
            raise click.ClickException(_SAYS.get(error.code, error.code)) from None
        access_log.note_look(
            context, shop, actor="operator", act="exported", what="proof", whose=whose
        )
    out.write_bytes(raw)
    click.echo(out)


@evidence.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", "trusted", help="Fingerprint of the key that must have signed it.")
def verify(file: Path, trusted: str | None) -> None:
    """Check a handed-out proof (JSON or PDF); needs no database, no network, no settings."""
    from plugin.services import evidence_file

    if file.stat().st_size > evidence_file.MAX_BYTES:
        raise click.ClickException("this is no proof: the file is too large")
    found = evidence_file.verify(file.read_bytes(), trusted)
    for problem in found.problems:
        click.echo(f"FAIL {_one_line(problem)}")
    if found.problems:
        sys.exit(1)
    about = f"{_one_line(found.address)}, shop {_one_line(found.shop)}"
    click.echo(f"ok   {found.records} records of {about}")
    if found.named < found.records:
        click.echo(f"     {found.named} of them show this very address, all are of one person")
    click.echo(f"ok   issued {_one_line(found.exported_at)}, unchanged since")
    click.echo(f"key  {found.fingerprint}")
    if trusted is None:
        click.echo("     compare it with `bleib evidence key` of the one who issued it")


def _one_line(text: object) -> str:
    """Return what a file says as it may stand among lines of ours: it can neither end one and
    write another, like the fingerprint of a key, nor steer the terminal.
    """
    return "".join(char if char.isprintable() else f"\\u{{{ord(char):x}}}" for char in str(text))


@evidence.command("chain")
@click.option("--shop", "shop_key", required=True, help="The shop's key.")
@click.option("--end", "noted", help="An end noted earlier, NUMBER:HASH, that must still stand.")
def chain(shop_key: str, noted: str | None) -> None:
    """Check every record of a shop; prints the end of its chain, to be noted elsewhere."""
    from plugin.services import evidence as service

    with opened() as context:
        shop = shop_named(context, shop_key)
        found = service.check(context, shop)
        kept = noted is None or _still_there(service.hash_at(context, shop, _number(noted)), noted)
    if found.broken is not None:
        click.echo(f"FAIL record {found.broken} does not fit the chain")
    if not kept:
        click.echo("FAIL the noted record is gone or another one")
    if not (found.intact and kept):
        sys.exit(1)
    click.echo(f"ok   {found.records} records, none changed, none missing")
    click.echo(f"end  {found.records}:{found.head}")


def _number(noted: str) -> int:
    number = noted.partition(":")[0]
    if not (number.isascii() and number.isdecimal()) or len(number) > 9:
        raise click.BadParameter("write it as NUMBER:HASH", param_hint="--end")
    return int(number)


def _still_there(found: str | None, noted: str) -> bool:
    return found is not None and found == noted.partition(":")[2].lower()


@evidence.command("key")
def key() -> None:
    """Print the fingerprint of the key with which this installation signs."""
    from plugin.services import evidence_export

    with opened() as context:
        click.echo(evidence_export.key_fingerprint(context))
