"""Consent: whose customs a shop follows, how long an address waits, what stays as proof."""

from __future__ import annotations

from flask import Response, request

from plugin.admin import entries
from plugin.admin.captions import Captions
from plugin.admin.carried import packed, unpacked
from plugin.admin.entries import Entries
from plugin.admin.fields import fields_of
from plugin.admin.frame import blueprint, page, this_shop, to, words
from plugin.api import current_context
from plugin.contracts.shopwide import Consent
from plugin.errors import ConflictError
from plugin.services import consent_rules, evidence_export

_FIELDS = fields_of(Consent)


@blueprint.get("/law/consent")
def consent_page() -> Response:
    """Show the rules of the shop."""
    present = consent_rules.get(current_context(), this_shop())
    settings = present.model_dump(mode="json")
    return _page(Entries(settings, entries.shown(settings, _FIELDS, words())), present)


@blueprint.post("/law/consent")
def consent_save() -> Response:
    """Set the rules, unless somebody else did meanwhile."""
    context, shop = current_context(), this_shop()
    present = consent_rules.get(context, shop)
    before = present.model_dump(mode="json")
    filled = entries.read(request.form, before, _FIELDS, Consent, (), words())
    seen = unpacked(request.form.get("seen"), Consent, present)
    if filled.problems:
        return _page(filled, seen, status=422)
    try:
        consent_rules.save(context, shop, Consent.model_validate(filled.settings), seen=seen)
    except ConflictError:
        return _page(filled, present, status=409, changed=True)
    return to("consent_page", done="saved")


def _page(filled: Entries, seen: Consent, status: int = 200, *, changed: bool = False) -> Response:
    context, shop = current_context(), this_shop()
    say = Captions(words(), "consent")
    return page(
        "consent.html",
        status,
        say=say,
        fields=_FIELDS,
        entered=filled.entered,
        problems=filled.problems,
        problem_links=[
            (f"f-{field.path}", say.of(field, "label"))
            for field in _FIELDS
            if field.path in filled.problems
        ],
        seen=packed(seen),
        rules=consent_rules.rules(consent_rules.get(context, shop), shop),
        countries=consent_rules.COUNTRIES,
        fingerprint=evidence_export.key_fingerprint(context),
        changed=changed,
    )
