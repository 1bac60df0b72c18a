"""Mails: what people get after a sign-up, in whose words, and the welcome series."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, request

from plugin.admin import entries
from plugin.admin.carried import packed, unpacked
from plugin.admin.entries import Entries
from plugin.admin.fields import fields_of
from plugin.admin.frame import blueprint, page, this_shop, to, words
from plugin.api import current_context
from plugin.contracts.welcome import Welcome
from plugin.errors import ConflictError, InvalidFieldError
from plugin.services import mail_texts, welcome

_FIELDS = fields_of(Welcome)
_SERIES = {"welcome_1": "first", "welcome_2": "second", "welcome_3": "third"}


@dataclass(frozen=True)
class Row:
    """One mail of the list; `own` are the languages in which the merchant's own text is sent."""

    kind: str
    own: list[str]
    sent: int
    field: str = ""


@blueprint.get("/mails")
def mails() -> Response:
    """Show every mail that can be changed, and the series."""
    present = welcome.get(current_context(), this_shop())
    return _page(present, _shown(present), present)


@blueprint.post("/mails/series")
def mails_series() -> Response:
    """Set the series, unless somebody else did meanwhile."""
    context, shop = current_context(), this_shop()
    present = welcome.get(context, shop)
    before = present.model_dump(mode="json")
    filled = entries.read(request.form, before, _FIELDS, Welcome, (), words())
    seen = _seen(present)
    if filled.problems:
        return _page(present, filled, seen, status=422)
    wanted = Welcome.model_validate(filled.settings)
    try:
        welcome.save(context, shop, wanted, seen=seen)
    except InvalidFieldError:
        filled.problems["third_days"] = words().t("mails.series.order")
        return _page(present, filled, seen, status=422)
    except ConflictError:
        return _page(present, filled, present, status=409, changed=True)
    return to("mails", done="series")


def _seen(present: Welcome) -> Welcome:
    return unpacked(request.form.get("seen"), Welcome, present)


def _shown(present: Welcome) -> Entries:
    settings = present.model_dump(mode="json")
    return Entries(settings, entries.shown(settings, _FIELDS, words()))


def _page(
    present: Welcome,
    filled: Entries,
    seen: Welcome,
    status: int = 200,
    **more: Any,  # noqa: ANN401
) -> Response:
    context, shop = current_context(), this_shop()
    own, sent = mail_texts.own_in(context, shop), mail_texts.sent_lately(context, shop)
    rows = [Row(kind, own[kind], sent.get(kind, 0), _SERIES.get(kind, "")) for kind in own]
    return page(
        "mails.html",
        status,
        rows=[row for row in rows if not row.field],
        series=[row for row in rows if row.field],
        on={kind for kind, mail in present.mails.items() if mail.on},
        entered=filled.entered,
        problems=filled.problems,
        problem_links=[(f"f-{path}", _label(path)) for path in filled.problems],
        seen=packed(seen),
        lately=mail_texts.LATELY.days,
        **more,
    )


def _label(path: str) -> str:
    kind = next(kind for kind, name in _SERIES.items() if path.startswith(name))
    return words().t(f"mails.kind.{kind}.name")
