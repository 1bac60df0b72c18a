"""docs/law.md says of every kind of personal data for how many days it is kept."""

from __future__ import annotations

import re
from pathlib import Path

from plugin.services import privacy
from plugin.texts import area_texts

PAGE = (Path(__file__).parents[1] / "docs" / "law.md").read_text("utf-8")
#: Ends as the merchant set it, not by the days of its columns.
BY_SETTING = {"evidence"}


def test_the_table_of_periods_is_what_the_columns_say() -> None:
    part = PAGE.partition("\n### For how long\n")[2].partition("\n## ")[0]
    told: dict[str, set[int]] = {}
    for names, days in re.findall(r"^\| ([A-Z][^|]+?) \| ([^|]+?) \|", part, re.M):
        numbers = {int(one.replace(",", "")) for one in re.findall(r"\d[\d,]*", days)}
        told |= dict.fromkeys((name.casefold() for name in names.split("; ")), numbers)
    kept: dict[str, set[int]] = {}
    for column in privacy.inventory():
        name = area_texts("admin").get("en", f"law.datum.{column.datum}").casefold()
        days = column.keep_days if column.datum not in BY_SETTING else None
        kept.setdefault(name, set()).update({days} if days is not None else set())
    assert told == kept
