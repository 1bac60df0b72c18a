"""The words that stood before the button: what a proof of consent has to repeat."""

from __future__ import annotations

from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.sign_up_form import Entry, Tick, form_of
from plugin.store.campaigns import PublishedCampaign


def wording_of(
    context: Context,
    shop: Shop,
    campaign: PublishedCampaign,
    language: str,
    *,
    personalised: bool,
) -> str:
    """Return offer, conditions, questions, ticked sentences and button, one to a line.

    Put together from the widget's own texts and the published version, as the browser does it.
    What somebody answered to the questions is not in it: a proof is kept for years.
    """
    form = form_of(context, shop, campaign, language)
    lines = [form.lead, *([form.figure] if form.figure else []), *form.conditions, *form.gift]
    lines += [line for entry in form.entries for line in _question(entry)]
    agreed = ("newsletter", "personalised") if personalised else ("newsletter",)
    lines += [line for tick in form.ticks if tick.purpose in agreed for line in _ticked(tick)]
    return "\n".join([*lines, f"[{form.send}]", form.next])


def _question(entry: Entry) -> list[str]:
    # The months of a year are no wording; topics are the merchant's own words.
    named = [label for _, label in entry.options] if entry.kind == "several" else []
    return [f"{entry.label}: {', '.join(named)}" if named else entry.label, entry.why]


def _ticked(tick: Tick) -> list[str]:
    return ["[x] " + tick.text, tick.why]
