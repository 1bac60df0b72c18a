"""What stands around every page: menu with what needs the merchant, state line, language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from flask import g, request

from plugin.admin.wording import Words
from plugin.api import current_context
from plugin.api.framing import Frame
from plugin.model import Shop
from plugin.services import senders
from plugin.services.any_shop import PLATFORM
from plugin.services.dead_letters import count_dead
from plugin.services.mail_connections import needing_merchant
from plugin.services.parcels.overview import count_stuck
from plugin.services.setup import SetupState, setup_state
from plugin.texts import LANGUAGES

#: An older look at the storefront is repeated when somebody opens a page.
_FRESH = timedelta(minutes=10)


@dataclass(frozen=True)
class Entry:
    """One line of the menu."""

    name: str
    endpoint: str
    icon: str
    badge: str = ""


def shell_of(shop: Shop, wording: Words) -> dict[str, Any]:
    """Return what the frame of a signed-in merchant's page shows."""
    context = current_context()
    state = setup_state(context, shop)
    other = next(name for name in LANGUAGES if name != wording.language)
    dead = count_dead(context, shop)
    return {
        "shop": shop,
        "setup": state,
        "entries": _entries(shop, state, dead, needing_merchant(context, shop), wording),
        "state_line": _state_line(shop, state, wording),
        "state_icon": _state_icon(shop, state),
        "state_stale": _is_stale(state),
        "here": request.endpoint,
        "other_language": other,
        "other_language_link": _language_link(other),
    }


def _language_link(language: str) -> str:
    frame: Frame | None = g.get("frame")
    carried = {} if frame is None else frame.carried
    return "?" + urlencode({**carried, "lang": language})


def _entries(shop: Shop, state: SetupState, dead: int, stuck: int, wording: Words) -> list[Entry]:
    lacking = senders.lacking(current_context(), shop)
    behind = count_stuck(current_context(), shop)
    entries = [
        Entry("overview", "admin.overview", "home"),
        Entry("widgets", "admin.widgets", "window"),
        Entry("figures", "admin.suggestions_report", "chart"),
        Entry("guard", "admin.guard", "shield"),
        Entry("vouchers", "admin.vouchers", "ticket"),
        Entry("people", "admin.people_page", "people"),
        Entry("parcels", "admin.parcels", "parcel", wording.number(behind) if behind else ""),
        Entry("protection", "admin.protection", "lock"),
        Entry("mail", "admin.mail", "letter", wording.number(lacking) if lacking else ""),
        Entry("mails", "admin.mails", "pen"),
        Entry("connections", "admin.connections", "link", wording.number(stuck) if stuck else ""),
        Entry("work", "admin.work", "tray", wording.number(dead) if dead else ""),
        Entry("law", "admin.law", "scale"),
    ]
    if shop.platform == PLATFORM:
        entries.insert(3, Entry("data", "admin.data", "table"))
    if state.open:
        badge = wording.t("nav.setup_badge", done=4 - state.open)
        entries.insert(0, Entry("setup", "admin.setup_page", "circle_tick", badge))
    return entries


def _state_line(shop: Shop, state: SetupState, wording: Words) -> str:
    if shop.stopped_at is not None:
        return wording.t("state.stopped", time=wording.moment(shop.stopped_at))
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


def _state_icon(shop: Shop, state: SetupState) -> str:
    if shop.stopped_at is not None:
        return "power"
    return "circle_tick" if state.embed.active and state.running else "clock"
