"""What holds robots and floods off, and never a person: limits, tokens, proofs, the breaker."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from plugin.errors import ChallengeError, TooManyError
from plugin.model import Shop
from plugin.services import abuse, circuit, form_tokens, insight, proof_of_work, protection
from plugin.services.context import Context
from plugin.store import protection as store
from plugin.store.events import limits
from plugin.store.subscribers import subscribers
from tests.conftest import MovingClock
from tests.services.sign_up_stage import MAIL, Stage


@pytest.fixture
def stage(context: Context, shop: Shop) -> Stage:
    return Stage(context, shop)


@pytest.fixture(autouse=True)
def light_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof_of_work, "LIGHT", 3)
    monkeypatch.setattr(proof_of_work, "HEAVY", 4)


def crowd(stage: Stage, count: int, **values: Any) -> None:
    """Let so many people sign up, each for the first time."""
    for _ in range(count):
        stage.ask(f"{uuid.uuid4().hex[:12]}@post.example", **values)


def task_of(stage: Stage, **values: Any) -> Mapping[str, Any]:
    """Return the task that a form is given instead of being taken."""
    with pytest.raises(ChallengeError, match="proof_needed") as caught:
        stage.ask(**values)
    return caught.value.task


def work_and_ask(stage: Stage) -> None:
    """Sign one more person up, with the proof that is asked for."""
    form = vars(stage.form(f"{uuid.uuid4().hex[:12]}@post.example"))
    stage.ask(**{**form, "proof": proof_of_work.solve(task_of(stage, **form))})


def fill(stage: Stage, name: str, count: int) -> None:
    """Let a limit have counted so many forms in this hour."""
    crowd(stage, 1)
    with stage.context.db.write() as connection:
        connection.execute(limits.update().where(limits.c.name == name).values(count=count))


def state(stage: Stage) -> store.Protection:
    with stage.context.db.read() as connection:
        return store.protection_of(connection, stage.shop.id)


def test_one_address_of_the_net_signs_up_twenty_people_an_hour_and_more_with_work(
    stage: Stage,
) -> None:
    fill(stage, "sign_up_net", 19)
    crowd(stage, 1)
    work_and_ask(stage)
    assert len(stage.rows(subscribers)) == 3


def test_beyond_four_times_as_many_no_work_helps(stage: Stage) -> None:
    fill(stage, "sign_up_net", 79)
    work_and_ask(stage)
    with pytest.raises(TooManyError) as caught:
        stage.ask()
    assert 0 < (caught.value.retry_after or 0) <= 3600


def test_a_network_is_held_back_though_each_of_its_addresses_is_modest(stage: Stage) -> None:
    fill(stage, "sign_up_network", 100)
    task_of(stage, net_address="203.0.113.200")
    stage.ask(net_address="203.0.114.1")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("unknown", "unknown"),
    ],
)
def test_a_network_is_a_24_or_a_48(address: str, network: str) -> None:
    assert abuse.network_of(address) == network


def test_a_page_without_a_token_is_still_somebodys_but_not_for_long(stage: Stage) -> None:
    crowd(stage, 3, form_token="")
    task_of(stage, form_token="")
    crowd(stage, 1)


def test_a_token_that_was_handed_out_this_moment_is_worth_no_more_than_none(stage: Stage) -> None:
    fresh = form_tokens.issue(stage.context, stage.shop)
    crowd(stage, 3, form_token=fresh)
    task_of(stage, form_token=fresh)


def test_a_token_is_good_for_a_household_and_not_for_a_flood(stage: Stage) -> None:
    token = stage.form_token()
    crowd(stage, 5, form_token=token)
    task_of(stage, form_token=token)


def test_a_made_up_token_or_one_of_another_shop_has_to_work_at_once(
    stage: Stage, make_shop: Callable[..., Shop]
) -> None:
    foreign = form_tokens.issue(stage.context, make_shop("other.myshopify.com"))
    for token in (foreign, stage.form_token()[:-1] + "!", "x.y.z"):
        task_of(stage, form_token=token)


def test_a_proof_is_good_for_its_own_form_in_its_own_shop_and_once(
    stage: Stage, make_shop: Callable[..., Shop]
) -> None:
    context, shop, other = stage.context, stage.shop, make_shop("other.myshopify.com")
    task = proof_of_work.task_for(context, shop, "form-1", heavy=False)
    proof = proof_of_work.solve(task)
    assert not proof_of_work.is_proven(context, shop, "form-2", proof)
    assert not proof_of_work.is_proven(context, other, "form-1", proof)
    for email in ("first@post.example", "second@post.example"):
        stage.ask(email, id="form-1", form_token="forged", proof=proof)
    assert len(stage.rows(subscribers)) == 1


@pytest.mark.parametrize(
    "spoil",
    [
        lambda proof: "",
        lambda proof: proof.rpartition("~")[0],
        lambda proof: proof + "~1",
        lambda proof: proof.rpartition("~")[0] + "~-1",
        lambda proof: proof.rpartition("~")[0] + "~\uff11",
        lambda proof: proof.rpartition("~")[0] + "~" + "9" * 11,
        lambda proof: proof[1:],
        lambda proof: "x" * 500,
    ],
)
def test_a_spoiled_proof_is_none(stage: Stage, spoil: Callable[[str], str]) -> None:
    task = proof_of_work.task_for(stage.context, stage.shop, "form-1", heavy=False)
    proof = spoil(proof_of_work.solve(task))
    assert not proof_of_work.is_proven(stage.context, stage.shop, "form-1", proof)


def test_work_that_was_not_done_is_not_guessed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof_of_work, "LIGHT", 11)
    task = proof_of_work.task_for(stage.context, stage.shop, "form-1", heavy=False)
    guessed = "~".join([str(task["task"]), *"12345678"])
    assert not proof_of_work.is_proven(stage.context, stage.shop, "form-1", guessed)
    done = proof_of_work.solve(task)
    assert proof_of_work.is_proven(stage.context, stage.shop, "form-1", done)


def test_a_shop_that_is_sent_too_many_asks_everybody_for_work(stage: Stage) -> None:
    fill(stage, "sign_up_shop", 600)
    assert task_of(stage, net_address="198.51.100.1")["bits"] == 3


def test_a_flood_trips_the_breaker_which_lets_few_through_and_goes_by_itself(
    stage: Stage, moving_clock: MovingClock
) -> None:
    fill(stage, "sign_up_shop", circuit.FLOOD - 1)
    work_and_ask(stage)
    assert state(stage).reason == "flood"
    fill_while_held(stage, 199)
    work_and_ask(stage)
    with pytest.raises(TooManyError):
        stage.ask()
    assert protection.is_held(stage.context, stage.shop)
    moving_clock.move(hours=1, seconds=1)
    assert not protection.is_held(stage.context, stage.shop)


def fill_while_held(stage: Stage, count: int) -> None:
    assert task_of(stage)["bits"] == 4
    work_and_ask(stage)
    with stage.context.db.write() as connection:
        for name, value in (("sign_up_held", count), ("sign_up_shop", 1)):
            connection.execute(limits.update().where(limits.c.name == name).values(count=value))


def test_who_knows_where_the_sign_ups_come_from_lets_the_breaker_go_for_a_day(
    stage: Stage, moving_clock: MovingClock
) -> None:
    fill(stage, "sign_up_shop", circuit.FLOOD - 1)
    work_and_ask(stage)
    protection.release(stage.context, stage.shop)
    crowd(stage, 2)
    assert not protection.is_held(stage.context, stage.shop)
    moving_clock.move(hours=26)
    fill(stage, "sign_up_shop", circuit.FLOOD - 1)
    work_and_ask(stage)
    assert protection.is_held(stage.context, stage.shop)


@pytest.mark.parametrize(("confirmed", "reason"), [(5, "nobody_confirms"), (90, None)])
def test_the_breaker_trips_where_nobody_confirms(
    stage: Stage, confirmed: int, reason: str | None
) -> None:
    day = insight.day_of(stage.shop, stage.context.now())
    with stage.context.db.write() as connection:
        for kind, count in (("sign_up", 300), ("confirmed", confirmed)):
            insight.count(
                connection, stage.shop.id, day=day, widget="newsletter", kind=kind, count=count
            )
    fill(stage, "sign_up_shop", 24)
    crowd(stage, 1)
    assert state(stage).reason == reason


def test_only_check_values_of_addresses_of_the_net_are_kept(stage: Stage) -> None:
    stage.ask(MAIL, net_address="203.0.113.9")
    keys = [row.key for row in stage.rows(limits)]
    assert keys
    assert all(len(key) == 64 for key in keys)
