"""An order is shown to whoever proves that it is theirs, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from plugin.errors import InvalidFieldError, NotFoundError, TooManyError
from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.insight import overview
from plugin.services.parcels import finding, links, reduced, tries
from plugin.services.parcels.tries import network_of
from tests.conftest import START, MovingClock
from tests.fakes.things import a_parcel
from tests.services.parcels.test_shipments import look, take


@pytest.mark.parametrize("number", ["#1007", "1007", " #1007 "])
@pytest.mark.parametrize(
    "proof",
    [
        {"email": "mara@post.example"},
        {"email": " MARA@post.example "},
        {"postcode": "78462"},
        {"postcode": "D-78462"},
        {"postcode": " 78 462 "},
    ],
)
def test_number_and_one_proof_open_the_status(
    context: Context, shop: Shop, number: str, proof: dict[str, str]
) -> None:
    take(context, shop)
    found = look(context, shop, order=number, **proof)
    assert found is not None
    assert found.number == "#1007"


@pytest.mark.parametrize(
    "proof",
    [
        {"email": "eva@post.example"},
        {"postcode": "10115"},
        {"order": "#1008", "email": "mara@post.example"},
        {"email": "' OR 1=1 --"},
        {"postcode": "%"},
        {"email": "ü" * 5000},
    ],
)
def test_a_wrong_part_shows_nothing(context: Context, shop: Shop, proof: dict[str, str]) -> None:
    take(context, shop)
    assert look(context, shop, **proof) is None


def test_an_order_without_address_is_not_opened_by_an_empty_one(
    context: Context, shop: Shop
) -> None:
    take(context, shop, email=None, postcode=None)
    assert look(context, shop, email="x@post.example") is None
    assert look(context, shop, postcode="-") is None


def test_letters_of_an_order_number_may_be_small(context: Context, shop: Shop) -> None:
    take(context, shop, number="HA-20814")
    assert look(context, shop, order="ha-20814", postcode="78462") is not None


def test_both_parts_are_needed(context: Context, shop: Shop) -> None:
    take(context, shop)
    with pytest.raises(InvalidFieldError, match="proof_missing"):
        look(context, shop)
    for order in (" # ", "10\x0007"):
        with pytest.raises(InvalidFieldError, match="order_invalid"):
            look(context, shop, order=order, email="mara@post.example")


def test_ten_tries_an_hour_for_one_order_however_many_callers(
    context: Context, shop: Shop, moving_clock: MovingClock
) -> None:
    take(context, shop)
    for number in range(10):
        assert look(context, shop, net=f"192.0.2.{number}", postcode="00000") is None
    with pytest.raises(TooManyError):
        look(context, shop, net="192.0.2.99", postcode="78462")
    moving_clock.move(hours=2)
    assert look(context, shop, postcode="78462") is not None


def test_who_knows_the_address_may_look_as_often_as_they_like(context: Context, shop: Shop) -> None:
    take(context, shop)
    for _ in range(15):
        assert look(context, shop, email="mara@post.example") is not None


@pytest.mark.parametrize("more", [{}, {"email": "eva@post.example"}])
def test_a_postcode_that_a_whole_town_shares_opens_ten_orders_an_hour(
    context: Context, shop: Shop, more: dict[str, str]
) -> None:
    take(context, shop)
    for _ in range(10):
        assert look(context, shop, postcode="78462", **more) is not None
    with pytest.raises(TooManyError):
        look(context, shop, postcode="78462", **more)


def test_right_look_ups_buy_no_further_guesses(context: Context, shop: Shop) -> None:
    take(context, shop)
    for _ in range(10):
        assert look(context, shop, email="mara@post.example") is not None
        assert look(context, shop, postcode="00000") is None
    with pytest.raises(TooManyError):
        look(context, shop, postcode="00000")


def test_ten_tries_an_hour_for_one_caller_however_many_orders(context: Context, shop: Shop) -> None:
    for number in range(10):
        look(context, shop, order=str(number), postcode="00000")
    with pytest.raises(TooManyError):
        look(context, shop, order="11", postcode="00000")


def test_an_order_of_another_shop_is_not_found(
    context: Context, shop: Shop, make_shop: Callable[..., Shop]
) -> None:
    take(context, make_shop("other.myshopify.com"))
    assert look(context, shop, postcode="78462") is None


def a_wrong_try(context: Context, shop: Shop, number: int, net: str) -> None:
    assert look(context, shop, net=net, order=str(number), postcode="00000") is None


def test_the_machines_of_one_network_share_their_tries(
    context: Context, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tries, "OF_NETWORK", 5)
    for number in range(5):
        a_wrong_try(context, shop, number, f"192.0.2.{number}")
    with pytest.raises(TooManyError):
        look(context, shop, net="192.0.2.200", order="x", email="eva@post.example")
    assert look(context, shop, net="198.51.100.1", order="x", email="eva@post.example") is None


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.0/24"),
        ("2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("unknown", "unknown"),
        ("", "unknown"),
    ],
)
def test_a_network_is_what_one_customer_is_given(address: str, network: str) -> None:
    assert network_of(address) == network


def test_postcodes_are_not_tried_out_by_many_machines_that_each_ask_once(
    context: Context, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tries, "OF_SHOP", 5)
    take(context, shop)
    for number in range(5):
        a_wrong_try(context, shop, 5000 + number, f"10.{number}.0.1")
    with pytest.raises(TooManyError):
        look(context, shop, net="10.255.1.1", postcode="78462")
    assert look(context, shop, net="10.255.1.1", email="mara@post.example") is not None


def test_an_order_that_is_not_found_is_looked_for_with_the_same_work(
    context: Context, shop: Shop
) -> None:
    order = take(context, shop)
    proof = finding.Proof("9999", email="eva@post.example")
    looked = finding.lookup(context, shop, proof, "192.0.2.1")
    assert looked.found is None
    assert looked.stand_in is not None
    assert looked.stand_in.order.order_id == order.id
    today = START.date()
    assert overview(context, shop, today, today).of("shipment_status").total("view") == 0


def token_of(context: Context, shop: Shop, order_id: str) -> str:
    return links.page_link(context, shop, order_id).rsplit("/", 1)[-1]


def test_a_link_opens_its_order_and_counts_one_look_a_day(
    context: Context, shop: Shop, moving_clock: MovingClock
) -> None:
    order = take(context, shop)
    token = token_of(context, shop, order.id)
    for _ in range(3):
        assert finding.by_token(context, token).status.number == "#1007"
    assert finding.order_of(context, token)[1].order_id == order.id
    moving_clock.move(days=1)
    finding.by_token(context, token)
    first = START.date()
    seen = overview(context, shop, first, first + timedelta(days=1)).of("shipment_status")
    assert seen.by_day["view"] == (1, 1)


def test_a_link_has_128_bits_and_names_nobody(context: Context, shop: Shop) -> None:
    order = take(context, shop)
    token = token_of(context, shop, order.id)
    assert len(token) == 22
    assert token == token_of(context, shop, order.id)
    assert token != token_of(context, shop, order.id + "1")
    assert order.id.rsplit("/", 1)[-1] not in token


def test_a_link_is_over_half_a_year_after_the_last_change(
    context: Context, shop: Shop, moving_clock: MovingClock
) -> None:
    order = take(context, shop)
    token = token_of(context, shop, order.id)
    moving_clock.move(days=179)
    finding.by_token(context, token)
    moving_clock.move(days=2)
    with pytest.raises(NotFoundError, match="link_expired"):
        finding.by_token(context, token)


@pytest.mark.parametrize("token", ["", "x", "a" * 22, "a" * 23, "ä" * 22, "\x00" * 22, "../" * 7])
def test_other_tokens_open_nothing(context: Context, shop: Shop, token: str) -> None:
    take(context, shop)
    with pytest.raises(NotFoundError, match="not_found"):
        finding.by_token(context, token)


def test_a_changed_letter_opens_nothing(context: Context, shop: Shop) -> None:
    token = token_of(context, shop, take(context, shop).id)
    for place in range(len(token)):
        other = "A" if token[place] != "A" else "B"
        with pytest.raises(NotFoundError):
            finding.order_of(context, token[:place] + other + token[place + 1 :])


def test_a_link_of_a_shop_that_left_opens_nothing(
    context: Context, make_shop: Callable[..., Shop]
) -> None:
    shop = make_shop(state="uninstalled")
    order = take(context, shop)
    with pytest.raises(NotFoundError):
        finding.by_token(context, token_of(context, shop, order.id))


def test_a_link_opens_nothing_in_another_shop(context: Context, shop: Shop) -> None:
    token = token_of(context, shop, take(context, shop).id)
    finding.by_token(context, token, at=(shop.platform, shop.domain))
    with pytest.raises(NotFoundError):
        finding.by_token(context, token, at=(shop.platform, "other.myshopify.com"))


def test_a_parcels_number_alone_tells_of_that_parcel_only(context: Context, shop: Shop) -> None:
    parcels = (
        a_parcel(1, tracking_number="0034 0434 1610 9400"),
        a_parcel(2, tracking_number="00340434161094009999"),
    )
    take(context, shop, shipments=parcels)
    found = reduced.look_up(context, shop, " 00340434-16109400 ", "de", "192.0.2.1")
    assert found is not None
    text = repr(found)
    for more in ("1007", "9999", "Teeschale", "Köln", "mara", "78462"):
        assert more not in text
    assert found.title == "Ihr Paket kommt am Montag, 23.\u00a0November"


def test_right_numbers_of_parcels_count_as_tries(context: Context, shop: Shop) -> None:
    take(context, shop, shipments=(a_parcel(1, tracking_number="00340434161094"),))
    for _ in range(10):
        assert reduced.look_up(context, shop, "00340434161094", "de", "192.0.2.1") is not None
    with pytest.raises(TooManyError):
        reduced.look_up(context, shop, "00340434161094", "de", "192.0.2.1")


def test_unknown_parcels_are_not_there(
    context: Context, shop: Shop, make_shop: Callable[..., Shop]
) -> None:
    assert reduced.look_up(context, shop, "00340434161094", "de", "192.0.2.1") is None
    parcel = a_parcel(1, tracking_number="00340434161094")
    take(context, make_shop("other.myshopify.com"), shipments=(parcel,))
    assert reduced.look_up(context, shop, "00340434161094", "de", "192.0.2.1") is None


@pytest.mark.parametrize("number", ["", "12345", "1" * 41, "<script>alert(1)", "%" * 9, "١٢٣٤٥٦٧"])
def test_what_is_no_number_is_refused(context: Context, shop: Shop, number: str) -> None:
    with pytest.raises(InvalidFieldError, match="number_invalid"):
        reduced.look_up(context, shop, number, "de", "192.0.2.1")
