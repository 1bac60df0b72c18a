"""Settings: a wrong environment stops the start and names the variable."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from plugin.config import Config, ConfigError, load_config

GOOD = {
    "BLEIB_PUBLIC_URL": "https://bleib.example",
    "BLEIB_SECRET_KEY": "k" * 32,
    "BLEIB_HASH_KEY": "h" * 32,
    "BLEIB_SMTP_HOST": "mail.example",
}


def test_a_good_production_environment_starts() -> None:
    config = load_config(GOOD)
    assert config.secure
    assert config.environment == "production"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"BLEIB_SECRET_KEY": None}, "BLEIB_SECRET_KEY"),
        ({"BLEIB_HASH_KEY": None}, "BLEIB_HASH_KEY"),
        ({"BLEIB_SECRET_KEY": ""}, "BLEIB_SECRET_KEY"),
        ({"BLEIB_SECRET_KEY": "short"}, "BLEIB_SECRET_KEY"),
        ({"BLEIB_SECRET_KEY": "k" * 32 + ",short"}, "BLEIB_SECRET_KEY"),
        ({"BLEIB_HASH_KEY": "h" * 31}, "BLEIB_HASH_KEY"),
        (
            {"BLEIB_SECRET_KEY": "development-only-secret-never-use-in-production"},
            "BLEIB_SECRET_KEY",
        ),
        ({"BLEIB_PUBLIC_URL": None}, "BLEIB_PUBLIC_URL"),
        ({"BLEIB_PUBLIC_URL": "http://bleib.example"}, "BLEIB_PUBLIC_URL"),
        ({"BLEIB_PUBLIC_URL": "https://bleib.example/path"}, "BLEIB_PUBLIC_URL"),
        ({"BLEIB_PUBLIC_URL": "bleib.example"}, "BLEIB_PUBLIC_URL"),
        ({"BLEIB_ENVIRONMENT": "staging"}, "BLEIB_ENVIRONMENT"),
        ({"BLEIB_SMTP_PORT": "0"}, "BLEIB_SMTP_PORT"),
        ({"BLEIB_SMTP_PORT": "smtp"}, "BLEIB_SMTP_PORT"),
        ({"BLEIB_SMTP_SECURITY": "ssl"}, "BLEIB_SMTP_SECURITY"),
        ({"BLEIB_SMTP_SECURITY": "none"}, "BLEIB_SMTP_SECURITY"),
        ({"BLEIB_SHOPIFY_CLIENT_ID": "id"}, "BLEIB_SHOPIFY_SECRET"),
        ({"BLEIB_SHOPIFY_SECRET": "secret"}, "BLEIB_SHOPIFY_CLIENT_ID"),
        ({"BLEIB_SHOPWARE_SECRET": "short"}, "BLEIB_SHOPWARE_SECRET"),
        (
            {"BLEIB_SHOP_ORIGINS": '{"a.myshopify.com":"http://localhost:1"}'},
            "BLEIB_SHOP_ORIGINS",
        ),
        (
            {"BLEIB_SHOP_ORIGINS": '{"a.myshopify.com":"http://evil.example"}'},
            "BLEIB_SHOP_ORIGINS",
        ),
        ({"BLEIB_SHOP_ORIGINS": "[]"}, "BLEIB_SHOP_ORIGINS"),
        ({"BLEIB_SHOP_ORIGINS": "{"}, "BLEIB_SHOP_ORIGINS"),
        ({"BLEIB_TRUSTED_PROXIES": "-1"}, "BLEIB_TRUSTED_PROXIES"),
        ({"BLEIB_TRUSTED_PROXIES": "many"}, "BLEIB_TRUSTED_PROXIES"),
        ({"BLEIB_LOG_LEVEL": "chatty"}, "BLEIB_LOG_LEVEL"),
        ({"BLEIB_WORKER_POLL_SECONDS": "0"}, "BLEIB_WORKER_POLL_SECONDS"),
        ({"BLEIB_LEASE_SECONDS": "0"}, "BLEIB_LEASE_SECONDS"),
        ({"BLEIB_LEASE_SECONDS": "60"}, "BLEIB_LEASE_SECONDS"),
        ({"BLEIB_SECRET_KEY_FILE": "/no/such/file"}, "BLEIB_SECRET_KEY_FILE"),
    ],
)
def test_a_bad_environment_is_named(change: dict[str, str | None], named: str) -> None:
    environ = {name: value for name, value in {**GOOD, **change}.items() if value is not None}
    with pytest.raises(ConfigError, match=named):
        load_config(environ)


def test_a_secret_can_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("f" * 40 + "\n")
    environ = {**GOOD, "BLEIB_SECRET_KEY_FILE": str(secret)}
    del environ["BLEIB_SECRET_KEY"]
    assert load_config(environ).secret_keys == ("f" * 40,)


def test_several_secrets_are_read_newest_first() -> None:
    config = load_config({**GOOD, "BLEIB_SECRET_KEY": "a" * 32 + "," + "b" * 32})
    assert config.secret_keys == ("a" * 32, "b" * 32)


def test_no_secret_shows_in_a_printed_config() -> None:
    assert "k" * 32 not in repr(load_config(GOOD))


def test_the_command_ends_with_the_variable_in_its_message() -> None:
    environ = {"PATH": os.environ["PATH"]}
    result = subprocess.run(
        [sys.executable, "-m", "plugin.cli", "worker"], env=environ, capture_output=True, text=True
    )
    assert result.returncode == 2
    assert "BLEIB_SECRET_KEY is not set" in result.stderr
    assert "Traceback" not in result.stderr


def test_every_setting_is_in_the_documentation() -> None:
    table = (Path(__file__).parent.parent / "docs" / "configuration.md").read_text("utf-8")
    assert render_table() in table, "run: python -m tests.test_config > docs/configuration.md"


def render_table() -> str:
    """Return the configuration table as it stands in the documentation."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    for name, field in Config.model_fields.items():
        default = field.default
        shown = getattr(default, "get_secret_value", lambda value=default: value)()
        secret = "development" in str(shown) and name.endswith("_key")
        text = "(required in production)" if secret else f"`{shown}`" if shown != "" else "(empty)"
        rows.append(f"| `BLEIB_{name.upper()}` | {text} | {field.description} |")
    return "\n".join(rows)


if __name__ == "__main__":
    print(
        "# Configuration\n\nEvery setting is an environment variable. `BLEIB_<NAME>_FILE` reads "
        "the value from a file instead.\nA wrong value stops the start and names the variable. "
        "The table is generated from `plugin/config.py`\n(`python -m tests.test_config > "
        "docs/configuration.md`) and checked by a test.\n\n" + render_table()
    )
