"""The pages for merchants: each page of the admin stands in them, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from tests.journey.gallery import PICTURES

DOCS = Path(__file__).parents[2] / "docs"
#: Addresses that answer no page of their own: a step on the way in, and parts of other pages.
PARTS = {
    "/admin/bounce", "/admin/connections/list", "/admin/grant", "/admin/overview.csv",
    "/admin/setup/embed",
}  # fmt: skip


def pages(language: str) -> dict[str, str]:
    return {one.name: one.read_text() for one in (DOCS / "merchant" / language).glob("*.md")}


def addresses(text: str) -> set[str]:
    """Return the addresses of the admin that a page names, without the slash at their end."""
    return {one.rstrip("/") for one in re.findall(r"`(/admin[^`]*)`", text)}


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_page_of_the_admin_is_described(app: Flask, language: str) -> None:
    described = set().union(*map(addresses, pages(language).values()))
    opened = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/admin")
        and "GET" in (rule.methods or ())
        and not rule.arguments
        and "." not in rule.rule
    }
    assert {one.rstrip("/") for one in opened - PARTS} - described == set()
    assert {one for one in described if "<" not in one and one not in {"/admin"}} <= opened


def test_both_languages_have_the_same_pages_in_the_same_order() -> None:
    german, english = pages("de"), pages("en")
    assert german.keys() == english.keys()
    for name, text in german.items():
        other = english[name]
        assert addresses(text) == addresses(other), name
        assert re.findall(r"\]\(([a-z-]+\.md)", text) == re.findall(r"\]\(([a-z-]+\.md)", other), (
            name
        )
        assert text.count(".webp") == other.count(".webp"), name
        assert text.count("\n- ") == other.count("\n- "), name
    listed = set(re.findall(r"\(([a-z-]+\.md)\)", german["README.md"]))
    assert listed == german.keys() - {"README.md"}


@pytest.mark.parametrize("language", ["de", "en"])
def test_links_lead_somewhere_and_pictures_are_taken(language: str) -> None:
    for name, text in pages(language).items():
        for target in re.findall(r"\]\(([^)#]+\.md)", text):
            assert (DOCS / "merchant" / language / target).exists(), (name, target)
        for picture in re.findall(r"gallery/merchant/([\w-]+)\.webp", text):
            assert picture in PICTURES, (name, picture)
