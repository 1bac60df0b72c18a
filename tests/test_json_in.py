"""Foreign JSON: whatever comes in, the answer is an object or a refusal, never a crash."""

from __future__ import annotations

import contextlib
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.errors import BadInputError, TooLargeError
from plugin.json_in import parse, parse_object

LIMIT = 10_000_000


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        pytest.param(b"[" * 100_000, "json_too_deep", id="x1-deep-lists"),
        pytest.param(b'{"a":' * 100_000, "json_too_deep", id="x1-deep-objects"),
        pytest.param(b'{"n": NaN}', "json_number_invalid", id="x3-nan"),
        pytest.param(b'{"n": -Infinity}', "json_number_invalid", id="x3-infinity"),
        pytest.param(b'{"n": 1e999}', "json_number_invalid", id="x3-overflow"),
        pytest.param(b'{"n": 1' + b"0" * 400 + b"}", "json_number_invalid", id="x3-huge-int"),
        pytest.param(b'{"s": "\\ud800"}', "json_text_invalid", id="x4-lone-surrogate"),
        pytest.param(b'{"s": "a\\u0000b"}', "json_text_invalid", id="x4-nul"),
        pytest.param(b'{"\\ud800": 1}', "json_text_invalid", id="x4-surrogate-key"),
        pytest.param(b"null", "json_not_an_object", id="x5-null"),
        pytest.param(b"[1]", "json_not_an_object", id="x5-list"),
        pytest.param(b'"text"', "json_not_an_object", id="x5-text"),
        pytest.param(b'{"n":1,"n":"x"}', "json_duplicate_key", id="x6-duplicate"),
        pytest.param('{"a":1}'.encode("utf-16"), "json_invalid", id="x6-utf-16"),
        pytest.param(b'\xef\xbb\xbf{"a":1}', "json_invalid", id="x6-byte-order-mark"),
        pytest.param(b"", "json_invalid", id="empty"),
        pytest.param(b'{"a":1', "json_invalid", id="truncated"),
        pytest.param(b"\xff\xfe", "json_invalid", id="not-utf-8"),
        pytest.param(b'{"a" "b"}', "json_invalid", id="syntax"),
    ],
)
def test_bad_json_is_refused_by_name(raw: bytes, code: str) -> None:
    with pytest.raises(BadInputError, match=code):
        parse_object(raw, max_bytes=LIMIT)


def test_a_body_over_its_limit_is_refused_before_it_is_read() -> None:
    with pytest.raises(TooLargeError):
        parse_object(b'{"a":"' + b"x" * 100 + b'"}', max_bytes=50)


def test_brackets_inside_text_are_no_depth() -> None:
    raw = json.dumps({"a": "[" * 500, "b": '"[[{{' * 100, "c": "\\" * 99}).encode()
    assert parse_object(raw, max_bytes=LIMIT)["a"] == "[" * 500


def test_depth_is_allowed_up_to_the_limit_and_not_beyond() -> None:
    assert parse(b"[" * 32 + b"]" * 32, max_bytes=LIMIT)
    with pytest.raises(BadInputError):
        parse(b"[" * 33 + b"]" * 33, max_bytes=LIMIT)


@pytest.mark.parametrize("pattern", [b'"\\', b'\\"', b'"', b'["\\",', b'"a\\\\'])
def test_strings_that_never_end_take_no_time(pattern: bytes) -> None:
    raw = pattern * (64 * 1024 // len(pattern))
    start = time.perf_counter()
    with pytest.raises(BadInputError):
        parse(raw, max_bytes=len(raw))
    assert time.perf_counter() - start < 1


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text("abc"), inner), max_leaves=20
)


@given(st.dictionaries(st.text("abcdef"), values))
def test_good_json_comes_through_unchanged(value: dict[str, object]) -> None:
    assert parse_object(json.dumps(value).encode(), max_bytes=LIMIT) == value


@given(st.binary(max_size=400))
def test_any_bytes_are_an_object_or_a_refusal(raw: bytes) -> None:
    with contextlib.suppress(BadInputError):
        assert isinstance(parse_object(raw, max_bytes=LIMIT), dict)
