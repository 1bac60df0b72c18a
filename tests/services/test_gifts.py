"""Gifts: promised on the form, handed over after the confirmation only, whoever confirms."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.model import Shop
from plugin.services import campaigns, confirmations
from plugin.services.campaign_checks import Case, run_checks
from plugin.services.context import Context
from plugin.services.storefront_config import config_now
from plugin.store.evidence import evidence
from tests.conftest import KeptMail
from tests.services.sign_up_stage import VOUCHER, Stage, plain

LINK = "https://uferhaus.example/files/pflegeheft.pdf"
GIFT = {
    "enabled": True,
    "kind": "guide",
    "title": {"de": "Pflegeheft", "en": "Care booklet"},
    "text": {"de": "Holz und Leinen, 12 Seiten.", "en": "Wood and linen, 12 pages."},
    "url": LINK,
}
NO_VOUCHER = VOUCHER | {"enabled": False}


@pytest.fixture
def stage(context: Context, shop: Shop) -> Stage:
    return Stage(context, shop, voucher=NO_VOUCHER, gift=GIFT)


def test_the_gift_comes_by_mail_after_the_confirmation_and_not_before(
    stage: Stage, kept_mail: KeptMail
) -> None:
    token = stage.confirmed(kept_mail)
    confirmations.confirm(stage.context, token)
    stage.work()
    asked, given = (mail for mail, _ in kept_mail.sent)
    assert LINK not in plain(asked)
    assert "Pflegeheft" not in plain(asked)
    assert given["Subject"] == "Pflegeheft, wie versprochen"
    assert LINK in plain(given)
    assert given["List-Unsubscribe"]


def test_the_page_after_the_confirmation_leads_to_it(stage: Stage, kept_mail: KeptMail) -> None:
    found = confirmations.peek(stage.context, stage.confirmed(kept_mail))
    assert found.gift is not None
    assert (found.gift.title, found.gift.link) == ("Pflegeheft", LINK)


def test_no_browser_learns_the_address_before(stage: Stage) -> None:
    assert b"pflegeheft.pdf" not in config_now(stage.context, stage.shop)


def test_it_stands_beside_a_voucher_as_well(
    context: Context, shop: Shop, kept_mail: KeptMail
) -> None:
    stage = Stage(context, shop, gift=GIFT)
    stage.confirmed(kept_mail)
    stage.work()
    subjects = {str(mail["Subject"]).replace("\u00a0", " ") for mail, _ in kept_mail.sent[1:]}
    assert subjects == {"Pflegeheft, wie versprochen", "Ihr Gutschein über 5 €"}


def test_early_access_needs_no_link_and_leads_to_the_shop(
    context: Context, shop: Shop, kept_mail: KeptMail
) -> None:
    early = GIFT | {"kind": "early_access", "url": ""}
    stage = Stage(context, shop, voucher=NO_VOUCHER, gift=early)
    found = confirmations.peek(context, stage.confirmed(kept_mail))
    assert found.gift is not None
    assert found.gift.link == shop.storefront_url


def test_a_path_is_one_of_the_shop(context: Context, shop: Shop, kept_mail: KeptMail) -> None:
    stage = Stage(context, shop, voucher=NO_VOUCHER, gift=GIFT | {"url": "/pages/heft"})
    found = confirmations.peek(context, stage.confirmed(kept_mail))
    assert found.gift is not None
    assert found.gift.link == f"{shop.storefront_url}/pages/heft"


def test_the_proof_repeats_what_was_promised(stage: Stage) -> None:
    stage.ask()
    wording = stage.rows(evidence)[0].wording
    assert "Pflegeheft\nHolz und Leinen, 12 Seiten.\nDer Link kommt per E‑Mail" in wording


def _checks(context: Context, shop: Shop, **settings: Any) -> dict[str, tuple[bool, Any]]:
    widget = context.widgets["newsletter"]
    model = campaigns.settings_of(widget, settings)
    return {c.name: (c.passed, c.fields) for c in run_checks(Case(context, shop, widget, model))}


def test_a_gift_without_name_or_place_cannot_be_published(context: Context, shop: Shop) -> None:
    nameless = GIFT | {"title": {"de": "", "en": ""}}
    assert _checks(context, shop, gift=GIFT)["gift"] == (True, ())
    assert _checks(context, shop, gift=nameless)["gift"] == (False, ("gift.title",))
    assert _checks(context, shop, gift=GIFT | {"url": ""})["gift"] == (False, ("gift.url",))
    assert "gift" not in _checks(context, shop)


def test_one_topic_is_no_choice(context: Context, shop: Shop) -> None:
    one: dict[str, Any] = {"enabled": True, "topic_1": {"de": "Holz", "en": "Wood"}}
    two = one | {"topic_2": {"de": "Leinen", "en": "Linen"}}
    found = _checks(context, shop, fields={"interests": one})["topics"]
    assert found == (False, ("fields.interests.topic_2",))
    assert _checks(context, shop, fields={"interests": two})["topics"] == (True, ())
