"""The platform's side of installing an app: entry link, consent page, grant and tokens."""

from __future__ import annotations

import hmac
from secrets import token_hex
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from plugin.demo import tokens
from plugin.demo.admin_frame import (
    EXPLAINED,
    TOKEN_EXCHANGE,
    explained,
    framed_app,
    refusal,
    traded,
)
from plugin.demo.database import remember
from plugin.demo.payloads import redaction, store
from plugin.demo.settings import Settings
from plugin.demo.shop import Shop, current_shop
from plugin.demo.signing import host_parameter, signed_query
from plugin.demo.webhooks import announce

oauth = Blueprint("oauth", __name__)


def entry_link(settings: Settings) -> str:
    """Return the signed address under which the platform opens the app, good for 90 seconds."""
    pairs = [
        ("host", host_parameter(settings.shop_domain)),
        # Two clicks within one second are two openings, each good for once.
        ("session", token_hex(16)),
        ("shop", settings.shop_domain),
    ]
    return f"{settings.app_url}/install/shopify?{signed_query(settings.secret, pairs)}"


@oauth.get("/admin/apps/<name>")
def open_app(name: str) -> AnyResponse:
    """Open the app, named by handle or client id: on its own, or inside the shop's admin."""
    settings = current_shop().settings
    if name not in ("bleib", settings.client_id):
        abort(404)
    return framed_app() if settings.embedded else redirect(entry_link(settings))


def _requested(settings: Settings) -> tuple[list[str], str, str]:
    """Return scopes, redirect address and state of an authorisation request; 400 if wrong."""
    asked = request.values.get("scope", "") or ",".join(settings.app.scopes)
    scopes = sorted({scope.strip() for scope in asked.split(",") if scope.strip()})
    target = request.values.get("redirect_uri", "")
    if request.values.get("client_id") != settings.client_id:
        abort(400, "Unknown client_id")
    if target != settings.redirect_uri:
        abort(400, "The redirect_uri is not registered for this app")
    if not scopes or not set(scopes) <= set(EXPLAINED):
        abort(400, "The scope is not known to this shop")
    return scopes, target, request.values.get("state", "")


def _back(shop: Shop, target: str, state: str, extra: tuple[str, str]) -> AnyResponse:
    settings = shop.settings
    pairs = [
        extra,
        ("host", host_parameter(settings.shop_domain)),
        ("shop", settings.shop_domain),
        ("state", state),
    ]
    return redirect(f"{target}?{signed_query(settings.secret, pairs)}")


@oauth.get("/admin/oauth/authorize")
def ask() -> AnyResponse | str:
    """Show the consent page; no page if the installed app already has every right it asks for."""
    shop = current_shop()
    scopes, target, state = _requested(shop.settings)
    install = shop.install
    if install is not None and set(scopes) <= tokens.effective(install["scopes"]):
        return _back(shop, target, state, ("code", tokens.grant(shop, scopes)))
    return render_template(
        "consent.html", page="consent", scopes=explained(scopes), asked=request.args
    )


@oauth.post("/admin/oauth/authorize")
def allow() -> AnyResponse:
    """Take the merchant's answer and go back to the app, or to the apps page on a refusal."""
    shop = current_shop()
    origin = request.headers.get("Origin")
    if origin not in (None, shop.settings.shop_url):
        abort(403)
    scopes, target, state = _requested(shop.settings)
    if request.form.get("answer") != "allow":
        return redirect("/hinterzimmer/apps")
    shop.note("Uferhaus → Bleib", "Zugriff erlaubt", ", ".join(scopes))
    return _back(shop, target, state, ("code", tokens.grant(shop, scopes)))


def _client_known(settings: Settings, body: dict[str, Any]) -> bool:
    secret = str(body.get("client_secret", ""))
    known = hmac.compare_digest(secret.encode(), settings.secret.encode())
    return known and body.get("client_id") == settings.client_id


@oauth.post("/admin/oauth/access_token")
def access_token() -> AnyResponse | tuple[Response, int]:
    """Exchange a code, or a refresh token, for an expiring access token."""
    shop = current_shop()
    if shop.silent():
        return jsonify(errors="Service Unavailable"), 503
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        body = request.form.to_dict()
    if not _client_known(shop.settings, body):
        return refusal("invalid_client", "Unknown client or wrong secret")
    if body.get("grant_type") == TOKEN_EXCHANGE:
        return traded(body)
    if body.get("grant_type") == "refresh_token":
        pair = tokens.refresh(shop, str(body.get("refresh_token", "")))
        what = "refresh_token"
    elif str(body.get("expiring", "")) != "1":
        return refusal("invalid_request", "Public apps must ask for expiring tokens")
    else:
        pair = tokens.redeem(shop, str(body.get("code", "")))
        what = "authorization_code"
    shop.note("Bleib → access_token", "200" if pair else "400", what)
    if pair is None:
        text = "The authorization code or refresh token is not valid or was used before"
        return refusal("invalid_grant", text)
    answer = jsonify(pair)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def uninstall(shop: Shop) -> bool:
    """Remove the app: tokens, embed and data of the app go at once, then the app is told."""
    install = shop.install
    if install is None:
        return False
    with shop.db.write() as connection:
        tokens.revoke_all(connection)
        connection.execute("DELETE FROM installs")
        connection.execute("DELETE FROM metafields")
        connection.execute("DELETE FROM webhooks WHERE state = 'waiting'")
        remember(connection, "uninstalled", shop.stamp())
        announce(connection, shop, "app/uninstalled", shop.settings.shop_name, store(shop))
    shop.bell.set()
    return True


def redact_shop(shop: Shop) -> None:
    """Send the request to erase the shop, which the platform sends 48 hours after uninstalling."""
    with shop.db.write() as connection:
        announce(connection, shop, "shop/redact", shop.settings.shop_name, redaction(shop))
        remember(connection, "uninstalled", "")
    shop.bell.set()


def editor_link(settings: Settings) -> str:
    """Return the address of the theme editor with the app's switch."""
    block = quote(f"{settings.client_id}/bleib", safe="")
    return f"/admin/themes/current/editor?context=apps&template=index&activateAppId={block}"
