"""The chain of evidence: complete, append-only, and whole after every erasure."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from plugin.contracts.shopwide import Consent
from plugin.model import Shop
from plugin.services import consent_rules, evidence, privacy, subscriptions
from plugin.services.context import Context
from plugin.services.evidence_chain import body_digest, record_hash
from plugin.services.identity import identity_of
from plugin.services.steps import Step
from plugin.store import evidence as store
from plugin.store import evidence_triggers
from plugin.store.evidence import evidence as table
from plugin.store.evidence import evidence_heads as heads
from plugin.store.shops import shops
from tests.conftest import KeptMail, MovingClock
from tests.services.sign_up_stage import MAIL, Stage


@pytest.fixture
def stage(context: Context, shop: Shop) -> Stage:
    return Stage(context, shop)


def _intact(stage: Stage) -> bool:
    return evidence.check(stage.context, stage.shop).intact


def _keep(stage: Stage, **values: Any) -> None:
    wanted = Consent(**values)
    consent_rules.save(stage.context, stage.shop, wanted, seen=Consent())


def _change(stage: Stage, statement: Any) -> None:
    """Change the evidence as somebody with the database does, who also takes the triggers away."""
    with stage.context.db.write() as connection:
        evidence_triggers.lift(connection)
        connection.execute(statement)


def test_a_sign_up_leaves_request_mail_and_confirmation_word_for_word(
    stage: Stage, kept_mail: KeptMail
) -> None:
    token = stage.confirmed(kept_mail, page="https://uferhaus.example/tee")
    asked, mailed, confirmed = stage.rows(table)
    assert [row.kind for row in (asked, mailed, confirmed)] == ["requested", "mailed", "confirmed"]
    assert asked.page == "https://uferhaus.example/tee"
    assert (asked.campaign_id, asked.campaign_version) == (stage.campaign, 1)
    assert "[Newsletter anfordern]" in asked.wording
    assert mailed.wording.startswith("Bitte bestätigen Sie Ihre E‑Mail-Adresse\n")
    assert "[…]" in mailed.wording
    assert len(mailed.mail_hash) == 64
    assert "\n[Ja, bestätigen]\n" in confirmed.wording
    for row in (asked, mailed, confirmed):
        assert MAIL not in repr(row)
        assert token not in repr(row)
    assert _intact(stage)


def test_the_net_address_is_kept_only_where_the_merchant_wants_it(stage: Stage) -> None:
    stage.ask("a@post.example")
    _keep(stage, net_address=True)
    stage.ask("b@post.example")
    assert [row.net_address for row in stage.rows(table)] == [None, "203.0.113.7"]


def test_the_database_refuses_to_change_or_delete_a_record(
    stage: Stage, kept_mail: KeptMail
) -> None:
    stage.confirmed(kept_mail)
    refused = (
        sa.update(table).values(wording="Ja"),
        sa.update(table).values(kind="confirmed"),
        sa.update(table).values(identity="f" * 64),
        sa.update(table).values(hash="0" * 64),
        # Half of what belongs together could neither be told nor checked.
        sa.update(table).values(identity=None),
        sa.update(table).values(page=None),
        sa.delete(table),
    )
    for statement in refused:
        with pytest.raises(sa.exc.DBAPIError), stage.context.db.write() as connection:
            connection.execute(statement)
    assert _intact(stage)
    assert len(stage.rows(table)) == 3


def test_laying_the_triggers_again_harms_nothing(stage: Stage, kept_mail: KeptMail) -> None:
    stage.confirmed(kept_mail)
    with stage.context.db.write() as connection:
        evidence_triggers.lay(connection)
    with pytest.raises(sa.exc.DBAPIError), stage.context.db.write() as connection:
        connection.execute(sa.delete(table))


def _other(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(microsecond=value.microsecond ^ 1)
    if isinstance(value, int):
        return value + 7
    if value is None:
        return "0"
    # One bit of one letter.
    return value[:-1] + chr(ord(value[-1]) ^ 1)


def test_every_altered_value_of_every_record_is_found(stage: Stage, kept_mail: KeptMail) -> None:
    _keep(stage, net_address=True)
    stage.confirmed(kept_mail)
    unseen = []
    for row in stage.rows(table):
        for column in table.c:
            if column.name == "id":
                continue
            kept = getattr(row, column.name)
            if column.name == "shop_id" or (kept is None and column.type.python_type is int):
                continue
            here = sa.update(table).where(table.c.id == row.id)
            _change(stage, here.values({column.name: _other(kept)}))
            if _intact(stage):
                unseen.append((row.kind, column.name))
            _change(stage, here.values({column.name: kept}))
    assert unseen == []
    assert _intact(stage)


def test_records_that_go_or_change_places_are_missed(stage: Stage, kept_mail: KeptMail) -> None:
    stage.confirmed(kept_mail)
    rows = stage.rows(table)
    for row in rows:
        _change(stage, sa.delete(table).where(table.c.id == row.id))
        found = evidence.check(stage.context, stage.shop)
        assert found.broken == row.number
        _change(stage, sa.insert(table).values(**row._mapping))
    for number, place in ((1, 100), (2, 1), (100, 2)):
        _change(stage, sa.update(table).where(table.c.number == number).values(number=place))
    assert evidence.check(stage.context, stage.shop).broken == 1


def test_a_chain_written_anew_without_the_key_is_found(stage: Stage, kept_mail: KeptMail) -> None:
    stage.confirmed(kept_mail)
    last = stage.rows(table)[-1]
    facts = evidence.facts_of(
        store.Row(**{k: v for k, v in last._mapping.items() if k not in ("id", "shop_id")})
    )
    forged = record_hash(
        stage.shop.id, last.number, last.previous, body_digest({**facts, "wording": "Ja, gern."})
    )
    _change(
        stage,
        sa.update(table).where(table.c.id == last.id).values(wording="Ja, gern.", hash=forged),
    )
    _change(stage, sa.update(heads).values(hash=forged))
    assert evidence.check(stage.context, stage.shop).broken == last.number


def test_a_record_behind_the_end_is_found(stage: Stage, kept_mail: KeptMail) -> None:
    stage.confirmed(kept_mail)
    last = stage.rows(table)[-1]
    more = {**last._mapping, "id": last.id + 1, "number": last.number + 1, "previous": last.hash}
    facts = evidence.facts_of(
        store.Row(**{k: v for k, v in more.items() if k not in ("id", "shop_id")})
    )
    more["hash"] = record_hash(stage.shop.id, more["number"], last.hash, body_digest(facts))
    _change(stage, sa.insert(table).values(**more))
    assert evidence.check(stage.context, stage.shop).broken == more["number"]


def test_records_of_another_shop_do_not_fit(
    stage: Stage, kept_mail: KeptMail, make_shop: Any
) -> None:
    stage.confirmed(kept_mail)
    other = make_shop("other.myshopify.com")
    _change(stage, sa.update(table).values(shop_id=other.id))
    _change(stage, sa.update(heads).values(shop_id=other.id))
    assert not evidence.check(stage.context, other).intact


def test_nobody_is_told_apart_by_what_stays_in_the_chain(stage: Stage) -> None:
    # The same person twice: nothing of the two records is the same but what was read.
    for _ in range(2):
        with stage.context.db.write() as connection:
            evidence.record(
                connection, stage.context, stage.shop, identity="f" * 64, kind="requested",
                email=MAIL, page="https://uferhaus.example/",
            )  # fmt: skip
    first, second = stage.rows(table)
    for name in ("mark_who", "mark_address", "mark_origin", "nonce_person", "nonce_origin"):
        assert getattr(first, name) != getattr(second, name)


def test_where_an_unconfirmed_person_came_from_goes_with_the_address(
    stage: Stage, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    _keep(stage, net_address=True)
    stage.confirmed(kept_mail, "stays@post.example")
    stage.ask("goes@post.example")
    stage.work()
    moving_clock.move(days=8)
    stage.work()
    gone = identity_of(stage.context.keys, stage.shop.id, "goes@post.example")
    for row in stage.rows(table):
        assert (row.page is None and row.net_address is None) == (
            row.identity == gone or row.kind == "mailed"
        )
    assert _intact(stage)


def test_a_shorter_time_to_confirm_holds_for_link_page_and_address(
    stage: Stage, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    _keep(stage, confirm_days=3)
    stage.ask()
    stage.work()
    token = stage.link_in(kept_mail.sent[0][0])
    moving_clock.move(days=3, seconds=1)
    found = subscriptions.confirm(stage.context, token)
    assert (found.state, found.valid_days) == ("expired", 3)
    stage.work()
    assert subscriptions.peek(stage.context, token).state == "expired"


def test_while_an_address_waits_it_is_asked_once_more_and_no_oftener(
    stage: Stage, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    for _ in range(4):
        stage.ask()
        stage.work()
        moving_clock.move(hours=25)
    assert len(kept_mail.sent) == 2


def _retire(stage: Stage) -> None:
    privacy.retention(stage.context, Step(1, stage.shop.id, "privacy.retention", "r", {}, 1))


def test_the_proof_stays_three_years_to_the_end_of_the_year_after_the_last_word(
    stage: Stage, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    token = stage.confirmed(kept_mail)
    moving_clock.time = datetime(2031, 3, 5, tzinfo=UTC)
    _retire(stage)
    off = subscriptions.peek(stage.context, token).unsubscribe_token
    assert off is not None
    subscriptions.unsubscribe(stage.context, off)
    moving_clock.time = datetime(2034, 12, 31, 22, tzinfo=UTC)
    _retire(stage)
    assert {row.identity is None for row in stage.rows(table)} == {False}
    moving_clock.time = datetime(2034, 12, 31, 23, 30, tzinfo=UTC)  # New Year in Berlin
    _retire(stage)
    left = stage.rows(table)
    for name in (*store.PERSON, *store.ORIGIN):
        assert {getattr(row, name) for row in left} == {None}
    assert len(left) == 4
    assert _intact(stage)


def test_erasing_a_person_locks_the_proof_and_leaves_the_chain_whole(
    stage: Stage, kept_mail: KeptMail
) -> None:
    stage.confirmed(kept_mail)
    receipt = privacy.erase_person(stage.context, stage.shop, email=MAIL)
    assert receipt["kept_locked"]["evidence"] == 3
    assert _intact(stage)


def test_a_shop_that_left_is_erased_with_its_evidence(stage: Stage, kept_mail: KeptMail) -> None:
    stage.confirmed(kept_mail)
    with stage.context.db.write() as connection:
        connection.execute(sa.update(shops).values(state="uninstalled"))
    privacy.erase_shop(stage.context, replace(stage.shop, state="uninstalled"))
    assert stage.rows(table) == []
    assert stage.rows(heads) == []


def test_many_at_once_make_one_chain_without_a_gap(stage: Stage) -> None:
    def add(number: int) -> None:
        with stage.context.db.write() as connection:
            evidence.record(
                connection, stage.context, stage.shop, identity=f"{number:064}", kind="requested"
            )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(40)))
    assert [row.number for row in stage.rows(table)] == list(range(1, 41))
    assert _intact(stage)


def test_what_was_rolled_back_leaves_no_gap(stage: Stage) -> None:
    with pytest.raises(LookupError), stage.context.db.write() as connection:
        evidence.record(connection, stage.context, stage.shop, identity="a" * 64, kind="requested")
        raise LookupError
    stage.ask()
    assert [row.number for row in stage.rows(table)] == [1]
    assert _intact(stage)


def test_the_daily_look_is_remembered(stage: Stage, kept_mail: KeptMail) -> None:
    stage.confirmed(kept_mail)
    step = Step(1, stage.shop.id, "evidence.check", "e", {}, 1)
    evidence.check_daily(stage.context, step)
    _change(stage, sa.update(table).where(table.c.number == 2).values(wording="anders"))
    with stage.context.db.read() as connection:
        good = store.last_look(connection, stage.shop.id)
    evidence.check_daily(stage.context, step)
    with stage.context.db.read() as connection:
        bad = store.last_look(connection, stage.shop.id)
    assert good == store.Look(stage.context.now(), 3, None)
    assert bad is not None
    assert bad.broken == 2
