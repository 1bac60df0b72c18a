"""Mails about orders: at which milestones Bleib writes, and what each of its mails looks like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from flask import Response, make_response, request

from plugin.admin.carried import packed, unpacked
from plugin.admin.frame import blueprint, page, this_shop, to, words
from plugin.api import current_context
from plugin.api.headers import A_MAIL, SAME_ORIGIN_FRAME
from plugin.contracts.shopwide import Notices
from plugin.errors import BadInputError, ConflictError, NotFoundError
from plugin.services import mail_texts
from plugin.services.mails.parcel_letters import MILESTONES
from plugin.services.parcels import late_notices, notice_samples, notice_settings

#: So many of those who wait are named; the rest is a number.
_NAMED = 20
SAID = ("answered", "saved", "told")


@dataclass(frozen=True)
class Row:
    """One milestone: whether Bleib writes, whether the shop's software does, how many went out."""

    kind: str
    on: bool
    doubled: bool
    sent: int


@blueprint.get("/parcels/notices")
def notices() -> Response:
    """Ask who writes to buyers; once that is answered, show at which milestones Bleib does."""
    return _page(notice_settings.get(current_context(), this_shop()))


@blueprint.post("/parcels/notices/answer")
def notices_answer() -> Response:
    """Take the answer: the shop's own software writes already, or nobody does."""
    who = request.form.get("who", "")
    if who not in ("shop", "bleib"):
        raise BadInputError("field_invalid", field="who")
    notice_settings.answer(current_context(), this_shop(), shop_sends=who == "shop")
    return to("notices", said="answered")


@blueprint.post("/parcels/notices")
def notices_save() -> Response:
    """Switch milestones on and off, unless somebody else did meanwhile."""
    context, shop = current_context(), this_shop()
    present = notice_settings.get(context, shop)
    seen = unpacked(request.form.get("seen"), Notices, present)
    wanted = Notices(answered=True, **{kind: kind in request.form for kind in MILESTONES})
    try:
        notice_settings.save(context, shop, wanted, seen=seen)
    except ConflictError:
        return _page(notice_settings.get(context, shop), status=409, changed=True)
    return to("notices", said="saved")


@blueprint.get("/parcels/notices/late")
def notices_late() -> Response:
    """Show whom a mail about a delay would go to, and the mail, before anybody gets it."""
    found = late_notices.waiting(current_context(), this_shop())
    return page(
        "parcels/notices_late.html",
        waiting=found[:_NAMED],
        count=len(found),
        letter=notice_samples.letter(current_context(), this_shop(), "delayed", _language()),
        language=_language(),
        light=_light(),
    )


@blueprint.post("/parcels/notices/late")
def notices_tell() -> Response:
    """Write to everybody who waits for news of a parcel, once."""
    told = late_notices.tell_all(current_context(), this_shop())
    return to("notices", said="told", n=told)


@blueprint.get("/parcels/notices/<kind>/preview")
def notice_preview(kind: str) -> Response:
    """Show one mail as it arrives; nothing is sent from here."""
    if kind not in MILESTONES:
        raise NotFoundError("not_found")
    html = notice_samples.html(current_context(), this_shop(), kind, _language(), light=_light())
    response = make_response(html.replace("<head>", '<head><base target="_blank">', 1))
    response.headers[SAME_ORIGIN_FRAME] = A_MAIL
    return response


def _light() -> Literal["light", "dark"]:
    return "dark" if request.args.get("light") == "dark" else "light"


def _language() -> str:
    """Return the language of the mails: the one asked for, if the shop has it."""
    known, asked = this_shop().languages, request.args.get("show", words().language)
    return asked if asked in known else known[0]


def _page(present: Notices, status: int = 200, **more: Any) -> Response:  # noqa: ANN401
    context, shop = current_context(), this_shop()
    sent, own = mail_texts.sent_lately(context, shop), notice_settings.own_mails(shop)
    rows = [
        Row(kind, bool(getattr(present, kind)), kind in own, sent.get(kind, 0))
        for kind in MILESTONES
    ]
    kind = request.args.get("kind", "")
    shown = kind if kind in MILESTONES else "on_its_way"
    said = request.args.get("said", "")
    return page(
        "parcels/notices.html",
        status,
        asking=not present.answered or "ask" in request.args,
        rows=rows,
        own=words().both([words().t(f"notices.kind.{kind}.short") for kind in own]),
        seen=packed(present),
        shown=shown,
        letter=notice_samples.letter(context, shop, shown, _language()),
        language=_language(),
        light=_light(),
        waiting=len(late_notices.waiting(context, shop)),
        lately=mail_texts.LATELY.days,
        said=said if said in SAID else "",
        told=request.args.get("n", default=0, type=int),
        **more,
    )
