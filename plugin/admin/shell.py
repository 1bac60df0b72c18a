"""What stands around every page: menu with what needs the merchant, state line, language."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import g, request

from plugin.admin.menu import Entry, entries
from plugin.admin.roles import may
from plugin.admin.who import my_name
from plugin.admin.wording import Words
from plugin.api import current_context
from plugin.api.framing import Frame
from plugin.model import Shop
from plugin.services import senders
from plugin.services.any_shop import PLATFORM
from plugin.services.blocked_drafts import count_blocked
from plugin.services.dead_letters import count_dead
from plugin.services.mail_connections import needing_merchant
from plugin.services.outages import silent_since
from plugin.services.parcels.overview import count_stuck
from plugin.services.setup import SetupState, setup_state
from plugin.texts import LANGUAGES

#: An older look at the storefront is repeated when somebody opens a page.
_FRESH = timedelta(minutes=10)


def shell_of(shop: Shop, wording: Words) -> dict[str, Any]:
    """Return what the frame of a signed-in merchant's page shows."""
    context = current_context()
    state = setup_state(context, shop)
    silent = silent_since(context, shop)
    other = next(name for name in LANGUAGES if name != wording.language)
    return {
        "shop": shop,
        "setup": state,
        "entries": [one for one in _entries(shop, state, wording) if may(one.endpoint)],
        "me_name": my_name(),
        "may": may,
        "state_line": _state_line(shop, state, silent, wording),
        "state_icon": _state_icon(shop, state, silent),
        "state_stale": _is_stale(state),
        "here": request.endpoint,
        "other_language": other,
        "other_language_link": _language_link(other),
    }


def _language_link(language: str) -> str:
    frame: Frame | None = g.get("frame")
    carried = {} if frame is None else frame.carried
    return "?" + urlencode({**carried, "lang": language})


def _entries(shop: Shop, state: SetupState, wording: Words) -> tuple[Entry, ...]:
    context = current_context()
    badges = {
        "widgets": count_blocked(context, shop),
        "parcels": count_stuck(context, shop),
        "mail": senders.lacking(context, shop),
        "connections": needing_merchant(context, shop),
        "work": count_dead(context, shop),
    }
    hidden = frozenset() if shop.platform == PLATFORM else frozenset({"data"})
    badge = wording.t("nav.setup_badge", done=4 - state.open) if state.open else ""
    return entries(badges, hidden, badge)


def _state_line(shop: Shop, state: SetupState, silent: datetime | None, wording: Words) -> str:
    if shop.stopped_at is not None:
        return wording.t("state.stopped", time=wording.moment(shop.stopped_at))
    if silent is not None:
        own = shop.platform == PLATFORM
        platform = shop.domain if own else wording.t(f"platforms.{shop.platform}.name")
        return wording.t("state.silent", platform=platform, time=wording.moment(silent))
    if not (state.embed.active and state.running):
        return wording.t("state.hidden")
    assert state.embed.at is not None  # noqa: S101 - what was found was looked for
    ago = wording.ago(state.embed.at, current_context().now())
    return wording.t("state.running", ago=ago)


def _is_stale(state: SetupState) -> bool:
    """Tell whether the open page should look at the storefront by itself."""
    if not (state.embed.active and state.embed.at) or request.endpoint == "admin.setup_embed":
        return False
    return current_context().now() - state.embed.at > _FRESH


def _state_icon(shop: Shop, state: SetupState, silent: datetime | None) -> str:
    if shop.stopped_at is not None:
        return "power"
    if silent is not None:
        return "triangle"
    return "circle_tick" if state.embed.active and state.running else "clock"
