"""Groups of commands of `bleib`, each in a module of its own, and what they all begin with."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from plugin.config import Config, ConfigError, load_config

if TYPE_CHECKING:
    from plugin.model import Shop
    from plugin.services.context import Context


def config() -> Config:
    """Return the settings, or end the command with what is wrong in them."""
    try:
        return load_config()
    except ConfigError as error:
        click.echo(f"bleib: cannot start\n{error}", err=True)
        sys.exit(2)


@contextmanager
def opened() -> Iterator[Context]:
    """Open the installation for one command."""
    from plugin.app import build_context

    context = build_context(config())
    try:
        yield context
    finally:
        context.db.dispose()


def shop_named(context: Context, key: str) -> Shop:
    """Return the shop with this key, or end the command."""
    from plugin.services.tenants import shop_of_key

    shop = shop_of_key(context, key)
    if shop is None:
        raise click.ClickException("there is no shop with this key")
    return shop
