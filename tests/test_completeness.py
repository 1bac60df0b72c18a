"""Names whatever is missing: a widget's files and texts, an unregistered column, a long file."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from plugin.admin.fields import Field, fields_of
from plugin.app import handlers, load_widgets
from plugin.contracts.shopwide import Consent, Look, Manners
from plugin.contracts.withdrawal import Withdrawal
from plugin.manifest import load_manifest
from plugin.packages import PACKAGED
from plugin.platforms import build_platforms
from plugin.services.rounds import ROUNDS
from plugin.store.db import metadata
from plugin.texts import LANGUAGES, Texts, area_texts
from tests.conftest import make_config

ROOT = Path(__file__).resolve().parent.parent
WIDGETS = load_widgets()
WIDGET_FILES = (
    "__init__.py", "settings.py", "storefront.ts", "style.css", "storefront.test.ts",
    "preview.html", "README.md", "texts/de.json", "texts/en.json",
)  # fmt: skip
TEXT_FOLDERS = sorted(
    [path.parent for path in (ROOT / "plugin").glob("**/texts/**/de.json")]
    + [path.parent for path in (ROOT / "widgets").glob("*/texts/de.json")]
)
#: Words in a column's name that make us ask whether it is personal.
SUSPICIOUS = re.compile(
    r"email|identity|phone|recipient|customer_id|postcode|page|body_sealed|values|payload|person"
)
#: Columns that only sound personal, with the reason.
NOT_PERSONAL = {
    "shops.email": "the merchant's own contact address",
    "outbox.body_hash": "a hash of a rendered mail",
    "orders.page_changes": "a count",
    "shipments.page_changes": "a count",
    "shops.page_changes": "a count",
}


def test_the_manifest_lists_every_widget_folder_and_no_other() -> None:
    folders = {path.parent.name for path in (ROOT / "widgets").glob("*/__init__.py")}
    assert set(load_manifest().widgets) == folders


@pytest.mark.parametrize("name", WIDGETS)
@pytest.mark.parametrize("file", WIDGET_FILES)
def test_every_widget_has_all_its_files(name: str, file: str) -> None:
    assert (ROOT / "widgets" / name / file).exists(), f"widgets/{name}/{file} is missing"


@pytest.mark.parametrize("name", WIDGETS)
def test_every_widget_has_a_browser_test(name: str) -> None:
    assert (ROOT / "tests" / "browser" / f"test_{name}.py").exists()


@pytest.mark.parametrize("name", WIDGETS)
def test_no_paper_says_of_a_widget_with_fields_that_it_has_none(name: str) -> None:
    widget = load_widgets()[name]
    parts = (ROOT / "widgets" / name).glob("*.ts")
    text = "".join(one.read_text("utf-8") for one in parts if ".test." not in one.name)
    drawn = re.search(r'h(<\w+>)?\(\s*"(input|select|textarea)\b|\bfield\(', text)
    assert widget.has_fields or widget.collects_consent or drawn is None


@pytest.mark.parametrize("name", WIDGETS)
def test_every_widget_is_built(name: str) -> None:
    built = json.loads((ROOT / "static" / "v1" / "integrity.json").read_text("utf-8"))
    assert name in built["widgets"], "run: make build"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", WIDGETS)
def test_every_setting_has_a_label_a_short_help_and_words_for_its_options(
    name: str, language: str
) -> None:
    texts = Texts(ROOT / "widgets" / name / "texts")
    wanted = list(_said_of(fields_of(WIDGETS[name].settings)))
    missing = [key for key in wanted if f"merchant.settings.{key}" not in texts.keys(language)]
    assert missing == [], f"{name}: missing in {language}"
    helps = [key for key in wanted if key.endswith(".help")]
    assert [k for k in helps if len(texts.get(language, f"merchant.settings.{k}")) > 90] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("page", "model"),
    [("look", Look), ("manners", Manners), ("consent", Consent), ("withdrawal", Withdrawal)],
)
def test_every_setting_of_the_shop_has_its_words(page: str, model: Any, language: str) -> None:
    texts = area_texts("admin")
    wanted = {f"{page}.{key}" for key in _said_of(fields_of(model))}
    assert wanted - texts.keys(language) == set()


def _said_of(fields: list[Field]) -> Iterator[str]:
    for field in fields:
        yield from (f"{field.said_as}.{part}" for part in ("label", "help", *field.options))


@pytest.mark.parametrize("folder", TEXT_FOLDERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_texts_have_the_same_keys_in_every_language(folder: Path) -> None:
    texts = Texts(folder)
    assert texts.keys("de") == texts.keys("en")


@pytest.mark.parametrize("folder", TEXT_FOLDERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_texts_have_the_same_placeholders_in_every_language(folder: Path) -> None:
    texts = Texts(folder)
    for key in texts.keys("de"):
        wanted = _placeholders(texts, "de", key, "sie")
        assert _placeholders(texts, "de", key, "du") == wanted, key
        assert _placeholders(texts, "en", key, "sie") == wanted, key


def _placeholders(texts: Texts, language: str, key: str, address: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", texts.get(language, key, address)))


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
def test_every_personal_column_is_registered(table: Any) -> None:
    for column in table.columns:
        name = f"{table.name}.{column.name}"
        if SUSPICIOUS.search(column.name) and name not in NOT_PERSONAL:
            assert "personal" in column.info, f"{name}: say how it is exported, erased and expires"


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
def test_every_row_belongs_to_a_shop(table: Any) -> None:
    without = {"shops", "oauth_states", "door_tries", "workers"}
    assert "shop_id" in table.columns or table.name in without


@pytest.mark.parametrize("name", load_manifest().platforms)
def test_every_platform_has_its_pages_and_meets_the_contract_suite(name: str) -> None:
    page = name.replace("_", "-")
    for path in (
        f"docs/platforms/{page}.md",
        f"docs/platforms/{page}.de.md",
        f"docs/platforms/{page}-developers.md",
        f"tests/contract/stages/{name}.py",
    ):
        assert (ROOT / path).exists(), f"{path} is missing"


def test_every_package_is_of_a_platform_and_has_its_tests() -> None:
    assert set(PACKAGED) <= set(load_manifest().platforms)
    for name in PACKAGED:
        assert list((ROOT / "tests/packages").glob(f"**/test_{name}*.py"))


def test_every_platform_of_the_manifest_has_its_adapter() -> None:
    assert set(build_platforms(make_config())) == set(load_manifest().platforms)


def test_every_regular_round_has_a_handler() -> None:
    known = handlers()
    assert [kind for kind, _ in ROUNDS if kind not in known] == []


def test_every_operation_document_is_used() -> None:
    folder = ROOT / "plugin" / "platforms" / "shopify"
    code = "".join(path.read_text("utf-8") for path in folder.glob("*.py"))
    unused = [
        path.stem for path in folder.glob("operations/*.graphql") if f'"{path.stem}"' not in code
    ]
    assert unused == []


def test_no_source_file_is_too_long() -> None:
    long = []
    for name in _tracked("*.py", "*.ts"):
        lines = (ROOT / name).read_text("utf-8").count("\n")
        if lines > 300 and "/migrations/" not in name and not name.startswith("tests/"):
            long.append(f"{name}: {lines}")
    assert long == []


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    names = list(project["project"]["dependencies"])
    for group in project["project"]["optional-dependencies"].values():
        names += group
    names += project["dependency-groups"]["dev"]
    document = (ROOT / "docs" / "dependencies.md").read_text("utf-8").lower()
    bare = [re.split(r"[\[<>=~!; ]", name)[0].lower() for name in names]
    assert [name for name in bare if f"| {name} " not in document] == []


def test_lock_files_hold_no_registry_address() -> None:
    npm = ("widgets/package-lock.json", "tests/oracles/package-lock.json")
    for name in ("requirements.lock", "requirements-dev.lock", "bench/requirements.lock", *npm):
        text = (ROOT / name).read_text("utf-8")
        assert "http://" not in text, name
        assert "--index-url" not in text, name
        assert '"resolved"' not in text, name


def test_version_is_the_same_everywhere() -> None:
    from plugin import __version__

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["version"] == __version__ == load_manifest().version


def _tracked(*patterns: str) -> list[str]:
    result = subprocess.run(
        ["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return result.stdout.split()
