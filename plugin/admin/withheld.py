"""What somebody's role does not let them press is off on every page, and the page says why.

The pages are written for owners. For everybody else this goes over the finished page: a form or
a link whose route `roles` refuses keeps its place and its words, but cannot be used.
"""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from flask import Response, current_app, g, request
from werkzeug.exceptions import HTTPException

from plugin.admin.frame import blueprint, words
from plugin.admin.roles import allows
from plugin.admin.who import actor
from plugin.api.session import current_session
from plugin.services.team import Role

_CONTROLS = frozenset({"button", "input", "select", "textarea"})
#: What makes an element send something.
_SENDS = ("method", "action", "formaction", "href", "download", "hx-")
_Attributes = list[tuple[str, str | None]]


@blueprint.after_request
def _withhold(response: Response) -> Response:
    session = current_session() if g.get("shop") is not None else None
    if session is None or response.mimetype != "text/html" or response.is_streamed:
        return response
    role = actor().role
    if role != "owner":
        response.set_data(_without_refused(response.get_data(as_text=True), role))
    return response


def _without_refused(text: str, role: Role) -> str:
    """Return a page in which nothing is left that this role would be refused."""
    said = words().t(f"withheld.{role}")
    first = _Reader(role, said, frozenset())
    first.feed(text)
    first.close()
    if not first.refused:
        return text
    # Buttons may stand before the form they belong to: its name is known after the first reading.
    second = _Reader(role, said, frozenset(first.forms))
    second.feed(text)
    second.close()
    return second.page()


class _Reader(HTMLParser):
    """Repeats a page word for word, but for what is refused; `forms` names such forms."""

    def __init__(self, role: Role, said: str, forms: frozenset[str]) -> None:
        super().__init__(convert_charrefs=False)
        self.refused = False
        self.forms: set[str] = set(forms)
        self._role: Role = role
        self._said = said
        self._parts: list[str] = []
        self._inside = False
        self._main = 0

    def page(self) -> str:
        """Return the page, with the reason at the beginning of its main part."""
        note = f'<p class="note" id="withheld"><span>{escape(self._said)}</span></p>'
        return "".join([*self._parts[: self._main], note, *self._parts[self._main :]])

    def handle_starttag(self, tag: str, attrs: _Attributes) -> None:
        """Take from an element what would be refused."""
        named = dict(attrs)
        text = self.get_starttag_text() or ""
        if tag == "form":
            self._inside = self._refuses(named, "action", named.get("method") or "get")
            if self._inside and named.get("id"):
                self.forms.add(str(named["id"]))
        refused = self._is_refused(tag, named)
        self.refused |= refused
        self._parts.append(self._off(tag, attrs) if refused else text)
        if tag == "main":
            self._main = len(self._parts)

    def handle_startendtag(self, tag: str, attrs: _Attributes) -> None:
        """Do the same for an element that ends at once."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """Repeat the end of an element."""
        if tag == "form":
            self._inside = False
        self._parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Repeat words."""
        self._parts.append(data)

    def handle_entityref(self, name: str) -> None:
        """Repeat a named sign."""
        self._parts.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        """Repeat a numbered sign."""
        self._parts.append(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        """Repeat the first line."""
        self._parts.append(f"<!{decl}>")

    def handle_comment(self, data: str) -> None:
        """Repeat a comment."""
        self._parts.append(f"<!--{data}-->")

    def _is_refused(self, tag: str, named: dict[str, str | None]) -> bool:
        if tag == "form":
            return self._inside
        if tag == "a":
            return self._refuses(named, "href", "get")
        if tag in _CONTROLS:
            belongs = self._inside if "form" not in named else named["form"] in self.forms
            return belongs or self._refuses(named, "formaction", "post")
        return self._refuses(named, "hx-post", "post")

    def _refuses(self, named: dict[str, str | None], where: str, method: str) -> bool:
        """Tell whether the address in this attribute leads where the role may not go."""
        address = named.get(where)
        if (address is None and where != "action") or (address or "").startswith("#"):
            return False
        parts = urlsplit(urljoin(request.url, address or ""))
        if parts.netloc != urlsplit(request.url).netloc:
            return False
        router = current_app.create_url_adapter(request)
        try:
            found = router.match(parts.path, method.upper()) if router else ("", {})
        except HTTPException:
            return False
        endpoint = str(found[0])
        known = endpoint.startswith("admin.") and not endpoint.startswith("admin.assets.")
        return known and not allows(self._role, method.upper(), endpoint)

    def _off(self, tag: str, attrs: _Attributes) -> str:
        kept = [(name, value) for name, value in attrs if not name.startswith(_SENDS)]
        if tag in _CONTROLS:
            kept.append(("disabled", None))
        elif tag == "a":
            kept += [("role", "link"), ("aria-disabled", "true")]
        if tag in ("a", "button") and "title" not in dict(kept):
            kept.append(("title", self._said))
        written = (name if value is None else f'{name}="{escape(value)}"' for name, value in kept)
        return f"<{' '.join([tag, *written])}>"
