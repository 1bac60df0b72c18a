"""`bleib team`: who may sign in to a shop, and help for those who lost their second factor."""

from __future__ import annotations

import click

from plugin.commands import opened, shop_named


@click.group()
def team() -> None:
    """Look after the people of a shop."""


@team.command("list")
@click.option("--shop", "key", required=True, help="The shop's key.")
def team_list(key: str) -> None:
    """Print everybody of a shop: number, role, mail address, second factor."""
    from plugin.services.team import people

    with opened() as context:
        for one in people(context, shop_named(context, key)):
            factor = "second factor" if one.member.has_factor else "mail link only"
            click.echo(f"{one.member.id}\t{one.member.role}\t{one.email}\t{factor}")


@team.command("factor-off")
@click.option("--shop", "key", required=True, help="The shop's key.")
@click.option("--person", "member_id", required=True, type=int, help="The number in the list.")
def team_factor_off(key: str, member_id: int) -> None:
    """Let the link of a mail be enough again for somebody who lost phone and recovery codes."""
    from plugin.errors import NotFoundError
    from plugin.services.second_factor import switch_off

    with opened() as context:
        try:
            switch_off(context, shop_named(context, key), member_id)
        except NotFoundError:
            raise click.ClickException("nobody of this shop has this number") from None
    click.echo("off: at the next sign-in the link is enough")
