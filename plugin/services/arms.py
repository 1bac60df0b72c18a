"""The arms of a published version: the holdouts, version A and version B, with their shares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from plugin.services import targeting
from plugin.services.campaign_drafts import settings_of
from plugin.services.context import Context
from plugin.services.wording import offer_of
from plugin.store.campaigns import PublishedCampaign

#: Those who deliberately see nothing.
HOLDOUT = "-"
#: The same people where the widget itself keeps quiet, because only it knows whether it would
#: have shown something; counted as the holdout.
SILENT = "0"
#: Those who see the same without a voucher and get the same courtesy without a code.
COURTESY = targeting.COURTESY
#: Stands for the whole shop where a campaign is named: all those that hold somebody out, together.
WHOLE = 0
#: Its arms: "-" sees nothing of any of them.
WHOLE_ARMS = frozenset({HOLDOUT, "a"})
#: Its versions: the share in percent that is held out. A cart that was drawn at another share than
#: today's is so compared with nobody but those who were drawn like it.
WHOLE_VERSIONS = range(100)


def weights_of(context: Context, version: PublishedCampaign, held_back: int = 0) -> dict[str, int]:
    """Return the arms of a version with their shares in percent, as a storefront draws them.

    `held_back` is the share in percent that the discount guard holds back, of those who are shown
    anything and where a voucher is offered.
    """
    widget = context.widgets.get(version.widget)
    if widget is None:
        return {"a": 100}
    weights = targeting.weights_of(settings_of(widget, version.settings))
    return shared(weights, held_back) if offers_voucher(version.settings) else weights


def shared(weights: Mapping[str, int], held_back: int) -> dict[str, int]:
    """Return weights of which those who are held back take an even share of A and of B."""
    taken = {
        arm: round(weight * held_back / 100) for arm, weight in weights.items() if arm != HOLDOUT
    }
    left = {arm: weight - taken.get(arm, 0) for arm, weight in weights.items()}
    courtesy = sum(taken.values())
    return left | ({COURTESY: courtesy} if courtesy else {})


def as_drawn(context: Context, widget: str, weights: Mapping[str, int]) -> list[list[str | int]]:
    """Return the arms as a browser draws them; `counted_as` turns its answer back."""
    kind = context.widgets.get(widget)
    silent = kind is not None and kind.suggests
    return [
        [SILENT if silent and arm == HOLDOUT else arm, weight] for arm, weight in weights.items()
    ]


def drawn(
    context: Context, widget: str, weights: Mapping[str, int], salt: str
) -> dict[str, object]:
    """Return what a browser needs to draw the arm of a shopper; nothing where all see the same."""
    if set(weights) == {"a"}:
        return {}
    held_out = weights.get(HOLDOUT, 0)
    return {
        "arms": as_drawn(context, widget, weights),
        "salt": salt,
        **({"holdout": held_out} if held_out else {}),
    }


def whole_of(holdouts: Iterable[int]) -> dict[str, object] | None:
    """Return how the arm in the whole shop is drawn, from the holdouts of its campaigns.

    One number of a shopper says from which campaigns they are held out: those with the smallest
    holdout lie within all others, and they alone see nothing at all. None without a holdout.
    """
    smallest = min((share for share in holdouts if share), default=0)
    if not smallest:
        return None
    arms = [[HOLDOUT, smallest], ["a", 100 - smallest]]
    return {"id": WHOLE, "version": smallest, "holdout": smallest, "arms": arms}


def counted_as(arm: str) -> str:
    """Return the arm that is counted for one that a browser names."""
    return HOLDOUT if arm == SILENT else arm


def arms_possible(context: Context, version: PublishedCampaign) -> set[str]:
    """Return every arm that a page may name: the guard may have held back another share then."""
    arms = set(weights_of(context, version))
    return arms | {COURTESY} if offers_voucher(version.settings) else arms


def offers_voucher(settings: Mapping[str, object]) -> bool:
    """Tell whether a version offers new subscribers a voucher."""
    return offer_of(settings, "") is not None
