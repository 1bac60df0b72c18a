"""Tells programs that look at pages from people who do, by what they call themselves."""

from __future__ import annotations

import re

#: What every browser that a person uses begins with.
_BROWSER = re.compile(r"(Mozilla|Opera)/\d")
#: "bot" ends the name of most of them, and of one maker of telephones (Cubot).
_ROBOT = re.compile(
    r"(?<!cu)bot(?![a-z])|crawl|spider|slurp|headless|phantomjs|lighthouse|page.?speed|gtmetrix"
    r"|ptst/|pingdom|statuscake|site24x7|synthetic|monitor|prerender|preview|inspection|scanner"
    r"|screaming.?frog|sitebulb|ia_archiver|archive\.org|mediapartners|feedfetcher|facebookexternal"
    r"|bytespider|puppeteer|playwright|selenium|webdriver|cypress|electron|jsdom|validator"
    r"|google-(read|extended|safety|structured|adwords)|googleother|wget|curl|python|java/",
    re.IGNORECASE,
)
_LONGEST = 1000


def is_robot(user_agent: str) -> bool:
    """Tell whether a User-Agent is a program's: a known one, none at all, or no browser's."""
    text = user_agent.strip()[:_LONGEST]
    return not _BROWSER.match(text) or _ROBOT.search(text) is not None
