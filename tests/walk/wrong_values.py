"""Every form of every page, sent with what does not fit: the pages that answer it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

from tests.walk.house import House, Look, Visit

#: What is typed in place of what a field takes; the last is no choice that a form offers either.
TYPED = {"empty": "", "wrong": "-9x,,", "long": "Ä" * 3000}
#: Ends what the others need: sent last.
ENDS = (
    "delete", "leave", "remove", "out", "disconnect", "drop", "stop", "secret", "factor", "erase",
    "off", "release", "restart", "block",
)  # fmt: skip


@dataclass
class Form:
    """A form as a page holds it."""

    action: str
    #: Name -> (how it is filled in, the value it has).
    fields: dict[str, tuple[str, str]] = field(default_factory=dict)

    def filled(self, text: str, *, choices: bool) -> dict[str, object]:
        """Return its entries with the text in each place for typing, and in place of choices."""
        found: dict[str, object] = {}
        for name, (kind, value) in self.fields.items():
            if kind == "file":
                found[name] = b"a;b\n1;2\n"
            elif kind == "typed" or (kind == "chosen" and choices):
                found[name] = text
            else:
                found[name] = value
        return found


class _Forms(HTMLParser):
    """Collects the forms of a page that send something."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.found, self._open = page, list[Form](), False
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = given.get("method", "").lower() == "post"
            if self._open:
                self.found.append(Form(urljoin(self.page, given.get("action", ""))))
        elif self._open:
            self._field(tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False

    def _field(self, tag: str, given: dict[str, str]) -> None:
        form = self.found[-1]
        if tag == "button" and "formaction" in given:
            action = urljoin(self.page, given["formaction"])
            self.found.append(Form(action, dict(form.fields)))
            self.found[-2:] = self.found[:-3:-1]  # what follows belongs to the form itself
        name, kind = given.get("name", ""), given.get("type", "text")
        if not name or name == "csrf_token" or kind == "image":
            return
        typed = tag == "textarea" or kind not in ("hidden", "checkbox", "radio", "file", "submit")
        if tag == "select" or kind in ("checkbox", "radio"):
            form.fields.setdefault(name, ("chosen", given.get("value", "")))
        elif tag == "button":
            form.fields.setdefault(name, ("pressed", given.get("value", "")))
        elif tag == "input" and kind == "file":
            form.fields[name] = ("file", "")
        elif tag in ("input", "textarea"):
            form.fields[name] = ("typed" if typed else "hidden", given.get("value", ""))


def forms(look: Look) -> list[Form]:
    """Return the forms of a page that send something."""
    parser = _Forms(look.path)
    parser.feed(look.html)
    return parser.found


def send_wrong_values(house: House, state: str) -> None:
    """Send each form of all pages once for each kind of wrong value, what ends things last."""
    fullest: dict[str, tuple[Form, str | None]] = {}
    for look in [one for one in house.looks if one.language == "de" and one.status == 200]:
        for form in forms(look):
            endpoint = house.endpoint(form.action, "POST")
            known = fullest.get(endpoint)
            if endpoint and (known is None or len(known[0].fields) < len(form.fields)):
                fullest[endpoint] = form, look.session
    for endpoint in sorted(fullest, key=lambda one: one.endswith(ENDS)):
        form, session = fullest[endpoint]
        house.refused.add(endpoint)
        house.look(state, session, list(_visits(form)))
    # What was taken nevertheless is a page like any other.
    house.looks[:] = [one for one in house.looks if one.state != state or one.status >= 400]


def _visits(form: Form) -> Iterator[Visit]:
    for text in TYPED.values():
        yield Visit(form.action, form.filled(text, choices=False))
    yield Visit(form.action, form.filled("nonsense", choices=True))
