"""The people of a shop: owners, staff and readers, invited by mail and removed at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

import structlog
from sqlalchemy.engine import Connection

from plugin.errors import ForbiddenError, InvalidFieldError, NotFoundError
from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.identity import clean_email
from plugin.store import team as store
from plugin.store.team import Member

__all__ = ["ROLES", "Member", "Person", "Role"]

Role = Literal["owner", "staff", "reader"]
ROLES: tuple[Role, ...] = get_args(Role)
#: The one platform whose merchant nobody vouches for: there the registered address is the owner's.
_OWN = "script_tag"
_MOST_PEOPLE = 50
_LONGEST_NAME = 80
_log = structlog.get_logger("team")


@dataclass(frozen=True)
class Person:
    """Somebody of the shop with the mail address to read."""

    member: Member
    email: str = field(repr=False)


def people(context: Context, shop: Shop) -> list[Person]:
    """Return who belongs to the shop now, in the order in which they came."""
    with context.db.read() as connection:
        found = store.all_of(connection, shop.id)
    return [
        Person(member, context.keys.unseal(shop.id, "team", member.email_sealed))
        for member in found
        if member.email_sealed is not None
    ]


def names(context: Context, shop: Shop) -> dict[str, str]:
    """Return the name of everybody who ever belonged to the shop, by the id that logs hold."""
    with context.db.read() as connection:
        return {log_id(member): member.name for member in store.all_of(connection, shop.id)}


def log_id(member: Member) -> str:
    """Return what stands for a person in logs."""
    return id_in_logs(member.id)


def id_in_logs(member_id: int) -> str:
    """Return the same by the number of a person, who may have left."""
    return f"team:{member_id}"


def of_session(context: Context, shop: Shop, member_id: int, epoch: int) -> Member | None:
    """Return the person of a session; None if they left or signed out everywhere since."""
    with context.db.read() as connection:
        member = store.member(connection, shop.id, member_id)
    return member if member is not None and _is_in(member) and member.epoch == epoch else None


def invite(
    connection: Connection, context: Context, shop: Shop, *, name: str, email: str, role: str
) -> Member:
    """Add somebody who is not in yet; repeated for an open invitation, it is renewed.

    InvalidFieldError names the field: "name", "email" ("email_invalid", "email_in_team"), "role";
    "team_full" from 50 people on.
    """
    name, email = _name(name), clean_email(email)
    if role not in ROLES:
        raise InvalidFieldError("role_invalid", field="role")
    check = _check(context, shop, email)
    known = store.by_address(connection, shop.id, check)
    if known is not None and known.joined_at is not None:
        raise InvalidFieldError("email_in_team", field="email")
    if known is not None:
        store.change(connection, shop.id, known.id, name=name, role=role, invited_at=context.now())
        return known
    present = [one for one in store.all_of(connection, shop.id) if one.left_at is None]
    if len(present) >= _MOST_PEOPLE:
        raise InvalidFieldError("team_full", field="email")
    return store.add(
        connection,
        shop.id,
        name=name,
        role=role,
        email_check=check,
        email_sealed=context.keys.seal(shop.id, "team", email),
        at=context.now(),
        joined=False,
    )


def change_role(context: Context, shop: Shop, member_id: int, role: str) -> None:
    """Give somebody another role, from their next request on.

    NotFoundError; ForbiddenError("last_owner") if nobody would be left to decide.
    """
    if role not in ROLES:
        raise InvalidFieldError("role_invalid", field="role")
    with context.db.write() as connection:
        member = _present(connection, shop, member_id)
        if role != "owner":
            _keep_an_owner(connection, shop, member)
        store.change(connection, shop.id, member.id, role=role)
    _log.info("role_changed", shop=shop.id, member=member_id, role=role)


def remove(context: Context, shop: Shop, member_id: int) -> None:
    """Let somebody out: their sessions and links end at once, their address is forgotten.

    The name stays for the log of accesses. NotFoundError; ForbiddenError("last_owner").
    """
    with context.db.write() as connection:
        member = _present(connection, shop, member_id)
        _keep_an_owner(connection, shop, member)
        store.end_sessions(connection, shop.id, member.id)
        store.change(
            connection,
            shop.id,
            member.id,
            email_check=None,
            email_sealed=None,
            factor_sealed=None,
            recovery=[],
            left_at=context.now(),
        )
    _log.info("member_removed", shop=shop.id, member=member_id)


def end_sessions(context: Context, shop: Shop, member_id: int) -> None:
    """Sign somebody out everywhere."""
    with context.db.write() as connection:
        store.end_sessions(connection, shop.id, _present(connection, shop, member_id).id)


def at_address(connection: Connection, context: Context, shop: Shop, email: str) -> Member | None:
    """Return who may sign in with a mail address; "" asks for the (first) owner.

    In a shop of its own the registered address is the first owner's.
    """
    everybody = store.all_of(connection, shop.id)
    if not everybody and shop.platform == _OWN:
        everybody = [first_owner(connection, context, shop)]
    inside = [member for member in everybody if _is_in(member)]
    if not email:
        return next((member for member in inside if member.role == "owner"), None)
    found = store.by_address(connection, shop.id, _check(context, shop, email))
    return next((member for member in inside if found is not None and member.id == found.id), None)


def first_owner(connection: Connection, context: Context, shop: Shop) -> Member:
    """Make the owner of a shop of its own out of its registration; return who is there already."""
    check = _check(context, shop, shop.email)
    known = store.by_address(connection, shop.id, check)
    if known is not None:
        return known
    return store.add(
        connection,
        shop.id,
        name=shop.email[:_LONGEST_NAME],
        role="owner",
        email_check=check,
        email_sealed=context.keys.seal(shop.id, "team", shop.email),
        at=context.now(),
        joined=True,
    )


def _present(connection: Connection, shop: Shop, member_id: int) -> Member:
    member = store.member(connection, shop.id, member_id)
    if member is None or member.left_at is not None:
        raise NotFoundError("not_found")
    return member


def _keep_an_owner(connection: Connection, shop: Shop, member: Member) -> None:
    """Refuse to take the last owner from a shop that no platform's admin leads into."""
    last = member.role == "owner" and _is_in(member) and store.owners(connection, shop.id) == 1
    if last and shop.platform == _OWN:
        raise ForbiddenError("last_owner")


def _is_in(member: Member) -> bool:
    return member.joined_at is not None and member.left_at is None


def _check(context: Context, shop: Shop, email: str) -> str:
    return context.keys.check_value(shop.id, "team", email.lower())


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not 0 < len(name) <= _LONGEST_NAME or not name.isprintable():
        raise InvalidFieldError("name_invalid", field="name")
    return name
