"""Installs Bleib into the demo shop the way a merchant does, by the shop's own consent page."""

from __future__ import annotations

import re
from html import unescape
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

from plugin.demo.settings import CLIENT_ID

_SECONDS = 60
_FRAME = re.compile(r'<iframe[^>]*\bsrc="([^"]+)"')


def install(shop_url: str) -> None:
    """Open the app from the shop's admin and allow what it asks for; OSError where that fails."""
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    with browser.open(f"{shop_url}/admin/apps/{CLIENT_ID}", timeout=_SECONDS) as asked:
        consent = asked.url
    answer = urlencode({"answer": "allow"}).encode()
    with browser.open(consent, data=answer, timeout=_SECONDS) as done:
        page = done.read().decode()
    # Inside the shop's admin the app takes its token when its frame is opened.
    framed = _FRAME.search(page)
    if framed:
        browser.open(unescape(framed[1]), timeout=_SECONDS).close()
