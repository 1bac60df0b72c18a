"""Draws the pages a merchant opens most once before anybody asks, for a shop that does not exist.

What the first request of a process would do for all that follow is done then: templates are
compiled, the customs of languages loaded, statements put into the words of the database.
"""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask, current_app, g, request

from plugin.admin.wording import words_for
from plugin.api.session import Session
from plugin.model import Shop
from plugin.services.any_shop import PLATFORM
from plugin.texts import LANGUAGES

#: The pages that say whether it pays off.
PAGES = ("/admin/", "/admin/figures", "/admin/figures/customers")
#: No row has this number: whatever is asked for it is found empty.
_NOBODY = Shop(
    id=0,
    key="",
    platform=PLATFORM,
    domain="",
    name="",
    email="",
    currency="EUR",
    locale="de-DE",
    zone="Europe/Berlin",
    languages=LANGUAGES,
    address="sie",
    state="installed",
    generation=0,
    config_version=0,
    storefront_url="",
    privacy_url="",
    imprint="",
    stopped_at=None,
    created_at=datetime(1970, 1, 1, tzinfo=UTC),
)


def rehearse(app: Flask) -> None:
    """Draw each page in each language; changes nothing and says nothing.

    Fails where the database cannot be read yet.
    """
    for language in LANGUAGES:
        for path in PAGES:
            with app.test_request_context(path):
                _draw(language)


def _draw(language: str) -> None:
    g.shop, g.frame = _NOBODY, None
    # As from a platform's admin: there is no cookie of a person to look at.
    g.session_found = Session(_NOBODY, "bearer")
    g.words = words_for(_NOBODY, language)
    view = current_app.view_functions[request.endpoint or ""]
    view(**(request.view_args or {}))
