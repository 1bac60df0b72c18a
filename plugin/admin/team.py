"""The people of the shop: who may come in, as what; and one's own way of signing in."""

from __future__ import annotations

from typing import Any

import segno
from flask import Response, make_response, redirect, request

from plugin.admin.frame import blueprint, page, this_shop, to, words
from plugin.admin.who import actor
from plugin.api import current_context
from plugin.api.session import current_session, end_session, start_session
from plugin.errors import BleibError, ForbiddenError, InvalidFieldError, NotFoundError, TooManyError
from plugin.services import daily_mail, second_factor, sign_in, team
from plugin.services.team import ROLES, Member

_INVITED = ("name", "email", "role")


@blueprint.get("/team")
def team_page() -> Response:
    """Show who belongs to the shop."""
    return _page()


@blueprint.post("/team")
def team_invite() -> Response:
    """Invite somebody."""
    given = {name: request.form.get(name, "")[:320] for name in _INVITED}
    try:
        sign_in.invite(
            current_context(), this_shop(), by=actor().name, language=words().language, **given
        )
    except (InvalidFieldError, TooManyError) as error:
        problems = {error.field or "email": words().t(f"team.problem.{error.code}")}
        return _page(error.status, entered=given, problems=problems)
    return to("team_page", done="invited")


@blueprint.post("/team/<int:member_id>/role")
def team_role(member_id: int) -> Response:
    """Give somebody another role."""
    return _done(
        lambda: team.change_role(
            current_context(), this_shop(), member_id, request.form.get("role", "")
        ),
        "role",
    )


@blueprint.get("/team/<int:member_id>/remove")
def team_leave(member_id: int) -> Response:
    """Say what removing somebody means, before it is done."""
    return page("team_remove.html", one=_person(member_id))


@blueprint.post("/team/<int:member_id>/remove")
def team_remove(member_id: int) -> Response:
    """Remove somebody at once."""
    return _done(lambda: team.remove(current_context(), this_shop(), member_id), "removed")


@blueprint.post("/team/<int:member_id>/out")
def team_out(member_id: int) -> Response:
    """End every session of somebody who lost a device."""
    return _done(lambda: team.end_sessions(current_context(), this_shop(), member_id), "out")


@blueprint.post("/team/<int:member_id>/factor")
def team_factor(member_id: int) -> Response:
    """Switch the second factor of somebody off who lost it; one's own goes with a code alone."""
    me = _me_or_none()
    if me is not None and me.id == member_id:
        return to("account")
    return _done(
        lambda: second_factor.switch_off(current_context(), this_shop(), member_id), "factor"
    )


@blueprint.get("/account")
def account() -> Response:
    """Show one's own second factor and the daily mail."""
    return page("account.html", me=_me_or_none(), **_nothing())


@blueprint.post("/account/factor")
def account_start() -> Response:
    """Make a secret and show it as a square code, to be confirmed by a code of the app."""
    member = _me()
    sealed = second_factor.new_secret(current_context(), this_shop(), member)
    return _confirming(member, sealed)


@blueprint.post("/account/factor/on")
def account_on() -> Response:
    """Switch the second factor on and show the recovery codes this once."""
    context, shop, member = current_context(), this_shop(), _me()
    sealed = request.form.get("sealed", "")[:500]
    try:
        codes = second_factor.switch_on(
            context, shop, member, sealed, request.form.get("code", "")[:40]
        )
    except (InvalidFieldError, TooManyError) as error:
        if error.code == "form_old":
            return to("account")
        return _confirming(member, sealed, words().t(f"team.problem.{error.code}"), error.status)
    response = page("account.html", me=_fresh(member), **{**_nothing(), "codes": codes})
    start_session(response, shop, _fresh(member))
    return response


@blueprint.post("/account/factor/off")
def account_off() -> Response:
    """Switch one's own second factor off, with a code."""
    context, shop, member = current_context(), this_shop(), _me()
    try:
        second_factor.check(context, shop, member, request.form.get("code", "")[:40])
    except (InvalidFieldError, TooManyError) as error:
        said = words().t(f"team.problem.{error.code}")
        return page("account.html", error.status, me=member, **{**_nothing(), "problem": said})
    second_factor.switch_off(context, shop, member.id)
    response = to("account", done="factor_off")
    start_session(response, shop, _fresh(member))
    return response


@blueprint.post("/account/mail")
def account_mail() -> Response:
    """Switch one's own daily mail on or off."""
    on = request.form.get("on") == "1"
    daily_mail.switch(current_context(), this_shop(), _me_or_none(), on=on)
    return to("account", _anchor="daily-mail")


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """Sign out, in this browser or (do=everywhere) in all of them."""
    session = current_session()
    if session is not None and session.framed:  # there is nothing to sign out of: no cookie
        return to("overview")
    member = _me_or_none()
    if member is not None and request.form.get("do") == "everywhere":
        team.end_sessions(current_context(), this_shop(), member.id)
    response = make_response(redirect("/sign-in", code=303))
    end_session(response)
    return response


def _page(status: int = 200, **values: Any) -> Response:  # noqa: ANN401
    context, shop = current_context(), this_shop()
    entered = {"name": "", "email": "", "role": "staff"}
    return page(
        "team.html",
        status,
        people=team.people(context, shop),
        roles=ROLES,
        me=_me_or_none(),
        door=context.url("/sign-in"),
        **{"entered": entered, "problems": {}, "refused": "", **values},
    )


def _done(act: Any, done: str) -> Response:  # noqa: ANN401 - any call without a result
    try:
        act()
    except ForbiddenError as error:
        return _page(error.status, refused=words().t(f"team.problem.{error.code}"))
    except BleibError:
        raise
    return to("team_page", done=done)


def _person(member_id: int) -> team.Person:
    everybody = team.people(current_context(), this_shop())
    found = next((one for one in everybody if one.member.id == member_id), None)
    if found is None:
        raise NotFoundError("not_found")
    return found


def _me_or_none() -> Member | None:
    session = current_session()
    return None if session is None else session.member


def _me() -> Member:
    member = _me_or_none()
    if member is None:  # whom a platform's admin let in signs in there
        raise NotFoundError("not_found")
    return member


def _fresh(member: Member) -> Member:
    return _person(member.id).member


def _nothing() -> dict[str, Any]:
    daily = daily_mail.setting(current_context(), this_shop(), _me_or_none())
    nothing = {"sealed": "", "picture": "", "secret": "", "codes": (), "problem": ""}
    return {**nothing, "daily": daily}


def _confirming(member: Member, sealed: str, problem: str = "", status: int = 200) -> Response:
    context, shop = current_context(), this_shop()
    secret = second_factor.secret_of(context, shop, member, sealed)
    address = second_factor.address_for_app(secret, _person(member.id).email)
    shown = {
        "sealed": sealed,
        "picture": segno.make_qr(address).svg_data_uri(scale=4, light="#fff"),
        "problem": problem,
    }
    spaced = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return page("account.html", status, me=member, **{**_nothing(), **shown, "secret": spaced})
