"""What a voucher still needs, told to whoever holds its link and to nobody else."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from plugin.errors import NotFoundError
from plugin.model import Shop
from plugin.services import preflight
from plugin.services.context import Context
from plugin.services.preflight import Line, Terms, judge
from plugin.store import vouchers as store
from tests.conftest import KeptMail, MovingClock
from tests.services.sign_up_stage import Stage

BOOK = frozenset({"7"})
AMOUNTS = some.decimals(min_value="0.00", max_value="9999.99", places=2)
LINES = some.lists(
    some.builds(
        Line,
        product=some.sampled_from(["1", "2", "7"]),
        variant=some.just(""),
        quantity=some.integers(1, 9),
        price=AMOUNTS,
    ),
    max_size=6,
)


def line(price: str | None, product: str = "1", quantity: int = 1) -> Line:
    return Line(product, f"9{product}", quantity, None if price is None else Decimal(price))


def test_what_is_missing_is_what_the_minimum_asks_beyond_the_goods() -> None:
    found = judge(Terms(Decimal(40)), [line("19.80"), line("3.90", quantity=2)])
    assert (found.state, found.goods, found.missing) == (
        "missing",
        Decimal("27.60"),
        Decimal("12.40"),
    )
    assert judge(Terms(Decimal("27.60")), [line("19.80"), line("7.80")]).state == "applies"


def test_where_the_shop_refuses_the_whole_cart_the_rest_is_what_counts() -> None:
    cart = [line("27.60"), line("30.00", product="7")]
    found = judge(Terms(Decimal(40), BOOK, whole=True), cart)
    assert (found.state, found.missing) == ("excluded", Decimal("12.40"))
    assert judge(Terms(Decimal(20), BOOK, whole=True), cart).state == "blocked"
    assert judge(Terms(Decimal(40), BOOK), cart).state == "applies"


def test_a_cart_of_excluded_articles_alone_gets_nothing() -> None:
    found = judge(Terms(Decimal(40), BOOK), [line("90.00", product="7")])
    assert (found.state, found.missing) == ("excluded", Decimal(0))


def test_a_price_that_the_cart_does_not_tell_is_not_guessed() -> None:
    assert judge(Terms(Decimal(40)), [line("90.00"), line(None)]).state == "open"


@given(AMOUNTS, LINES, some.booleans())
def test_the_sums_are_exact_and_more_goods_never_need_more(
    minimum: Decimal, cart: list[Line], whole: bool
) -> None:
    terms = Terms(minimum, BOOK, whole)
    found = judge(terms, cart)
    assert found.missing >= 0
    assert found.missing + found.goods == (found.missing + found.goods).quantize(Decimal("0.01"))
    if found.state == "missing":
        assert found.goods + found.missing == minimum
    if found.state == "applies":
        assert found.goods >= minimum
    more = judge(terms, [*cart, line("5.00")])
    if found.state == "missing":
        assert more.missing == max(found.missing - 5, Decimal(0))
    if found.state == "applies":
        assert more.state == "applies"


@pytest.fixture
def stage(context: Context, shop: Shop, kept_mail: KeptMail) -> Stage:
    stage = Stage(context, shop)
    stage.confirmed(kept_mail)
    stage.work()
    return stage


def voucher(stage: Stage) -> store.Voucher:
    with stage.context.db.read() as connection:
        found = store.voucher_by_id(connection, stage.shop.id, stage.rows(store.vouchers)[0].id)
    assert found is not None
    return found


def token(stage: Stage) -> str:
    return preflight.link_mark(stage.context, voucher(stage)).removeprefix(preflight.MARK)


def told(stage: Stage, *cart: Line, **values: str) -> dict[str, Any]:
    asked = {"currency": "EUR", "language": "de", **values}
    return preflight.check(stage.context, stage.shop, token(stage), cart, **asked)


def test_the_answer_says_in_the_shops_words_what_is_missing(stage: Stage) -> None:
    found = told(stage, line("27.60"))
    assert found["title"] == "Gutschein 5\u00a0€"
    assert found["text"] == "Noch 12,40\u00a0€, dann gilt er."
    assert found["strong"] in found["text"]
    assert "Ab 40\u00a0€ Warenwert" in found["note"]
    assert found["share"] == 69
    english = told(stage, line("27.60"), language="en")
    assert english["text"] == "€12.40 to go, then it applies."


def test_enough_applies_and_another_currency_is_not_compared(stage: Stage) -> None:
    assert told(stage, line("40.00"))["state"] == "applies"
    assert told(stage, line("40.00"), currency="CHF")["state"] == "open"


def test_a_voucher_that_is_over_says_so(stage: Stage, moving_clock: MovingClock) -> None:
    moving_clock.move(days=31)
    found = told(stage, line("40.00"))
    assert (found["state"], found["over"]) == ("expired", True)
    assert found["text"].startswith("Dieser Gutschein galt bis")
    with stage.context.db.write() as connection:
        store.update_voucher(connection, stage.shop.id, voucher(stage).id, state="redeemed")
    assert told(stage, line("40.00"))["state"] == "used"


def test_the_link_in_the_mail_ends_in_the_token_which_no_server_sees(
    stage: Stage, kept_mail: KeptMail
) -> None:
    mail = kept_mail.sent[-1][0].as_string().replace("=\n", "").replace("=3D", "=")
    assert preflight.MARK + token(stage) in mail


def test_no_altered_token_is_answered_nor_one_of_another_shop(stage: Stage, make_shop: Any) -> None:
    real = token(stage)
    others = [real[:-1], real + "0", real.upper(), f"2-{real[2:]}", "", "-", "1-", "x-y", "1-ß"]
    others += [real[:place] + "g" + real[place + 1 :] for place in range(len(real))]
    for one in others:
        with pytest.raises(NotFoundError):
            preflight.check(stage.context, stage.shop, one, [], currency="", language="de")
    other = make_shop("andere.myshopify.com")
    with pytest.raises(NotFoundError):
        preflight.check(stage.context, other, real, [], currency="", language="de")
