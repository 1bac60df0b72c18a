"""Fills the theme app extension: one switch for the theme, one block for each inline widget."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from plugin.contracts.widget import Widget
from plugin.packages import AppFacts, data_files, storefront_files
from plugin.texts import LANGUAGES, texts_in

_HERE = Path(__file__).resolve().parent
_TOML = 'name = "Bleib"\ntype = "theme"\n'
#: Shopify takes the first language for every shop whose own one is not among the files.
_DEFAULT = "en"
#: Places that are no widget's own: what a voucher still needs (widgets/_runtime/preflight.ts), and
#: the bar to free shipping (widgets/cross_sell/progress.ts).
_FURTHER = ("preflight", "free_shipping")


def extension(app: AppFacts) -> dict[str, bytes]:
    """Return the extension's files by their path within it.

    A widget that stands in the page becomes a block of its own; one that opens by itself needs
    none, the switch brings it.
    """
    inline = [widget for widget in app.widgets.values() if not widget.interrupts]
    files = {"shopify.extension.toml": _TOML, **_blocks(app, inline)}
    for language in LANGUAGES:
        name = f"{language}.default" if language == _DEFAULT else language
        files[f"locales/{name}.json"] = _json(_shown(language, inline))
        files[f"locales/{name}.schema.json"] = _json(_editor(language, inline))
    content = {path: text.encode() for path, text in files.items()}
    assets = {f"assets/{name}": content for name, content in storefront_files(app).items()}
    return content | assets


def _blocks(app: AppFacts, inline: Iterable[Widget]) -> dict[str, str]:
    block = _template("blocks/widget.liquid")
    names = [*(item.name for item in inline), *_FURTHER]
    return {
        "blocks/bleib.liquid": _template("blocks/bleib.liquid")
        .replace("@app_url@", app.public_url)
        .replace("@files@", data_files(app)),
        "snippets/placeholder.liquid": _template("snippets/placeholder.liquid"),
        **{f"blocks/{name}.liquid": block.replace("@widget@", name) for name in names},
    }


def _shown(language: str, inline: Iterable[Widget]) -> dict[str, Any]:
    """Return what blocks say on the page: nothing but the theme editor's placeholders."""
    texts = texts_in(_HERE / "texts")
    return {
        "embed": {"not_connected": texts.get(language, "embed.not_connected")},
        "placeholder": {
            **{
                widget.name: texts.get(language, "placeholder", **_named(widget, language))
                for widget in inline
            },
            **{place: texts.get(language, f"{place}.placeholder") for place in _FURTHER},
        },
    }


def _editor(language: str, inline: Iterable[Widget]) -> dict[str, Any]:
    """Return what the theme editor's settings say."""
    texts = texts_in(_HERE / "texts")
    return {
        "embed": {key: texts.get(language, f"embed.{key}") for key in ("name", "about")},
        "blocks": {
            **{
                widget.name: {"name": named["name"], "about": named["summary"]}
                for widget in inline
                for named in [_named(widget, language)]
            },
            **{
                place: {key: texts.get(language, f"{place}.{key}") for key in ("name", "about")}
                for place in _FURTHER
            },
        },
    }


def _named(widget: Widget, language: str) -> dict[str, str]:
    texts = texts_in(widget.folder / "texts")
    return {key: texts.get(language, f"merchant.{key}") for key in ("name", "summary")}


def _template(path: str) -> str:
    return (_HERE / "templates" / path).read_text(encoding="utf-8")


def _json(tree: dict[str, Any]) -> str:
    return json.dumps(tree, ensure_ascii=False, indent=2) + "\n"
