"""What adapters declare is what they have, and merchants learn what is different."""

from __future__ import annotations

import pytest

from plugin.contracts.capabilities import PROTOCOLS, Capability
from plugin.contracts.platform import ShopPlatform
from plugin.manifest import load_manifest
from plugin.texts import LANGUAGES, area_texts
from tests.contract import table
from tests.contract.stages import NAMES, openers

PLATFORMS = list(load_manifest().platforms)


def adapter(name: str) -> ShopPlatform:
    found = table.adapters()
    assert name in found, f"{name} is in manifest.json, but build_platforms() makes no adapter"
    return found[name]


@pytest.mark.parametrize("name", PLATFORMS)
def test_an_adapter_declares_each_capability(name: str) -> None:
    found = adapter(name)
    assert isinstance(found, ShopPlatform)
    assert set(found.support) == set(table.CAPABILITIES)
    assert set(found.support.values()) <= set(table.LEVELS)


@pytest.mark.parametrize("name", PLATFORMS)
@pytest.mark.parametrize("capability", table.CAPABILITIES)
def test_an_adapter_has_the_protocols_it_declares_and_no_others(
    name: str, capability: Capability
) -> None:
    protocol, found = PROTOCOLS[capability], adapter(name)
    if protocol is not None:
        assert isinstance(found, protocol) == (found.support[capability] != "no")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PLATFORMS)
def test_what_is_different_is_explained_and_nothing_else(name: str, language: str) -> None:
    keys = area_texts("admin").keys(language)
    told = {key.split(".")[2] for key in keys if key.startswith(f"platforms.{name}.")} - {"scope"}
    different = {item for item, level in adapter(name).support.items() if level != "yes"}
    assert {"name", "embed_missing", "embed_open"} <= told
    assert told - {"name", "lead", "embed_missing", "embed_open"} == different


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_capability_and_platform_has_a_name(language: str) -> None:
    keys = area_texts("admin").keys(language)
    assert {f"abilities.name.{item}" for item in table.CAPABILITIES} <= keys
    assert {f"platforms.{name}.name" for name in PLATFORMS} <= keys


def test_the_table_in_the_docs_is_up_to_date() -> None:
    assert table.DOCUMENT.read_text("utf-8") == table.document()


def test_every_platform_has_a_stage() -> None:
    assert set(openers()) == set(NAMES)
    assert set(PLATFORMS) <= set(NAMES)
