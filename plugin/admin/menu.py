"""The menu: seven pages, what hangs below them, and a number where the merchant must act."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plugin.admin.places import endpoints_at, open_of

#: Each page with its icon and the names of those below, in the order in which they stand.
_PAGES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("overview", "home", ()),
    ("widgets", "window", ("goals", "look", "manners", "rules")),
    ("guard", "shield", ("vouchers", "prices", "costs")),
    ("people", "people", ("mails", "mail", "protection")),
    ("parcels", "parcel", ()),
    ("figures", "chart", ()),
    ("law", "scale", ("consent", "team", "access_log", "connections", "work", "data")),
)
_PATHS: Mapping[str, str] = {
    "setup": "/admin/setup",
    "overview": "/admin/",
    "widgets": "/admin/widgets",
    "goals": "/admin/widgets/goals",
    "look": "/admin/look",
    "manners": "/admin/manners",
    "rules": "/admin/suggestions",
    "guard": "/admin/guard",
    "vouchers": "/admin/vouchers",
    "prices": "/admin/prices",
    "costs": "/admin/guard/costs",
    "people": "/admin/people",
    "mails": "/admin/mails",
    "mail": "/admin/mail",
    "protection": "/admin/protection",
    "parcels": "/admin/parcels",
    "figures": "/admin/figures",
    "law": "/admin/law",
    "consent": "/admin/law/consent",
    "team": "/admin/team",
    "access_log": "/admin/law/access-log",
    "connections": "/admin/connections",
    "work": "/admin/work",
    "data": "/admin/data",
}
#: Addresses that do not stand below the page they belong to, or belong to none.
_APART: Mapping[str, str | None] = {
    "/admin/overview": "overview",
    "/admin/account": "law",
    "/admin/leave": "law",
    "/admin/stop": None,
    "/admin/more": None,
}


@dataclass(frozen=True)
class Entry:
    """One line of the menu; `below` are the pages that hang from it, `badge` is what to act on."""

    name: str
    endpoint: str
    icon: str
    badge: int | str
    current: bool
    below: tuple[Entry, ...] = ()

    @property
    def opened(self) -> bool:
        """Tell whether this page or one below it is open."""
        return self.current or any(one.current for one in self.below)


def entries(
    badges: Mapping[str, int], hidden: frozenset[str], setup_badge: str = ""
) -> tuple[Entry, ...]:
    """Return the menu with the number of things to act on by page; those below count for both.

    `hidden` names pages that this shop has no use for. `setup_badge` says how far the setup is;
    without it the setup is done and has left the menu.
    """
    paths = tuple(_PATHS.values())
    endpoints = endpoints_at(paths)
    here = _named(open_of((*paths, *_APART)))

    def one(name: str, icon: str, below: tuple[str, ...]) -> Entry:
        hanging = tuple(
            one(sub, "", ()) for sub in below if sub not in hidden and _PATHS[sub] in endpoints
        )
        badge = badges.get(name, 0) + sum(badges.get(sub.name, 0) for sub in hanging)
        return Entry(name, endpoints[_PATHS[name]], icon, badge, name == here, hanging)

    found = tuple(one(*row) for row in _PAGES)
    if not setup_badge:
        return found
    setup = Entry("setup", endpoints[_PATHS["setup"]], "circle_tick", setup_badge, here == "setup")
    return (setup, *found)


def _named(path: str | None) -> str | None:
    if path is not None and path in _APART:
        return _APART[path]
    return next((name for name, one in _PATHS.items() if one == path), None)
