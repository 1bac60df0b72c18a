"""Where we judge otherwise than Shopify's own libraries, each with its reason: one table.

`python -m tests.platforms.test_differences > docs/platforms/shopify-differences.md` writes the
page; every row is put before all judges, so that neither the page nor a library can drift.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

import pytest

from tests.platforms.admin import DOMAIN, SECRET
from tests.platforms.judges import APP, JS, OURS, PYTHON, Judges, Verdicts, judging
from tests.platforms.signed import fresh_link, hook, link, mac, proxied, token

PAGE = Path(__file__).resolve().parents[2] / "docs" / "platforms" / "shopify-differences.md"


@dataclass(frozen=True)
class Difference:
    """One case: what is asked, what each judge says to it, and why we say what we say."""

    about: str
    case: str
    ask: Callable[[Judges], Verdicts]
    said: Verdicts
    reason: str


def now(seconds: int = 0) -> str:
    return str(int(time.time()) + seconds)


def signed_link(query: str, message: str) -> str:
    return f"{query}&hmac={mac(SECRET, message.encode()).hex()}"


def shop(name: str, ours: str | None, js: str | None, python: str | None, why: str) -> Difference:
    said = {OURS: ours, JS: js, PYTHON: python}
    return Difference("shop name", f"`{json.dumps(name)[1:-1]}`", _shop(name), said, why)


def _shop(name: str) -> Callable[[Judges], Verdicts]:
    return lambda judges: judges.shop(name)


def repeated_shop(_: Judges) -> str:
    parts = [("shop", "other.myshopify.com"), ("shop", DOMAIN), ("timestamp", now())]
    last = urlencode(parts[1:])
    return signed_link(urlencode(parts), last)


def compliance(judges: Judges) -> Verdicts:
    body = json.dumps({"shop_domain": "other.myshopify.com"}).encode()
    return judges.webhook(hook(body, **{"X-Shopify-Topic": "shop/redact"}), body)


ONE_FORM = "One shop has one name, and only that name: whoever calls gives us the plain domain."
WINDOW = "Ninety seconds in both directions, as the newer library has it: a link is no ticket."
NEVER = "Whatever the signature protects, a token that is not about this shop alone is no token."
LASTING = "A token that does not say when it ends would be good for ever."

DIFFERENCES = (
    shop("FOO.myshopify.com", "foo.myshopify.com", "FOO.myshopify.com", "foo.myshopify.com",
         "Names are kept in lower case: one shop must not become two."),
    shop("foo.MyShopify.com", "foo.myshopify.com", None, "foo.myshopify.com",
         "The same for the ending: host names know no case."),
    shop("foo.myshopify.com/", None, "foo.myshopify.com/", "foo.myshopify.com", ONE_FORM),
    shop("foo_bar.myshopify.com", None, "foo_bar.myshopify.com", None,
         "No host name holds an underscore."),
    shop("foo.shopify.com", None, "foo.shopify.com", None, "Shops live under myshopify.com."),
    shop("foo.myshopify.io", None, "foo.myshopify.io", None, "A domain of Shopify's own tests."),
    shop("foo.myshopify.com\n", None, None, "foo.myshopify.com",
         "What is cut off here would be sent elsewhere: a line break is refused, not removed."),
    shop("admin.shopify.com/store/foo", None, "foo.myshopify.com", None, ONE_FORM),
    shop("https://foo.myshopify.com", None, None, "foo.myshopify.com", ONE_FORM),
    shop("foo", None, None, "foo.myshopify.com", ONE_FORM),
    shop("a.myshopify.com", "a.myshopify.com", "a.myshopify.com", None,
         "A name of one letter is a name."),
    shop("foo-.myshopify.com", "foo-.myshopify.com", "foo-.myshopify.com", None,
         "Refused by the older library alone; such a shop could otherwise never install."),
    Difference(
        "install link", "signed two minutes ago",
        lambda judges: judges.link(link([], stamp=now(-120)).decode()),
        {OURS: False, JS: False, PYTHON: True}, WINDOW,
    ),
    Difference(
        "install link", "signed for tomorrow",
        lambda judges: judges.link(link([], stamp=now(86_400)).decode()),
        {OURS: False, JS: False, PYTHON: True}, WINDOW,
    ),
    Difference(
        "install link", "`shop` twice, the last one signed",
        lambda judges: judges.link(repeated_shop(judges)),
        {OURS: False, JS: True, PYTHON: True},
        "Two readers of such a link might each believe another one of the values.",
    ),
    Difference(
        "install link", "a key in upper case among lower-case ones",
        lambda judges: judges.link(fresh_link([("Zebra", "1"), ("apple", "2")], "sent", quote)),
        {OURS: True, JS: False, PYTHON: True},
        "Sorted by bytes; the newer library sorts as a dictionary does.",
    ),
    Difference(
        "install link", "`~` in a value, signed as it was sent",
        lambda judges: judges.link(fresh_link([("x", "a~")], "sent", quote)),
        {OURS: True, JS: False, PYTHON: True},
        "The text that was sent is what was signed; the library writes it anew, in its own way.",
    ),
    Difference(
        "install link", "`=` at the end of `host`, signed as it was sent",
        lambda judges: judges.link(fresh_link([("host", "Zm9v=")], "sent", quote)),
        {OURS: True, JS: True, PYTHON: False},
        "The older library signs what was decoded; both ways are accepted.",
    ),
    Difference(
        "install link", "a plus in a value, signed decoded",
        lambda judges: judges.link(fresh_link([("x", "1+1")], "python", quote_plus)),
        {OURS: False, JS: False, PYTHON: True},
        "The same text is also what a link with a space would be signed as.",
    ),
    Difference(
        "app proxy", "another `shop` than one of Shopify's",
        lambda judges: judges.proxy(proxied([], stamp=now(), shop="evil.example")),
        {OURS: False, JS: True, APP: True}, ONE_FORM,
    ),
    Difference(
        "app proxy", "`code` twice",
        lambda judges: judges.proxy(proxied([("code", "a"), ("code", "b")], stamp=now())),
        {OURS: False, JS: True, APP: True},
        "One rule for everything signed: a name with a meaning stands there once.",
    ),
    Difference(
        "app proxy", "keys with capitals",
        lambda judges: judges.proxy(proxied([("Zebra", "1"), ("apple", "2")], stamp=now())),
        {OURS: True, JS: False, APP: True},
        "Sorted by bytes. Our widgets send none.",
    ),
    Difference(
        "webhook", "`shop/redact` whose signed body names another shop than the header",
        compliance, {OURS: False, JS: True, APP: True},
        "The header is not signed. What erases or reveals must be about the shop that it names.",
    ),
    Difference(
        "webhook", "without the header that names the topic",
        lambda judges: judges.webhook(hook(b"{}", **{"X-Shopify-Topic": ""}), b"{}"),
        {OURS: False, JS: False, APP: True},
        "Without a topic nobody knows what it says.",
    ),
    Difference(
        "session token", "`iss` of another shop than `dest`",
        lambda judges: judges.token(token(iss="https://other.myshopify.com/admin")),
        {OURS: False, JS: True, PYTHON: False, APP: True}, NEVER,
    ),
    Difference(
        "session token", "from and for `evil.com`",
        lambda judges: judges.token(token(iss="https://evil.com/admin", dest="https://evil.com")),
        {OURS: False, JS: True, PYTHON: False, APP: True}, NEVER,
    ),
    Difference(
        "session token", "without `jti`",
        lambda judges: judges.token(token(jti=None)),
        {OURS: False, JS: True, PYTHON: False, APP: True},
        "What has no name of its own cannot be told from its copy.",
    ),
    Difference(
        "session token", "without `sid`",
        lambda judges: judges.token(token(sid=None)),
        {OURS: True, JS: True, PYTHON: False, APP: True},
        "We never read the number of a session at Shopify.",
    ),
    Difference(
        "session token", "without `sub`",
        lambda judges: judges.token(token(sub=None)),
        {OURS: False, JS: True, PYTHON: False, APP: True},
        "Somebody must be behind it.",
    ),
    Difference(
        "session token", "without `nbf`",
        lambda judges: judges.token(token(nbf=None)),
        {OURS: False, JS: True, PYTHON: True, APP: True},
        "Shopify always says from when it is good; a token that does not was made elsewhere.",
    ),
    Difference(
        "session token", "without `exp`",
        lambda judges: judges.token(token(exp=None)),
        {OURS: False, JS: True, PYTHON: True, APP: True}, LASTING,
    ),
    Difference(
        "session token", "`aud` as a list with our name in it",
        lambda judges: judges.token(token(aud=["client-0123456789abcdef", "another"])),
        {OURS: False, JS: False, PYTHON: True, APP: False},
        "A token for several apps is not one for us.",
    ),
    Difference(
        "session token", "of a shop with one letter",
        lambda judges: judges.token(
            token(iss="https://a.myshopify.com/admin", dest="https://a.myshopify.com")
        ),
        {OURS: True, JS: True, PYTHON: False, APP: True},
        "A name of one letter is a name.",
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def judges() -> Iterator[Judges]:
    with judging() as found:
        yield found


@pytest.mark.parametrize("row", DIFFERENCES, ids=lambda row: f"{row.about}: {row.case}")
def test_everyone_says_what_the_table_says(row: Difference, judges: Judges) -> None:
    assert row.ask(judges) == row.said
    assert len(set(row.said.values())) > 1, "nobody differs"


def test_page_is_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


def page() -> str:
    """Return the table as a page of the documents."""
    columns = (OURS, JS, PYTHON, APP)
    lines = [
        "# Shopify: where we judge otherwise than its libraries",
        "",
        "Generated from `tests/platforms/test_differences.py`, which puts every row before all",
        "judges. In everything else `tests/platforms/test_oracles.py` holds us together: what a",
        "library accepts we accept, and what says something else than was signed is refused.",
        "",
        f"| what | case | {' | '.join(columns)} | why |",
        f"|---|---|{'---|' * len(columns)}---|",
    ]
    for row in DIFFERENCES:
        cells = [_cell(row.said[name]) if name in row.said else "" for name in columns]
        lines.append(f"| {row.about} | {row.case} | {' | '.join(cells)} | {row.reason} |")
    return "\n".join(lines) + "\n"


def _cell(said: Any) -> str:
    if isinstance(said, str):
        return f"`{said}`"
    return "yes" if said else "no"


if __name__ == "__main__":
    sys.stdout.write(page())
