"""A package is an archive that depends on nothing but the installation and its version."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from plugin.app import package_facts
from plugin.packages import PACKAGED, AppFacts, build
from tests.conftest import make_config


@pytest.fixture
def app() -> AppFacts:
    return replace(
        package_facts(make_config()),
        public_url="https://bleib.example",
        client_id="0123456789abcdef",
        secrets={"shopware": "s" * 64},
    )


@pytest.mark.parametrize("platform", PACKAGED)
def test_the_same_installation_makes_the_same_bytes(
    app: AppFacts, platform: str, tmp_path: Path
) -> None:
    first = build(platform, app, tmp_path / "a").read_bytes()
    assert build(platform, app, tmp_path / "b").read_bytes() == first


@pytest.mark.parametrize("platform", PACKAGED)
def test_no_file_lies_outside_of_the_archive(app: AppFacts, platform: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(build(platform, app, tmp_path)) as archive:
        names = archive.namelist()
    assert names
    assert not [name for name in names if name.startswith(("/", ".")) or ".." in name]


@pytest.mark.parametrize("platform", PACKAGED)
def test_each_package_speaks_with_its_own_installation_alone(
    app: AppFacts, platform: str, tmp_path: Path
) -> None:
    other = replace(app, public_url="https://other.example")
    with zipfile.ZipFile(build(platform, other, tmp_path)) as archive:
        whole = b"".join(archive.read(name) for name in archive.namelist())
    assert b"https://other.example" in whole
    assert b"bleib.example" not in whole
