"""The WooCommerce package: an installable WordPress plugin, made for this installation alone."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from plugin.packages import LOADER, AppFacts, data_files, storefront_files
from plugin.security import digest

_TEMPLATES = Path(__file__).parent / "templates"
_FOLDER = "bleib"
_GERMAN = "languages/bleib-de_DE.po"
#: WordPress falls back from none of these to German, so each gets the same translation.
_GERMAN_LOCALES = ("de_DE", "de_DE_formal", "de_AT", "de_CH", "de_CH_informal")
#: The files that say which app and which version they were made for.
_FILLED = ("bleib.php", "includes/facts.php", "readme.txt")


def render(app: AppFacts) -> dict[str, bytes]:
    """Return the files of the plugin's zip, as WordPress takes it.

    ValueError where the app's address or version could not stand in a PHP file.
    """
    script = _script(app)
    facts = {
        "{{app}}": app.public_url.rstrip("/"),
        "{{version}}": app.version,
        "{{script_version}}": f"{app.version}-{digest(script)[:8]}",
    }
    for value in facts.values():
        if not value.isprintable() or set(value) & set("'\"\\<>* "):
            raise ValueError(f"not for a PHP file: {value}")
    facts["{{files}}"] = data_files(app)
    files = {name: (_TEMPLATES / name).read_bytes() for name in _names()}
    for name in _FILLED:
        files[name] = _filled(files[name].decode(), facts).encode()
    files |= {f"assets/{name}": content for name, content in storefront_files(app).items()}
    files[f"assets/{LOADER}"] = script
    files |= _translations(files[_GERMAN])
    return {f"{_FOLDER}/{name}": content for name, content in files.items()}


def _names() -> list[str]:
    found = (path for path in _TEMPLATES.rglob("*") if path.is_file())
    return sorted(path.relative_to(_TEMPLATES).as_posix() for path in found)


def _script(app: AppFacts) -> bytes:
    # One file and one request; the cart comes first, so the loader finds it.
    cart = app.static[app.carts["woocommerce"]]
    return cart.rstrip(b";\n") + b";\n" + app.static[LOADER]


def _filled(text: str, facts: dict[str, str]) -> str:
    for mark, value in facts.items():
        text = text.replace(mark, value)
    return text


def _translations(source: bytes) -> dict[str, bytes]:
    catalog = read_po(BytesIO(source), locale="de_DE")
    compiled = BytesIO()
    write_mo(compiled, catalog)
    names = (f"languages/bleib-{locale}.mo" for locale in _GERMAN_LOCALES)
    return dict.fromkeys(names, compiled.getvalue())
