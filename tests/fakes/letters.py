"""A shop and the values of every kind of mail, for tests that write letters."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from plugin.model import Shop

NOW = datetime(2026, 11, 21, 18, 42, tzinfo=UTC)
SHOP = Shop(
    id=1,
    key="uferhaus00000000",
    platform="shopify",
    domain="uferhaus.myshopify.com",
    name="Uferhaus",
    email="hallo@uferhaus.example",
    currency="EUR",
    locale="de-DE",
    zone="Europe/Berlin",
    languages=("de", "en"),
    address="sie",
    state="installed",
    generation=1,
    config_version=1,
    storefront_url="https://uferhaus.example",
    privacy_url="https://uferhaus.example/datenschutz",
    imprint="Uferhaus GmbH, Seestraße 1, 78464 Konstanz",
    stopped_at=None,
    created_at=NOW,
)
UNSUBSCRIBE = "https://bleib.example/u/" + "t" * 90
_PERSON = {
    "first_name": "Marlene",
    "newsletter": "",
    "confirmed_at": NOW.isoformat(),
    "unsubscribe": UNSUBSCRIBE,
}
_WITHDRAWAL = {
    "kind": "statutory",
    "reference": "W-1007-1",
    "at": NOW.isoformat(),
    "name": "Marlene Ost",
    "email": "marlene.ost@post.example",
    "order": "1007",
    "wording": "Hiermit widerrufe ich den Vertrag über die Bestellung 1007.",
}
_VOUCHER = {
    **_PERSON,
    "code": "UFERHAUS-3T8G3-UDAN-J7V2",
    "link": "https://uferhaus.example/discount/C?redirect=/cart",
    "ends_at": "2026-12-21T22:59:59+00:00",
    "kind": "amount",
    "value": "5.00",
    "currency": "EUR",
    "minimum": "40.00",
    "exclusions": "Bücher",
}
_ORDER = {
    "order": "#1007",
    "link": "https://bleib.example/s/abc",
    "items": [{"title": "Teekanne", "quantity": 2}],
}
_PARCEL = {**_ORDER, "carrier": "DHL", "number": "0034"}
VALUES: dict[str, dict[str, Any]] = {
    "confirmation": {
        "link": "https://bleib.example/c/" + "t" * 90,
        "newsletter": "",
        "requested_at": NOW.isoformat(),
        "deleted_at": "2026-11-28T18:42:00+00:00",
    },
    "voucher": _VOUCHER,
    "welcome_back": _PERSON,
    "welcome_1": _PERSON,
    "welcome_2": _PERSON,
    "welcome_3": _VOUCHER,
    "sample": {"kind": "voucher", "texts": {}, "at": NOW.isoformat(), "typed": False},
    "gift": {
        **_PERSON,
        "gift_kind": "guide",
        "gift_title": "Tee richtig aufgießen",
        "gift_text": "",
        "link": "https://uferhaus.example/tee.pdf",
    },
    "received": {**_ORDER, "expected_on": "2026-11-23"},
    "on_its_way": {**_PARCEL, "expected_on": "2026-11-23"},
    "delayed": {
        **_PARCEL,
        "reason": "late",
        "expected_on": "2026-11-25",
        "promised_on": "2026-11-20",
        "search_on": "2026-11-26",
    },
    "arriving": {**_PARCEL, "window": ["12:00", "14:30"]},
    "pick_up": {**_PARCEL, "where": "Postfiliale 471, Konstanz"},
    "delivered": {
        **_PARCEL,
        "delivered_at": "2026-11-20T11:31:00+00:00",
        "where": "im Briefkasten",
    },
    "shopper_message": {
        "number": "#1007",
        "reason": "missing",
        "text": "Im Paket fehlt die Teekanne.",
        "link": "https://bleib.example/admin/parcels/messages/1",
        "reply_to": "marlene.ost@post.example",
        "due_at": "2026-11-23T10:00:00+00:00",
    },
    "message_received": {
        "number": "#1007",
        "link": "https://bleib.example/s/abc",
        "due_at": "2026-11-23T10:00:00+00:00",
    },
    "message_answer": {
        "number": "#1007",
        "text": "Wir schicken sie heute nach.",
        "asked": "Im Paket fehlt die Teekanne.",
        "link": "https://bleib.example/s/abc",
    },
    "saved_cart": {
        "link": "https://bleib.example/b/" + "t" * 22,
        "ends_at": "2026-12-05T18:42:00+00:00",
        "items": [{"title": "Teekanne", "quantity": 2}],
    },
    "invitation": {
        "by": "Anna",
        "shop": "Uferhaus",
        "domain": "shop.example",
        "link": "https://bleib.example/install/script_tag/" + "t" * 90,
    },
    "sign_in": {
        "domain": "shop.example",
        "link": "https://bleib.example/install/script_tag/" + "t" * 90,
        "new": True,
    },
    "needs": {
        "needs": [
            {"need": "dead", "campaign": "", "link": "https://bleib.example/admin/work"},
            {
                "need": "draft",
                "campaign": "Frühlingsaktion",
                "link": "https://bleib.example/admin/widgets/3?blocked=1#checks",
            },
            {"need": "setup", "campaign": "", "link": "https://bleib.example/admin/setup"},
        ],
        "overview": "https://bleib.example/admin/",
        "switch": "https://bleib.example/admin/account#daily-mail",
    },
    "pool_low": {"free": 12, "link": "https://bleib.example/admin/data"},
    "stopped": {
        "at": "2026-11-21T13:02:00+00:00",
        "by": "Anna",
        "link": "https://bleib.example/admin/stop",
    },
    "restarted": {
        "at": "2026-11-21T13:09:00+00:00",
        "by": "",
        "link": "https://bleib.example/admin/stop",
    },
    "withdrawal_receipt": {
        **_WITHDRAWAL,
        "items": [{"title": "Teekanne", "quantity": 2}],
        "due": "2026-12-05",
        "free": True,
        "how": "Bitte das Etikett aus dem Paket nehmen.",
        "link": "https://bleib.example/w/receipt/" + "t" * 60,
    },
    "withdrawal_declared": {
        **_WITHDRAWAL,
        "standing": "in_time",
        "link": "https://bleib.example/admin/parcels/withdrawals",
    },
}
