"""Look: what of it is fixed for all widgets, whether it can be read, and how it turns out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, request
from pydantic import ValidationError

from plugin.admin import entries
from plugin.admin.captions import Captions
from plugin.admin.carried import packed, unpacked
from plugin.admin.entries import Entries
from plugin.admin.fields import fields_of
from plugin.admin.frame import blueprint, page, this_shop, to, words
from plugin.api import current_context
from plugin.contracts.shopwide import Look
from plugin.errors import ConflictError, InvalidFieldError
from plugin.services import campaigns, logo, look
from plugin.services.colours import nearest
from plugin.services.contrast import Pair, pairs_of

_FIELDS = fields_of(Look)


@dataclass(frozen=True)
class Verdict:
    """Two colours on each other, and the nearest one that could be read, where they cannot."""

    pair: Pair
    label: str
    better: str


@blueprint.get("/look")
def look_page() -> Response:
    """Show what is fixed, and everything else as the shop's pages have it."""
    fixed = look.get(current_context(), this_shop())
    return _page(fixed, _shown(fixed), fixed)


@blueprint.post("/look")
def look_save() -> Response:
    """Try a look out, or fix it unless somebody else did meanwhile."""
    context, shop = current_context(), this_shop()
    fixed = look.get(context, shop)
    before = fixed.model_dump(mode="json")
    filled = entries.read(request.form, before, _FIELDS, Look, (), words())
    _take(filled)
    seen = unpacked(request.form.get("seen"), Look, fixed)
    if filled.problems:
        return _page(fixed, filled, seen, status=422)
    wanted = Look.model_validate(filled.settings)
    filled.entered |= {f.path: getattr(wanted, f.path) for f in _FIELDS if f.control == "colour"}
    if "save" not in request.form:
        return _page(wanted, filled, seen)
    try:
        look.save(context, shop, wanted, seen=seen)
    except InvalidFieldError:
        return _page(wanted, filled, seen, status=422, refused=True)
    except ConflictError:
        return _page(wanted, filled, fixed, status=409, changed=True)
    return to("look_page", done="look")


@blueprint.post("/look/logo")
def look_logo() -> Response:
    """Take in the picture that mails and hosted pages show, or let the name stand there again."""
    context, shop = current_context(), this_shop()
    if "remove" in request.form:
        logo.remove(context, shop)
        return to("look_page", done="logo")
    given = request.files.get("logo")
    try:
        logo.save(context, shop, b"" if given is None else given.read(logo.MOST_BYTES + 1))
    except InvalidFieldError as error:
        fixed = look.get(context, shop)
        said = words().t(f"look.logo.{error.code}")
        return _page(fixed, _shown(fixed), fixed, status=422, logo_problem=said)
    return to("look_page", done="logo")


def _shown(fixed: Look) -> Entries:
    settings = fixed.model_dump(mode="json")
    return Entries(settings, entries.shown(settings, _FIELDS, words()))


def _take(filled: Entries) -> None:
    """Put in the better colour that was offered, where its button was pressed."""
    name, _, colour = request.form.get("take", "").partition(":")
    if name in filled.settings and not filled.problems:
        try:
            Look.model_validate({**filled.settings, name: colour})
        except ValidationError:
            return
        filled.settings[name] = filled.entered[name] = colour


def _page(
    shown: Look,
    filled: Entries,
    seen: Look,
    status: int = 200,
    **more: Any,  # noqa: ANN401
) -> Response:
    context, shop = current_context(), this_shop()
    listed = campaigns.all_of(context, shop)
    windows = [item for item in listed if context.widgets[item.widget].interrupts]
    say = Captions(words(), "look")
    labels = {field.path: say.of(field, "label") for field in _FIELDS}
    return page(
        "look.html",
        status,
        say=say,
        fields=_FIELDS,
        entered=filled.entered,
        problems=filled.problems,
        problem_links=[(f"f-{path}", labels[path]) for path in filled.problems],
        verdicts=[
            Verdict(pair, labels[pair.field], "" if pair.passed else nearest(shown, pair))
            for pair in pairs_of(shown)
        ],
        low=look.too_low(shown),
        least=look.LEAST_TARGET,
        logo=logo.get(context, shop),
        logo_bytes=logo.MOST_BYTES // 1000,
        seen=packed(seen),
        tried=packed(shown),
        sample=(windows or listed)[0],
        device="desktop" if request.values.get("device") == "desktop" else "phone",
        light="dark" if request.values.get("light") == "dark" else "light",
        **more,
    )
