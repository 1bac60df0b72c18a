"""The app proxy: paths of the shop that the app answers, signed and without cookies."""

from __future__ import annotations

import time
from urllib.parse import parse_qsl, quote

import requests
from flask import Blueprint, Response, render_template, request
from markupsafe import Markup

from plugin.demo.shop import current_shop
from plugin.demo.signing import proxy_query

proxy = Blueprint("proxy", __name__)
PASSED_ON = ("Accept", "Accept-Language", "Content-Type", "User-Agent")
HANDED_BACK = ("Cache-Control", "ETag", "Retry-After", "X-Robots-Tag")
#: What is answered as this stands within the theme of the shop.
THEMED = "application/liquid"


@proxy.route("/apps/bleib/<path:path>", methods=["GET", "POST"])
def forward(path: str) -> Response:
    """Forward a request to the app with the platform's parameters and signature."""
    shop = current_shop()
    settings = shop.settings
    pairs = parse_qsl(request.query_string.decode("utf-8", "replace"), keep_blank_values=True)
    pairs += [
        ("shop", settings.shop_domain),
        ("logged_in_customer_id", ""),
        ("path_prefix", "/apps/bleib"),
        ("timestamp", str(int(time.time()))),
    ]
    query = proxy_query(settings.secret, pairs)
    try:
        answer = requests.request(
            request.method,
            f"{settings.app_url}/proxy/shopify/{quote(path)}?{query}",
            data=request.get_data(),
            headers={name: value for name, value in request.headers if name in PASSED_ON},
            timeout=10,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        shop.note(f"/apps/bleib/{path} → Bleib", type(error).__name__)
        return Response("The app did not answer.", status=502, mimetype="text/plain")
    shop.note(f"/apps/bleib/{path} → Bleib", str(answer.status_code))
    kind = answer.headers.get("Content-Type", "")
    if kind.startswith(THEMED):
        response = Response(_framed(answer.text), status=answer.status_code)
    else:
        response = Response(answer.content, status=answer.status_code)
        response.headers["Content-Type"] = kind
    for name in HANDED_BACK:
        if name in answer.headers:
            response.headers[name] = answer.headers[name]
    return response


def _framed(fragment: str) -> str:
    """Return a part of a page within the theme, which reads no templates of its own."""
    return render_template("proxied.html", page="page", fragment=Markup(fragment))  # noqa: S704
