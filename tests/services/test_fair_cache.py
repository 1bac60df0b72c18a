"""A shop that fills its memory makes room among its own."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from plugin.services.suggestions.fair_cache import FairCache

KB = 1024


def test_what_was_put_is_there_by_owner_and_key() -> None:
    cache: FairCache[str] = FairCache(100 * KB, 1 / 4)
    cache.put("a", 1, "one", KB)
    cache.put("b", 1, "other", KB)
    assert (cache.get("a", 1), cache.get("b", 1), cache.get("a", 2)) == ("one", "other", None)
    cache.put("a", 1, "later", KB)
    assert cache.get("a", 1) == "later"


def test_a_shop_never_takes_more_than_its_share_from_the_others() -> None:
    cache: FairCache[int] = FairCache(100 * KB, 1 / 4)
    for shop in range(40):
        cache.put(f"small {shop}", 0, shop, KB)
    for number in range(10_000):
        cache.put("large", number, number, KB)
    assert all(cache.get(f"small {shop}", 0) == shop for shop in range(40))
    assert cache.get("large", 9_999) == 9_999


def test_what_was_used_longest_ago_goes_first() -> None:
    cache: FairCache[int] = FairCache(10 * KB, 1)
    for shop in range(6):
        cache.put(shop, 0, shop, KB)
    cache.get(0, 0)
    for shop in range(6, 9):
        cache.put(shop, 0, shop, KB)
    assert cache.get(0, 0) == 0
    assert cache.get(1, 0) is None


def test_what_is_larger_than_the_share_is_not_kept() -> None:
    cache: FairCache[int] = FairCache(100 * KB, 1 / 4)
    cache.put("a", 0, 1, cache.largest)
    cache.put("b", 0, 1, cache.largest + 1)
    assert (cache.get("a", 0), cache.get("b", 0)) == (1, None)


PUTS = st.tuples(st.integers(0, 5), st.integers(0, 8), st.integers(0, 12 * KB))


@given(st.lists(PUTS, max_size=120))
def test_it_never_holds_more_than_its_limits(puts: list[tuple[int, int, int]]) -> None:
    cache: FairCache[int] = FairCache(20 * KB, 1 / 2)
    latest: dict[tuple[int, int], int] = {}
    for number, (owner, key, size) in enumerate(puts):
        cache.put(owner, key, number, size)
        latest[owner, key] = number
        assert cache.held_bytes <= 20 * KB
        assert all(cache.get(*place) in (None, value) for place, value in latest.items())
