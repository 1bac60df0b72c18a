"""Kept pages stay within their bytes; those that people come back to outlast those seen once."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from threading import Thread

from plugin.api.kept_pages import Kept, KeptPages, Place, pack

UNTIL = datetime(2026, 11, 22, tzinfo=UTC)
HEADERS = (("Content-Type", "text/html"),)


def a_page(number: int, size: int = 2000) -> Kept:
    body = Random(number).randbytes(size)
    return pack((number,), UNTIL, "200 OK", HEADERS, f"{number:016x}", body)


def place(number: int) -> Place:
    return (f"{number:022}", "", "de")


def filled(count: int, pages: int) -> KeptPages:
    """Return a memory for so many pages, asked for so many others twice."""
    kept = KeptPages(most_bytes=pages * a_page(0).weight)
    for number in range(count):
        kept.put(place(number), a_page(number))
        assert kept.get(place(number)) is not None
    return kept


def test_a_page_comes_back_as_it_was_given() -> None:
    kept = KeptPages()
    page = pack((1,), UNTIL, "200 OK", HEADERS, "a" * 16, b"<p>Guten Tag</p>" * 100)
    kept.put(place(1), page)
    found = kept.get(place(1))
    assert found is not None
    assert found.body == b"<p>Guten Tag</p>" * 100
    assert found.headers == [("Content-Type", "text/html"), ("Content-Length", "1600")]
    assert len(found.packed) < 100
    assert kept.get(place(2)) is None


def test_no_more_bytes_are_held_than_allowed_and_one_goes_at_a_time() -> None:
    kept = filled(0, pages=50)
    for number in range(200):
        before = len(kept)
        kept.put(place(number), a_page(number, size=1500 + 10 * (number % 50)))
        assert kept.weight <= 50 * a_page(0).weight
        assert len(kept) >= before - 1
    assert len(kept) >= 50
    kept.put(place(999), a_page(999, size=1_000_000))
    assert kept.get(place(999)) is None


def test_what_was_asked_for_twice_outlasts_a_wave_of_what_is_asked_for_once() -> None:
    kept = filled(40, pages=100)
    for number in range(1000, 4000):
        kept.put(place(number), a_page(number))
    assert all(kept.get(place(number)) for number in range(40))
    assert kept.get(place(3999)) is not None
    assert kept.get(place(1000)) is None


def test_of_those_that_were_asked_for_again_the_longest_unasked_goes() -> None:
    kept = filled(90, pages=100)
    assert len(kept) == 90
    for number in range(1000, 1100):
        kept.put(place(number), a_page(number))
    # Four fifths are protected, so the ten that were asked for first had a turn on probation.
    assert [number for number in range(90) if kept.get(place(number)) is None] == list(range(10))


def test_a_page_drawn_anew_takes_the_place_of_the_old_one() -> None:
    kept = filled(10, pages=20)
    for size in (100, 5000, 300):
        kept.put(place(3), a_page(3, size))
        found = kept.get(place(3))
        assert found is not None
        assert found.length == size
    others = 9 * a_page(0).weight
    assert kept.weight == others + a_page(3, 300).weight


def test_threads_do_not_upset_its_account() -> None:
    kept = filled(0, pages=40)

    def use(seed: int) -> None:
        chance = Random(seed)
        for _ in range(1500):
            number = chance.randrange(120)
            found = kept.get(place(number))
            if found is None or chance.random() < 0.2:
                kept.put(place(number), a_page(number, size=chance.choice((300, 2000))))
            else:
                assert found.mark == f"{number:016x}"

    threads = [Thread(target=use, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    held = [found for number in range(120) if (found := kept.get(place(number)))]
    assert len(held) == len(kept)
    assert kept.weight == sum(page.weight for page in held) <= 40 * a_page(0).weight
