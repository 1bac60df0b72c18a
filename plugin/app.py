"""The composition root: the one place that knows every part."""

from __future__ import annotations

import importlib
import json
from types import ModuleType
from typing import Any

from flask import Flask, Response
from flask_wtf.csrf import CSRFError
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map
from whitenoise import WhiteNoise

from plugin.api.fast_config import FastConfig
from plugin.api.fast_order_page import FastOrderPage
from plugin.api.fast_suggestions import FastSuggestions
from plugin.api.headers import register_headers
from plugin.api.problems import answer_error, register_problems
from plugin.api.request_log import register_request_log
from plugin.api.session import FormGuard
from plugin.carrier_apis import build_carrier_apis
from plugin.clock import Clock, utc_now
from plugin.config import Config, load_config
from plugin.contracts.mail import MailTransport
from plugin.contracts.widget import Widget
from plugin.dns_out import DnsLookup
from plugin.errors import BadInputError
from plugin.http_out import HttpOut
from plugin.logs import configure_logs
from plugin.mail_services import build_mail_services
from plugin.manifest import bundled, load_manifest
from plugin.packages import AppFacts
from plugin.platforms import build_platforms
from plugin.security import Keyring
from plugin.services.context import Context
from plugin.services.steps import Handler
from plugin.smtp import SmtpTransport
from plugin.store.db import Database

#: Modules of plugin.api whose `blueprint` belongs to the app; the admin's are CSRF-protected.
_API = (
    "problem_pages",
    "health",
    "handshake",
    "install",
    "key_handover",
    "webhooks",
    "storefront",
    "suggestions",
    "identified",
    "why",
    "subscriptions",
    "sign_up_page",
    "preflight",
    "saved_carts",
    "shipments",
    "service_messages",
    "flyers",
    "order_lookup",
    "mail_links",
    "page_look",
    "mail_counting",
    "mail_reports",
    "carrier_reports",
    "proxy",
    "notices",
    "any_shop",
    "any_shop_openapi",
    "withdrawals",
    "front_door",
)
#: Modules of plugin.services that handle steps.
_HANDLING = (
    "embeds",
    "handed_keys",
    "parcels.polling",
    "parcels.catching_up",
    "parcels.tracking",
    "parcels.notices",
    "parcels.late_notices",
    "catalogue",
    "order_history",
    "orders",
    "insight.margins",
    "suggestions",
    "person_requests",
    "privacy",
    "subscriptions",
    "evidence",
    "saved_cart_mails",
    "vouchers",
    "voucher_removal",
    "next_order",
    "guard_claims",
    "mailing",
    "senders",
    "welcome",
    "csv_import",
    "mail_service_sync",
    "webhook_deliveries",
    "withdrawals.telling",
    "customers_over_time.foresight",
    "analytics",
    "daily_mail",
)
#: Bytes of a request body that any route may read; each route has its own, lower limit.
MAX_BODY = 2 * 1024 * 1024


class RowNumber(IntegerConverter):
    """Numbers of rows in addresses: what no database could hold names nothing."""

    def __init__(self, map: Map, *args: Any, **values: Any) -> None:  # noqa: ANN401
        super().__init__(map, *args, **{"max": 2**31 - 1, **values})


def load_widgets() -> dict[str, Widget]:
    """Return the widgets that manifest.json names, in its order."""
    found: dict[str, Widget] = {}
    for name in load_manifest().widgets:
        widget = importlib.import_module(f"widgets.{name}").WIDGET
        if not isinstance(widget, Widget) or widget.name != name:
            raise TypeError(f"widgets/{name} must define WIDGET with that name")
        found[name] = widget
    return found


def build_context(
    config: Config, *, clock: Clock = utc_now, mail: MailTransport | None = None
) -> Context:
    """Put the parts together for a web worker, a job worker or a command."""
    return Context(
        config=config,
        db=Database(config.database_url),
        keys=Keyring(config.secret_keys, config.hash_key.get_secret_value()),
        platforms=build_platforms(config),
        widgets=load_widgets(),
        mail=mail or SmtpTransport(config),
        clock=clock,
        dns=DnsLookup(config),
        mail_services=build_mail_services(),
        carrier_apis=build_carrier_apis(),
        # Without the origins of development: a merchant gives these addresses.
        posts=HttpOut(),
        pages=HttpOut(config.origins.values(), authorities=config.shop_authorities or None),
    )


def package_facts(config: Config) -> AppFacts:
    """Return what a platform's package is rendered from."""
    folder = bundled("static") / "v1"
    built = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest = load_manifest()
    return AppFacts(
        public_url=config.public_url,
        version=manifest.version,
        manifest=manifest,
        widgets=load_widgets(),
        static={path.name: path.read_bytes() for path in folder.glob("*.js")},
        bundles={**built["widgets"], "why": built["why"], "preflight": built["preflight"]},
        carts=built["carts"],
        client_id=config.shopify_client_id,
        secrets={"shopware": next(iter(config.shopware_secrets), "")},
    )


def handlers() -> dict[str, Handler]:
    """Return every step handler by its kind; a kind may be handled once only."""
    found: dict[str, Handler] = {}
    for name in _HANDLING:
        for kind, handler in _module(f"plugin.services.{name}").HANDLERS.items():
            if kind in found:
                raise TypeError(f"two handlers for {kind}")
            found[kind] = handler
    return found


def create_app(config: Config | None = None, *, context: Context | None = None) -> Flask:
    """Return the web application; without arguments it reads the environment."""
    config = config or (context.config if context else load_config())
    configure_logs(config.log_level)
    context = context or build_context(config)
    app = Flask(__name__, static_folder=None, template_folder="api/templates")
    app.config.update(
        SECRET_KEY=context.keys.form_keys()[0],
        SECRET_KEY_FALLBACKS=context.keys.form_keys()[1:],
        MAX_CONTENT_LENGTH=MAX_BODY,
        WTF_CSRF_SSL_STRICT=False,
        WTF_CSRF_TIME_LIMIT=12 * 3600,
        SESSION_COOKIE_NAME="__Host-bleib-form" if config.secure else "bleib-form",
        SESSION_COOKIE_SECURE=config.secure,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.extensions["bleib"] = context
    app.url_map.converters["int"] = RowNumber
    _register_blueprints(app, context)
    register_problems(app)
    register_headers(app, secure=config.secure)
    register_request_log(app)
    _wrap(app, context)
    return app


def _register_blueprints(app: Flask, context: Context) -> None:
    csrf = FormGuard(app)
    app.register_error_handler(CSRFError, _csrf_failed)
    for name in _API:
        blueprint = _module(f"plugin.api.{name}").blueprint
        csrf.exempt(blueprint)
        app.register_blueprint(blueprint)
    app.register_blueprint(_module("plugin.admin").blueprint)
    for widget in context.widgets.values():
        if widget.routes is not None:
            blueprint = widget.routes()
            csrf.exempt(blueprint)
            app.register_blueprint(blueprint)


def _csrf_failed(_error: CSRFError) -> Response:
    return answer_error(BadInputError("csrf_failed"))


def _wrap(app: Flask, context: Context) -> None:
    proxies = context.config.trusted_proxies
    inner: Any = app.wsgi_app
    static = WhiteNoise(
        inner,
        root=str(bundled("static")),
        prefix="/static/",
        max_age=365 * 86400,
        immutable_file_test=_is_hashed,
        # The published types; by its ending it would be a film.
        mimetypes={".ts": "text/plain"},
        add_headers_function=_static_headers,
    )
    outer: Any = FastConfig(FastOrderPage(FastSuggestions(static, context), context), context)
    if proxies:
        outer = ProxyFix(outer, x_for=proxies, x_proto=proxies, x_host=0)
    # Flask's documented way to wrap an application.
    app.wsgi_app = outer  # type: ignore[method-assign]


def _is_hashed(_path: str, url: str) -> bool:
    return not url.endswith(("/bleib.js", "/shipment.js", ".json", ".txt", ".d.ts"))


def _static_headers(headers: Any, _path: str, url: str) -> None:  # noqa: ANN401 - wsgiref Headers
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if not _is_hashed("", url):
        headers["Cache-Control"] = "public, max-age=3600, stale-while-revalidate=86400"


def _module(name: str) -> ModuleType:
    return importlib.import_module(name)
