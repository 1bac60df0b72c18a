"""A saved cart: behind one link, mailed once, nobody's address left, gone after two weeks."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from plugin.errors import ConflictError, GiveUpError, InvalidFieldError, NotFoundError, TooManyError
from plugin.model import Shop
from plugin.services import privacy, saved_carts
from plugin.services.context import Context
from plugin.services.saved_cart_mails import send
from plugin.services.steps import Step
from plugin.store import catalogue
from plugin.store.db import metadata
from plugin.store.outbox import outbox
from plugin.store.saved_carts import saved_carts as rows_saved
from plugin.store.shops import shops
from tests.conftest import KeptMail, MovingClock
from tests.fakes.things import a_product
from tests.services.saved_cart_stage import HAT, NET, SOCKS, offer, save, wish, work
from tests.services.sign_up_stage import html, plain

MAIL = "marlene.ost@post.example"


@pytest.fixture(autouse=True)
def campaign(context: Context, shop: Shop) -> int:
    return offer(context, shop)


def rows(context: Context, table: sa.Table) -> list[sa.Row[Any]]:
    with context.db.read() as connection:
        return list(connection.execute(sa.select(table)))


def name(context: Context, shop: Shop, product: str, title: str) -> None:
    with context.db.write() as connection:
        known = replace(a_product(1, title=title), id=product)
        catalogue.put_products(connection, shop.id, [known])


def everything(context: Context) -> str:
    with context.db.read() as connection:
        return repr(
            [connection.execute(sa.select(table)).all() for table in metadata.sorted_tables]
        )


def test_the_same_request_gets_the_same_link_and_no_link_lies_in_the_database(
    context: Context, shop: Shop
) -> None:
    request = str(uuid.uuid4())
    token = save(context, shop, request)
    assert re.fullmatch(r"[\w-]{22}", token)
    assert save(context, shop, request) == token
    assert save(context, shop) != token
    assert len(rows(context, rows_saved)) == 2
    assert token not in everything(context)
    assert [one.item for one in saved_carts.items_of(context, shop, token)] == [SOCKS, HAT]


def test_one_mail_goes_out_and_leaves_nothing_of_the_person(
    context: Context, shop: Shop, kept_mail: KeptMail
) -> None:
    name(context, shop, "gid://shopify/Product/7001", "Wandersocke Merino")
    token = save(context, shop)
    for email in (MAIL, MAIL, "somebody.else@post.example"):
        send(context, shop, token, wish(email))
    work(context)
    ((mail, recipient),) = kept_mail.sent
    assert recipient == MAIL
    assert f"/b/{token}" in plain(mail)
    assert "Wandersocke Merino" in html(mail)
    assert mail["X-Bleib-Class"] == "service"
    assert "List-Unsubscribe" not in mail
    (row,) = rows(context, outbox)
    assert (row.state, row.identity, row.recipient_sealed, row.values_sealed) == (
        "sent",
        None,
        None,
        None,
    )
    assert privacy.export_person(context, shop, MAIL)["data"] == {}


def test_what_a_browser_calls_an_article_is_never_in_a_mail(
    context: Context, shop: Shop, kept_mail: KeptMail
) -> None:
    token = save(context, shop, items=[replace(SOCKS, product="WIN A PRIZE")])
    send(context, shop, token, wish(MAIL))
    work(context)
    mail = kept_mail.sent[0][0]
    assert "PRIZE" not in html(mail) + plain(mail) + str(mail["Subject"])


def test_a_mail_that_is_refused_leaves_nothing_either(
    context: Context, shop: Shop, kept_mail: KeptMail
) -> None:
    kept_mail.failure = GiveUpError("mail_rejected")
    send(context, shop, save(context, shop), wish(MAIL))
    work(context)
    (row,) = rows(context, outbox)
    assert (row.state, row.recipient_sealed) == ("refused", None)


def test_while_a_mail_waits_its_person_can_be_shown_and_erased(
    context: Context, shop: Shop, kept_mail: KeptMail
) -> None:
    send(context, shop, save(context, shop), wish(MAIL))
    shown = privacy.export_person(context, shop, MAIL)
    assert [mail["recipient"] for mail in shown["data"]["outbox"]] == [MAIL]
    privacy.erase_person(context, shop, MAIL)
    work(context)
    assert kept_mail.sent == []


def test_programs_and_people_with_three_mails_get_none_and_nobody_learns_it(
    context: Context, shop: Shop, kept_mail: KeptMail
) -> None:
    send(context, shop, save(context, shop), wish(MAIL, website="spam"))
    send(context, shop, save(context, shop), wish(MAIL, elapsed_ms=10))
    for _ in range(5):
        send(context, shop, save(context, shop), wish("Marlene.Ost@post.example"))
    work(context)
    assert len(kept_mail.sent) == 3


def test_one_household_cannot_send_without_end(context: Context, shop: Shop) -> None:
    for number in range(10):
        send(context, shop, save(context, shop), wish(f"p{number}@post.example"))
    token = save(context, shop)
    with pytest.raises(TooManyError):
        send(context, shop, token, wish(MAIL))
    with pytest.raises(TooManyError):
        for _ in range(60):
            save(context, shop, net=NET)
    # What was refused was not used up.
    send(context, shop, token, wish(MAIL, net_address="198.51.100.1"))


def test_nothing_is_taken_where_the_shop_does_not_offer_it(
    context: Context, shop: Shop, campaign: int
) -> None:
    token = save(context, shop)
    with context.db.write() as connection:
        connection.execute(sa.update(shops).values(stopped_at=context.now()))
    with context.db.read() as connection:
        stopped = replace(shop, stopped_at=context.now())
        assert connection is not None
    with pytest.raises(ConflictError, match="campaign_not_published"):
        save(context, stopped)
    with pytest.raises(ConflictError, match="campaign_not_published"):
        send(context, stopped, token, wish(MAIL))


def test_an_address_that_is_none_is_the_only_thing_said_about_addresses(
    context: Context, shop: Shop
) -> None:
    with pytest.raises(InvalidFieldError, match="email_invalid"):
        send(context, shop, save(context, shop), wish("marlene@post"))


def test_on_shopify_the_link_leads_to_a_filled_cart(context: Context, shop: Shop) -> None:
    found = saved_carts.peek(context, save(context, shop))
    assert found.link == f"{shop.storefront_url}/cart/41:2,42:1?storefront=true"


def test_elsewhere_our_script_finds_the_cart_in_the_address(
    context: Context, shop: Shop, campaign: int
) -> None:
    with context.db.write() as connection:
        connection.execute(sa.update(shops).values(platform="script_tag"))
    token = save(context, shop)
    found = saved_carts.peek(context, token)
    assert found.link == f"{shop.storefront_url}/#bleib-cart={campaign}.{token}"


def test_after_two_weeks_link_cart_and_a_mail_that_never_went_out_are_gone(
    context: Context, shop: Shop, moving_clock: MovingClock
) -> None:
    token = save(context, shop)
    silent = save(context, shop)
    send(context, shop, token, wish(MAIL))
    moving_clock.move(days=14)
    assert saved_carts.peek(context, token).link is None
    with pytest.raises(NotFoundError):
        saved_carts.items_of(context, shop, token)
    with pytest.raises(NotFoundError):
        send(context, shop, silent, wish(MAIL))
    moving_clock.move(seconds=1)
    privacy.retention(
        context, Step(1, shop.id, "privacy.retention", "r", {"generation": shop.generation}, 1)
    )
    assert rows(context, rows_saved) == []
    assert saved_carts.peek(context, token).shop is None


def test_the_step_of_a_mailed_cart_empties_what_still_waits(
    context: Context, shop: Shop, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    send(context, shop, save(context, shop), wish(MAIL))
    (cart,) = rows(context, rows_saved)
    from plugin.services.saved_cart_mails import expire

    expire(context, Step(1, shop.id, "saved_cart.expire", "e", {"cart": cart.id}, 1))
    work(context)
    assert (rows(context, rows_saved), kept_mail.sent) == ([], [])
    assert rows(context, outbox)[0].state == "cancelled"
