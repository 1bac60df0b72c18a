"""Somebody of a shop on a platform signs in from outside its admin, once invited from inside."""

from __future__ import annotations

from threading import Thread

import pytest
from sqlalchemy import select

from plugin.errors import ForbiddenError, TooManyError
from plugin.model import Shop
from plugin.services import sign_in, team
from plugin.services.context import Context
from plugin.services.front_door import add
from plugin.store import team as store
from plugin.store.outbox import outbox
from tests.own_shop import WISH, with_script_tag

INVITED = {"name": "Anna", "email": "anna@post.example", "role": "staff"}


def asked(context: Context, shop: Shop, email: str) -> int:
    """Ask for a link and return how many mails that made."""
    before = mails(context)
    sign_in.ask(context, shop.domain, email, "de", "192.0.2.7")
    return mails(context) - before


def mails(context: Context) -> int:
    with context.db.read() as connection:
        kinds = connection.execute(select(outbox.c.kind)).scalars().all()
    return kinds.count("sign_in")


def test_the_contact_address_of_a_platform_lets_nobody_in(context: Context, shop: Shop) -> None:
    assert asked(context, shop, "") == 0
    assert asked(context, shop, shop.email) == 0
    assert team.people(context, shop) == []


def test_who_was_invited_and_came_gets_links(context: Context, shop: Shop) -> None:
    sign_in.invite(context, shop, by="Shopify-Admin", language="de", **INVITED)
    assert asked(context, shop, INVITED["email"]) == 0
    with context.db.write() as connection:
        anna = team.people(context, shop)[0].member
        store.change(connection, shop.id, anna.id, joined_at=context.now())
    assert asked(context, shop, INVITED["email"].upper()) == 1
    assert asked(context, shop, "") == 0


def test_one_mailbox_gets_few_letters_however_its_address_is_written(
    context: Context, shop: Shop
) -> None:
    for address in ("anna@post.example", "Anna@post.example", "ANNA@post.example"):
        asked(context, shop, address)
    with pytest.raises(TooManyError):
        asked(context, shop, "aNNa@post.example")


def test_of_two_owners_who_step_down_at_once_one_stays(context: Context) -> None:
    context = with_script_tag(context)
    entered = add(context, WISH)
    shop, chef = entered.shop, entered.member
    with context.db.write() as connection:
        anna = team.invite(
            connection, context, shop, name="Anna", email="anna@post.example", role="owner"
        )
        store.change(connection, shop.id, anna.id, joined_at=context.now())
    refused: list[str] = []

    def step_down() -> None:
        try:
            team.change_role(context, shop, anna.id, "staff")
        except ForbiddenError as error:
            refused.append(error.code)

    other = Thread(target=step_down)
    with context.db.write() as connection:
        store.change(connection, shop.id, chef.id, role="staff")
        other.start()
        other.join(0.3)  # who does not wait for this one has not seen it
    other.join()
    assert refused == ["last_owner"]
