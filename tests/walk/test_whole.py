"""The walk over the admin leaves nothing out: no page, no form, no state; some are looked at here.

All of them, in both languages, light and dark and at three widths, are `make walk`.
"""

from __future__ import annotations

from tests.walk.eyes import VIEWS, Eyes
from tests.walk.house import House, Look

#: What no merchant has before them as a page, and why.
NO_PAGE = {
    "admin.nowhere": "the page that is not there is looked at in its own state",
    "admin.bounce": "loads the platform's script and leads on at once",
    "admin.grant": "leads to the platform",
}
#: What no form of a page sends.
NO_FORM = {
    "admin.stay": "sent by the script before a session ends: tests/admin/test_stay.py",
    "admin.sign_out": "",
}


def endpoints(house: House, method: str) -> set[str]:
    return {
        rule.endpoint
        for rule in house.app.url_map.iter_rules()
        if rule.endpoint.startswith("admin.")
        and rule.endpoint != "admin.assets.static"
        and method in (rule.methods or set())
    }


def one_of_each_state(looks: list[Look]) -> list[Look]:
    """Return two looks of each state, one in each language."""
    found = {(look.state, look.language): look for look in looks if look.status != 404}
    return list(found.values())


def test_every_page_and_every_form_of_the_url_map_is_in_the_walk(
    every_state: House, eyes: Eyes
) -> None:
    house = every_state
    seen = {one.removeprefix("GET ") for one in house.answered if one.startswith("GET ")}
    assert endpoints(house, "GET") - seen == set(NO_PAGE), "pages that no state opens"
    assert endpoints(house, "POST") - house.refused == set(NO_FORM), "forms that no page shows"
    faults = {}
    for look in one_of_each_state(house.unlike()):
        if found := eyes.faults(look, VIEWS[look.language][:1]):
            faults[look.name] = found
    assert faults == {}
