"""The merchant says once who writes to buyers, switches mails one by one, tells those who wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plugin.contracts.shopwide import Notices
from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.mails.parcel_letters import MILESTONES
from plugin.services.parcels import notice_settings
from tests.fakes.things import a_parcel
from tests.services.parcels.notice_stage import Stage
from tests.services.test_suggestions import publish

if TYPE_CHECKING:
    from tests.admin.conftest import Browser

PAGE = "/admin/parcels/notices"


def test_first_of_all_it_is_asked_who_writes_already(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    shown = browser.get(PAGE).text
    assert "Schickt Shopify schon Mails zur Bestellung?" in shown
    assert "Bestelleingang, Versand, Liefertag und Zustellung" in shown
    assert "toggle" not in shown
    answer = browser.post(f"{PAGE}/answer", PAGE, who="shop")
    assert answer.headers["Location"] == f"{PAGE}?said=answered"
    assert notice_settings.get(context, fresh) == Notices(answered=True, delayed=True, pick_up=True)
    assert browser.get(PAGE).text.count(" checked") == 2
    assert browser.post(f"{PAGE}/answer", PAGE, who="nobody").status_code == 400


def test_a_shop_whose_parcels_are_followed_is_asked_on_its_overview(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    question = "Wer schreibt Ihren Kunden, wo ihr Paket ist?"
    assert question not in browser.get("/admin/").text
    publish(context, fresh, "shipment_status")
    assert question in browser.get("/admin/").text
    browser.post(f"{PAGE}/answer", PAGE, who="shop")
    assert question not in browser.get("/admin/").text


def test_mails_are_switched_one_by_one_and_doubles_are_named(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    browser.post(f"{PAGE}/answer", PAGE, who="shop")
    assert browser.post(PAGE, PAGE, on_its_way="1").status_code == 303
    assert notice_settings.get(context, fresh) == Notices(answered=True, on_its_way=True)
    assert browser.get(PAGE).text.count("sonst kommt sie doppelt") == 1
    stale = browser.post(PAGE, PAGE, seen="answered=true", delivered="1")
    assert stale.status_code == 409
    assert notice_settings.get(context, fresh) == Notices(answered=True, on_its_way=True)


@pytest.mark.parametrize("kind", MILESTONES)
def test_every_mail_is_shown_before_anybody_gets_it(browser: Browser, kind: str) -> None:
    shown = browser.get(f"{PAGE}/{kind}/preview?show=en&light=dark")
    assert shown.status_code == 200
    assert "No more mails about this order" in shown.text
    assert "/notices" not in shown.text
    assert browser.get(f"{PAGE}?kind={kind}").status_code == 200
    assert browser.get(f"{PAGE}/voucher").status_code == 404


def test_those_who_wait_are_told_with_one_press(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    stage = Stage(context, fresh)
    switched_off, seen = Notices(answered=True), notice_settings.get(context, fresh)
    notice_settings.save(context, fresh, switched_off, seen=seen)
    stage.order(shipments=(a_parcel(expected_on=None),))
    stage.report("held")
    shown = browser.get(f"{PAGE}/late").text
    assert "1 Kunden benachrichtigen" in shown
    assert "#1007" in shown
    assert stage.mails() == []
    assert browser.post(f"{PAGE}/late", f"{PAGE}/late").headers["Location"].endswith("n=1")
    stage.work()
    assert stage.mails() == ["delayed"]
    assert "Zurzeit weiß jeder Bescheid" in browser.get(f"{PAGE}/late").text
