"""The command `bleib analytics`: sums and orders as Parquet files."""

from __future__ import annotations

from pathlib import Path

import click

from plugin.commands import opened, shop_named
from plugin.errors import GiveUpError


@click.group()
def analytics() -> None:
    """Hand figures on to evaluations of your own."""


@analytics.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--shop", "shop_key", help="The key of one shop; without it every installed one.")
def export(folder: Path, shop_key: str | None) -> None:
    """Write each shop's sums and orders as Parquet files below FOLDER; nothing about people."""
    from plugin.services import analytics as service

    with opened() as context:
        shops = [shop_named(context, shop_key)] if shop_key else service.shops(context)
        for shop in shops:
            try:
                rows = service.export(context, shop, folder)
            except GiveUpError:
                raise click.ClickException(
                    "DuckDB is not installed: pip install 'bleib[analytics]'"
                ) from None
            click.echo(f"{folder / shop.key}: {len(rows)} files, {sum(rows.values())} rows")
