"""Checks of what a campaign shows: it must be there, be readable, and be the shop's own."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from plugin.contracts.content import Facts, Link, Picture, Service
from plugin.contracts.settings import Headline
from plugin.manifest import load_manifest
from plugin.model import Shop
from plugin.services import look
from plugin.services.check_case import Case, Check

#: What stands in two lines beside the close button of a sheet 320 px wide, in a title's size.
LONGEST_TITLE = 50
#: With one answer alone the question would be none.
_LEAST_FACTS = 2


def content_checks(case: Case) -> list[Check]:
    """Return the checks that this content and this look call for."""
    found = _pictures(case)
    if case.content in _NEEDED:
        found.append(_NEEDED[case.content](case))
    if case.widget.interrupts:
        found += [*_titles(case), *_look(case), _benefit(case)]
    return found


def _benefit(case: Case) -> Check:
    """Who interrupts somebody can say what that person gets out of it."""
    said = getattr(case.settings, "benefit", None)
    passed = said is None or bool(said.strip())
    return Check("benefit", passed, fields=() if passed else ("benefit",))


def _titles(case: Case) -> list[Check]:
    titles = [
        (path, text)
        for path, text in case.texts()
        if isinstance(text, Headline) and path.rpartition(".")[2] == "title"
    ]
    for path, text in titles:
        for language in case.shop.languages:
            over = len(getattr(text, language, "").strip()) - LONGEST_TITLE
            if over > 0:
                values: dict[str, object] = {"over": over, "most": LONGEST_TITLE}
                return [Check("length", False, fields=(f"{path}.{language}",), values=values)]
    return [Check("length", True)] if titles else []


def _pictures(case: Case) -> list[Check]:
    found = []
    experiment = getattr(case.settings, "experiment", None)
    variant = getattr(experiment, "b", None)
    places = [("picture", case.settings)]
    if variant is not None and variant.enabled:
        places.append(("experiment.b.picture", variant))
    for path, owner in places:
        picture = getattr(owner, "picture", None)
        if isinstance(picture, Picture) and picture.url:
            found += [_origin(case, path, picture), _described(case, path, picture)]
    return found


def _origin(case: Case, path: str, picture: Picture) -> Check:
    """A picture from elsewhere tells somebody else who looks at the shop."""
    host = urlsplit(picture.url).hostname or ""
    platform = load_manifest().platforms.get(case.shop.platform)
    if _is_own(host, case.shop) or (platform is not None and host in platform.picture_hosts):
        return Check("picture", True)
    return Check("picture", False, fields=(f"{path}.url",), values={"host": host})


def _described(case: Case, path: str, picture: Picture) -> Check:
    missing = tuple(
        f"{path}.alt.{language}"
        for language in case.shop.languages
        if not getattr(picture.alt, language, "").strip()
    )
    return Check("alt", not missing, "WCAG 1.1.1", missing)


def _is_own(host: str, shop: Shop) -> bool:
    own = {shop.domain, urlsplit(shop.storefront_url).hostname or ""} - {""}
    names = {name.removeprefix("www.") for name in own}
    return any(host == name or host.endswith(f".{name}") for name in names)


def _message(case: Case) -> Check:
    """A message says something, and its button leads to a page of the shop."""
    said = [path for path, text in case.texts() if path in ("title", "lead") and not text.empty]
    if not said:
        return Check("message", False, fields=("title",))
    link = getattr(case.settings, "button", None)
    if not isinstance(link, Link) or (not link.url and link.label.empty):
        return Check("link", True)
    host = urlsplit(link.url).hostname
    fits = bool(link.url) and (host is None or _is_own(host, case.shop))
    return Check("link", fits, fields=() if fits else ("button.url",))


def _question(case: Case) -> Check:
    facts = getattr(case.settings, "facts", None)
    known = facts.known if isinstance(facts, Facts) else 0
    passed = known >= _LEAST_FACTS
    fields = () if passed else ("facts.shipping.enabled",)
    return Check("facts", passed, fields=fields, values={"known": known, "least": _LEAST_FACTS})


def _basket(case: Case) -> Check:
    """A cart can be taken along only where the page may read it."""
    platform = case.context.platforms.get(case.shop.platform)
    passed = platform is not None and platform.support.get("cart") != "no"
    return Check("cart", passed, fields=() if passed else ("content",))


def _service(case: Case) -> Check:
    service = getattr(case.settings, "service", None)
    passed = isinstance(service, Service) and service.public() is not None
    return Check("contact", passed, fields=() if passed else ("service.phone",))


_NEEDED: dict[str, Callable[[Case], Check]] = {
    "message": _message,
    "question": _question,
    "basket": _basket,
    "service": _service,
}


def _look(case: Case) -> list[Check]:
    fixed = look.get(case.context, case.shop)
    failing = look.unreadable(fixed)
    values: dict[str, object] = {}
    if failing:
        worst = failing[0]
        values = {"pair": worst.name, "ratio": worst.ratio, "floor": worst.floor}
    return [
        Check("contrast", not failing, "BFSG", values=values),
        Check("target", not look.too_low(fixed), "BFSG", values={"least": look.LEAST_TARGET}),
    ]
