"""A test as its merchant reads it: arms on one axis, a verdict, and what the test can find."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from plugin.admin.frame import words
from plugin.admin.range_marks import Axis, Mark, axis_of_rows, mark
from plugin.model import Shop
from plugin.services import campaigns, insight
from plugin.services.arms import HOLDOUT
from plugin.services.campaigns import Campaign
from plugin.services.context import Context
from plugin.services.insight import ReadArm, Reading
from plugin.services.statistics import wilson

#: Ranges of amounts for 100 visitors are stated to the cent at most.
_CENTS = -2
#: What may come of an exposure, in the order of the shopper's way.
_KINDS = ("click", "sign_up", "confirmed", "redeemed", "add")


@dataclass(frozen=True)
class Outcome:
    """How often something came of the exposures of an arm, as a count and as a share."""

    count: int
    share: Decimal | None
    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class ArmView:
    """One arm: `says` is what its shoppers read; `mark` is its difference to the holdout."""

    arm: str
    says: str
    exposures: int
    orders: int
    per_100: Decimal | None
    mark: Mark | None
    outcomes: tuple[Outcome | None, ...]


@dataclass(frozen=True)
class TestView:
    """A test with everything that its page draws; `difference` is b against a."""

    campaign: Campaign
    name: str
    widget: str
    reading: Reading
    arms: tuple[ArmView, ...]
    kinds: tuple[str, ...]
    axis: Axis | None
    difference: Mark | None
    difference_axis: Axis | None

    @property
    def excluded(self) -> float | None:
        """Return the difference from which on none is left, either way; None where it is unknown.

        Not what the test finds in general: the range may reach farther than that on one side.
        """
        found = self.reading.difference
        return None if found is None else max(-found.low, found.high)

    @property
    def has_b(self) -> bool:
        """Tell whether two versions are compared, not one with nothing."""
        return any(arm.arm == "b" for arm in self.arms)


def experiments_of(context: Context, shop: Shop) -> list[Campaign]:
    """Return the campaigns that ever ran and compare anything, first those that test a version B.

    Then those that run now, the newest first.
    """
    found = []
    for campaign in campaigns.all_of(context, shop):
        live = campaigns.live_settings(context, shop, campaign) if campaign.version else None
        if live is not None and live.get("experiment") is not None:
            tests_b = bool((live["experiment"].get("b") or {}).get("enabled"))
            found.append((not tests_b, campaign.state != "published", -campaign.id, campaign))
    return [one[-1] for one in sorted(found, key=lambda one: one[:-1])]


def view_of(
    context: Context, shop: Shop, campaign: Campaign, version: int | None = None
) -> TestView:
    """Return how the test of a campaign's version stands, the newest by default."""
    reading = insight.reading_of(context, shop, campaign.id, version)
    stated = [arm.against_holdout for arm in reading.arms if arm.against_holdout is not None]
    axis = axis_of_rows(stated) if stated else None
    texts = _texts(context, shop, campaign, reading.version)
    seen = {kind for arm in reading.arms for kind, count in arm.conversions.items() if count}
    kinds = tuple(kind for kind in _KINDS if kind in seen)
    difference = reading.difference if any(arm.arm == "b" for arm in reading.arms) else None
    apart = None if difference is None else axis_of_rows([difference])
    # Those who saw nothing stand below those they are compared with.
    in_order = sorted(reading.arms, key=lambda one: (one.arm == HOLDOUT, one.arm))
    wording = words()
    return TestView(
        campaign=campaign,
        name=wording.name_of(campaign, context.widgets[campaign.widget]),
        widget=wording.of_widget(context.widgets[campaign.widget], "name"),
        reading=reading,
        arms=tuple(_arm(one, axis, texts, kinds, reading) for one in in_order),
        kinds=kinds,
        axis=axis,
        difference=None if difference is None or apart is None else mark(difference, apart, _CENTS),
        difference_axis=apart,
    )


def _arm(
    one: ReadArm, axis: Axis | None, texts: dict[str, str], kinds: tuple[str, ...], of: Reading
) -> ArmView:
    per_100 = None if of.verdict == "invalid" else one.sums.margin_per_100
    against = one.against_holdout
    return ArmView(
        arm=one.arm,
        says=texts.get(one.arm, ""),
        exposures=one.sums.exposures,
        orders=one.sums.orders,
        per_100=None if per_100 is None else Decimal(per_100).quantize(Decimal("0.01")),
        mark=None if against is None or axis is None else mark(against, axis, _CENTS),
        outcomes=tuple(_outcome(one, kind) for kind in kinds),
    )


def _outcome(one: ReadArm, kind: str) -> Outcome | None:
    # Nobody can click on what they were not shown.
    if one.arm == HOLDOUT and kind in ("click", "add"):
        return None
    count, tries = one.conversions.get(kind, 0), one.sums.exposures
    if not tries:
        return Outcome(count, None, Decimal(0), Decimal(0))
    # A late beacon may make more outcomes than exposures; no share is above 1.
    share, low, high = (Decimal(v) for v in wilson(min(max(count, 0), tries), tries))
    return Outcome(count, share, low, high)


def _texts(context: Context, shop: Shop, campaign: Campaign, version: int) -> dict[str, str]:
    """Return by arm the headline that its shoppers read, empty where a version has none."""
    with context.db.read() as connection:
        published = campaigns.version_settings(connection, shop.id, campaign.id, version)
    if published is None:
        return {}
    settings = published.settings
    own = _headline(settings.get("title"))
    other = _headline(((settings.get("experiment") or {}).get("b") or {}).get("title"))
    return {"a": own, "b": other if other != own else ""}


def _headline(text: object) -> str:
    given = text if isinstance(text, dict) else {}
    language = words().language
    found = given.get(language) or next((one for one in given.values() if one), "")
    return str(found)
