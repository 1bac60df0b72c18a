"""The page "Carriers", used as a merchant uses it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plugin.app import create_app
from plugin.carrier_apis import build_carrier_apis
from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.parcels import tracking_keys
from plugin.store import tracking as store
from tests.admin.conftest import Browser
from tests.fakes.tracking_apis import FakeTrackingApis
from tests.security.world import sign_in

PAGE = "/admin/parcels/carriers"


@pytest.fixture
def fake() -> FakeTrackingApis:
    return FakeTrackingApis()


@pytest.fixture
def told(context: Context, fake: FakeTrackingApis) -> Context:
    return replace(context, carrier_apis=build_carrier_apis(fake))


@pytest.fixture
def page(told: Context, fresh: Shop) -> Browser:
    client = create_app(context=told).test_client()
    sign_in(client, told.keys.sign("session", [fresh.id, fresh.generation]))
    return Browser(client)


def test_a_key_is_checked_kept_and_forgotten(page: Browser, told: Context, fresh: Shop) -> None:
    assert "möglich mit DHL" in page.get(PAGE).text
    assert "nur der Link zum Zusteller" in page.get(PAGE).text
    assert page.post(f"{PAGE}/dhl", api_key="dhl-key", per_day="500").location.startswith(PAGE)
    shown = page.get(PAGE).text
    assert "fragt DHL" in shown
    assert "Noch war kein Paket fällig" in shown
    form = page.get(f"{PAGE}/dhl").text
    assert 'value="500"' in form
    assert "dhl-key" not in form + shown
    page.post(f"{PAGE}/dhl", do="forget")
    assert tracking_keys.present(told, fresh) == {}


def test_a_wrong_key_is_explained_at_its_field(page: Browser) -> None:
    refused = page.post(f"{PAGE}/dhl", api_key="wrong", per_day="500")
    assert refused.status_code == 422
    assert "wird dort nicht angenommen" in refused.text
    assert 'aria-invalid="true"' in refused.text
    odd = page.post(f"{PAGE}/dhl", api_key="dhl-key", per_day="viele")
    assert "Bitte eine Zahl ab 1." in odd.text
    assert 'value="viele"' in odd.text


def test_an_api_that_is_away_or_unknown_keeps_nothing(
    page: Browser, fake: FakeTrackingApis, told: Context, fresh: Shop
) -> None:
    fake.next_is_lost()
    away = page.post(f"{PAGE}/ups", client_id="ups-id", client_secret="ups-secret")
    assert "antwortet gerade niemand" in away.text
    assert page.get(f"{PAGE}/pigeon").status_code == 404
    assert page.post(f"{PAGE}/pigeon", do="forget").status_code == 404
    assert tracking_keys.present(told, fresh) == {}


def test_the_address_for_reports_is_the_shops_own(page: Browser, fresh: Shop) -> None:
    assert f"/carriers/aftership/{fresh.key}" in page.get(f"{PAGE}/aftership").text
    assert "/carriers/" not in page.get(f"{PAGE}/dhl").text.replace("parcels/carriers/", "")


def test_what_is_wrong_with_a_key_stands_on_the_page(
    page: Browser, told: Context, fresh: Shop
) -> None:
    page.post(f"{PAGE}/dhl", api_key="dhl-key")
    for values, said in (
        ({"error": "tracking_busy"}, "um eine Pause gebeten"),
        ({"state": "revoked"}, "nimmt den Zugang nicht mehr an"),
    ):
        with told.db.write() as connection:
            store.update_key(connection, fresh.id, "dhl", **values)
        assert said in page.get(PAGE).text
