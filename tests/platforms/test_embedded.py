"""Session tokens to the second and to the letter, and what they are traded for."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.contracts.connecting import InstallsEmbedded, OpensInFrame
from plugin.errors import (
    AccessRevokedError,
    BadInputError,
    NotAllowedError,
    PlatformError,
    PlatformRefusedError,
)
from plugin.http_out import HttpOut
from plugin.platforms.shopify import ShopifyPlatform
from tests.fakes.raw_server import answer
from tests.platforms.admin import (
    CLIENT_ID,
    DOMAIN,
    OLD_SECRET,
    SECRET,
    TOKEN,
    FakeAdmin,
    json_answer,
)
from tests.platforms.signed import claims, token

TOKENS = "/admin/oauth/access_token"
PLATFORM = ShopifyPlatform(CLIENT_ID, (SECRET, OLD_SECRET), {}, HttpOut())
NOW = datetime.now(UTC)


def refused(text: str, at: datetime | None = None) -> bool:
    try:
        PLATFORM.verify_session_token(text, at or datetime.now(UTC))
    except NotAllowedError as error:
        return error.code == "session_token_invalid"
    return False


def test_the_adapter_opens_in_a_frame() -> None:
    assert isinstance(PLATFORM, InstallsEmbedded)
    assert isinstance(PLATFORM, OpensInFrame)


def test_a_genuine_token_names_shop_and_user() -> None:
    found = PLATFORM.verify_session_token(token(), datetime.now(UTC))
    assert (found.domain, found.user) == (DOMAIN, "42")


def test_while_the_secret_is_rotated_both_are_good() -> None:
    assert not refused(token(secret=OLD_SECRET))
    assert refused(token(secret="some-other-secret-of-32-bytes-len"))


@pytest.mark.parametrize(
    ("claim", "seconds", "good"),
    [
        ("exp", -9, True), ("exp", -10, False), ("exp", -11, False),
        ("nbf", 10, True), ("nbf", 11, False),
        ("iat", 10, True), ("iat", 11, False),
    ],
)  # fmt: skip
def test_ten_seconds_of_clock_difference_are_allowed(claim: str, seconds: int, good: bool) -> None:
    second = int(NOW.timestamp())
    at = datetime.fromtimestamp(second, UTC)
    text = token(**{"exp": second + 60, "nbf": second, "iat": second, claim: second + seconds})
    assert refused(text, at) is not good


@pytest.mark.parametrize("claim", ["exp", "nbf", "iat"])
@pytest.mark.parametrize("value", ["1795252000", 1795252000.5, True, -1, 2**63, [], {}])
def test_a_time_is_a_whole_second(claim: str, value: object) -> None:
    assert refused(token(**{claim: value}))


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_no_other_algorithm_is_taken(algorithm: str) -> None:
    with pytest.warns(jwt.InsecureKeyLengthWarning):
        text = token(algorithm=algorithm)
    assert refused(text)


def test_an_unsigned_token_is_refused() -> None:
    assert refused(jwt.encode(claims(), None, algorithm="none"))


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "another-app"}, {"aud": None}, {"aud": [CLIENT_ID]}, {"aud": ""},
        {"iss": "https://other.myshopify.com/admin"}, {"iss": None},
        {"dest": "https://other.myshopify.com"}, {"dest": None}, {"dest": DOMAIN},
        {"dest": f"http://{DOMAIN}"}, {"dest": f"https://{DOMAIN}:8443"},
        {"dest": f"https://a@{DOMAIN}"}, {"dest": f"https://{DOMAIN}?x"},
        {"dest": f"https://{DOMAIN}\n"}, {"dest": "https://[", "iss": "https://["},
        {"dest": "https://evil.com", "iss": "https://evil.com/admin"},
        {"sub": None}, {"sub": ""}, {"sub": 42}, {"jti": None}, {"jti": ""}, {"jti": "x" * 300},
    ],
)  # fmt: skip
def test_a_token_that_is_not_for_us_from_one_shop_and_somebody_is_refused(
    changes: dict[str, Any],
) -> None:
    assert refused(token(**changes))


def test_a_signature_is_written_in_one_way_only() -> None:
    # Two bits of the last letter mean nothing to a decoder: three other letters say the same.
    text = token()
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    others = [text[:-1] + letter for letter in alphabet if letter != text[-1]]
    assert all(refused(other) for other in others)
    for extra in ("=", "!", " ", "\n", ".", "é"):
        assert refused(text + extra)
        assert refused(text[:-5] + extra + text[-5:])


@given(text=st.text(max_size=300))
def test_rubbish_is_refused(text: str) -> None:
    assert refused(text)
    assert refused(f"{text}.{text}.{text}")


def test_a_long_token_is_not_even_read() -> None:
    assert refused(token(pad="x" * 5000))
    assert not refused(token(pad="x" * 1000))


def grant(**changes: Any) -> bytes:
    content = {
        "access_token": TOKEN,
        "scope": "write_discounts,read_orders",
        "expires_in": 3600,
        "refresh_token": "shprt_refresh",
        "refresh_token_expires_in": 7_776_000,
        **changes,
    }
    return json_answer(content)


def test_a_token_is_traded_for_an_expiring_offline_pair(
    admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    admin.will_raw(TOKENS, grant())
    found = shopify.exchange_session_token(DOMAIN, "the.id.token")
    assert json.loads(admin.server.bodies[0]) == {
        "client_id": CLIENT_ID,
        "client_secret": SECRET,
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token": "the.id.token",
        "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
        "requested_token_type": "urn:shopify:params:oauth:token-type:offline-access-token",
        "expiring": 1,
    }
    assert (found.access_token, found.refresh_token) == (TOKEN, "shprt_refresh")
    assert found.expires_at is not None
    assert found.expires_at - datetime.now(UTC) <= timedelta(hours=1)
    assert found.scopes == {"write_discounts", "read_discounts", "read_orders"}


@pytest.mark.parametrize(
    ("reply", "error", "code"),
    [
        (answer(b'{"error":"invalid_subject_token"}', "400 Bad Request"),
         NotAllowedError, "session_token_invalid"),
        (answer(b'{"error":"invalid_client"}', "401 Unauthorized"),
         PlatformRefusedError, "grant_refused"),
        (answer(b"<html>", "400 Bad Request"), PlatformRefusedError, "grant_refused"),
        (answer(b"{}", "429 Too Many Requests", ("Retry-After: 30",)),
         PlatformError, "platform_busy"),
        (json_answer({"access_token": TOKEN, "scope": "read_orders"}),
         PlatformError, "platform_answer_invalid"),
    ],
)  # fmt: skip
def test_an_exchange_that_fails_says_what_to_do(
    reply: bytes, error: type[Exception], code: str, admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    for _ in range(3):
        admin.will_raw(TOKENS, reply)
    with pytest.raises(error, match=code) as raised:
        shopify.exchange_session_token(DOMAIN, "the.id.token")
    assert not isinstance(raised.value, AccessRevokedError)
    if code == "platform_busy":
        assert raised.value.retry_after == 30  # type: ignore[attr-defined]


def test_who_may_hold_our_pages_and_which_script_they_load() -> None:
    assert PLATFORM.frame_ancestors(DOMAIN) == (f"https://{DOMAIN}", "https://admin.shopify.com")
    script = "https://cdn.shopify.com/shopifycloud/app-bridge.js"
    assert PLATFORM.frame_script(DOMAIN) == script
    demo = ShopifyPlatform(CLIENT_ID, (SECRET,), {DOMAIN: "http://localhost:8701"}, HttpOut())
    assert demo.frame_ancestors(DOMAIN) == ("http://localhost:8701",)
    assert demo.frame_script(DOMAIN) == "http://localhost:8701/shopifycloud/app-bridge.js"


def test_no_frame_is_opened_for_a_name_that_is_no_shop() -> None:
    for name in ("evil.example", "*.myshopify.com", "a.myshopify.com evil.example", ""):
        with pytest.raises(BadInputError, match="shop_invalid"):
            PLATFORM.frame_ancestors(name)
