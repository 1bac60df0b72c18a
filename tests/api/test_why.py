"""The link that opens the trace: for an hour, in one shop, and nothing is told to anybody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import time_machine
from flask.testing import FlaskClient

from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.why_links import why_url
from tests.conftest import START

ShopMaker = Callable[..., Shop]


def token_of(url: str) -> str:
    kind, _, token = parse_qs(urlsplit(url).query)["bleib"][0].partition(".")
    assert kind == "why"
    return token


def asked(client: FlaskClient, shop: Shop, token: str) -> int:
    answer = client.get(f"/v1/{shop.key}/why", query_string={"token": token})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code


def test_the_link_leads_into_the_shop_and_opens_the_trace_there(
    client: FlaskClient, context: Context, shop: Shop
) -> None:
    url = why_url(context, shop)
    assert url.startswith(f"{shop.storefront_url}/?bleib=why.")
    assert asked(client, shop, token_of(url)) == 204


def test_every_other_token_and_shop_is_unknown(
    client: FlaskClient, context: Context, shop: Shop, make_shop: ShopMaker
) -> None:
    other = make_shop("other.myshopify.com")
    token = token_of(why_url(context, shop))
    preview = context.keys.sign("preview", [shop.id, shop.generation])
    earlier = context.keys.sign("why", [shop.id, shop.generation - 1])
    for wrong in ("", "x", token[:-1], token + "x", preview, earlier, "ä", "\x00", "x" * 5000):
        assert asked(client, shop, wrong) == 404
    assert asked(client, other, token) == 404
    assert client.get("/v1/nobody0000000000/why", query_string={"token": token}).status_code == 404


def test_after_an_hour_the_link_is_unknown(
    client: FlaskClient, context: Context, shop: Shop
) -> None:
    with time_machine.travel(START, tick=False):
        token = token_of(why_url(context, shop))
    with time_machine.travel(START + timedelta(hours=1), tick=False):
        assert asked(client, shop, token) == 204
    with time_machine.travel(START + timedelta(hours=1, seconds=1), tick=False):
        assert asked(client, shop, token) == 404


def test_the_published_types_are_a_text_to_read(client: FlaskClient) -> None:
    with client.get("/static/v1/bleib.d.ts") as answer:
        assert answer.headers["Content-Type"] == 'text/plain; charset="utf-8"'
        assert b"export interface Bleib" in answer.data
