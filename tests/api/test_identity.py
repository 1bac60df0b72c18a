"""Who a shopper is: believed with the hash of the shop's own server, and with nothing else."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from plugin.errors import NotAllowedError
from plugin.services import signed_links
from plugin.services.context import Context
from plugin.services.identity import identity_of
from plugin.store.subscribers import subscribers
from tests.conftest import START
from tests.own_shop import OwnShop, identity_hash, with_script_tag

KNOWN = "mara@post.example"


@pytest.fixture
def own(context: Context) -> OwnShop:
    own = OwnShop(with_script_tag(context))
    for email, state, customer in (
        (KNOWN, "confirmed", "c-1"),
        ("jona@post.example", "pending", "c-2"),
        ("left@post.example", "unsubscribed", "c-3"),
    ):
        with context.db.write() as connection:
            row = {
                "shop_id": own.shop.id,
                "identity": identity_of(context.keys, own.shop.id, email),
                "email_sealed": context.keys.seal(own.shop.id, "email", email),
                "state": state,
                "language": "de",
                "purposes": ["newsletter"],
                "campaign_id": 1,
                "campaign_version": 1,
                "widget": "newsletter",
                "requested_at": START,
                "mails_sent": 0,
                "customer_id": customer,
            }
            connection.execute(sa.insert(subscribers).values(**row))
    return own


def say(own: OwnShop, identifier: str, given: str | None = None, **more: Any) -> TestResponse:
    made = identity_hash(own.secret, identifier)
    body = {"id": identifier, "hash": made if given is None else given, **more}
    return own.client.post(f"/v1/{own.shop.key}/identity", data=json.dumps(body))


@pytest.mark.parametrize(
    ("identifier", "subscriber"),
    [
        (KNOWN, True),
        ("Mara+tee@POST.example", True),
        ("c-1", True),
        ("jona@post.example", False),
        ("c-2", False),
        ("left@post.example", False),
        ("nobody@post.example", False),
        ("c-99", False),
        ("not an address@", False),
    ],
)
def test_the_shop_learns_whether_its_own_customer_subscribes(
    own: OwnShop, identifier: str, subscriber: bool
) -> None:
    answer = say(own, identifier)
    assert (answer.status_code, answer.json) == (200, {"subscriber": subscriber})
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("identifier", [KNOWN, "nobody@post.example", "c-1", "c-99"])
def test_a_wrong_hash_is_refused_in_one_way_whoever_it_names(own: OwnShop, identifier: str) -> None:
    plain = hmac.new(own.secret.encode(), identifier.encode(), hashlib.sha256).hexdigest()
    right = identity_hash(own.secret, identifier)
    for wrong in (
        "x",
        "0" * 64,
        "ä" * 64,
        right.upper(),
        right[:-1],
        plain,
        identity_hash("", KNOWN),
    ):
        answer = say(own, identifier, wrong)
        assert (answer.status_code, answer.json) == (401, {"error": "signature_invalid"})


def test_a_hash_of_one_shop_says_nothing_in_another(own: OwnShop, context: Context) -> None:
    assert say(own, KNOWN, identity_hash("another shop's secret", KNOWN)).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"id": KNOWN},
        {"hash": "0" * 64},
        {"id": 7, "hash": "0" * 64},
        {"id": "", "hash": "0" * 64},
        {"id": "x" * 255, "hash": "0" * 64},
        {"id": KNOWN, "hash": "0" * 65},
        {"id": KNOWN, "hash": "0" * 64, "shop": "another"},
    ],
)
def test_other_shapes_are_refused(own: OwnShop, body: dict[str, Any]) -> None:
    answer = own.client.post(f"/v1/{own.shop.key}/identity", data=json.dumps(body))
    assert answer.status_code == 400


def test_many_tries_from_one_place_are_stopped(
    own: OwnShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugin.services.identified._PER_NET", 2)
    assert [say(own, KNOWN).status_code for _ in range(3)] == [200, 200, 429]


def test_an_address_that_looks_like_a_signed_link_opens_no_door(own: OwnShop) -> None:
    """A hash is handed to the customer's own browser, and customers choose their addresses."""
    stamp = int(START.timestamp())
    chosen = f"shop={own.shop.key}&timestamp={stamp}&a=b@evil.example"
    link = f"{chosen}&signature={identity_hash(own.secret, chosen)}".encode()
    with pytest.raises(NotAllowedError, match="signature_invalid"):
        signed_links.open_signed(own.context, "script_tag", link)
    genuine = hmac.new(own.secret.encode(), chosen.encode(), hashlib.sha256).hexdigest()
    signed = f"{chosen}&signature={genuine}".encode()
    opened = signed_links.open_signed(own.context, "script_tag", signed)
    assert opened.shop.id == own.shop.id  # the address itself is no obstacle: the key is
