"""The block list, throw-away addresses, and what the merchant reads of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from plugin.errors import ChallengeError, InvalidFieldError
from plugin.model import Shop
from plugin.services import privacy, protection, throwaway
from plugin.services.context import Context
from plugin.store.blocked import blocked_people
from plugin.store.subscribers import subscribers
from tests.conftest import KeptMail, make_config
from tests.services.sign_up_stage import MAIL, Stage


@pytest.fixture
def stage(context: Context, shop: Shop) -> Stage:
    return Stage(context, shop)


def test_who_is_blocked_is_answered_like_everybody_and_gets_no_mail_in_any_spelling(
    stage: Stage, kept_mail: KeptMail
) -> None:
    assert protection.block(stage.context, stage.shop, MAIL, actor="operator")
    assert not protection.block(stage.context, stage.shop, MAIL.upper(), actor="operator")
    stage.ask()
    stage.ask(MAIL.replace("@", "+tag@"))
    stage.work()
    assert kept_mail.sent == []
    assert stage.rows(subscribers) == []
    assert ("sign_up_blocked", 2) in protection.report(stage.context, stage.shop).held_off


def test_who_is_taken_off_the_list_may_sign_up_again(stage: Stage, kept_mail: KeptMail) -> None:
    protection.block(stage.context, stage.shop, MAIL, actor="operator")
    assert protection.unblock(stage.context, stage.shop, MAIL, actor="operator")
    assert not protection.unblock(stage.context, stage.shop, MAIL, actor="operator")
    stage.ask()
    stage.work()
    assert [to for _, to in kept_mail.sent] == [MAIL]


def test_a_block_stops_the_mail_that_waits_and_ends_a_subscription(
    stage: Stage, kept_mail: KeptMail
) -> None:
    stage.confirmed(kept_mail, "reader@post.example")
    stage.ask()
    protection.block(stage.context, stage.shop, MAIL, actor="operator")
    protection.block(stage.context, stage.shop, "reader@post.example", actor="operator")
    stage.work()
    assert MAIL not in [to for _, to in kept_mail.sent]
    assert {row.state for row in stage.rows(subscribers)} == {"unsubscribed"}


def test_the_list_holds_check_values_and_outlives_the_erasure_of_a_person(
    stage: Stage, kept_mail: KeptMail
) -> None:
    stage.ask()
    protection.block(stage.context, stage.shop, MAIL, actor="operator")
    receipt = privacy.erase_person(stage.context, stage.shop, MAIL)
    assert receipt["kept_locked"]["blocked_people"] == 1
    (row,) = stage.rows(blocked_people)
    assert len(row.identity) == 64
    stage.ask()
    stage.work()
    assert kept_mail.sent == []
    assert protection.report(stage.context, stage.shop).blocked == 1


def test_throw_away_addresses_are_flagged_or_refused_as_the_merchant_likes(stage: Stage) -> None:
    stage.ask("code@mailinator.com")
    stage.ask("mara@post.example")
    assert [row.throwaway for row in stage.rows(subscribers)] == [True, False]
    assert protection.report(stage.context, stage.shop).throwaway == 1
    protection.set_rule(stage.context, stage.shop, "refuse")
    with pytest.raises(InvalidFieldError, match="email_throwaway"):
        stage.ask("other@sub.YOPmail.com")
    stage.ask("tom@post.example")
    assert len(stage.rows(subscribers)) == 3


def test_an_operator_may_add_a_longer_list(context: Context, tmp_path: Path) -> None:
    assert not throwaway.is_throwaway(context, "a@gone.example")
    own = tmp_path / "domains.txt"
    own.write_text("# ours\nGone.example  # for a day\n\n", encoding="utf-8")
    longer = replace(context, config=make_config(throwaway_domains=own))
    assert throwaway.is_throwaway(longer, "a@gone.example")
    assert throwaway.is_throwaway(longer, "a@mailinator.com")
    assert not throwaway.is_throwaway(longer, "a@begone.example")
    assert not throwaway.is_throwaway(longer, "a@example")


def test_the_merchant_reads_what_was_held_off_and_nothing_else(stage: Stage) -> None:
    stage.ask(website="https://spam.example")
    with pytest.raises(ChallengeError):
        stage.ask(form_token="forged")
    with pytest.raises(InvalidFieldError):
        stage.ask("no address")
    assert protection.report(stage.context, stage.shop).held_off == (("sign_up_automatic", 1),)
