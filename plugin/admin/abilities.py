"""What Bleib can do in this shop, in plain words, and what to do instead where it cannot."""

from __future__ import annotations

from dataclasses import dataclass

from plugin.admin.wording import Words
from plugin.api import current_context
from plugin.contracts.capabilities import Level
from plugin.model import Shop


@dataclass(frozen=True)
class Ability:
    """One thing the shop's platform allows; `note` says what is different, "" if nothing is."""

    name: str
    level: Level
    note: str


@dataclass(frozen=True)
class Abilities:
    """Everything the shop's platform allows, in the order in which merchants meet it."""

    lead: str
    all: tuple[Ability, ...]

    def of(self, level: Level) -> list[Ability]:
        """Return the abilities of one level."""
        return [ability for ability in self.all if ability.level == level]


def abilities_of(shop: Shop, words: Words) -> Abilities | None:
    """Return what works in a shop; None while its platform is not configured here."""
    adapter = current_context().platforms.get(shop.platform)
    if adapter is None:
        return None
    found = tuple(
        Ability(
            words.t(f"abilities.name.{capability}"),
            level,
            "" if level == "yes" else words.t(f"platforms.{adapter.name}.{capability}"),
        )
        for capability, level in adapter.support.items()
    )
    return Abilities(_lead(adapter.name, found, words), found)


def _lead(platform: str, found: tuple[Ability, ...], words: Words) -> str:
    own = f"platforms.{platform}.lead"
    if words.has(own):
        return words.t(own)
    good = sum(ability.level == "yes" for ability in found)
    key = "abilities.lead_all" if good == len(found) else "abilities.lead"
    return words.t(key, platform=words.t(f"platforms.{platform}.name"), yes=good, all=len(found))
