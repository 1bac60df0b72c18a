"""The second factor of signing in: codes of an app (RFC 6238), and codes for when it is lost."""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta

import pyotp
import structlog
from sqlalchemy.engine import Connection

from plugin.errors import ForbiddenError, InvalidFieldError, NotAllowedError, NotFoundError
from plugin.model import Shop
from plugin.services import limits
from plugin.services.context import Context
from plugin.store import team as store
from plugin.store.team import Member

#: A code of the app holds for half a minute, and a step before and after, for clocks that differ.
_STEP_SECONDS = 30
_NEAR = (0, -1, 1)
_RECOVERY_CODES = 10
#: Without letters and figures that look alike: 10 of them are 49 bits, behind a keyed check value.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_RECOVERY_LENGTH = 10
#: A stranger with the link of a mail guesses one code of a million so often.
_TRIES, _WINDOW = 5, timedelta(minutes=15)
_log = structlog.get_logger("second_factor")


def new_secret(context: Context, shop: Shop, member: Member) -> str:
    """Return a fresh secret, sealed: it counts only once a code has shown that the app has it."""
    return context.keys.seal(shop.id, _purpose(member), pyotp.random_base32())


def secret_of(context: Context, shop: Shop, member: Member, sealed: str) -> str:
    """Return a secret to type by hand; InvalidFieldError("form_old") if it is not this person's."""
    try:
        return context.keys.unseal(shop.id, _purpose(member), sealed)
    except NotAllowedError:
        raise InvalidFieldError("form_old", field="code") from None


def address_for_app(secret: str, email: str) -> str:
    """Return the address that an app reads from a square code."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name="Bleib")


def switch_on(
    context: Context, shop: Shop, member: Member, sealed: str, code: str
) -> tuple[str, ...]:
    """Ask for codes from now on, and end every other session of the person.

    Returns ten recovery codes, here for the only time. InvalidFieldError("code_wrong"),
    TooManyError, ForbiddenError("factor_on") if one is asked for already.
    """
    secret = secret_of(context, shop, member, sealed)
    _count_try(context, shop, member)
    step = _step_of(context, secret, code)
    if step is None:
        raise InvalidFieldError("code_wrong", field="code")
    codes = tuple(_recovery_code() for _ in range(_RECOVERY_CODES))
    with context.db.write() as connection:
        present = store.member(connection, shop.id, member.id, lock=True)
        if present is None or present.has_factor:
            raise ForbiddenError("factor_on")
        store.change(
            connection,
            shop.id,
            member.id,
            factor_sealed=sealed,
            factor_step=step,
            recovery=[_check(context, shop, one) for one in codes],
        )
        store.end_sessions(connection, shop.id, member.id)
        _forgive(connection, context, shop, member)
    _log.info("second_factor_on", shop=shop.id, member=member.id)
    return codes


def switch_off(context: Context, shop: Shop, member_id: int) -> None:
    """Ask for the link of a mail alone; NotFoundError if nobody is there by that id."""
    with context.db.write() as connection:
        member = store.member(connection, shop.id, member_id)
        if member is None or member.left_at is not None:
            raise NotFoundError("not_found")
        store.change(connection, shop.id, member_id, factor_sealed=None, recovery=[])
        store.end_sessions(connection, shop.id, member_id)
    _log.info("second_factor_off", shop=shop.id, member=member_id)


def check(context: Context, shop: Shop, member: Member, code: str) -> None:
    """Take a code of the app or one for recovery; each is good once.

    InvalidFieldError("code_wrong"), TooManyError after five wrong ones in a quarter of an hour.
    """
    _count_try(context, shop, member)
    with context.db.write() as connection:
        present = store.member(connection, shop.id, member.id, lock=True)
        if present is None or not _takes(connection, context, shop, present, _plain(code)):
            raise InvalidFieldError("code_wrong", field="code")
        _forgive(connection, context, shop, member)


def _takes(connection: Connection, context: Context, shop: Shop, member: Member, code: str) -> bool:
    if member.factor_sealed is None:
        return False
    secret = context.keys.unseal(shop.id, _purpose(member), member.factor_sealed)
    step = _step_of(context, secret, code)
    if step is not None:
        return store.take_step(connection, shop.id, member.id, step)
    given = _check(context, shop, code)
    left = [one for one in member.recovery if not hmac.compare_digest(one, given)]
    if len(left) == len(member.recovery):
        return False
    store.change(connection, shop.id, member.id, recovery=left)
    _log.info("recovery_code_used", shop=shop.id, member=member.id, left=len(left))
    return True


def _step_of(context: Context, secret: str, code: str) -> int | None:
    """Return the time step whose code this is; None if it is of none near now."""
    code = _plain(code)
    now = int(context.now().timestamp()) // _STEP_SECONDS
    app = pyotp.TOTP(secret, interval=_STEP_SECONDS)
    fits = [
        now + off
        for off in _NEAR
        if hmac.compare_digest(app.at((now + off) * _STEP_SECONDS).encode(), code.encode())
    ]
    return fits[0] if fits else None


def _count_try(context: Context, shop: Shop, member: Member) -> None:
    # Committed before the code is looked at: a wrong one must not take its try back.
    with context.db.write() as connection:
        limits.hit(
            connection, context, shop.id, "factor", str(member.id), limit=_TRIES, window=_WINDOW
        )


def _forgive(connection: Connection, context: Context, shop: Shop, member: Member) -> None:
    limits.forgive(connection, context, shop.id, "factor", str(member.id), window=_WINDOW)


def _recovery_code() -> str:
    text = "".join(secrets.choice(_LETTERS) for _ in range(_RECOVERY_LENGTH))
    return f"{text[:5]}-{text[5:]}"


def _check(context: Context, shop: Shop, code: str) -> str:
    return context.keys.check_value(shop.id, "recovery", _plain(code))


def _plain(code: str) -> str:
    """Return a code as typed, without blanks and dashes."""
    return "".join(code.lower().split()).replace("-", "")[:40]


def _purpose(member: Member) -> str:
    return f"factor:{member.id}"
