"""Consent: whose customs a shop follows, how long an address waits, what stays as proof."""

from __future__ import annotations

from typing import Any

from flask import Response

from plugin.admin.frame import blueprint, this_shop
from plugin.admin.whole_shop import WholeShop
from plugin.api import current_context
from plugin.contracts.shopwide import Consent
from plugin.services import consent_rules, evidence_export


@blueprint.get("/law/consent")
def consent_page() -> Response:
    """Show the rules of the shop."""
    return _WHOLE.show()


@blueprint.post("/law/consent")
def consent_save() -> Response:
    """Set the rules, unless somebody else did meanwhile."""
    return _WHOLE.take("consent_page", done="saved")


def _more(_seen: Consent) -> dict[str, Any]:
    context, shop = current_context(), this_shop()
    return {
        "rules": consent_rules.rules(consent_rules.get(context, shop), shop),
        "countries": consent_rules.COUNTRIES,
        "fingerprint": evidence_export.key_fingerprint(context),
    }


_WHOLE = WholeShop("consent", Consent, consent_rules.get, consent_rules.save, _more)
