"""Moves that the tests of the handshake make again and again."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from werkzeug.test import TestResponse

from plugin.model import Shop
from plugin.services.access import signing_secrets
from plugin.store.shops import shop_by_id, shops
from tests.contract.stages.shopware import DOMAIN, ShopwareStage
from tests.fakes.shopware_app import ShopwareApp

#: The address of the second shop.
OTHER = "zweithaus.example"


def present(stage: ShopwareStage, shop: Shop) -> Shop:
    with stage.context.db.read() as connection:
        found = shop_by_id(connection, shop.id)
    assert found is not None
    return found


def shop_rows(stage: ShopwareStage) -> list[Any]:
    with stage.context.db.read() as connection:
        return list(connection.execute(sa.select(shops).order_by(shops.c.id)))


def register(stage: ShopwareStage, app: ShopwareApp | None = None) -> TestResponse:
    return stage.call((app or stage.app).registration(stage.clock()), method="GET")


def confirm(stage: ShopwareStage, app: ShopwareApp, answer: dict[str, str]) -> TestResponse:
    return stage.call(app.confirmation(answer, stage.clock()))


def untouched(stage: ShopwareStage, shop: Shop) -> bool:
    now = present(stage, shop)
    same = (now.state, now.domain, now.generation) == ("installed", DOMAIN, shop.generation)
    return same and signing_secrets(stage.context, shop) == (stage.app.secret,)
