"""What differs from country to country, and when a proof is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from plugin.contracts.shopwide import Consent
from plugin.errors import ConflictError
from plugin.model import Shop
from plugin.services import consent_rules
from plugin.services.context import Context
from plugin.services.tenants import shop_of_id
from plugin.services.wording import Voice


@pytest.mark.parametrize(
    ("locale", "country"),
    [("de-DE", "DE"), ("de-AT", "AT"), ("de-CH", "CH"), ("en-GB", "EU"), ("fr-FR", "EU")],
)
def test_until_the_merchant_chooses_the_shop_tells_the_country(
    shop: Shop, locale: str, country: str
) -> None:
    assert consent_rules.rules(Consent(), replace(shop, locale=locale)).country == country


def test_in_every_country_an_address_waits_seven_days(shop: Shop) -> None:
    for country in consent_rules.COUNTRIES:
        rules = consent_rules.rules(Consent.model_validate({"country": country}), shop)
        assert (rules.confirm_days, rules.proof_years, rules.net_address) == (7, 3, False)


def test_what_the_merchant_sets_is_stronger_than_the_country(shop: Shop) -> None:
    rules = consent_rules.rules(Consent(country="CH", confirm_days=14, proof_years=10), shop)
    assert (rules.confirm_days, rules.proof_years) == (14, 10)


@pytest.mark.parametrize(
    ("country", "now", "before"),
    [
        ("DE", "2030-01-01T00:30Z", "2026-12-31T23:00Z"),
        ("DE", "2029-12-31T22:59Z", "2025-12-31T23:00Z"),
        ("AT", "2029-07-01T00:00Z", "2025-12-31T23:00Z"),
        ("CH", "2029-07-01T10:00Z", "2026-07-01T10:00Z"),
        ("EU", "2028-02-29T10:00Z", "2025-02-28T10:00Z"),
    ],
)
def test_a_proof_is_over_after_its_years(shop: Shop, country: str, now: str, before: str) -> None:
    rules = consent_rules.rules(Consent.model_validate({"country": country}), shop)
    found = rules.proof_ends_before(datetime.fromisoformat(now), "Europe/Berlin")
    assert found == datetime.fromisoformat(before)


def test_switzerland_writes_its_own_way(context: Context, shop: Shop) -> None:
    consent_rules.save(context, shop, Consent(country="CH"), seen=Consent())
    swiss = shop_of_id(context, shop.id)
    assert swiss is not None
    assert swiss.locale == "de-CH"
    assert swiss.config_version == shop.config_version + 1
    written = " ".join(
        Voice("pages", swiss, "de").say(key) for key in ("confirm.not_you", "confirm.text")
    )
    assert "ß" not in written


def test_who_saves_over_somebody_elses_rules_is_asked(context: Context, shop: Shop) -> None:
    consent_rules.save(context, shop, Consent(confirm_days=10), seen=Consent())
    with pytest.raises(ConflictError, match="consent_changed"):
        consent_rules.save(context, shop, Consent(confirm_days=3), seen=Consent())
    assert consent_rules.get(context, shop) == Consent(confirm_days=10)
