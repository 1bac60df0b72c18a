"""Keys: what is sealed for one shop opens nowhere else, links say what they are for."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from plugin.errors import NotAllowedError
from plugin.security import (
    LIFETIMES,
    Keyring,
    hmac_base64_matches,
    hmac_hex_matches,
    random_token,
)

OLD = "an-old-secret-of-at-least-32-characters"
NEW = "a-new-secret-of-at-least-32-characters!"
HASH = "a-hash-key-of-at-least-32-characters!!!"


@pytest.fixture
def keys() -> Keyring:
    return Keyring([NEW], HASH)


def test_what_is_sealed_opens_again(keys: Keyring) -> None:
    assert keys.unseal(1, "token", keys.seal(1, "token", "geheim: ä")) == "geheim: ä"


def test_a_sealed_value_moved_to_another_shop_does_not_open(keys: Keyring) -> None:
    with pytest.raises(NotAllowedError):
        keys.unseal(2, "token", keys.seal(1, "token", "x"))


def test_a_sealed_value_moved_to_another_column_does_not_open(keys: Keyring) -> None:
    with pytest.raises(NotAllowedError):
        keys.unseal(1, "email", keys.seal(1, "token", "x"))


def test_a_shop_and_purpose_cannot_be_imitated_by_the_text(keys: Keyring) -> None:
    with pytest.raises(NotAllowedError):
        keys.unseal(1, "a:b", keys.seal(1, "a", "c"))


def test_after_rotation_old_values_open_and_new_ones_need_the_new_key() -> None:
    before = Keyring([OLD], HASH)
    during = Keyring([NEW, OLD], HASH)
    after = Keyring([NEW], HASH)
    sealed = before.seal(1, "token", "x")
    assert during.unseal(1, "token", sealed) == "x"
    assert after.unseal(1, "token", during.rotate(sealed)) == "x"
    with pytest.raises(NotAllowedError):
        after.unseal(1, "token", sealed)
    with pytest.raises(NotAllowedError):
        before.unseal(1, "token", during.seal(1, "token", "x"))


def test_form_tokens_of_one_process_are_good_in_another() -> None:
    assert Keyring([NEW, OLD], HASH).form_keys() == Keyring([NEW, OLD], HASH).form_keys()
    assert Keyring([NEW, OLD], HASH).form_keys()[1:] == Keyring([OLD], HASH).form_keys()


def test_links_survive_a_rotation_until_the_old_key_is_dropped() -> None:
    token = Keyring([OLD], HASH).sign("confirm", [1, 2])
    assert Keyring([NEW, OLD], HASH).unsign("confirm", token) == [1, 2]
    with pytest.raises(NotAllowedError):
        Keyring([NEW], HASH).unsign("confirm", token)


def test_a_link_for_one_purpose_opens_no_other_door(keys: Keyring) -> None:
    token = keys.sign("confirm", [1, 2])
    for purpose in set(LIFETIMES) - {"confirm"}:
        with pytest.raises(NotAllowedError):
            keys.unsign(purpose, token)  # type: ignore[arg-type]


def test_no_confirmation_link_is_good_for_more_than_fourteen_days(keys: Keyring) -> None:
    start = datetime(2026, 11, 21, tzinfo=UTC)
    with time_machine.travel(start, tick=False):
        token = keys.sign("confirm", [1])
    with time_machine.travel(start + timedelta(days=14), tick=False):
        assert keys.unsign("confirm", token) == [1]
    with (
        time_machine.travel(start + timedelta(days=14, seconds=1), tick=False),
        pytest.raises(NotAllowedError, match="link_expired"),
    ):
        keys.unsign("confirm", token)


def test_an_unsubscribe_link_works_for_ever(keys: Keyring) -> None:
    start = datetime(2026, 11, 21, tzinfo=UTC)
    with time_machine.travel(start, tick=False):
        token = keys.sign("unsubscribe", [1])
    with time_machine.travel(start + timedelta(days=3650), tick=False):
        assert keys.unsign("unsubscribe", token) == [1]


def test_no_altered_token_is_accepted(keys: Keyring) -> None:
    """The last character may carry unused bits, so the decoded value is compared, not the text."""
    token = keys.sign("confirm", [1, 2, "2026-11-21"])
    dice = random.Random(7)
    accepted = 0
    for _ in range(3000):
        place = dice.randrange(len(token))
        changed = token[:place] + dice.choice("abcXYZ019-_.") + token[place + 1 :]
        try:
            value = keys.unsign("confirm", changed)
        except NotAllowedError:
            continue
        accepted += value != [1, 2, "2026-11-21"]
    assert accepted == 0


@given(st.text())
def test_rubbish_as_token_is_refused_without_a_crash(rubbish: str) -> None:
    with pytest.raises(NotAllowedError):
        Keyring([NEW], HASH).unsign("confirm", rubbish)


def test_check_values_differ_between_shops_and_kinds(keys: Keyring) -> None:
    values = {
        keys.check_value(1, "email", "a@example.com"),
        keys.check_value(2, "email", "a@example.com"),
        keys.check_value(1, "identity", "a@example.com"),
    }
    assert len(values) == 3


def test_check_values_survive_a_rotation_of_the_secret() -> None:
    before, after = Keyring([OLD], HASH), Keyring([NEW], HASH)
    assert before.check_value(1, "email", "a") == after.check_value(1, "email", "a")


def test_x2_a_non_ascii_signature_is_wrong_and_no_crash() -> None:
    assert not hmac_base64_matches([NEW], b"body", "ümläut".encode())
    assert not hmac_hex_matches([NEW], b"body", b"\xff\xfe")


def test_an_empty_secret_matches_nothing() -> None:
    import hashlib
    import hmac

    given_value = hmac.new(b"", b"body", hashlib.sha256).hexdigest().encode()
    assert not hmac_hex_matches([""], b"body", given_value)
    assert not hmac_hex_matches([], b"body", given_value)


def test_the_right_signature_matches_under_the_old_and_the_new_secret() -> None:
    import hashlib
    import hmac

    given_value = hmac.new(OLD.encode(), b"body", hashlib.sha256).hexdigest().encode()
    assert hmac_hex_matches([NEW, OLD], b"body", given_value)
    assert not hmac_hex_matches([NEW], b"body", given_value)


def test_random_tokens_hold_the_bits_they_promise() -> None:
    assert len({random_token() for _ in range(100)}) == 100
    assert len(random_token(256)) >= 43
