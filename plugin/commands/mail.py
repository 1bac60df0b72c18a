"""`bleib mail`: what the mail server of an operator hands on."""

from __future__ import annotations

import os
import sys

import click

from plugin.commands import opened


@click.group()
def mail() -> None:
    """Look after mails."""


@mail.command("receive")
@click.option("--to", "came_to", default="", help="The envelope's recipient, if it is known.")
def mail_receive(came_to: str) -> None:
    """Take in one bounce or complaint from standard input, for a pipe of the mail server.

    Ends with 75 (try again later) where the database does not answer, else with 0: a mail that
    is no report is nobody's fault, and returning it would start a loop.
    """
    from plugin.errors import UnavailableError
    from plugin.services import bounces
    from plugin.services.delivery_reports import LONGEST

    raw = sys.stdin.buffer.read(LONGEST)
    with opened() as context:
        try:
            noted = bounces.receive(context, raw, came_to)
        except UnavailableError:
            sys.exit(os.EX_TEMPFAIL)
    click.echo(noted)
