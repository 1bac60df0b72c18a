"""Fills what lies in the app's Resources: templates, blocks, snippets, settings, scripts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from xml.etree import ElementTree

from plugin.contracts.widget import Widget
from plugin.packages import AppFacts, data_files, storefront_files
from plugin.packages.shopware.xml_parts import LOCALES, TEXTS, add, document, say
from plugin.texts import texts_in

_TEMPLATES = Path(__file__).resolve().parent / "templates"
_VIEWS = "views/storefront"
_MARGINS = ("margin-bottom", "margin-top", "margin-left", "margin-right")


def resources(app: AppFacts) -> dict[str, bytes]:
    """Return the files below Resources by their path from the app's folder."""
    inline = [widget for widget in app.widgets.values() if not widget.interrupts]
    cart = app.carts["shopware"]
    page = {"app_url": escape(app.public_url), "cart": cart, "files": data_files(app)}
    files = {
        f"{_VIEWS}/base.html.twig": _filled("base.html.twig", page),
        f"{_VIEWS}/page/checkout/cart/index.html.twig": _filled("cart.html.twig", {}),
        "config/config.xml": _settings(),
        "config/plugin.png": (_TEMPLATES / "icon.png").read_bytes(),
        "cms.xml": _cms(inline),
        **{f"public/{name}": content for name, content in storefront_files(app).items()},
        f"public/{cart}": app.static[cart],
        **_snippets(),
    }
    for widget in inline:
        files |= _block(widget)
    return {f"Resources/{path}": content for path, content in files.items()}


def _filled(template: str, values: Mapping[str, str]) -> bytes:
    text = (_TEMPLATES / template).read_text(encoding="utf-8")
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text.encode()


def _snippets() -> dict[str, bytes]:
    """Return what the consent manager says, where Shopware looks for the texts of an app."""
    files = {}
    for language, locale in LOCALES.items():
        cookie = {key: TEXTS.get(language, f"cookie.{key}") for key in ("name", "description")}
        text = json.dumps({"bleib": {"cookie": cookie}}, ensure_ascii=False, indent=2)
        files[f"snippet/storefront.{locale}.json"] = f"{text}\n".encode()
    return files


def _settings() -> bytes:
    """Return the settings that Bleib writes itself; Shopware clears them when the app goes."""
    root = ElementTree.Element("config")
    card = add(root, "card")
    say(card, "title", "config.title")
    for name, kind in (("shopKey", "text"), ("config", "textarea")):
        field = add(card, "input-field", type=kind)
        add(field, "name", name)
        add(field, "disabled", "true")
        say(field, "label", f"config.{name}")
    return document(root)


def _cms(inline: Iterable[Widget]) -> bytes:
    """Return the blocks of the shopping experiences, one for each widget that stands in a page."""
    root = ElementTree.Element("cms")
    blocks = add(root, "blocks")
    for widget in inline:
        block = add(blocks, "block")
        add(block, "name", _block_name(widget))
        add(block, "category", "commerce")
        for language, locale in LOCALES.items():
            add(block, "label", f"Bleib: {_label(widget, language)}", lang=locale)
        # Shopware wants at least one slot: a text of the merchant's own above the widget.
        config = add(add(add(block, "slots"), "slot", name="intro", type="text"), "config")
        add(config, "config-value", name="content", source="static", value="")
        default = add(block, "default-config")
        for margin in _MARGINS:
            add(default, margin, "20px")
        add(default, "sizing-mode", "boxed")
    return document(root)


def _block(widget: Widget) -> dict[str, bytes]:
    """Return how a block looks in the shop and in the editor."""
    name = _block_name(widget)
    # The editor's style sheet cannot tell which language the merchant reads.
    label = " / ".join(_label(widget, language) for language in LOCALES)
    values = {
        "widget": widget.name,
        "block": name,
        "label": json.dumps(f"Bleib: {label}", ensure_ascii=False),
    }
    return {
        f"{_VIEWS}/block/cms-block-{name}-component.html.twig": _filled("block.html.twig", values),
        f"cms/blocks/{name}/preview.html": _filled("preview.html", values),
        f"cms/blocks/{name}/styles.css": _filled("preview.css", values),
    }


def _block_name(widget: Widget) -> str:
    return f"bleib-{widget.name.replace('_', '-')}"


def _label(widget: Widget, language: str) -> str:
    return texts_in(widget.folder / "texts").get(language, "merchant.name")
