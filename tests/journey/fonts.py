"""The fonts of the pictures: what a merchant's machine calls its own, so that both look alike.

Bleib ships no font: it asks for `system-ui`, and the demo shop for Palatino. On a bare Debian both
are something else. The pictures are set in the nearest free fonts instead, by a file of fontconfig
that only their Chromium reads; the pages, and what they ask for, stay as they are.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

#: What the pages ask for, and what stands in for it.
STAND_INS = {
    "system-ui": "Inter",
    "sans-serif": "Inter",
    "Segoe UI": "Inter",
    "Helvetica Neue": "Inter",
    "Helvetica": "Inter",
    "Arial": "Inter",
    "serif": "TeX Gyre Pagella",
    "Palatino": "TeX Gyre Pagella",
    "Palatino Linotype": "TeX Gyre Pagella",
    "Book Antiqua": "TeX Gyre Pagella",
    "Georgia": "TeX Gyre Pagella",
    "monospace": "DejaVu Sans Mono",
    "ui-monospace": "DejaVu Sans Mono",
}
#: Debian's packages that the pictures need, and a file that says that each is there.
_LANGUAGE = ("chromium-l10n", Path("/usr/lib/chromium/locales/de.pak"))
_PACKAGES = {
    "Inter": "fonts-inter",
    "TeX Gyre Pagella": "fonts-texgyre",
    "DejaVu Sans Mono": "fonts-dejavu-core",
}
_RULE = (
    '<match target="pattern"><test name="family" qual="any"><string>{asked}</string></test>'
    '<edit name="family" mode="assign" binding="strong"><string>{given}</string></edit></match>'
)


def environment_with_fonts(folder: Path) -> dict[str, str]:
    """Write the fonts' file into a folder; return what tells Chromium of it."""
    rules = "".join(_RULE.format(asked=asked, given=given) for asked, given in STAND_INS.items())
    file = folder / "fonts.conf"
    file.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig>'
        "<dir>/usr/share/fonts</dir><dir>/usr/share/texmf/fonts</dir>"
        f"<cachedir>{folder}/fonts-cache</cachedir>{rules}</fontconfig>",
        encoding="utf-8",
    )
    return {"FONTCONFIG_FILE": str(file)}


def missing_packages() -> list[str]:
    """Return Debian's packages without which the pictures would be of other fonts and dates."""
    if shutil.which("fc-list") is None:
        return ["fontconfig", *_PACKAGES.values()]
    listed = subprocess.run(["fc-list", ":", "family"], capture_output=True, text=True, check=True)
    families = {one.strip() for line in listed.stdout.splitlines() for one in line.split(",")}
    missing = [package for family, package in _PACKAGES.items() if family not in families]
    language, file = _LANGUAGE
    return missing if file.exists() else [*missing, language]
