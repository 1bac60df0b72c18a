"""The shop's admin with an app inside: managed install, session tokens, and what they buy."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
)
from werkzeug.wrappers import Response as AnyResponse

from plugin.demo import tokens, wording
from plugin.demo.settings import Settings
from plugin.demo.shop import Shop, current_shop
from plugin.demo.signing import claims_of, host_parameter, session_token, signed_query

admin_frame = Blueprint("admin_frame", __name__)
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"  # noqa: S105 - a name
TOKEN_SECONDS = 60
MERCHANT = "42"
EXPLAINED = (
    "read_orders",
    "read_products",
    "read_fulfillments",
    "read_discounts",
    "write_discounts",
    "read_customers",
    "write_customers",
    "write_app_proxy",
)
_ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"  # noqa: S105 - a name
_OFFLINE = "urn:shopify:params:oauth:token-type:offline-access-token"


def framed_app() -> AnyResponse:
    """Show the app inside the admin; ask the merchant first while it lacks a right it needs."""
    shop = current_shop()
    install = shop.install
    wanted = set(shop.settings.app.scopes)
    if install is None or not wanted <= tokens.effective(install["scopes"]):
        return redirect("/admin/oauth/install")
    response = make_response(
        render_template("admin_frame.html", page="app", source=_opening(shop.settings))
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; "
        f"frame-src {shop.settings.app_url}; frame-ancestors 'none'"
    )
    return response


@admin_frame.get("/admin/oauth/install")
def ask() -> str:
    """Show what the app, as it is registered, will be allowed to do."""
    shown = explained(current_shop().settings.app.scopes)
    return render_template(
        "consent.html", page="consent", scopes=shown, asked={}, target="/admin/oauth/install"
    )


@admin_frame.post("/admin/oauth/install")
def install() -> AnyResponse:
    """Install the app with every right it is registered with, or leave it."""
    shop = current_shop()
    _same_site(shop)
    if request.form.get("answer") != "allow":
        return redirect("/hinterzimmer/apps")
    scopes = ",".join(shop.settings.app.scopes)
    with shop.db.write() as connection:
        tokens.install(connection, shop, scopes)
    shop.note("Uferhaus → Bleib", "Zugriff erlaubt", scopes)
    return redirect("/admin/apps/bleib")


@admin_frame.post("/admin/apps/bleib/id_token")
def id_token() -> Response:
    """Return a fresh session token for the page inside the admin."""
    shop = current_shop()
    _same_site(shop)
    if shop.install is None:
        abort(403)
    response = jsonify(id_token=fresh_token(shop.settings))
    response.headers["Cache-Control"] = "no-store"
    return response


@admin_frame.get("/shopifycloud/app-bridge.js")
def app_bridge() -> Response:
    """Hand out what stands in for App Bridge in the demo."""
    response = current_app.send_static_file("app-bridge.js")
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def fresh_token(settings: Settings, *, now: float | None = None) -> str:
    """Return a session token of the merchant, good for a minute."""
    seconds = int(time.time() if now is None else now)
    origin = f"https://{settings.shop_domain}"
    claims = {
        "iss": f"{origin}/admin",
        "dest": origin,
        "aud": settings.client_id,
        "sub": MERCHANT,
        "exp": seconds + TOKEN_SECONDS,
        "nbf": seconds,
        "iat": seconds,
        "jti": str(uuid.uuid4()),
        "sid": uuid.uuid4().hex,
    }
    return session_token(settings.secret, claims)


def traded(body: dict[str, Any]) -> AnyResponse | tuple[Response, int]:
    """Answer a token exchange: a session token for an expiring offline pair."""
    shop = current_shop()
    if (body.get("subject_token_type"), body.get("requested_token_type")) != (_ID_TOKEN, _OFFLINE):
        return refusal("invalid_request", "Only ID tokens for offline access tokens")
    if str(body.get("expiring", "")) != "1":
        return refusal("invalid_request", "Public apps must ask for expiring tokens")
    claims = claims_of(shop.settings.secret, str(body.get("subject_token", "")))
    pair = tokens.trade(shop) if claims else None
    shop.note("Bleib → access_token", "200" if pair else "400", "token_exchange")
    if claims is None:
        return refusal("invalid_subject_token", "The ID token is not valid or too old")
    if pair is None:
        return refusal("invalid_client", "The app is not installed in this shop")
    answer = jsonify(pair)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def explained(scopes: Sequence[str]) -> list[str]:
    """Return the scopes a merchant is shown: who may write may read, which goes without saying."""
    shown = [s for s in scopes if f"write_{s[5:]}" not in scopes or not s.startswith("read_")]
    return sorted(shown, key=EXPLAINED.index)


def refusal(error: str, text: str) -> tuple[Response, int]:
    """Return the answer to a request for tokens that is not granted."""
    return jsonify(error=error, error_description=text), 400


def _opening(settings: Settings) -> str:
    pairs = [
        ("embedded", "1"),
        ("host", host_parameter(settings.shop_domain)),
        ("id_token", fresh_token(settings)),
        ("locale", wording.current()),
        ("session", uuid.uuid4().hex),
        ("shop", settings.shop_domain),
    ]
    return f"{settings.app_url}/install/shopify?{signed_query(settings.secret, pairs)}"


def _same_site(shop: Shop) -> None:
    if request.headers.get("Origin") not in (None, shop.settings.shop_url):
        abort(403)
