"""Who saved a page last: noted after each save, said where two people changed the same thing."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request

from plugin.admin.frame import blueprint, this_shop, words
from plugin.admin.who import actor, name_of
from plugin.api import current_context
from plugin.services import last_changes, team

#: What of an address says which thing is changed; any other number is a person's or a parcel's.
_THINGS = ("campaign_id", "kind")


@blueprint.after_request
def _note(response: Response) -> Response:
    what = _what()
    if what is not None and request.method == "POST" and response.status_code == 303:
        last_changes.note(current_context(), this_shop(), what, actor().id)
    return response


@blueprint.app_context_processor
def _named() -> dict[str, Any]:
    """What templates of a conflict may ask."""
    return {"last_change": _last_change, "changed_by": _changed_by}


def _last_change() -> dict[str, str] | None:
    """Return who saved the thing of this request last, and when, as a merchant reads it."""
    what = _what()
    context, shop = current_context(), this_shop()
    found = None if what is None else last_changes.last(context, shop, what)
    if found is None:
        return None
    names = team.names(context, shop)
    who = name_of(found.actor, names, words())
    if found.actor not in names:  # whom the platform let in has no name here
        who = words().t("conflict.someone", who=who)
    return {"who": who, "time": words().recent(found.at, context.now())}


def _changed_by() -> str:
    """Return that as a sentence; "" where nobody is known."""
    found = _last_change()
    return "" if found is None else words().t("conflict.by", **found)


def _what() -> str | None:
    """Return which thing a request is about; None for what nobody else could have changed."""
    if g.get("shop") is None or request.endpoint is None:
        return None
    values = request.view_args or {}
    named = [f"{name}:{values[name]}" for name in _THINGS if name in values]
    if named:
        return named[0][:80]
    return None if values else request.endpoint.removeprefix("admin.")[:80]
