"""The byte count trusts nothing but the built files themselves."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from pathlib import Path

import pytest

from bench import storefront
from bench.storefront import NotBuiltError, count, read_build

FILES = {
    "bleib.js": "loader " * 50,
    "newsletter.11111111.js": "widget " * 80,
    "base.22222222.js": "shared " * 20,
    "newsletter.de-sie.33333333.js": "Sehr geehrte Damen und Herren, wie geht es Ihnen heute?",
    "newsletter.en.44444444.js": "Hello!",
    "cart_woocommerce.66666666.js": "cart " * 30,
    "form.77777777.js": "form " * 30,
    "question.88888888.js": "question " * 30,
    "why.99999999.js": "why " * 30,
}


def build_in(folder: Path) -> Path:
    for name, text in FILES.items():
        (folder / name).write_text(text)
    hashes = {
        name: "sha384-" + b64encode(hashlib.sha384(text.encode()).digest()).decode()
        for name, text in FILES.items()
    }
    texts = {"de-sie": "newsletter.de-sie.33333333.js", "en": "newsletter.en.44444444.js"}
    record = {
        "loader": "bleib.js",
        "why": "why.99999999.js",
        "widgets": {
            "newsletter": {
                "js": ["base.22222222.js", "newsletter.11111111.js"],
                "contents": {
                    "sign_up": ["form.77777777.js"],
                    "question": ["question.88888888.js", "form.77777777.js"],
                },
                "texts": texts,
            }
        },
        "carts": {"woocommerce": "cart_woocommerce.66666666.js"},
        "integrity": hashes,
        "bytes": {name: {"raw": len(text)} for name, text in FILES.items()},
    }
    (folder / "manifest.json").write_text(json.dumps(record))
    return folder


def test_a_page_loads_everything_but_smaller_languages_foreign_carts_and_other_contents(
    tmp_path: Path,
) -> None:
    build = read_build(build_in(tmp_path))

    elsewhere = {
        "newsletter.en.44444444.js", "cart_woocommerce.66666666.js", "question.88888888.js",
        "why.99999999.js",
    }  # fmt: skip
    assert sorted(build.loaded()) == sorted(set(FILES) - elsewhere)
    assert build.sizes["bleib.js"] == count(FILES["bleib.js"].encode())
    assert build.disagreements == []


def test_a_changed_file_is_named(tmp_path: Path) -> None:
    build_in(tmp_path)
    (tmp_path / "bleib.js").write_text("something else")

    assert [line.split(":")[0] for line in read_build(tmp_path).disagreements] == ["bleib.js"]


def test_a_file_that_no_record_knows_is_named(tmp_path: Path) -> None:
    build_in(tmp_path)
    (tmp_path / "stray.55555555.js").write_text("left over")

    assert len(read_build(tmp_path).disagreements) == 1


def test_a_missing_file_or_record_says_how_to_build(tmp_path: Path) -> None:
    with pytest.raises(NotBuiltError, match="make build"):
        read_build(tmp_path)

    (build_in(tmp_path) / "base.22222222.js").unlink()
    (tmp_path / "newsletter.11111111.js").unlink()
    with pytest.raises(NotBuiltError, match="make build"):
        read_build(tmp_path)


def test_a_missed_budget_ends_with_an_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "static").mkdir()
    build_in(tmp_path / "static")
    monkeypatch.setattr(storefront, "ROOT", tmp_path)
    monkeypatch.setattr(storefront, "BUILT", tmp_path / "static")
    for loader, code in [(3_000, 0), (10, 1)]:
        budgets = {
            "loader_brotli_bytes": loader,
            "exit_intent_brotli_bytes": 5_500,
            "all_brotli_bytes": 14_000,
            "visit_brotli_bytes": 6_200,
            "page_brotli_bytes": 23_400,
            "cart_brotli_bytes": 1_100,
        }
        (tmp_path / "manifest.json").write_text(json.dumps({"budgets": budgets}))
        assert storefront.main() == code

    assert "MISSED loader" in capsys.readouterr().out


def test_a_cart_that_grows_too_large_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "static").mkdir()
    build_in(tmp_path / "static")
    monkeypatch.setattr(storefront, "ROOT", tmp_path)
    monkeypatch.setattr(storefront, "BUILT", tmp_path / "static")
    budgets = {
        "loader_brotli_bytes": 3_000,
        "exit_intent_brotli_bytes": 5_500,
        "all_brotli_bytes": 14_000,
        "visit_brotli_bytes": 6_200,
        "page_brotli_bytes": 23_400,
        "cart_brotli_bytes": 1,
    }
    (tmp_path / "manifest.json").write_text(json.dumps({"budgets": budgets}))
    assert storefront.main() == 1
    assert "MISSED largest cart" in capsys.readouterr().out
