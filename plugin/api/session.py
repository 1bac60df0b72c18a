"""The merchant's session: a signed cookie; inside a platform's admin, where none is, a token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import structlog
from flask import Response, g, request
from flask_wtf import CSRFProtect

from plugin.api import current_context
from plugin.errors import NotAllowedError
from plugin.model import Shop
from plugin.security import LIFETIMES
from plugin.services import team
from plugin.services.frame_sessions import seconds_left_of, who_holds
from plugin.services.team import Member, id_in_logs
from plugin.services.tenants import shop_of_id

_log = structlog.get_logger("session")
#: Longer than any platform's token.
_LONGEST_TOKEN = 4096


@dataclass(frozen=True)
class Session:
    """Who is there and how we know.

    `by` is "bearer" (header), "address" (token in the address of a page) or "cookie"; `since` is
    when a chain of our own frame tokens began, None for a platform's token and for cookies;
    `user` is the platform's own id of the person, "" where it names none; `member` is who signed
    in by mail, None for those whom the platform's admin let in.
    """

    shop: Shop
    by: Literal["bearer", "address", "cookie"]
    since: int | None = None
    user: str = ""
    member: Member | None = None

    @property
    def framed(self) -> bool:
        """Tell whether the page stands inside a platform's admin, where no cookie comes along."""
        return self.by != "cookie"


class FormGuard(CSRFProtect):  # type: ignore[misc]
    """Asks every form for its token, except where no cookie can speak for the merchant.

    Who comes with a bearer is known by that alone (`current_session`), and no other site can make
    a browser send one: there is nothing to forge.
    """

    def protect(self, apply_exemptions: bool = False) -> None:
        """Refuse a form without its token."""
        if bearer() is None:
            super().protect(apply_exemptions=apply_exemptions)


def bearer() -> str | None:
    """Return the token of an `Authorization: Bearer` header, None without such a header."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def address_token() -> str | None:
    """Return the token in the address of a page; nothing but looking is done with one."""
    return request.args.get("id_token") if request.method in ("GET", "HEAD") else None


def start_session(response: Response, shop: Shop, member: Member | None = None) -> None:
    """Sign a person of the shop in, or (None) whoever the platform's admin sent."""
    context = current_context()
    who = [] if member is None else [member.id, member.epoch]
    response.set_cookie(
        _cookie_name(),
        context.keys.sign("session", [shop.id, shop.generation, *who]),
        max_age=LIFETIMES["session"],
        secure=context.config.secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def end_session(response: Response) -> None:
    """Sign out in this browser."""
    response.delete_cookie(
        _cookie_name(), secure=current_context().config.secure, httponly=True, samesite="Lax"
    )


def current_session() -> Session | None:
    """Return who is there; None if nobody is, or if what they came with is not good.

    Whoever comes with a token is judged by that token alone: one that is not good is never made
    up for by a cookie.
    """
    if "session_found" not in g:
        g.session_found = _find()
    found: Session | None = g.session_found
    return found


def seconds_left() -> int | None:
    """Return when the session ends, from now on; None where a platform renews it by itself."""
    session = current_session()
    if session is None:
        return 0
    context = current_context()
    if session.since is not None:
        return seconds_left_of(context, session.since)
    if session.framed:
        return None
    return context.keys.seconds_left("session", request.cookies[_cookie_name()])


def session_shop() -> Shop | None:
    """Return the shop of a valid session, None otherwise.

    A session dies with its lifetime, with an uninstall, with a reinstall, and that of a person
    when they leave the team or sign out everywhere.
    """
    session = current_session()
    return None if session is None else session.shop


def _find() -> Session | None:
    token = bearer()
    if token is not None:
        return _held(token, "bearer")
    token = address_token()
    if token is not None:
        return _held(token, "address")
    return _of_cookie()


def _held(token: str, by: Literal["bearer", "address"]) -> Session | None:
    if not 0 < len(token) <= _LONGEST_TOKEN or not token.isascii():
        return None
    held = who_holds(current_context(), token, "frame" if by == "bearer" else "opening")
    return None if held is None else Session(held.shop, by, held.since, held.user)


def _cookie_name() -> str:
    # __Host- binds the cookie to this host, but browsers demand TLS for it.
    return "__Host-bleib" if current_context().config.secure else "bleib"


def _of_cookie() -> Session | None:
    token = request.cookies.get(_cookie_name())
    if not token:
        return None
    context = current_context()
    try:
        found = context.keys.unsign_expired("session", token)
    except NotAllowedError:
        return None
    if not isinstance(found, list) or len(found) not in (2, 4):
        return None
    if not context.keys.seconds_left("session", token):
        return _closed(found, "expired")
    shop_id, generation, *who = found
    shop = shop_of_id(context, shop_id)
    if shop is None or shop.state != "installed" or shop.generation != generation:
        return _closed(found, "shop_left")
    if not who:
        return Session(shop, "cookie")
    member = team.of_session(context, shop, *who)
    return _closed(found, "ended") if member is None else Session(shop, "cookie", member=member)


def _closed(found: list[Any], why: str) -> Session | None:
    """Return None, and note by number, not by name, whose session somebody still came with."""
    person = id_in_logs(found[2]) if len(found) > 2 else None
    _log.info("session_closed", shop=found[0], person=person, why=why)
    return None
