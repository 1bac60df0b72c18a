"""The strings and the configs they are put into."""

from __future__ import annotations

import itertools
import re

from bench.hostile import TEXT, designs, places, poisoned
from bench.hostile_strings import strings


def test_strings_are_the_same_in_every_run_and_all_different() -> None:
    assert strings() == strings()
    assert len(set(strings())) == 6000


def test_a_string_that_calls_says_its_own_number() -> None:
    for number, text in enumerate(strings()):
        found = re.search(r"(?:hit|'hi'\+'t'\])\((\d+)\)", text)
        assert found is None or int(found[1]) == number


def test_every_text_address_and_colour_of_a_config_is_poisoned() -> None:
    for design, _ in designs().values():
        filled = poisoned(design, map(str, itertools.count()))
        assert places(design) > 0
        assert places(filled) == 0
        assert TEXT not in repr(filled)
