"""A file that the documents name is there; a newcomer's own widget is called `my_widget`."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_file_of_ours_that_a_document_names_is_there() -> None:
    missing = [
        f"{document.relative_to(ROOT)}: {named}"
        for document in sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
        for named in re.findall(r"`((?:plugin|tests|bench)/[\w/.]+\.\w+)`", document.read_text())
        if not (ROOT / named).exists() and "my_widget" not in named
    ]
    assert missing == []
