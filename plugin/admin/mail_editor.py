"""The editor of one mail: change its words while looking at it, then send by them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, cast

from flask import Response, make_response, request

from plugin.admin.frame import blueprint, page, this_shop, to, words
from plugin.api import current_context
from plugin.api.headers import A_MAIL, SAME_ORIGIN_FRAME
from plugin.errors import BadInputError, ConflictError
from plugin.model import Shop
from plugin.services import mail_texts
from plugin.services.mail_texts import EDITABLE, Edited, Problem
from plugin.services.mails.kinds import KINDS
from plugin.services.mails.parts import PARTS
from plugin.services.mails.placeholders import name_of


@dataclass(frozen=True)
class Sight:
    """How the mail is looked at; `show` is the language, of the texts as well."""

    show: str
    device: str = "desktop"
    light: Literal["light", "dark"] = "light"
    view: str = "laid_out"

    def whole(self) -> dict[str, str]:
        """Return all of it, for an address or a form to carry along."""
        return asdict(self)


def _choices(shop: Shop) -> dict[str, tuple[str, ...]]:
    return {
        "show": shop.languages,
        "device": ("desktop", "phone"),
        "light": ("light", "dark"),
        "view": ("laid_out", "plain"),
    }


def _sight(shop: Shop, values: Mapping[str, str]) -> Sight:
    """Read a sight from an address or form; what is unknown stays plain."""
    reads = words().language
    chosen = asdict(Sight(reads if reads in shop.languages else shop.languages[0]))
    for name, allowed in _choices(shop).items():
        if values.get(name, "") in allowed:
            chosen[name] = values[name]
    return Sight(**chosen)


@blueprint.get("/mails/<kind>")
def mail_text(kind: str) -> Response:
    """Show the draft of a mail in one language beside what it looks like."""
    return _page(_find(kind))


@blueprint.post("/mails/<kind>")
def mail_text_save(kind: str) -> Response:
    """Keep the draft; what was typed stays on the page where it cannot be sent like that."""
    context, shop = current_context(), this_shop()
    sight = _sight(shop, request.form)
    typed = {part: request.form.get(part, "") for part in _parts(kind)}
    try:
        problems = mail_texts.save_draft(context, shop, kind, sight.show, typed, seen=_seen())
    except ConflictError:
        return _page(_find(kind), status=409, changed=True)
    if problems:
        return _page(_find(kind), typed=typed, problems=problems, status=422)
    return to("mail_text", kind=kind, **sight.whole())


@blueprint.post("/mails/<kind>/publish")
def mail_text_publish(kind: str) -> Response:
    """Send by the draft that the merchant looked at from now on."""
    context, shop = current_context(), this_shop()
    sight = _sight(shop, request.form)
    try:
        mail_texts.publish(context, shop, kind, sight.show, seen=_seen())
    except ConflictError:
        return _page(_find(kind), status=409, changed=True)
    return to("mail_text", kind=kind, done="mail_live", **sight.whole())


@blueprint.post("/mails/<kind>/reuse")
def mail_text_reuse(kind: str) -> Response:
    """Make an earlier version, or Bleib's own text, the draft."""
    context, shop = current_context(), this_shop()
    sight, number = _sight(shop, request.form), request.form.get("version", "")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise BadInputError("request_refused", field="version")
    mail_texts.reuse(context, shop, kind, sight.show, int(number))
    return to("mail_text", kind=kind, done="mail_reused", **sight.whole())


@blueprint.post("/mails/<kind>/sample")
def mail_text_sample(kind: str) -> Response:
    """Send the draft to the merchant."""
    edited, sight = _find(kind), _sight(this_shop(), request.form)
    mail_texts.send_sample(current_context(), this_shop(), edited)
    return to("mail_text", kind=kind, done="sampled", **sight.whole())


@blueprint.get("/mails/<kind>/preview")
def mail_text_preview(kind: str) -> Response:
    """Show the draft as it arrives; nothing is sent from here."""
    context, shop = current_context(), this_shop()
    sight = _sight(shop, request.args)
    laid_out = mail_texts.preview(context, shop, _find(kind), light=sight.light)
    if sight.view == "plain":
        response = page("mail_plain.html", text=laid_out.text, sight=sight)
    else:
        # What is pressed in it opens beside it: the frame goes on showing the mail.
        response = make_response(laid_out.html.replace("<head>", '<head><base target="_blank">', 1))
    response.headers[SAME_ORIGIN_FRAME] = A_MAIL
    return response


def _find(kind: str) -> Edited:
    shop = this_shop()
    return mail_texts.find(current_context(), shop, kind, _sight(shop, request.values).show)


def _parts(kind: str) -> tuple[str, ...]:
    return EDITABLE[kind].parts if kind in EDITABLE else ()


def _seen() -> str:
    return request.form.get("seen", "")


def _page(
    edited: Edited,
    *,
    typed: Mapping[str, str] | None = None,
    problems: list[Problem] | None = None,
    status: int = 200,
    **more: Any,  # noqa: ANN401
) -> Response:
    context, shop, wording = current_context(), this_shop(), words()
    names = [name_of(one, edited.language) for one in EDITABLE[edited.kind].placeholders]
    said = {one.part: _said(one, wording.either(names)) for one in problems or ()}
    letter = mail_texts.sample(context, shop, edited)
    return page(
        "mail_editor.html",
        status,
        edited=edited,
        mail_class=KINDS[edited.kind].mail_class,
        parts=_parts(edited.kind),
        most=PARTS,
        shown={**edited.shown, **(typed or {})},
        placeholders=dict(zip(EDITABLE[edited.kind].placeholders, names, strict=True)),
        problems=said,
        problem_links=[(f"f-{part}", wording.t(f"mails.part.{part}.label")) for part in said],
        sight=_sight(shop, request.values),
        choices=_choices(shop),
        letter=letter,
        locked=letter.paragraphs if "text" not in _parts(edited.kind) else (),
        **more,
    )


def _said(problem: Problem, names: str) -> str:
    values = cast(dict[str, Any], {**problem.values, "names": names})
    return words().t(f"mails.problem.{problem.code}", **values)
