"""The command `bleib`: run, worker, demo, db, package, doctor, shop, mail, evidence, and more."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from plugin import __version__
from plugin.commands import config, opened
from plugin.commands.analytics import analytics
from plugin.commands.backup import backup
from plugin.commands.evidence import evidence
from plugin.commands.mail import mail
from plugin.commands.past import demo_past
from plugin.commands.team import team
from plugin.errors import BleibError

if TYPE_CHECKING:
    from plugin.model import Shop
    from plugin.services.context import Context

#: What gunicorn serves.
FACTORY = "plugin.serving:served()"


@click.group()
@click.version_option(__version__, prog_name="bleib")
def main() -> None:
    """Retention widgets for online shops."""


main.add_command(analytics)
main.add_command(backup)
main.add_command(evidence)
main.add_command(mail)
main.add_command(demo_past)
main.add_command(team)


@main.command()
@click.option("--bind", default="127.0.0.1:8700", show_default=True, help="Address to listen on.")
@click.option("--workers", default=2, show_default=True, help="Number of web processes.")
def run(bind: str, workers: int) -> None:
    """Serve the app with gunicorn (put nginx or its equal in front: docs/operating.md)."""
    config()
    arguments = gunicorn_arguments(bind, workers)
    os.execv(sys.executable, [sys.executable, *arguments])  # noqa: S606 - our own interpreter


def gunicorn_arguments(bind: str, workers: int) -> list[str]:
    """Return the interpreter's arguments that serve the app.

    Worker class sync: steady here where gthread is bistable (docs/performance.md). No control
    socket: it would open a file in $HOME.
    """
    return [
        "-m", "gunicorn", FACTORY,
        "--bind", bind,
        "--workers", str(workers),
        "--worker-class", "sync",
        "--no-control-socket",
        "--timeout", "30",
        "--graceful-timeout", "20",
        "--limit-request-line", "4094",
        "--limit-request-fields", "60",
        "--limit-request-field_size", "8190",
        "--access-logfile", "/dev/null",
    ]  # fmt: skip


@main.command()
def worker() -> None:
    """Run background steps until SIGTERM."""
    found = config()
    from plugin.worker import run_worker

    run_worker(found)


@main.group()
def db() -> None:
    """Look after the database."""


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the schema to the newest revision."""
    from plugin.store import migrate
    from plugin.store.db import Database

    database = Database(config().database_url)
    try:
        migrate.upgrade(database)
    finally:
        database.dispose()
    click.echo("The schema is up to date.")


@main.command()
@click.option("--orders", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), default=Path("var/demo"))
@click.option("--database-url", default=None, help="Default: SQLite in the data folder.")
@click.option("--port", default=8700, show_default=True, help="First of three ports in a row.")
@click.option("--keep", is_flag=True, help="Go on with the data of the last run.")
@click.option("--embedded", is_flag=True, help="Show Bleib inside the demo shop's own admin.")
@click.option(
    "--past",
    default=None,
    type=click.IntRange(0, 90),
    help="Days with Bleib behind the shop (90); 0: not installed yet, as with --embedded.",
)
def demo(
    orders: Path | None,
    data: Path,
    database_url: str | None,
    port: int,
    keep: bool,
    embedded: bool,
    past: int | None,
) -> None:
    """Run demo shop, app, worker and mailbox on this machine until Ctrl-C."""
    try:
        from plugin.demo.launch import Launch
    except ModuleNotFoundError as error:
        click.echo(f"bleib: the demo needs {error.name}: pip install 'bleib[demo]'", err=True)
        sys.exit(2)
    if past is None:
        past = 0 if embedded else 90
    launch = Launch(
        data=data, orders=orders, database_url=database_url, port=port, keep=keep,
        embedded=embedded, past=0 if orders else past,
        web=gunicorn_arguments(f"127.0.0.1:{port}", 2),
    )  # fmt: skip
    sys.exit(launch.run())


@main.command()
@click.argument("platform", type=click.Choice(["shopify", "woocommerce", "shopware"]))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("dist"))
def package(platform: str, out: Path) -> None:
    """Write what is installed into a platform: PLATFORM is shopify, woocommerce or shopware."""
    from plugin.app import package_facts
    from plugin.packages import build

    try:
        path = build(platform, package_facts(config()), out)
    except ValueError as error:
        click.echo(f"bleib: {error}", err=True)
        sys.exit(2)
    click.echo(path)


@main.command()
@click.option("--shop", "key", required=True, help="The shop's key.")
def doctor(key: str) -> None:
    """Say in plain words whether a shop works."""
    from plugin.services import doctor as service

    with opened() as context:
        findings = service.examine(context, key)
    for finding in findings:
        click.echo(f"{'ok  ' if finding.good else 'FAIL'} {finding.text}")
    sys.exit(0 if all(finding.good for finding in findings) else 1)


@main.command()
@click.option("--shop", "key", required=True, help="The shop's key.")
def reconnect(key: str) -> None:
    """Let a shop register anew once, within an hour, without a signature of its own.

    For Shopware before 6.7, whose shops cannot sign twice: after a move to another address, or
    where the app was removed while Bleib did not answer.
    """
    from plugin.services import registering
    from plugin.services.tenants import shop_of_key

    with opened() as context:
        shop = shop_of_key(context, key)
        if shop is None:
            raise click.ClickException("there is no shop with this key")
        registering.allow_once(context, shop)
    click.echo(f"{shop.domain} may register anew within the next hour.")


@main.group()
def shop() -> None:
    """Look after shops of their own (platform script_tag)."""


@shop.command("add")
@click.option("--domain", required=True, help="Address of the shop, like shop.example.")
@click.option("--email", required=True, help="The merchant's mail address.")
@click.option("--name", required=True, help="Name of the shop.")
@click.option("--country", default="de", show_default=True, help="de, at, ch, eu or gb.")
def shop_add(domain: str, email: str, name: str, country: str) -> None:
    """Register a shop, also while BLEIB_REGISTRATION is closed; prints its tag and secret."""
    from plugin.services import front_door

    wish = front_door.Registration(domain, name, email, country)
    with opened() as context:
        try:
            entered = front_door.add(context, wish)
        except BleibError as error:
            raise click.ClickException(f"{error.field or 'shop'}: {error.code}") from None
        click.echo(f"tag     {front_door.script_tag(context, entered.shop)}")
        click.echo(f"api     {context.url(f'/api/v1/{entered.shop.key}')}")
        click.echo(f"secret  {entered.secret}")
        click.echo(f"sign in {context.url('/install/script_tag')}")


def _about_person(key: str, email: str, action: Callable[[Context, Shop, str], Any]) -> None:
    """Do something with all that one shop holds about one person, and print the result as JSON."""
    from plugin.services.tenants import shop_of_key

    with opened() as context:
        shop = shop_of_key(context, key)
        if shop is None:
            raise click.ClickException("there is no shop with this key")
        try:
            result = action(context, shop, email)
        except BleibError as error:
            raise click.ClickException(error.code) from None
    click.echo(json.dumps(result, ensure_ascii=False, indent=2, default=str))


@main.command()
@click.option("--shop", "key", required=True, help="The shop's key.")
@click.option("--email", required=True, help="The person's mail address.")
def export(key: str, email: str) -> None:
    """Print everything stored about one person as JSON."""
    from plugin.services import person_requests
    from plugin.services.identity import clean_email

    def handed_out(context: Context, shop: Shop, email: str) -> Any:  # noqa: ANN401 - JSON
        person = person_requests.Person(clean_email(email), None)
        return person_requests.hand_out(
            context, shop, person, "bleib export", "operator", source="command"
        )

    _about_person(key, email, handed_out)


@main.command()
@click.option("--shop", "key", required=True, help="The shop's key.")
@click.option("--email", required=True, help="The person's mail address.")
def erase(key: str, email: str) -> None:
    """Erase one person; prints what was removed and what the law keeps locked."""
    from plugin.services import person_requests

    def erased(context: Context, shop: Shop, email: str) -> Any:  # noqa: ANN401 - JSON
        return person_requests.erase_for(context, shop, email, "bleib erase", "command")

    _about_person(key, email, erased)


if __name__ == "__main__":
    main()
