"""What stands around every page: menu with what needs the merchant, state line, language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import g, request

from plugin.admin.asked_once import once
from plugin.admin.menu import Entry, entries
from plugin.admin.roles import may
from plugin.admin.who import my_name
from plugin.admin.wording import Words
from plugin.api import current_context
from plugin.api.framing import Frame
from plugin.model import Shop
from plugin.services import rights, senders
from plugin.services.any_shop import PLATFORM
from plugin.services.blocked_drafts import blocked_drafts
from plugin.services.dead_letters import count_dead
from plugin.services.mail_connections import needing_merchant
from plugin.services.outages import silent_since
from plugin.services.parcels.overview import count_stuck
from plugin.services.rights import Lacking
from plugin.services.setup import SetupState, setup_state
from plugin.texts import LANGUAGES

#: An older look at the storefront is repeated when somebody opens a page.
_FRESH = timedelta(minutes=10)


def shell_of(shop: Shop, wording: Words) -> dict[str, Any]:
    """Return what the frame of a signed-in merchant's page shows."""
    context = current_context()
    state = once(setup_state)
    silent, lacking = silent_since(context, shop), once(rights.lacking)
    other = next(name for name in LANGUAGES if name != wording.language)
    return {
        "shop": shop,
        "setup": state,
        "entries": [one for one in _entries(shop, state, wording) if may(one.endpoint)],
        "me_name": my_name(),
        "may": may,
        "state_line": _state_line(shop, state, silent, lacking, wording),
        "state_icon": _state_icon(shop, state, silent, lacking),
        "state_stale": _is_stale(state),
        "now": current_context().now(),
        "here": request.endpoint,
        "other_language": other,
        "other_language_link": _language_link(other),
    }


def platform_name(shop: Shop, wording: Words) -> str:
    """Return what a merchant calls whoever answers for the shop."""
    own = shop.platform == PLATFORM
    return shop.domain if own else wording.t(f"platforms.{shop.platform}.name")


def _language_link(language: str) -> str:
    frame: Frame | None = g.get("frame")
    carried = {} if frame is None else frame.carried
    return "?" + urlencode({**carried, "lang": language})


def _entries(shop: Shop, state: SetupState, wording: Words) -> tuple[Entry, ...]:
    badges = {
        "widgets": len(once(blocked_drafts)),
        "parcels": once(count_stuck),
        "mail": once(senders.lacking),
        "connections": once(needing_merchant),
        "work": once(count_dead),
    }
    hidden = frozenset() if shop.platform == PLATFORM else frozenset({"data"})
    badge = wording.t("nav.setup_badge", done=4 - state.open) if state.open else ""
    return entries(badges, hidden, badge)


def _state_line(
    shop: Shop,
    state: SetupState,
    silent: datetime | None,
    lacking: Sequence[Lacking],
    wording: Words,
) -> str:
    now = current_context().now()
    if shop.stopped_at is not None:
        return wording.t("state.stopped", time=wording.recent(shop.stopped_at, now))
    if silent is not None:
        name = platform_name(shop, wording)
        return wording.t("state.silent", platform=name, time=wording.recent(silent, now))
    if lacking:
        return wording.t("state.lacking", time=wording.recent(lacking[0].since, now))
    if not (state.embed.active and state.running):
        return wording.t("state.hidden")
    assert state.embed.at is not None  # noqa: S101 - what was found was looked for
    return wording.t("state.running", ago=wording.ago(state.embed.at, now))


def _is_stale(state: SetupState) -> bool:
    """Tell whether the open page should look at the storefront by itself."""
    if not (state.embed.active and state.embed.at) or request.endpoint == "admin.setup_embed":
        return False
    return current_context().now() - state.embed.at > _FRESH


def _state_icon(
    shop: Shop, state: SetupState, silent: datetime | None, lacking: Sequence[Lacking]
) -> str:
    if shop.stopped_at is not None:
        return "power"
    if silent is not None or lacking:
        return "triangle"
    return "circle_tick" if state.embed.active and state.running else "clock"
