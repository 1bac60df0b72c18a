"""Flyers: one for each order, a code that decodes, a link that is counted and leads to the cart."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

import pytest

from plugin.contracts.inserts import Greeting, Inserts
from plugin.contracts.service import NextVoucher
from plugin.errors import InvalidFieldError, NotFoundError, UnavailableError
from plugin.model import Shop
from plugin.services import guard_limits, next_order
from plugin.services.context import Context
from plugin.services.guard_rules import Limits
from plugin.services.inserts import flyer, links, printing, reporting
from plugin.services.inserts import settings as inserts
from plugin.services.steps import Runner
from plugin.store.inserts import flyer_of_link
from tests.fakes.platform import FakePlatform
from tests.fakes.things import an_order
from tests.services.inserts.qr import decode, drawn_modules
from tests.services.on_sqlite import db_url  # noqa: F401 - a fixture
from tests.services.parcels.test_shipments import take
from tests.services.sign_up_stage import Stage

ORDERS = [f"gid://shopify/Order/{number}" for number in (1007, 1008)]


@pytest.fixture
def ordered(context: Context, shop: Shop) -> Shop:
    Stage(context, shop)
    for order_id, number in zip(ORDERS, ("#1007", "#1008"), strict=True):
        take(context, shop, id=order_id, number=number)
    return shop


def offering(context: Context, shop: Shop, **values: Any) -> None:
    voucher = NextVoucher(enabled=True, value=Decimal(5), minimum=Decimal(40))
    wanted = Inserts(voucher=voucher, **values)
    inserts.save(context, shop, wanted, seen=inserts.get(context, shop))


def make_codes(context: Context) -> None:
    runner = Runner(context, next_order.HANDLERS, "test")
    while runner.run_due():
        pass


@pytest.mark.parametrize(
    "link", ["https://bleib.example/f/0123456789abcdefABCDEF", "http://127.0.0.1:8700/f/x", "ä€"]
)
def test_the_printed_code_reads_as_the_link(link: str) -> None:
    assert decode(flyer.modules(link)) == link


@pytest.mark.parametrize("size", ["A6", "A5"])
def test_what_is_on_the_paper_decodes_to_the_link(size: Literal["A6", "A5"]) -> None:
    link = "https://bleib.example/f/0123456789abcdefABCDEF"
    sheet = flyer.Sheet("Uferhaus", "Danke", "Schön.", link, "Abscannen.")
    assert decode(drawn_modules(flyer.draw([sheet], size, "#1d3f52"))) == link


@pytest.mark.parametrize(("size", "width"), [("A6", 297), ("A5", 419)])
def test_a_batch_is_one_file_with_a_page_for_each_order(
    context: Context, ordered: Shop, size: Literal["A5", "A6"], width: int
) -> None:
    inserts.save(context, ordered, Inserts(size=size), seen=Inserts())
    drawn = printing.print_flyers(context, ordered, ORDERS)
    assert drawn.startswith(b"%PDF-")
    assert drawn.count(b"/Type /Page\n") == 2
    assert f"/MediaBox [ 0 0 {width}".encode() in drawn
    assert reporting.report(context, ordered).made == 2


def test_with_an_offer_nothing_is_printed_before_the_till_takes_the_code(
    context: Context, ordered: Shop, fake_platform: FakePlatform
) -> None:
    offering(context, ordered)
    with pytest.raises(UnavailableError, match="codes_pending"):
        printing.print_flyers(context, ordered, ORDERS)
    make_codes(context)
    printing.print_flyers(context, ordered, ORDERS)
    printing.print_flyers(context, ordered, ORDERS)
    assert len(fake_platform.vouchers) == 2
    assert [one.voucher for one in reporting.report(context, ordered).orders] == ["issued"] * 2


def test_without_the_guards_leave_the_flyer_greets_and_promises_nothing(
    context: Context, ordered: Shop
) -> None:
    saved = guard_limits.limits_of(context, ordered)
    guard_limits.save(context, ordered, Limits(budget=Decimal(0)), seen=saved.revision)
    offering(context, ordered)
    assert printing.print_flyers(context, ordered, ORDERS).startswith(b"%PDF-")
    words = printing.words_of(context, ordered, inserts.get(context, ordered), None)
    assert (words.figure, words.code) == ("", "")


def test_a_link_leads_to_the_cart_and_is_counted_but_not_for_machines(
    context: Context, ordered: Shop
) -> None:
    offering(context, ordered)
    with pytest.raises(UnavailableError):
        printing.print_flyers(context, ordered, ORDERS[:1])
    token = links.token_of(context.keys, ordered.id, ORDERS[0])
    assert links.follow(context, token, counts=False) == ordered.storefront_url
    make_codes(context)
    printing.print_flyers(context, ordered, ORDERS[:1])
    with context.db.read() as connection:
        voucher = next_order.of_order(connection, ordered.id, ORDERS[0], "insert")
    assert voucher is not None
    assert voucher.code in links.follow(context, token, counts=True)
    report = reporting.report(context, ordered)
    assert (report.made, report.visited) == (1, 1)


def test_a_redeemed_flyer_is_counted_with_what_was_bought(context: Context, ordered: Shop) -> None:
    offering(context, ordered)
    with pytest.raises(UnavailableError):
        printing.print_flyers(context, ordered, ORDERS[:1])
    make_codes(context)
    with context.db.read() as connection:
        voucher = next_order.of_order(connection, ordered.id, ORDERS[0], "insert")
    assert voucher is not None
    again = an_order(1009)
    values = {"codes": (voucher.code,), "discount": Decimal("5.00")}
    take(context, ordered, id=again.id, number=again.number, **values)
    report = reporting.report(context, ordered)
    assert (report.redeemed, report.revenue, report.cost) == (1, Decimal("60.00"), Decimal("5.00"))


def test_links_that_were_never_printed_lead_nowhere(context: Context, ordered: Shop) -> None:
    token = links.token_of(context.keys, ordered.id, ORDERS[0])
    for wrong in (token, "x", "A" * 22, "ü" * 22):
        with pytest.raises(NotFoundError):
            links.follow(context, wrong, counts=True)
    with context.db.read() as connection:
        assert flyer_of_link(connection, "x") is None


def test_only_so_many_at_once_and_only_orders_of_this_shop(context: Context, ordered: Shop) -> None:
    with pytest.raises(InvalidFieldError, match="orders_missing"):
        printing.print_flyers(context, ordered, ["gid://shopify/Order/9"])
    with pytest.raises(InvalidFieldError, match="orders_many"):
        printing.print_flyers(context, ordered, ["x"] * 101)


def test_long_greetings_and_odd_letters_still_fit_on_a_page(
    context: Context, ordered: Shop
) -> None:
    text = "<b>Grüße</b> & Küsse 🎁 " * 18
    offering(context, ordered, greeting=Greeting(de=text[:400]))
    drawn = printing.sample(context, ordered, inserts.get(context, ordered))
    assert drawn.count(b"/Type /Page\n") == 1


def test_the_card_list_names_orders_and_nobody(context: Context, ordered: Shop) -> None:
    lines = reporting.card_list(context, ordered, "de").splitlines()
    assert lines[1:] == ["#1008;2"]
    assert "mara" not in "".join(lines)
