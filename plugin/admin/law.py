"""Law and data: what is stored about people, for how long, and the requests that wait."""

from __future__ import annotations

import json
from dataclasses import dataclass

from flask import Response, make_response

from plugin.admin.frame import blueprint, page, this_shop, words
from plugin.admin.manners import ledger
from plugin.api import current_context
from plugin.services import consent_rules, privacy


@dataclass(frozen=True)
class Stored:
    """One kind of data with one rule, and the columns it lies in."""

    datum: str
    erase: str
    keep_days: int | None
    places: tuple[str, ...]


@blueprint.get("/law")
def law() -> Response:
    """Show requests of people and the table of stored data."""
    requests = privacy.data_requests(current_context(), this_shop())
    kept = ledger(words().language)
    consent = consent_rules.get(current_context(), this_shop())
    rules = consent_rules.rules(consent, this_shop())
    return page(
        "law.html", stored=_stored(rules.proof_years), requests=requests, kept=kept, rules=rules
    )


@blueprint.get("/law/requests/<int:request_id>")
def law_export(request_id: int) -> Response:
    """Hand out everything stored about the person of a request, as a JSON file."""
    found = privacy.export_request(current_context(), this_shop(), request_id)
    response = make_response(json.dumps(found, ensure_ascii=False, indent=2, default=str))
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.headers["Content-Disposition"] = (
        f'attachment; filename="bleib-request-{request_id}.json"'
    )
    return response


def _stored(proof_years: int) -> list[Stored]:
    """Put columns with the same datum and the same rule into one line."""
    groups: dict[tuple[str, str, int | None], list[str]] = {}
    for column in privacy.inventory():
        proof = column.table == "evidence"
        days = proof_years * 365 if proof else column.keep_days
        rule = (column.datum, column.erase, days)
        groups.setdefault(rule, []).append(f"{column.table}.{column.column}")
    return [Stored(*rule, tuple(places)) for rule, places in groups.items()]
