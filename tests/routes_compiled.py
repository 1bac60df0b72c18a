"""Lets the apps of many tests share what werkzeug compiles for each of their routes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

_Builder = Callable[..., tuple[str, str]]


def compile_once() -> None:
    """Remember the functions that build an address, by all that their text is made of.

    What a route is about reaches them as an argument: nothing of one app gets into another.
    """
    owner: Any = Rule  # werkzeug keeps this to itself
    compiled: dict[object, _Builder] = {}
    compile_anew = owner._compile_builder

    def remembered(rule: Any, append_unknown: bool = True) -> _Builder:
        defaults = sorted((rule.defaults or {}).items())
        key = (append_unknown, rule.rule, tuple(rule._trace), repr(defaults))
        if key not in compiled:
            compiled[key] = compile_anew(rule, append_unknown)
        return compiled[key]

    owner._compile_builder = remembered
