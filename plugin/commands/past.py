"""The command that gives the demo's shop a past; `bleib demo` calls it."""

from __future__ import annotations

from pathlib import Path

import click

from plugin.commands import config


@click.command("demo-past", hidden=True)
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), required=True)
@click.option("--shop-url", required=True)
@click.option("--days", type=int, required=True)
def demo_past(data: Path, shop_url: str, days: int) -> None:
    """Fill the demo shop and Bleib with the last days; both must be running."""
    from plugin.app import build_context, handlers
    from plugin.demo.settings import Settings
    from plugin.logs import configure_logs
    from plugin.seeds.story import tell
    from plugin.store import db

    # A demo that loses its past in a power cut is begun anew.
    db.SYNCHRONOUS = "OFF"
    found = config()
    configure_logs("WARNING")
    context = build_context(found)
    settings = Settings(
        data=data,
        app_url=found.public_url,
        shop_url=shop_url,
        secret=found.shopify_secret.get_secret_value(),
    )
    try:
        tell(context, handlers(), settings, days)
    finally:
        context.db.dispose()
