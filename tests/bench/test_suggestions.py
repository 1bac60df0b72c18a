"""The comparison of suggestion methods: its split, its cases, its baselines and its verdict."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bench import suggestions
from bench.baselines import CoOccurrence, popularity, recent_popularity
from bench.orders_file import UnusableFileError, read_baskets
from bench.protocol import Case, all_but_one, carts, measure, split
from plugin.services.suggestions.co_occurrence import Basket

START = datetime(2026, 1, 5, 9, tzinfo=UTC)


def history(count: int) -> list[Basket]:
    sets = [("tea", "pot", "bag"), ("cup", "saucer", "bag"), ("vase", "candle")]
    return [Basket(sets[n % 3], START + timedelta(hours=n)) for n in range(count)]


def csv_of(baskets: list[Basket]) -> str:
    lines = [f"{n},{b.at.isoformat()},{p}" for n, b in enumerate(baskets) for p in b.products]
    return "\n".join(["basket_id,timestamp,item_id", *reversed(lines)]) + "\n"


def test_a_plain_and_a_gzipped_file_hold_the_same_baskets_in_time_order(tmp_path: Path) -> None:
    text = csv_of(history(10))
    (tmp_path / "orders.csv").write_text(text)
    (tmp_path / "orders.csv.gz").write_bytes(gzip.compress(text.encode()))

    plain = read_baskets(tmp_path / "orders.csv")

    assert plain == read_baskets(tmp_path / "orders.csv.gz")
    assert [b.at for b in plain] == [b.at for b in history(10)]
    assert [set(b.products) for b in plain] == [set(b.products) for b in history(10)]


def test_a_missing_file_or_column_is_named(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("basket_id,item_id\n1,tea\n")

    with pytest.raises(UnusableFileError, match="timestamp"):
        read_baskets(tmp_path / "orders.csv")
    with pytest.raises(UnusableFileError, match="no such file"):
        read_baskets(tmp_path / "elsewhere.csv")


def test_test_orders_hold_only_products_known_from_training() -> None:
    data = split([*history(90), *(Basket(("tea", "new", "pot"), START) for _ in range(10))])

    assert "new" not in data.catalogue
    assert data.tests == [["pot", "tea"]] * 10


def test_a_case_never_gives_its_target_away() -> None:
    tests = [list("abcdefgh"), ["a", "b"]]

    for case in carts(tests) + all_but_one(tests):
        assert case.target not in case.context
        assert case.target in case.rest
        assert case.rest.isdisjoint(case.context)
    assert {len(case.context) for case in carts(tests)} <= {1, 2, 3}
    assert {len(case.context) for case in all_but_one(tests)} == {7, 1}


def test_baselines_rank_as_their_names_say() -> None:
    baskets = [Basket(("bag",), START)] * 6
    baskets += [Basket(("tea", "pot"), START)] * 2 + [Basket(("tea", "bag"), START)] * 3

    assert popularity(baskets)(["tea"])[0] == "bag"
    assert recent_popularity([*baskets, Basket(("vase",), START)])(["tea"]) == ["vase"]
    assert CoOccurrence(baskets).by_count()(["tea"]) == ["bag", "pot"]
    assert CoOccurrence(baskets).by_cosine()(["tea"]) == ["pot", "bag"]


def test_measures_follow_the_rank_of_the_target() -> None:
    case = Case(("tea",), "pot", frozenset({"pot", "cup"}))

    second = measure(lambda _: ["bag", "pot"], [case], 10)
    nowhere = measure(lambda _: ["bag"] * 4 + ["cup"], [case], 10)

    assert (second.hit_4, second.hit_10, second.any_4, second.coverage) == (1, 1, 1, 0.2)
    assert second.ndcg_10 == pytest.approx(0.6309, abs=1e-4)
    assert (nowhere.hit_10, nowhere.ndcg_10, nowhere.any_4) == (0, 0, 0)


def test_the_verdict_on_a_clear_history_is_good(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "uci_online_retail.csv"
    path.write_text(csv_of(history(300)))

    assert suggestions.main([str(path)]) == 0
    assert suggestions.main([str(tmp_path / "none.csv")]) == 2

    output = capsys.readouterr()
    assert "CART HR@10, +0.0000 beside" in output.out
    assert suggestions.ATTRIBUTION in output.out
    assert "no such file" in output.err
