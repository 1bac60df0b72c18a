"""The fast path answers what Flask would have answered, from memory while it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from unittest import mock

import pytest
from flask.testing import FlaskClient

from plugin.api import fast_suggestions
from plugin.model import Shop
from plugin.services import stopping
from plugin.services.context import Context
from plugin.services.suggestions import for_cart, rebuilding, serving
from plugin.services.suggestions.fair_cache import FairCache
from plugin.store import catalogue
from tests.fakes.things import a_product, a_variant
from tests.services.test_suggestions import STEP, fill, gid, publish

# What a database makes of the versions is the matter of test_suggestion_counting.py.
pytestmark = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)


@pytest.fixture
def asked(context: Context, shop: Shop) -> Iterator[mock.Mock]:
    """A shop that has learned, and how often its answer was worked out."""
    fill(context, shop)
    rebuilding.learn_from_orders(context, STEP)
    publish(context, shop, "cross_sell")
    with mock.patch.object(serving, "for_cart", side_effect=for_cart) as working_out:
        yield working_out


def ask(client: FlaskClient, shop: Shop, cart: str = "2", **more: str) -> list[str]:
    found = client.get(f"/v1/{shop.key}/suggestions", query_string={"cart": cart, **more})
    assert found.status_code == 200, found.text
    return [item["product"] for item in found.get_json()["items"]]


def test_it_answers_as_flask_does(
    client: FlaskClient, shop: Shop, asked: mock.Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/v1/{shop.key}/suggestions?cart={gid(2)}*2,%C3%A9,0&place=drawer&lang=en&lang=de"
    fast = client.get(path)
    assert asked.call_count == 1
    monkeypatch.setattr(fast_suggestions, "_SUFFIX", "/never")
    slow = client.get(path)
    assert fast.get_json() == slow.get_json() != {"campaign": None, "items": []}
    per_request = {"X-Request-Id", "Content-Length"}
    pages_only = {"Cross-Origin-Opener-Policy", "Permissions-Policy"}
    for name, value in slow.headers.items():
        if name not in per_request | pages_only:
            assert fast.headers.get(name) == value, name


def test_the_same_question_is_worked_out_once(
    client: FlaskClient, shop: Shop, asked: mock.Mock
) -> None:
    assert ask(client, shop) == ask(client, shop) == [gid(1)]
    assert asked.call_count == 1
    ask(client, shop, place="drawer")
    ask(client, shop, cart="3")
    assert asked.call_count == 3


def test_another_total_between_the_same_prices_is_not_worked_out_again(
    client: FlaskClient, shop: Shop, asked: mock.Mock
) -> None:
    # The other product costs 19.00, and nothing dearer than three times the cart is shown.
    assert ask(client, shop, total="6.33") == []
    assert ask(client, shop, total="2.00") == []
    assert asked.call_count == 1
    assert ask(client, shop, total="6.34") == [gid(1)]
    assert ask(client, shop, total="900.00") == ask(client, shop, cart="2*7", total="63.00")
    assert asked.call_count == 2


def test_a_change_of_the_catalogue_shows_at_once(
    client: FlaskClient, context: Context, shop: Shop, asked: mock.Mock
) -> None:
    assert ask(client, shop) == [gid(1)]
    with context.db.write() as connection:
        sold_out = a_product(1, variants=(a_variant(1, available=False),))
        catalogue.put_products(connection, shop.id, [sold_out])
    assert gid(1) not in ask(client, shop)


def test_a_later_model_a_stop_and_the_end_of_its_life_end_an_answer(
    client: FlaskClient,
    context: Context,
    shop: Shop,
    asked: mock.Mock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ask(client, shop)
    rebuilding.learn_from_orders(context, STEP)
    ask(client, shop)
    assert asked.call_count == 2
    monkeypatch.setattr(serving, "LIFE_SECONDS", 0)
    ask(client, shop)
    assert asked.call_count == 3
    stopping.stop(context, shop)
    assert ask(client, shop) == []


def test_what_cannot_be_answered_is_told_by_flask(
    client: FlaskClient, shop: Shop, asked: mock.Mock
) -> None:
    assert client.get("/v1/aaaaaaaaaaaaaaaa/suggestions?cart=1").status_code == 404
    assert client.get(f"/v1/{shop.key}/suggestions?place=attic").status_code == 400
    many = "&".join(f"a{n}=1" for n in range(50))
    assert client.get(f"/v1/{shop.key}/suggestions?{many}").status_code == 200
    assert client.post(f"/v1/{shop.key}/suggestions", json={"cart": []}).status_code == 200
    assert client.get("/v1/suggestions").status_code == 404
    assert asked.call_count == 0


def test_a_robot_with_a_thousand_carts_pushes_out_no_other_shop(
    client: FlaskClient,
    context: Context,
    shop: Shop,
    asked: mock.Mock,
    monkeypatch: pytest.MonkeyPatch,
    make_shop: Callable[..., Shop],
) -> None:
    other = make_shop("andere.myshopify.com")
    monkeypatch.setattr(serving, "_answers", FairCache(16_000, 1 / 4))
    ask(client, other)
    for number in range(30):
        ask(client, shop, cart=str(1000 + number))
    before = asked.call_count
    ask(client, other)
    assert asked.call_count == before
