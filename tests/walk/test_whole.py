"""The walk over the admin leaves nothing out: no page and no form of the URL map, no swap.

Looked at they are by `make walk`: in both languages, light and dark and at three widths.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from tests.walk.house import House
from tests.walk.walk_every_swap import ELSEWHERE, SWAPS

TEMPLATES = Path(__file__).parents[2] / "plugin" / "admin" / "templates" / "admin"

#: What no merchant has before them as a page, and why.
NO_PAGE = {
    "admin.nowhere": "the page that is not there is looked at in its own state",
    "admin.bounce": "loads the platform's script and leads on at once",
}
#: What no form of a page sends.
NO_FORM = {
    "admin.stay": "sent by the script before a session ends: tests/admin/test_stay.py",
}


def endpoints(house: House, method: str) -> set[str]:
    return {
        rule.endpoint
        for rule in house.app.url_map.iter_rules()
        if rule.endpoint.startswith("admin.")
        and not rule.endpoint.startswith("admin.assets.")
        and method in (rule.methods or set())
    }


def test_every_page_and_every_form_of_the_url_map_is_in_the_walk(
    every_state_in_german: House,
) -> None:
    house = every_state_in_german
    seen = {one.removeprefix("GET ") for one in house.answered if one.startswith("GET ")}
    assert endpoints(house, "GET") - seen == set(NO_PAGE), "pages that no state opens"
    assert endpoints(house, "POST") - house.refused == set(NO_FORM), "forms that no page shows"


def test_each_place_that_exchanges_a_part_is_tried() -> None:
    found: Counter[str] = Counter()
    for template in TEMPLATES.rglob("*.html"):
        places = len(re.findall(r"\bhx-(?:get|post)=", template.read_text("utf-8")))
        found[str(template.relative_to(TEMPLATES))] += places
    once = (swap for swap in SWAPS if not swap.embedded)
    assert Counter(swap.file for swap in once) + Counter(ELSEWHERE) == +found
