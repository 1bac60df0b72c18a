"""Security headers on every answer of ours; a route may narrow them, never drop them."""

from __future__ import annotations

from flask import Flask, Response, g, request

from plugin.api.framing import Frame

_CSP = (
    "default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self' data: https:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-src 'self'; frame-ancestors {ancestors}; object-src 'none'"
)
#: A mail has its styles in its elements; nothing in it runs, and nothing is fetched.
_MAIL_CSP = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; "
    "base-uri 'none'; frame-ancestors {ancestors}"
)
#: A page of the shop with our bundle in it: what the shop shows may be shown, only ours may run,
#: and it is no page of ours, so that nothing in it could reach the admin around it.
_SHOP_CSP = (
    "sandbox allow-scripts; default-src 'none'; script-src {own}/static/v1/; "
    "connect-src {own}/static/v1/; "
    "style-src {own} https: {shops} 'unsafe-inline'; img-src {own} https: {shops} data:; "
    "font-src https: {shops} data:; media-src https: {shops}; form-action 'none'; "
    "frame-ancestors {ancestors}; object-src 'none'"
)
#: Over TLS once, over TLS for the next two years.
TLS_ONLY = ("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
#: Pages of ours that another page of ours may show in a frame (the admin's preview).
SAME_ORIGIN_FRAME = "bleib_same_origin_frame"
#: Its value for a mail.
A_MAIL = "mail"
#: Its value for a page of the shop.
OF_A_SHOP = "shop"


def register_headers(app: Flask, *, secure: bool) -> None:
    """Set CSP, nosniff, referrer policy and, over TLS, HSTS on every answer."""

    @app.after_request
    def _add(response: Response) -> Response:
        headers = response.headers
        own = headers.pop(SAME_ORIGIN_FRAME, None)
        if response.mimetype == "text/html":
            frame: Frame | None = g.get("frame")
            headers.setdefault("Content-Security-Policy", _policy(frame, own=own, secure=secure))
            headers.setdefault("Cache-Control", "no-store")
            if frame is not None and frame.script and own is None and not _is_part():
                headers.setdefault("Link", f'<{frame.script}>; rel="preload"; as="script"')
        else:
            headers.setdefault(
                "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"
            )
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "no-referrer")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if secure:
            headers.setdefault(*TLS_ONLY)
        if request.blueprint == "admin":
            headers["Cache-Control"] = "no-store"
        return response


def _is_part() -> bool:
    """Tell whether a page that has its script already asks for a part of itself."""
    return "HX-Request" in request.headers


def _policy(frame: Frame | None, *, own: str | None, secure: bool) -> str:
    """Who may hold the page: the admin of the one shop it is for, our own pages, or nobody."""
    ancestors = ["'self'"] if own else []
    scripts = ["'self'"]
    if own in (A_MAIL, OF_A_SHOP):
        ancestors += frame.ancestors if frame else ()
        held = " ".join(ancestors)
        if own == A_MAIL:
            return _MAIL_CSP.format(ancestors=held)
        # In a sandbox 'self' is nobody. Shops of development speak no TLS.
        ours = request.host_url.rstrip("/")
        return _SHOP_CSP.format(own=ours, shops="" if secure else "http:", ancestors=held)
    if frame is not None:
        ancestors += frame.ancestors
        scripts += [frame.script] if frame.script else []
    return _CSP.format(ancestors=" ".join(ancestors) or "'none'", scripts=" ".join(scripts))
