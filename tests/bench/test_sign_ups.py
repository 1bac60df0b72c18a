"""The attacks of `python -m bench.sign_ups`, a small share of them."""

from __future__ import annotations

import pytest

from bench.altered_tokens import accepted
from bench.sign_up_attacks import Ground, bomb, claim_at_once, farm, ground_of, stand_apart
from plugin.model import Shop
from plugin.services.context import Context


@pytest.fixture
def ground(context: Context, shop: Shop) -> Ground:
    return ground_of(context, shop)


def test_forms_for_one_victim_under_every_limit_send_one_mail(ground: Ground) -> None:
    found = bomb(ground, forms=24, addresses=12, hours=2)
    assert (found.taken, found.mails) == (24, 1)


def test_people_with_many_spellings_get_one_code_each(ground: Ground) -> None:
    assert farm(ground, people=3, variants=3) == 3


def test_people_who_look_alike_get_a_code_each(ground: Ground) -> None:
    assert stand_apart(ground, 8) == 8


def test_claims_at_the_same_time_make_one_code_for_each_person(ground: Ground) -> None:
    assert claim_at_once(ground, people=4, claims=16) == 4


def test_no_altered_token_is_accepted_in_whatever_way_it_was_altered() -> None:
    tried = accepted(2100)
    assert len(tried) == 14
    assert min(all_of for all_of, _ in tried.values()) > 100
    assert {name: wrong for name, (_, wrong) in tried.items() if wrong} == {}
