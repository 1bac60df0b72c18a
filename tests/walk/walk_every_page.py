"""Every page of the admin in every state, in Chromium: `make walk`, which takes minutes.

In both languages, light and dark, on a wide screen, a phone and at 320 pixels: axe-core finds
nothing, and nothing sticks out. What runs with every change is `test_whole.py`.
"""

from __future__ import annotations

from pprint import pformat

import pytest

from tests.walk.eyes import VIEWS, Eyes
from tests.walk.house import House


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("language", ["de", "en"])
def test_every_page_in_every_state_is_accessible_and_fits_the_screen(
    every_state: House, eyes: Eyes, language: str
) -> None:
    looks = [look for look in every_state.unlike() if look.language == language]
    assert len(looks) > 300
    faults = {}
    for look in looks:
        if found := eyes.faults(look, VIEWS[language]):
            faults[look.name] = found
    assert not faults, pformat(faults)
