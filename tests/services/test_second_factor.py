"""Codes are good once, for whoever they belong to, and for a minute and a half."""

from __future__ import annotations

import pyotp
import pytest

from plugin.errors import InvalidFieldError, NotAllowedError, TooManyError
from plugin.model import Shop
from plugin.services import second_factor
from plugin.services.context import Context
from plugin.store import team as store
from plugin.store.team import Member
from tests.conftest import MovingClock


def somebody(context: Context, shop: Shop, name: str) -> Member:
    with context.db.write() as connection:
        return store.add(
            connection,
            shop.id,
            name=name,
            role="staff",
            email_check=name,
            email_sealed="",
            at=context.now(),
            joined=True,
        )


def switched_on(context: Context, shop: Shop, member: Member) -> tuple[pyotp.TOTP, tuple[str, ...]]:
    sealed = second_factor.new_secret(context, shop, member)
    app = pyotp.TOTP(second_factor.secret_of(context, shop, member, sealed))
    code = app.at(context.now())
    return app, second_factor.switch_on(context, shop, member, sealed, code)


def taken(context: Context, shop: Shop, member: Member, code: str) -> bool:
    try:
        second_factor.check(context, shop, member, code)
    except InvalidFieldError:
        return False
    return True


def nearby(context: Context, app: pyotp.TOTP, seconds: int) -> str:
    """Return what the app shows so many seconds from now."""
    return app.at(int(context.now().timestamp()) + seconds)


def test_a_code_is_good_once_and_near_its_time(
    context: Context, shop: Shop, moving_clock: MovingClock
) -> None:
    anna = somebody(context, shop, "anna")
    app, _ = switched_on(context, shop, anna)
    assert not taken(context, shop, anna, app.at(context.now()))
    moving_clock.move(minutes=20)
    early, now = nearby(context, app, -30), app.at(context.now())
    assert taken(context, shop, anna, now)
    assert not taken(context, shop, anna, now)
    assert not taken(context, shop, anna, early)
    moving_clock.move(minutes=20)
    assert not taken(context, shop, anna, nearby(context, app, -60))
    late = nearby(context, app, 30)
    assert taken(context, shop, anna, f" {late[:3]} {late[3:]}")


def test_a_recovery_code_is_good_once_and_for_one_person(context: Context, shop: Shop) -> None:
    anna, ben = somebody(context, shop, "anna"), somebody(context, shop, "ben")
    _, codes = switched_on(context, shop, anna)
    switched_on(context, shop, ben)
    assert not taken(context, shop, ben, codes[0])
    assert taken(context, shop, anna, codes[0].upper())
    assert not taken(context, shop, anna, codes[0])
    assert taken(context, shop, anna, codes[9])
    with context.db.read() as connection:
        left = store.member(connection, shop.id, anna.id)
    assert left is not None
    assert len(left.recovery) == 8


def test_a_secret_is_of_no_use_to_anybody_else(context: Context, shop: Shop) -> None:
    anna, ben = somebody(context, shop, "anna"), somebody(context, shop, "ben")
    sealed = second_factor.new_secret(context, shop, anna)
    secret = second_factor.secret_of(context, shop, anna, sealed)
    with pytest.raises(InvalidFieldError):
        second_factor.switch_on(context, shop, ben, sealed, pyotp.TOTP(secret).at(context.now()))
    with pytest.raises(NotAllowedError):
        context.keys.unseal(shop.id, f"factor:{ben.id}", sealed)


def test_wrong_codes_hold_the_right_one_off(context: Context, shop: Shop) -> None:
    anna = somebody(context, shop, "anna")
    _, codes = switched_on(context, shop, anna)
    for _ in range(5):
        assert not taken(context, shop, anna, "123 45")
    with pytest.raises(TooManyError):
        second_factor.check(context, shop, anna, codes[0])
