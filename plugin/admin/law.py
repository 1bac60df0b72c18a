"""Law and data: requests with their deadlines, what is stored, for how long, and the documents."""

from __future__ import annotations

from flask import Response, request

from plugin.admin.frame import blueprint, page, this_shop, to, words
from plugin.admin.manners import ledger
from plugin.api import current_context
from plugin.services import consent_rules, law_documents, person_requests, stored_data
from plugin.services.stored_data import COUNTED, Held
from plugin.services.withdrawals import handling

#: So many withdrawals stand among the requests; the rest has a page of its own.
_WITHDRAWALS = 3
#: So many kinds of data are always shown; of the others those that there are, folded.
_ALWAYS = 7


@blueprint.get("/law")
def law() -> Response:
    """Show the requests of people, what is stored, the countries, the device, the documents."""
    context, shop = current_context(), this_shop()
    rules = consent_rules.rules(consent_rules.get(context, shop), shop)
    erased = request.args.get("erased", "")
    return page(
        "law.html",
        requests=person_requests.listed(context, shop),
        withdrawals=handling.listed(context, shop, handled=False)[:_WITHDRAWALS],
        held=[
            (one, _lasts(one), _goes(one), _amount(one)) for one in stored_data.held(context, shop)
        ],
        first=_ALWAYS,
        others=stored_data.without_people(),
        rules=rules,
        countries=consent_rules.COUNTRIES,
        kept=ledger(words().language),
        documents=law_documents.NAMES,
        erased=erased if erased.isdecimal() and len(erased) < 10 else "",
        blocked="blocked" in request.args,
    )


@blueprint.post("/law/countries")
def law_countries() -> Response:
    """Set the countries the shop sells to."""
    consent_rules.sell_to(current_context(), this_shop(), request.form.getlist("country"))
    return to("law", done="saved")


def _lasts(one: Held) -> str:
    """Return for how long something is kept, in words."""
    wording = words()
    if one.days is None:
        return wording.t(f"law.lasts.{one.ends}")
    shortest, longest = (_period(days) for days in one.days)
    if shortest != longest:
        return wording.t("format.range", start=shortest, end=longest)
    return shortest


def _period(days: int) -> str:
    years, rest = divmod(days, 365)
    if rest or not years:
        return words().t("law.days", n=words().number(days))
    return words().t("law.year" if years == 1 else "law.years", n=words().number(years))


def _goes(one: Held) -> str:
    if one.at_year_end:
        return words().t("law.goes.year")
    key = {"never": "never", "row": "row"}.get(one.ends, "daily")
    return words().t(f"law.goes.{key}")


def _amount(one: Held) -> str:
    """Return how much there is now, in words."""
    wording = words()
    group = "law.one" if one.count == 1 else "law.unit"
    unit = f"{group}.{one.datum}"
    number = wording.number(min(one.count, COUNTED))
    if one.count >= COUNTED:
        number = wording.t("law.over", n=number)
    return wording.t(unit if wording.has(unit) else f"{group}.other", n=number)
