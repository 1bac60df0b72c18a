from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from plugin.model import Shop
from plugin.services.context import Context
from plugin.store import mail_texts as store
from tests.conftest import START


def test_the_newest_version_of_a_shop_is_sent_and_its_draft_is_not(
    context: Context, make_shop: Callable[..., Shop]
) -> None:
    shop, other = make_shop(), make_shop("other.myshopify.com")
    with context.db.write() as connection:
        for version, heading in ((1, "Eins"), (2, "Zwei"), (store.DRAFT, "Entwurf")):
            later = START + timedelta(hours=version)
            store.put_texts(
                connection, shop.id, "voucher", "de-du", version, {"heading": heading}, later
            )
        store.put_texts(connection, shop.id, "voucher", "de-du", store.DRAFT, {}, START)
        found = store.all_texts(connection, shop.id, "voucher", "de-du", lock=True)
        assert [(one.version, one.texts) for one in found] == [
            (2, {"heading": "Zwei"}),
            (1, {"heading": "Eins"}),
            (store.DRAFT, {}),
        ]
        assert store.sent_texts(connection, shop.id, "voucher", "de-du") == {"heading": "Zwei"}
        assert store.sent_texts(connection, shop.id, "voucher", "de-sie") == {}
        assert store.sent_texts(connection, other.id, "voucher", "de-du") == {}
        assert store.own_kinds(connection, shop.id) == {("voucher", "de-du"): {"heading": "Zwei"}}
        store.put_texts(connection, shop.id, "voucher", "de-du", 3, {}, START)
        assert store.own_kinds(connection, shop.id) == {}
        assert store.sent_since(connection, shop.id, START) == {}
