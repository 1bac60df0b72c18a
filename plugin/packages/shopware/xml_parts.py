"""Writes XML elements; what goes in is text, never markup."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from plugin.texts import texts_in

TEXTS = texts_in(Path(__file__).resolve().parent / "texts")
#: Shopware's name of each of our languages. English first: it is what Shopware falls back to.
LOCALES = {"en": "en-GB", "de": "de-DE"}


def add(
    parent: ElementTree.Element, name: str, text: str | None = None, /, **attributes: str
) -> ElementTree.Element:
    """Append an element to `parent` and return it."""
    element = ElementTree.SubElement(parent, name, attributes)
    element.text = text
    return element


def say(parent: ElementTree.Element, name: str, key: str) -> None:
    """Append one of our texts in every language."""
    for language, locale in LOCALES.items():
        add(parent, name, TEXTS.get(language, key), lang=locale)


def document(root: ElementTree.Element) -> bytes:
    """Return the file of a finished tree."""
    ElementTree.indent(root, space="    ")
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()
