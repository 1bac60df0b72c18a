"""The look and the manners of a shop: saved, refused with a way out, asked when two people save."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from plugin.admin.carried import packed, unpacked
from plugin.contracts.shopwide import Look, Manners
from plugin.model import Shop
from plugin.services import look, manners
from plugin.services.colours import nearest
from plugin.services.context import Context
from plugin.services.contrast import pairs_of
from plugin.store.personal import personal_columns
from plugin.texts import area_texts

if TYPE_CHECKING:
    from tests.admin.conftest import Browser

LEDGER = Path(__file__).parents[2] / "widgets" / "_runtime" / "ledger.json"
MANNERS = {"cooldown_days": "7", "most": "3", "most_days": "30", "quiet_days": "30"}
FROM_PAGE = {f"{name}.page": "1" for name in ("accent", "on", "surface", "ink", "link")}


def _own(*names: str) -> dict[str, str]:
    return {name: tick for name, tick in FROM_PAGE.items() if name.partition(".")[0] not in names}


def test_everything_comes_from_the_shop_until_something_is_fixed(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    page = browser.get("/admin/look").text
    assert page.count('value="1" checked') == 5
    assert "Alles kommt aus dem Shop." in page
    saved = browser.post(
        "/admin/look", "/admin/look", save="1", accent="#1D3F52", radius="4", **_own("accent")
    )
    assert saved.status_code == 303
    assert look.get(context, fresh) == Look(accent="#1d3f52", radius=4)
    # A tick is stronger than a colour that still stands in the field.
    browser.post("/admin/look", "/admin/look", save="1", accent="#1d3f52", **FROM_PAGE)
    assert look.get(context, fresh) == Look()


def test_a_colour_is_judged_and_shown_before_anything_is_saved(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    tried = browser.post("/admin/look", "/admin/look", accent="d9a93a", on="fff",
                         **_own("accent", "on"))  # fmt: skip
    assert tried.status_code == 200
    assert "2,1 : 1, zu schwach. Nötig sind 4,5 : 1." in tried.text
    assert look.get(context, fresh) == Look()
    source = re.search(r'id="preview"[^>]*src="([^"]+)"', tried.text)
    assert source
    shown = browser.get(unescape(source.group(1))).text
    assert '"accent": "#d9a93a"' in shown


def test_what_cannot_be_read_is_not_saved_and_the_nearest_colour_is_one_press_away(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    weak = {"accent": "#d9a93a", "on": "#ffffff", **_own("accent", "on")}
    refused = browser.post("/admin/look", "/admin/look", save="1", **weak)
    assert refused.status_code == 422
    assert "Nicht gespeichert" in refused.text
    offered = re.search(r'name="take" value="(on:#[0-9a-f]{6})"', refused.text)
    assert offered
    taken = browser.post("/admin/look", "/admin/look", take=offered.group(1), **weak)
    assert "zu schwach" not in taken.text
    better = offered.group(1).removeprefix("on:")
    assert f'value="{better}"' in taken.text
    weak["on"] = better
    assert browser.post("/admin/look", "/admin/look", save="1", **weak).status_code == 303
    assert look.get(context, fresh).on == better


@pytest.mark.parametrize(
    ("field", "typed", "reason"),
    [
        ("accent", "blau", "Bitte eine Farbe angeben wie #1d3f52."),
        ("font", "Georgia; } body {", "Bitte Schriftnamen mit Komma trennen"),
        ("radius", "90", "Zwischen 0 und 24."),
        ("size", "groß", "Bitte eine Zahl eingeben"),
    ],
)
def test_a_look_that_is_none_is_refused_and_the_entry_stays(
    browser: Browser, context: Context, fresh: Shop, field: str, typed: str, reason: str
) -> None:
    refused = browser.post("/admin/look", "/admin/look", save="1", **{field: typed}, **_own(field))
    assert refused.status_code == 422
    assert reason in refused.text
    assert typed in unescape(refused.text)
    assert look.get(context, fresh) == Look()


def test_of_two_looks_the_second_is_asked(browser: Browser, context: Context, fresh: Shop) -> None:
    seen = packed(look.get(context, fresh))
    browser.post("/admin/look", "/admin/look", save="1", seen=seen, radius="4", **FROM_PAGE)
    late = browser.post("/admin/look", "/admin/look", save="1", seen=seen, radius="9", **FROM_PAGE)
    assert late.status_code == 409
    assert "Jemand hat inzwischen ein anderes Aussehen gespeichert." in late.text
    assert look.get(context, fresh).radius == 4


@pytest.mark.parametrize("accent", ["#d9a93a", "#777777", "#ffff00", "#0000ff"])
def test_the_nearest_colour_passes_wherever_one_is_offered(accent: str) -> None:
    for fixed in (Look(accent=accent, on="#ffffff"), Look(surface=accent, ink="#808080")):
        for pair in pairs_of(fixed):
            if not pair.passed and (better := nearest(fixed, pair)):
                mended = fixed.model_copy(update={pair.field: better})
                assert all(p.passed for p in pairs_of(mended) if p.field == pair.field)


def test_manners_are_saved_and_refused_with_their_limits(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    fields = {**MANNERS, "most": "2", "strict": "1"}
    assert browser.post("/admin/manners", "/admin/manners", **fields).status_code == 303
    assert manners.get(context, fresh) == Manners(most=2, strict=True)
    refused = browser.post("/admin/manners", "/admin/manners", **{**MANNERS, "most": "99"})
    assert refused.status_code == 422
    assert "Zwischen 1 und 10." in refused.text
    assert 'value="99"' in refused.text
    assert manners.get(context, fresh) == Manners(most=2, strict=True)


def test_of_two_people_who_set_manners_the_second_is_asked(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    seen = packed(manners.get(context, fresh))
    first = {**MANNERS, "seen": seen, "most": "2"}
    browser.post("/admin/manners", "/admin/manners", **first)
    late = browser.post("/admin/manners", "/admin/manners", **{**first, "most": "5"})
    assert late.status_code == 409
    assert re.search(r'data-label="Jetzt gespeichert">2<.*data-label="Ihre Eingabe">5<', late.text)
    assert 'value="5"' in late.text
    assert manners.get(context, fresh).most == 2
    mine = re.search(r'name="seen" value="([^"]+)"', late.text)
    assert mine is not None
    again = {**first, "most": "5", "seen": unescape(mine[1])}
    assert browser.post("/admin/manners", "/admin/manners", **again).status_code == 303
    assert manners.get(context, fresh).most == 5


def test_what_two_people_set_beside_each_other_is_kept_of_both(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    seen = packed(manners.get(context, fresh))
    first = {**MANNERS, "seen": seen, "most": "2"}
    browser.post("/admin/manners", "/admin/manners", **first)
    later = {**MANNERS, "seen": seen, "quiet_days": "60"}
    assert browser.post("/admin/manners", "/admin/manners", **later).status_code == 303
    kept = manners.get(context, fresh)
    assert (kept.most, kept.quiet_days) == (2, 60)


def test_the_ledger_stands_word_for_word_on_both_pages(browser: Browser) -> None:
    ledger = json.loads(LEDGER.read_text("utf-8"))
    for path in ("/admin/manners", "/admin/law"):
        page = unescape(browser.get(path).text)
        for key, entry in ledger.items():
            assert f"<code>{key}</code>" in page
            assert entry["purpose"]["de"] in page


@pytest.mark.parametrize(
    "settings", [Look(), Look(accent="#1d3f52", radius=0), Manners(strict=True)]
)
def test_settings_come_back_as_they_were_carried(settings: Look | Manners) -> None:
    kind = type(settings)
    assert unpacked(packed(settings), kind, kind()) == settings
    assert unpacked("radius=x&most=x", kind, settings) == settings
    assert unpacked("a" * 10 + "&=" * 99, kind, settings) == settings
    assert unpacked(None, kind, settings) == settings


def test_everything_stored_is_called_by_a_name_in_both_languages() -> None:
    data = {column.datum for column in personal_columns()}
    for language in ("de", "en"):
        named = area_texts("admin").keys(language)
        assert {datum for datum in data if f"law.datum.{datum}" not in named} == set()
