"""Settings from the environment; a wrong value stops the start and names the variable.

Every variable has the prefix `BLEIB_`; `BLEIB_<NAME>_FILE` reads the value from a file instead
(Docker and systemd secrets).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

PREFIX = "BLEIB_"
_DEVELOPMENT_SECRET = "development-only-secret-never-use-in-production"  # noqa: S105
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
#: Twice the longest turn of a step: two workers at one step would do it twice.
_SHORTEST_LEASE = 120


class ConfigError(Exception):
    """The environment does not hold what is needed; the text names each variable."""


class Config(BaseSettings):
    """All settings of one installation."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    environment: Literal["production", "development"] = Field(
        "production", description="`development` allows default secrets and plain HTTP on loopback."
    )
    public_url: str = Field(
        "http://127.0.0.1:8700", description="Address under which browsers and shops reach Bleib."
    )
    database_url: str = Field(
        "sqlite:///var/bleib.sqlite3",
        description="`sqlite:///path` or `postgresql+psycopg://user:password@host/name`.",
    )
    secret_key: SecretStr = Field(
        SecretStr(_DEVELOPMENT_SECRET),
        description="Signs links and encrypts tokens. At least 32 characters; several, newest "
        "first, separated by commas, while rotating.",
    )
    hash_key: SecretStr = Field(
        SecretStr(_DEVELOPMENT_SECRET),
        description="Key of the check values of mail addresses. At least 32 characters; "
        "never changes.",
    )
    shopify_client_id: str = Field("", description="Client id of the Shopify app.")
    shopify_secret: SecretStr = Field(
        SecretStr(""),
        description="Client secret of the Shopify app; the previous one after a comma while "
        "rotating.",
    )
    shopware_secret: SecretStr = Field(
        SecretStr(""),
        description="Secret of the Shopware app, as in its package; at least 32 characters; the "
        "previous one after a comma while rotating. Empty: no Shopware shops.",
    )
    shop_origins: str = Field(
        "{}",
        description="Development only: JSON object that maps shop domains to loopback addresses "
        "(the demo shop).",
    )
    shop_authorities: str = Field(
        "",
        description="Development only: PEM file of the authority that signed the certificates of "
        "the shops on loopback.",
    )
    registration: Literal["open", "closed"] = Field(
        "open",
        description="Whether anybody may register a shop of their own (platform `script_tag`); "
        "`closed`: only with `bleib shop add`.",
    )
    smtp_host: str = Field("127.0.0.1", description="Host of the mail server.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Port of the mail server.")
    smtp_user: str = Field("", description="User name at the mail server; empty: no login.")
    smtp_password: SecretStr = Field(SecretStr(""), description="Password at the mail server.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="Encryption to the mail server; `none` only on loopback."
    )
    mail_from: str = Field(
        "bleib@localhost.localdomain", description="Envelope and From address of our mails."
    )
    mail_bounces: str = Field(
        "",
        description="Mailbox that undeliverable mails come back to (`bounces@mail.example`); a "
        "signed mark is put behind a plus, so its server must know plus addresses. Empty: "
        "`BLEIB_MAIL_FROM` without a mark.",
    )
    mail_spf: str = Field(
        "",
        description="Name that shops include in their SPF record. Empty: the domain of "
        "`BLEIB_MAIL_FROM`.",
    )
    mail_secret: SecretStr = Field(
        SecretStr(""),
        description="Secret of `/mail/reports`, where bounces and complaints may be posted; at "
        "least 32 characters. Empty: there is no such address.",
    )
    dns_server: str = Field(
        "",
        description="Name server (`host:port`) for the checks of senders. Empty: the system's.",
    )
    throwaway_domains: str = Field(
        "",
        description="File with further domains of throw-away mailboxes, one a line, beside our "
        "own short list; read at the start.",
    )
    trusted_proxies: int = Field(
        0, ge=0, le=5, description="How many reverse proxies stand in front and may be believed."
    )
    metrics_token: SecretStr = Field(
        SecretStr(""), description="Bearer token of /metrics; empty: loopback only."
    )
    analytics_folder: str = Field(
        "",
        description="Folder for each shop's sums and orders as Parquet files, written anew every "
        "night; needs the extra `analytics`. Empty: none.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Lowest level that is logged."
    )
    worker_threads: int = Field(
        3, ge=1, le=32, description="Steps that one worker process runs at the same time."
    )
    worker_poll_seconds: float = Field(
        1.0, gt=0, le=60, description="Pause of an idle worker between two looks, in seconds."
    )
    lease_seconds: float = Field(
        300,
        gt=0,
        le=3600,
        description="How long a step belongs to the worker that took it, in seconds: after a crash "
        "it is taken up again after this time. In production at least 120, because a long step "
        "works for a minute before it gives others a turn.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read nothing but what `from_env` passes in, so that one path explains every value."""
        return (init_settings,)

    @field_validator("public_url")
    @classmethod
    def _url_has_no_path(cls, value: str) -> str:
        parts = urlsplit(value)
        if (
            parts.scheme not in ("http", "https")
            or not parts.hostname
            or parts.path not in ("", "/")
        ):
            raise ValueError("must be http(s)://host[:port] without a path")
        return value.rstrip("/")

    @field_validator("mail_bounces")
    @classmethod
    def _bounces_have_room_for_the_mark(cls, value: str) -> str:
        if value and re.fullmatch(r"[a-z0-9._-]{1,20}@[a-z0-9.-]+", value) is None:
            raise ValueError("must be a plain address with at most 20 characters before the @")
        return value

    @field_validator("dns_server")
    @classmethod
    def _name_server_has_a_port(cls, value: str) -> str:
        if value and re.fullmatch(r"\[?[0-9a-fA-F.:]+\]?:\d{1,5}", value) is None:
            raise ValueError("must be address:port")
        return value

    @field_validator("throwaway_domains")
    @classmethod
    def _list_of_domains_is_there(cls, value: str) -> str:
        if value and not Path(value).is_file():
            raise ValueError("must name a file that is there")
        return value

    @field_validator("shop_origins")
    @classmethod
    def _origins_are_loopback(cls, value: str) -> str:
        origins = json.loads(value)
        if not isinstance(origins, dict):
            raise ValueError("must be a JSON object")
        if any(urlsplit(str(origin)).hostname not in _LOOPBACK for origin in origins.values()):
            raise ValueError("may only name loopback addresses")
        return value

    @model_validator(mode="after")
    def _production_is_safe(self) -> Self:
        problems = list(self._secret_problems())
        if self.environment == "production":
            if not self.public_url.startswith("https://"):
                problems.append("BLEIB_PUBLIC_URL must begin with https:// in production")
            if self.origins or self.shop_authorities:
                problems.append(
                    "BLEIB_SHOP_ORIGINS and BLEIB_SHOP_AUTHORITIES are for development only"
                )
            if self.lease_seconds < _SHORTEST_LEASE:
                problems.append("BLEIB_LEASE_SECONDS must be at least 120 in production")
        if self.smtp_security == "none" and self.smtp_host not in _LOOPBACK:
            problems.append("BLEIB_SMTP_SECURITY=none is allowed on loopback only")
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _secret_problems(self) -> list[str]:
        problems = []
        for name in ("secret_key", "hash_key"):
            for value in getattr(self, name).get_secret_value().split(","):
                if value.strip() == _DEVELOPMENT_SECRET and self._is_reachable:
                    problems.append(f"{PREFIX}{name.upper()} is not set")
                elif len(value.strip()) < 32:
                    problems.append(f"{PREFIX}{name.upper()} is shorter than 32 characters")
        if 0 < len(self.mail_secret.get_secret_value()) < 32:
            problems.append("BLEIB_MAIL_SECRET is shorter than 32 characters")
        if any(len(value) < 32 for value in self.shopware_secrets):
            problems.append("BLEIB_SHOPWARE_SECRET is shorter than 32 characters")
        if bool(self.shopify_client_id) != bool(self.shopify_secret.get_secret_value()):
            problems.append("BLEIB_SHOPIFY_CLIENT_ID and BLEIB_SHOPIFY_SECRET belong together")
        return problems

    @property
    def _is_reachable(self) -> bool:
        # Everybody knows the secret of development: it is good for this machine alone.
        host = urlsplit(self.public_url).hostname
        return self.environment == "production" or host not in _LOOPBACK

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """Signing and encryption secrets, newest first."""
        return tuple(key.strip() for key in self.secret_key.get_secret_value().split(","))

    @property
    def shopify_secrets(self) -> tuple[str, ...]:
        """Client secrets of the Shopify app, newest first."""
        return _listed(self.shopify_secret)

    @property
    def shopware_secrets(self) -> tuple[str, ...]:
        """Secrets of the Shopware app, newest first."""
        return _listed(self.shopware_secret)

    @property
    def origins(self) -> dict[str, str]:
        """Loopback addresses of development shops by their domain."""
        return {str(k): str(v).rstrip("/") for k, v in json.loads(self.shop_origins).items()}

    @property
    def secure(self) -> bool:
        """Tell whether browsers reach us by TLS."""
        return self.public_url.startswith("https://")


def _listed(secret: SecretStr) -> tuple[str, ...]:
    values = secret.get_secret_value().split(",")
    return tuple(value.strip() for value in values if value.strip())


def load_config(environ: Mapping[str, str] | None = None) -> Config:
    """Build the settings from the environment (default: the process's own).

    Raises ConfigError with one line for each variable that is wrong.
    """
    source = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for name in Config.model_fields:
        variable = PREFIX + name.upper()
        if variable + "_FILE" in source:
            try:
                values[name] = Path(source[variable + "_FILE"]).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise ConfigError(f"{variable}_FILE: {error.strerror}") from error
        elif variable in source:
            values[name] = source[variable]
    try:
        return Config(**values)
    except ValidationError as error:
        raise ConfigError(_explain(error)) from None


def _explain(error: ValidationError) -> str:
    lines = []
    for item in error.errors(include_input=False, include_url=False):
        place = PREFIX + str(item["loc"][0]).upper() + ": " if item["loc"] else ""
        lines.append(place + str(item["msg"]).removeprefix("Value error, "))
    return "\n".join(lines)
