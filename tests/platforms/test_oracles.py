"""Shopify's own libraries as oracles: what they accept we accept, and no mutation passes.

Where we differ on purpose stands in `test_differences.py`, each with its reason.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus

import pytest
import shopify
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.platforms.admin import DOMAIN, SECRET
from tests.platforms.judges import APP, JS, OURS, PYTHON, Judges, judging
from tests.platforms.signed import Pairs, claims, fresh_link, hook, mac, proxied, token

RESERVED = ("shop", "timestamp", "hmac", "signature", "state", "code")
letters = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8)
keys = letters.filter(lambda key: key not in RESERVED)
values = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
parts = st.lists(st.tuples(keys, values), max_size=4, unique_by=lambda part: part[0])
signers = st.sampled_from(["sent", "javascript", "python"])
encoders = st.sampled_from([quote, quote_plus])
replacing = st.sampled_from("abc019ABC.-_%&=+ ü")


def asked(examples: int) -> settings:
    """Ask so often; a judge in another process may take the time that a busy machine gives it."""
    return settings(max_examples=examples, deadline=None)


@pytest.fixture(scope="module")
def judges() -> Iterator[Judges]:
    with judging() as found:
        yield found


def meaning(query: str) -> Pairs:
    return sorted(parse_qsl(query, keep_blank_values=True))


def altered(text: str, place: int, letter: str) -> str:
    place %= len(text)
    return text[:place] + letter + text[place + 1 :]


@given(found=parts, signer=signers, encoder=encoders)
@asked(300)
def test_link_that_a_library_accepts_is_accepted(
    found: Pairs, signer: str, encoder: Callable[..., str], judges: Judges
) -> None:
    said = judges.link(fresh_link(found, signer, encoder))
    if signer == "javascript":
        assert said[JS]
    if signer == "python":
        assert said[PYTHON]
    plus = any("+" in value for _, value in found)
    if said[JS] or (said[PYTHON] and not plus):
        assert said[OURS]


@given(found=parts, signer=signers, place=st.integers(0, 10_000), letter=replacing)
@asked(400)
def test_link_that_says_something_else_than_what_was_signed_is_refused(
    found: Pairs, signer: str, place: int, letter: str, judges: Judges
) -> None:
    genuine = fresh_link(found, signer, quote)
    changed = altered(genuine, place, letter)
    if meaning(changed) != meaning(genuine):
        assert not judges.link(changed)[OURS]


@given(found=parts, signer=st.sampled_from(["javascript", "python"]), place=st.integers(0, 10_000))
@asked(200)
def test_link_with_any_flipped_bit_is_refused_however_it_was_signed(
    found: Pairs, signer: str, place: int, judges: Judges
) -> None:
    genuine = fresh_link(found, signer, quote).encode()
    changed = bytearray(genuine)
    changed[(place // 7) % len(changed)] ^= 1 << place % 7
    assert not judges.link(changed.decode("ascii"))[OURS]


def test_link_with_a_list_is_read_as_shopifys_library_does(judges: Judges) -> None:
    stamp = str(int(time.time()))
    params: dict[str, Any] = {"shop": DOMAIN, "timestamp": stamp, "ids[]": ["2", "1"]}
    given_hmac = shopify.Session.calculate_hmac(params)
    query = f"ids[]=2&ids[]=1&shop={DOMAIN}&timestamp={stamp}&hmac={given_hmac}"
    said = judges.link(query)
    assert said[PYTHON]
    assert said[OURS]
    assert not judges.link(query.replace("ids[]=2&ids[]=1", "ids[]=1&ids[]=2"))[OURS]


@given(found=st.lists(st.tuples(keys, values), max_size=5))
@asked(200)
def test_proxy_request_is_judged_as_both_libraries_do(found: Pairs, judges: Judges) -> None:
    said = judges.proxy(proxied(found, stamp=str(int(time.time()))))
    assert said == {OURS: True, JS: True, APP: True}


@given(found=parts, place=st.integers(0, 10_000), letter=replacing)
@asked(400)
def test_altered_proxy_request_is_never_accepted_where_a_library_refuses(
    found: Pairs, place: int, letter: str, judges: Judges
) -> None:
    genuine = proxied(found, stamp=str(int(time.time())))
    said = judges.proxy(altered(genuine, place, letter))
    if said[OURS]:
        assert said[JS]
        assert said[APP]


@given(body=st.dictionaries(keys, values | st.integers(0, 10**12), max_size=4))
@asked(100)
def test_webhook_is_judged_as_both_libraries_do(body: dict[str, Any], judges: Judges) -> None:
    raw = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    assert judges.webhook(hook(raw), raw) == {OURS: True, JS: True, APP: True}


@given(place=st.integers(0, 43), letter=st.sampled_from("abAB01+/="))
@asked(50)
def test_webhook_with_an_altered_signature_is_refused_by_all(
    place: int, letter: str, judges: Judges
) -> None:
    headers = hook(b"{}")
    name = "X-Shopify-Hmac-Sha256"
    genuine = headers[name]
    headers[name] = altered(genuine, place, letter)
    if headers[name] != genuine:
        assert judges.webhook(headers, b"{}") == {OURS: False, JS: False, APP: False}


def test_newer_family_of_header_names_is_known_to_the_library_too(judges: Judges) -> None:
    headers = {name.lower().removeprefix("x-"): value for name, value in hook(b"{}").items()}
    said = judges.webhook(headers, b"{}")
    assert said[OURS]
    assert said[APP]


#: Seconds from now, none of them within two of a limit, so that a slow machine decides nothing.
around = st.sampled_from([-3600, -60, -20, -5, 0, 5, 20, 60, 3600])
shops = st.sampled_from([DOMAIN, "other.myshopify.com", "evil.com", "a-b.myshopify.com"])


@st.composite
def tokens(draw: Callable[..., Any]) -> str:
    now = int(time.time())
    changes: dict[str, Any] = {
        "exp": now + draw(around),
        "nbf": now + draw(around),
        "iat": now + draw(around),
        "iss": f"https://{draw(shops)}/admin",
        "dest": f"https://{draw(shops)}",
    }
    # Most draws change one or two things, so that many tokens are good ones.
    kept = draw(st.lists(st.sampled_from(sorted(changes)), max_size=2, unique=True))
    changes = {name: value for name, value in changes.items() if name in kept}
    for name in draw(st.lists(st.sampled_from(sorted(claims())), max_size=1)):
        # The strict library alone wants a `sid`, which none of us reads.
        changes[name] = draw(st.sampled_from([None, "", "x", 7, ["x"]])) if name != "sid" else "x"
    secret = draw(st.sampled_from([SECRET] * 5 + ["another-secret-of-at-least-32-bytes"]))
    algorithm = draw(st.sampled_from(["HS256"] * 5 + ["HS384"]))
    try:
        return token(secret, algorithm, **changes)
    except (TypeError, ValueError):  # the library does not write claims of such a type
        return token(secret, algorithm)


@given(text=tokens())
@asked(400)
@pytest.mark.filterwarnings("ignore::jwt.InsecureKeyLengthWarning")
def test_session_token_that_we_accept_is_accepted_by_every_library(
    text: str, judges: Judges
) -> None:
    said = judges.token(text)
    if said[OURS]:
        assert said == {OURS: True, JS: True, PYTHON: True, APP: True}


@given(exp=around, nbf=around, iat=around, issuer=shops, shop=shops)
@asked(200)
def test_session_token_with_all_claims_is_judged_as_the_strict_library_does(
    exp: int, nbf: int, iat: int, issuer: str, shop: str, judges: Judges
) -> None:
    now = int(time.time())
    said = judges.token(
        token(
            exp=now + exp,
            nbf=now + nbf,
            iat=now + iat,
            iss=f"https://{issuer}/admin",
            dest=f"https://{shop}",
        )
    )
    assert said[OURS] == said[PYTHON]


@given(place=st.integers(0, 10_000), bit=st.integers(0, 6))
@asked(300)
def test_session_token_with_any_flipped_bit_is_refused(
    place: int, bit: int, judges: Judges
) -> None:
    changed = bytearray(token().encode())
    changed[place % len(changed)] ^= 1 << bit
    assert not judges.token(changed.decode("ascii"))[OURS]


names = st.text("abcXYZ019-_.", min_size=1, max_size=12)
endings = st.sampled_from([".myshopify.com", ".myshopify.com/", ".example", ""])


@given(name=names | st.text(max_size=12), ending=endings)
@asked(400)
def test_shop_name_that_we_accept_is_the_same_to_every_library(
    name: str, ending: str, judges: Judges
) -> None:
    said = judges.shop(name + ending)
    if said[OURS] is not None:
        assert said[JS].lower() == said[OURS]
        # One letter is too few for the older library, and a hyphen at the end too much.
        assert said[PYTHON] in (said[OURS], None)
        if len(name) > 1 and not name.endswith("-"):
            assert said[PYTHON] == said[OURS]


def test_oracles_really_judge(judges: Judges) -> None:
    stamp = str(int(time.time()))
    for said in (
        judges.link(fresh_link([("a", "b")], "sent", quote)),
        judges.proxy(proxied([("a", "b")], stamp=stamp)),
        judges.webhook(hook(b"{}"), b"{}"),
        judges.token(token()),
    ):
        assert set(said.values()) == {True}
    wrong = mac("another-secret", b"").hex()
    assert set(judges.link(f"shop={DOMAIN}&timestamp={stamp}&hmac={wrong}").values()) == {False}
