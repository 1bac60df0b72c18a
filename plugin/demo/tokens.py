"""Grants and tokens: one-time codes, expiring access tokens, rotating refresh tokens."""

from __future__ import annotations

import secrets
import time
from typing import Any

from plugin.demo.database import Connection, Row
from plugin.demo.shop import Shop

GRANT_SECONDS = 600
REFRESH_SECONDS = 90 * 86400


def grant(shop: Shop, scopes: list[str]) -> str:
    """Return a fresh authorisation code for these scopes, good for one use."""
    code = secrets.token_hex(16)
    with shop.db.write() as connection:
        connection.execute(
            "INSERT INTO grants (code, scopes, expires) VALUES (?, ?, ?)",
            (code, ",".join(scopes), time.time() + GRANT_SECONDS),
        )
    return code


def redeem(shop: Shop, code: str) -> dict[str, Any] | None:
    """Exchange an authorisation code for a pair of tokens; None if it is not good (any more)."""
    with shop.db.write() as connection:
        row = connection.execute(
            "SELECT * FROM grants WHERE code = ? AND used = 0 AND expires > ?",
            (code, time.time()),
        ).fetchone()
        if row is None:
            return None
        connection.execute("UPDATE grants SET used = 1 WHERE code = ?", (code,))
        install(connection, shop, row["scopes"])
        return _issue(connection, shop, row["scopes"], None)


def refresh(shop: Shop, token: str) -> dict[str, Any] | None:
    """Exchange a refresh token for a new pair; None if it is not good (any more).

    The old refresh token may be sent again until its replacement has been used once, so that an
    answer lost on the way does not lock the app out.
    """
    with shop.db.write() as connection:
        row = connection.execute(
            "SELECT * FROM tokens WHERE refresh = ? AND refresh_expires > ?", (token, time.time())
        ).fetchone()
        if (
            row is None
            or connection.execute(
                "SELECT 1 FROM tokens WHERE replaces = ? AND used = 1", (row["id"],)
            ).fetchone()
        ):
            return None
        if row["replaces"] is not None:
            connection.execute("UPDATE tokens SET used = 1 WHERE id = ?", (row["id"],))
        return _issue(connection, shop, row["scopes"], row["id"])


def trade(shop: Shop) -> dict[str, Any] | None:
    """Exchange a session token, once checked, for a pair of tokens; None if not installed."""
    install = shop.install
    if install is None:
        return None
    with shop.db.write() as connection:
        return _issue(connection, shop, install["scopes"], None)


def install(connection: Connection, shop: Shop, scopes: str) -> None:
    """Note that the app is installed with these scopes."""
    connection.execute(
        "INSERT INTO installs (client_id, id, scopes, installed_at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (client_id) DO UPDATE SET scopes = excluded.scopes",
        (shop.settings.client_id, secrets.randbelow(10**9) + 10**9, scopes, shop.stamp()),
    )


def _issue(connection: Connection, shop: Shop, scopes: str, replaces: int | None) -> dict[str, Any]:
    access, following = f"shpat_{secrets.token_hex(16)}", f"shprt_{secrets.token_hex(16)}"
    now, lasts = time.time(), shop.settings.token_seconds
    connection.execute(
        "INSERT INTO tokens (access, refresh, scopes, expires, refresh_expires, replaces) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        (access, following, scopes, now + lasts, now + REFRESH_SECONDS, replaces),
    )
    return {
        "access_token": access,
        "scope": scopes,
        "expires_in": lasts,
        "refresh_token": following,
        "refresh_token_expires_in": REFRESH_SECONDS,
    }


def holder(shop: Shop, access: str) -> Row | None:
    """Return the token's row if it is good now, and mark it as used."""
    row = shop.db.one("SELECT * FROM tokens WHERE access = ? AND expires > ?", access, time.time())
    if row is not None and not row["used"]:
        with shop.db.write() as connection:
            connection.execute("UPDATE tokens SET used = 1 WHERE id = ?", (row["id"],))
    return row


def revoke_all(connection: Connection) -> None:
    """Take back every grant and token, as uninstalling does."""
    connection.execute("DELETE FROM tokens")
    connection.execute("DELETE FROM grants")


def withdraw(connection: Connection, scope: str) -> None:
    """Take one scope from the installed app and from the tokens that it holds."""
    for table in ("installs", "tokens"):
        for row in connection.execute(f"SELECT id, scopes FROM {table}").fetchall():  # noqa: S608
            kept = [one for one in row["scopes"].split(",") if one != scope]
            connection.execute(
                f"UPDATE {table} SET scopes = ? WHERE id = ?",  # noqa: S608
                (",".join(kept), row["id"]),
            )


def effective(scopes: str) -> set[str]:
    """Return granted scopes with what they imply: who may write may read."""
    given = {scope.strip() for scope in scopes.split(",") if scope.strip()}
    return given | {f"read_{scope[6:]}" for scope in given if scope.startswith("write_")}
