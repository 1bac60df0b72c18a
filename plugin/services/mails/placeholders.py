"""Placeholders of a merchant's own mail texts: a fixed list, and each stands for plain text.

There is no language in them: no condition, no loop, no call, no property. What is in braces is on
the list or refused when the text is saved; a value is put in once and never looked at again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from plugin.sanitize import plain_text

#: Our word for each value, and what merchants write for it, by the language of the text.
NAMES: dict[str, dict[str, str]] = {
    "first_name": {"de": "vorname", "en": "first_name"},
    "shop": {"de": "shop", "en": "shop"},
    "newsletter": {"de": "newsletter", "en": "newsletter"},
    "figure": {"de": "wert", "en": "value"},
    "ends": {"de": "gültig_bis", "en": "valid_until"},
    "code": {"de": "code", "en": "code"},
}
#: What one has typed who has no umlauts at hand.
_ALSO = {"gueltig_bis": "ends"}
_BY_NAME = {name: ours for ours, both in NAMES.items() for name in both.values()} | _ALSO
_IN_BRACES = re.compile(r"\{([^{}]*)\}")
#: Double braces are some other language, and stay what they are.
_FILLED = re.compile(r"( ?)(?<!\{)\{([^{}]*)\}(?!\})")
_LONGEST_VALUE = 200


def name_of(placeholder: str, language: str) -> str:
    """Return a placeholder as it is written in texts of a language, e.g. "{vorname}"."""
    return "{" + NAMES[placeholder][language] + "}"


def shown(text: str, language: str) -> str:
    """Return a text of ours with the placeholders called as merchants call them."""
    return _IN_BRACES.sub(
        lambda found: name_of(found[1], language) if found[1] in NAMES else found[0], text
    )


def unknown_in(text: str, allowed: tuple[str, ...]) -> list[str]:
    """Return what stands in braces and may not, each once; a brace without its other half too."""
    found = [match[0] for match in _IN_BRACES.finditer(text) if _ours(match[1]) not in allowed]
    rest = _IN_BRACES.sub("", text)
    found += [brace for brace in "{}" if brace in rest]
    return list(dict.fromkeys(found))


def fill(text: str, words: Mapping[str, str]) -> str:
    """Return a text with the values of its placeholders put in, in one pass.

    A value is one line of plain text, whatever it holds. One that is not there goes with what
    leans on it: "Hallo {vorname}, schön" becomes "Hallo, schön", and a line that begins with it
    begins with the next word. What is not on the list stays as it is.
    """
    return "\n".join(_fill_line(line, words) for line in text.split("\n"))


def _fill_line(line: str, words: Mapping[str, str]) -> str:
    values: dict[str, str] = {name: _value(value) for name, value in words.items()}
    begins = _IN_BRACES.match(line)
    if begins and values.get(_ours(begins[1])) == "":
        rest = line[begins.end() :].lstrip(" ,!:;.-")
        line = rest[:1].upper() + rest[1:]
    return _FILLED.sub(_filler(values), line)


def _filler(values: Mapping[str, str]) -> Callable[[re.Match[str]], str]:
    def fitting(found: re.Match[str]) -> str:
        value = values.get(_ours(found[2]))
        if value is None:
            return found[0]
        return found[1] + value if value else ""

    return fitting


def _ours(written: str) -> str:
    return _BY_NAME.get(written.strip().casefold(), "")


def _value(text: str) -> str:
    return " ".join(plain_text(text).split())[:_LONGEST_VALUE]
