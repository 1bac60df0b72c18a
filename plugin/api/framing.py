"""Pages of ours inside a platform's admin: who may hold the frame, and what a page needs there.

An entry that knows which shop is there answers with `open_frame`. From then on pages carry the
shop in their addresses, and every request of the page comes with a token (`plugin.api.session`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlencode, urlsplit

from flask import Response, g, redirect, request

from plugin.api import current_context
from plugin.api.session import Session, bearer
from plugin.contracts.connecting import OpensInFrame
from plugin.errors import BadInputError
from plugin.model import Shop
from plugin.services.frame_sessions import own_token
from plugin.texts import LANGUAGES

#: Hands the next token of ours to a page whose platform has no script that does.
TOKEN_HEADER = "Bleib-Frame-Token"  # noqa: S105 - the header's name
#: Asks the platform's script to send a request once more, with a fresh token.
RETRY_HEADER = "X-Shopify-Retry-Invalid-Session-Request"
#: The page that the platform's script loads again once it has a fresh token.
RELOAD = "shopify-reload"
BOUNCE = "/admin/bounce"
#: Marks an address that was bounced once: a fresh token that is refused as well is the end.
_TRIED = "bounced"
_HOST = re.compile(r"[0-9A-Za-z+/_-]{1,512}={0,2}", re.ASCII)
_LONGEST_PATH = 2000


@dataclass(frozen=True)
class Frame:
    """What a page needs to stand in the admin of one shop.

    `ancestors` are the origins that may hold it; `script` is the platform's script, `key` what it
    knows us by; `token` is ours where the platform has no such script; `carried` is what every
    address of the page repeats, because no cookie remembers it.
    """

    ancestors: tuple[str, ...]
    script: str | None
    key: str
    carried: dict[str, str]
    token: str = field(default="", repr=False)


def open_frame(
    shop: Shop,
    path: str = "/admin/",
    *,
    token: str | None = None,
    values: Mapping[str, str] | None = None,
) -> Response:
    """Return the way to a page of the admin, to be shown inside the platform's.

    `token` is the platform's own if it gave one; otherwise one of ours goes along that is good for
    a minute. `values` are what else the page is asked for. Nothing is kept in the browser.
    """
    context = current_context()
    query = {
        **(values or {}),
        **_carried(shop.domain),
        "id_token": token or own_token(context, shop, "opening"),
    }
    return cast(Response, redirect(f"{path}?{urlencode(query)}", code=302))


def frame_of(session: Session) -> Frame | None:
    """Return what a page of this session needs; None outside of frames."""
    if not session.framed:
        return None
    context = current_context()
    platform = context.maybe(session.shop, OpensInFrame)
    if platform is None:
        return None
    frame = _frame(platform, session.shop.domain)
    if frame.script is not None:
        return frame
    token = own_token(context, session.shop, "frame", since=session.since)
    return Frame(frame.ancestors, None, "", frame.carried, token)


def stand_in_frame(platform_name: str) -> str | None:
    """Let this answer be shown in the admin of the shop that the address names; returns the shop.

    For pages that hold nothing of a shop: the name is well-formed, nothing else is known of it.
    None, and no change, where the address names no shop of this platform.
    """
    platform = current_context().platform(platform_name)
    try:
        domain = platform.clean_domain(request.args.get("shop", ""))
    except BadInputError:
        return None
    if not isinstance(platform, OpensInFrame) or platform.frame_script(domain) is None:
        return None
    g.frame = _frame(platform, domain)
    return domain


def stand_in_any_frame() -> str | None:
    """Do the same for whichever platform the named shop is of; returns the platform's name."""
    names = current_context().platforms
    return next((name for name in names if stand_in_frame(name) is not None), None)


def is_framed() -> bool:
    """Tell whether a page was opened inside a platform's admin; a part of one never is."""
    inside = request.args.get("embedded") == "1" or "id_token" in request.args
    part = bearer() is not None or "HX-Request" in request.headers
    return inside and request.method == "GET" and not part


def bounce(path: str) -> Response | None:
    """Return the way to a fresh token and on to a path of ours; None after the second try.

    Only for addresses that name a shop (`stand_in_frame`), opened inside its admin.
    """
    if _TRIED in request.args:
        return None
    kept = [(name, text) for name, text in request.args.items(multi=True) if name != "id_token"]
    back = f"{path}?{urlencode([*kept, (_TRIED, '1')])}"
    return cast(Response, redirect(f"{BOUNCE}?{urlencode([*kept, (RELOAD, back)])}", code=302))


def reload_path() -> str:
    """Return where a bounce leads back to: a page of ours, or BadInputError("request_refused")."""
    given = request.args.get(RELOAD, "")
    plain = given.isascii() and given.isprintable() and not set(given) & set("\\\"'<> ")
    parts = urlsplit(given) if plain and len(given) <= _LONGEST_PATH else None
    if parts is None or parts.scheme or parts.netloc or not is_ours(parts.path):
        raise BadInputError("request_refused")
    return given


def is_ours(path: str) -> bool:
    """Tell whether a path is one of our pages that stand in a frame."""
    inside = path.startswith(("/admin/", "/install/")) and path.rstrip("/") != BOUNCE
    return inside and "//" not in path and "/." not in path


def _frame(platform: OpensInFrame, domain: str) -> Frame:
    script = platform.frame_script(domain)
    return Frame(
        ancestors=platform.frame_ancestors(domain),
        script=script,
        # Shopify alone has such a script, and knows us by this.
        key=current_context().config.shopify_client_id if script else "",
        carried=_carried(domain),
    )


def _carried(domain: str) -> dict[str, str]:
    carried = {"embedded": "1", "shop": domain}
    host = request.args.get("host", "")
    if _HOST.fullmatch(host):
        carried["host"] = host
    spoken = request.args.get("locale") or request.args.get("sw-user-language", "")
    language = request.args.get("lang") or spoken[:2]
    if language in LANGUAGES:
        carried["lang"] = language
    return carried
