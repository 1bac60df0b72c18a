"""The plugin's files: what WordPress asks of them, and that PHP takes them all."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from plugin.packages import AppFacts
from plugin.packages.woocommerce import render
from tests.packages.woocommerce.plugin_page import ROOT, needs_php


def test_the_header_says_what_wordpress_and_woocommerce_ask_for(files: dict[str, bytes]) -> None:
    head = files["bleib/bleib.php"].decode().split("*/")[0]
    fields = dict(re.findall(r"^ \* ([\w ]+): (.+)$", head, re.M))
    assert fields["Plugin Name"] == "Bleib"
    assert fields["Version"] == json.loads((ROOT / "manifest.json").read_text("utf-8"))["version"]
    assert fields["Requires at least"] == "6.2"
    assert fields["Requires PHP"] == "7.4"
    assert fields["Requires Plugins"] == "woocommerce"
    assert fields["License"] == "MIT"
    assert "compatible with the GPL" in head
    assert files["bleib/LICENSE"] == (ROOT / "LICENSE").read_bytes()


def test_nothing_is_left_to_fill_in(files: dict[str, bytes]) -> None:
    assert [name for name, content in files.items() if b"{{" in content] == []


def test_the_script_is_the_cart_of_woocommerce_and_then_the_loader(
    app: AppFacts, files: dict[str, bytes]
) -> None:
    script = files["bleib/assets/bleib.js"]
    assert script.startswith(app.static[app.carts["woocommerce"]].rstrip(b";\n") + b";\n")
    assert script.endswith(app.static["bleib.js"])


@pytest.mark.parametrize("address", ["https://x'.example", "https://x.example/\\", "https://x\n.y"])
def test_an_address_that_php_would_misread_is_refused(app: AppFacts, address: str) -> None:
    with pytest.raises(ValueError, match="not for a PHP file"):
        render(replace(app, public_url=address))


@needs_php
def test_php_accepts_every_file(folder: Path) -> None:
    for path in sorted(folder.rglob("*.php")):
        done = subprocess.run(["php", "-l", str(path)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_no_file_uses_what_php_7_4_does_not_have(files: dict[str, bytes]) -> None:
    newer = re.compile(
        r"\?->|\bmatch\s*\(|\benum\s|\breadonly\b(?!')|\bstr_(contains|starts_with|ends_with)\b"
        r"|: (mixed|never|static)\b|\): \??\w+\||: false\b|#\[|__construct\( (public|private)"
    )
    for name, content in files.items():
        if name.endswith(".php"):
            assert not newer.search(content.decode()), name


@needs_php
def test_no_file_does_anything_when_it_is_opened_in_a_browser(folder: Path) -> None:
    for path in sorted(folder.rglob("*.php")):
        done = subprocess.run(["php", str(path)], capture_output=True, text=True, check=False)
        assert (done.stdout, done.stderr, done.returncode) == ("", "", 0), path


def test_every_text_has_its_german_and_no_german_is_left_over(files: dict[str, bytes]) -> None:
    code = b"".join(content for name, content in files.items() if name.endswith(".php")).decode()
    said = set(re.findall(r"\b(?:__|esc_html__)\(\s*'((?:[^'\\]|\\.)*)'", code))
    said |= set(re.findall(r"\b_n\(\s*'((?:[^'\\]|\\.)*)'", code))
    said.add(re.search(r"^ \* Description: (.+)$", code, re.M)[1])  # type: ignore[index]
    catalog = read_po(BytesIO(files["bleib/languages/bleib-de_DE.po"]), locale="de_DE")
    known = {}
    for message in catalog:
        name = message.id if isinstance(message.id, str) else message.id[0]
        known[name] = message.string
    del known[""]
    assert said == set(known)
    assert all(all(text) if isinstance(text, tuple) else text for text in known.values())


def test_german_reaches_austria_switzerland_and_the_formal_variant(
    files: dict[str, bytes],
) -> None:
    for locale in ("de_DE", "de_DE_formal", "de_AT", "de_CH", "de_CH_informal"):
        compiled = files[f"bleib/languages/bleib-{locale}.mo"]
        assert compiled.startswith(b"\xde\x12\x04\x95")
        assert "Bleib öffnen".encode() in compiled
