"""A withdrawal: written down with its proof, receipted at once, told to the merchant, settled."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from plugin.contracts.withdrawal import Withdrawal
from plugin.errors import NotFoundError, TooManyError
from plugin.model import Order, ShippedLine, Shop
from plugin.security import digest
from plugin.services import evidence as chain
from plugin.services import mailing, outgoing_webhooks, privacy, withdrawals
from plugin.services.context import Context
from plugin.services.identity import identity_of
from plugin.services.parcels import freshness, links
from plugin.services.parcels import status as parcel_status
from plugin.services.parcels.beginning import begun
from plugin.services.parcels.blocks import Block
from plugin.services.parcels.drawing import Drawing
from plugin.services.parcels.finding import Found
from plugin.services.steps import Runner
from plugin.services.webhook_withdrawals import told
from plugin.services.withdrawals import cases, declaring, entries, handling, receipts, telling
from plugin.services.withdrawals import settings as rules
from plugin.services.withdrawals.declaring import declare
from plugin.services.withdrawals.entries import Entry
from plugin.store import catalogue, parcels
from plugin.store.evidence import evidence
from plugin.store.parcels import FoundOrder
from plugin.store.webhook_targets import webhook_deliveries
from plugin.store.withdrawals import is_withdrawing
from plugin.store.withdrawals import withdrawals as table
from tests.conftest import START, KeptMail, MovingClock
from tests.fakes.things import a_line, a_parcel, a_product
from tests.services.parcels.test_shipments import take
from tests.services.sign_up_stage import plain

HANDLERS = {**telling.HANDLERS, **mailing.HANDLERS}
MARA = "mara@post.example"
NET = "192.0.2.7"
LINES = (a_line(1007, 1), a_line(1007, 2, quantity=2))
MARK = "m" * 22
ARRIVED = a_parcel(status="DELIVERED", delivered_at=START - timedelta(hours=1))


def found(context: Context, shop: Shop, order: Order) -> FoundOrder:
    with context.db.read() as connection:
        row = parcels.order_by_id(connection, shop.id, order.id)
    assert row is not None
    return row


def withdraw(context: Context, shop: Shop, about: Order | None, **values: Any) -> str:
    case = cases.open_case(context, shop)
    if about is not None:
        case = cases.case_of(context, shop, found(context, shop, about))
    given = {"name": "Mara Lind", "order": "1007", "mark": MARK, "whole": True, **values}
    net = given.pop("net", NET)
    entry = entries.cleaned(Entry(**given), case)
    assert entries.faults_of(entry, case) == {}
    return declare(context, shop, case, entry, net)


def work(context: Context) -> None:
    while Runner(context, HANDLERS, "test").run_due():
        pass


def rows(context: Context, of: sa.Table) -> list[sa.Row[Any]]:
    with context.db.read() as connection:
        return list(connection.execute(sa.select(of)))


@contextmanager
def drawing(context: Context, shop: Shop, order: Order) -> Iterator[Drawing]:
    held = found(context, shop, order)
    with context.db.read() as connection:
        items = parcels.items_of(connection, shop.id, order.id)
        sent = parcels.shipments_of(connection, shop.id, order.id)
    seen = parcel_status.status_of(shop, held, items, sent, context.now())
    with begun(context, Found(shop, held, seen, "https://b.example/s/t"), "de") as page:
        yield page


def section(context: Context, shop: Shop, order: Order) -> Block | None:
    with drawing(context, shop, order) as page:
        return withdrawals.block(page)


def is_withdrawn(context: Context, shop: Shop, order: Order) -> bool:
    with drawing(context, shop, order) as page:
        return page.withdrawing


def test_a_receipt_says_what_was_declared_to_the_second(
    context: Context, shop: Shop, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    order = take(context, shop, lines=LINES)
    moving_clock.move(seconds=8)
    token = withdraw(context, shop, order, whole=False, chosen={LINES[1].id: 1})
    _, receipt = receipts.read(context, token)
    assert receipt.reference == "W-1007-1"
    assert receipt.wording == (
        "Hiermit widerrufe ich den Vertrag über Teeschale 2 aus der Bestellung #1007."
    )
    assert receipt.items == (("Teeschale 2", 1),)
    assert receipts.exact(receipt.declared_at, shop.zone) == "10:00:08"
    work(context)
    mail, to = next(one for one in kept_mail.sent if one[1] == MARA)
    text = " ".join(plain(mail).split())
    link = "/w/receipt/" + token.partition(".")[0]  # the rest changes with the time of signing
    for words in ("10:00:08", receipt.wording, "W-1007-1", "Mara Lind", "5. Dezember", link):
        assert words in text.replace("\u00a0", " "), words
    assert (to, mail["X-Bleib-Class"]) == (MARA, "service")


def test_the_merchant_is_told_by_mail_and_by_webhook(
    context: Context, shop: Shop, kept_mail: KeptMail
) -> None:
    outgoing_webhooks.add(context, shop, "https://erp.example/", ["withdrawal.declared"])
    order = take(context, shop, lines=LINES)
    withdraw(context, shop, order)
    work(context)
    mail = next(mail for mail, to in kept_mail.sent if to == shop.email)
    assert mail["Subject"] == "Widerruf zu Bestellung #1007 (W-1007-1)"
    assert "innerhalb der Frist" in plain(mail)
    (delivery,) = rows(context, webhook_deliveries)
    with context.db.read() as connection:
        said = told(connection, context, shop, delivery.subject_id)
    assert said is not None
    assert (said["reference"], said["order"], said["standing"]) == ("W-1007-1", order.id, "in_time")
    assert said["items"] == [
        {"title": "Teeschale 1", "quantity": 1},
        {"title": "Teeschale 2", "quantity": 2},
    ]


def test_the_same_form_twice_is_one_declaration_another_one_is_not(
    context: Context, shop: Shop
) -> None:
    order = take(context, shop, lines=LINES)
    first, again = (receipts.read(context, withdraw(context, shop, order)) for _ in range(2))
    assert first == again
    withdraw(context, shop, order, whole=False, chosen={LINES[0].id: 1})
    assert [row.reference for row in rows(context, table)] == ["W-1007-1", "W-1007-2"]


def test_the_chain_holds_a_mark_of_every_word_and_nothing_of_the_person(
    context: Context, shop: Shop
) -> None:
    withdraw(context, shop, take(context, shop))
    (row,) = rows(context, table)
    (proof,) = (one for one in rows(context, evidence) if one.kind == "withdrawn")
    declared = context.keys.unseal(shop.id, receipts.SEAL, row.declaration_sealed)
    assert digest(declared) in proof.wording
    assert "Mara" not in proof.wording
    assert "1007" not in proof.wording
    assert json.loads(declared)["name"] == "Mara Lind"
    assert chain.check(context, shop).intact


@pytest.mark.parametrize(
    ("values", "standing"),
    [
        ({"email": MARA, "order": "#1007"}, "in_time"),
        ({"email": "somebody@post.example"}, "unknown"),
        ({"email": MARA, "order": "9999"}, "unknown"),
    ],
)
def test_without_a_link_it_is_taken_in_whatever_is_known_of_it(
    context: Context, shop: Shop, values: dict[str, Any], standing: str
) -> None:
    take(context, shop)
    _, receipt = receipts.read(context, withdraw(context, shop, None, **values))
    assert receipt.reference.startswith("W-")
    assert "1007" not in receipt.reference
    assert receipt.order_id is None
    work(context)
    (line,) = handling.listed(context, shop, handled=False)
    assert line.standing == standing


def test_nothing_is_sold_to_who_withdrew_until_it_is_settled(context: Context, shop: Shop) -> None:
    order = take(context, shop)
    identity = identity_of(context.keys, shop.id, MARA)
    withdraw(context, shop, order, email="other@post.example")
    assert is_withdrawn(context, shop, order)
    (row,) = rows(context, table)
    with context.db.read() as connection:
        assert is_withdrawing(connection, shop.id, identity)
    handling.settle(context, shop, row.id, handled=True)
    assert not is_withdrawn(context, shop, order)
    with context.db.read() as connection:
        assert not is_withdrawing(connection, shop.id, identity)
    with pytest.raises(NotFoundError):
        handling.settle(context, shop, row.id + 99, handled=True)


def test_the_page_of_the_order_is_drawn_anew_for_it_wherever_it_came_in(
    context: Context, shop: Shop
) -> None:
    order = take(context, shop, email=MARA)
    token = links.token_of(context.keys, shop.id, order.id)
    states = freshness.PageStates(context)
    seen = [states.of(token)]
    withdraw(context, shop, None, email=MARA)
    work(context)
    seen.append(states.of(token))
    (row,) = rows(context, table)
    handling.settle(context, shop, row.id, handled=True)
    seen.append(states.of(token))
    assert len(set(seen)) == 3


def test_an_address_typed_in_stops_no_mails_to_its_owner(context: Context, shop: Shop) -> None:
    withdraw(context, shop, take(context, shop), email="rival@post.example")
    with context.db.read() as connection:
        rival = identity_of(context.keys, shop.id, "rival@post.example")
        assert not is_withdrawing(connection, shop.id, rival)
        assert is_withdrawing(connection, shop.id, identity_of(context.keys, shop.id, MARA))


def test_a_strangers_address_gets_five_receipts_a_day_an_order_more(
    context: Context, shop: Shop
) -> None:
    order = take(context, shop)
    for number in range(5):
        withdraw(context, shop, None, email=MARA, mark=f"{number:022}", net=f"192.0.2.{number}")
    with pytest.raises(TooManyError):
        withdraw(context, shop, None, email=MARA, mark="x" * 22, net="192.0.2.9")
    assert len(rows(context, table)) == 5
    withdraw(context, shop, order)


def test_a_stranger_uses_up_little_of_what_an_address_may_declare(
    context: Context, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(declaring, "_MOST_OF_PERSON", 1)
    monkeypatch.setattr(declaring, "_MOST_ABOUT_PERSON", 2)
    for number in (1, 2):
        withdraw(context, shop, None, email=MARA, mark=f"{number:022}", net=f"198.51.{number}.7")
    with pytest.raises(TooManyError):
        withdraw(context, shop, None, email=MARA, mark="x" * 22, net="203.0.113.7")


def test_who_has_an_order_floods_no_strangers_mailbox_either(context: Context, shop: Shop) -> None:
    order, known = take(context, shop), "other@post.example"
    for number in range(5):
        withdraw(context, shop, order, email=known, mark=f"{number:022}")
    with pytest.raises(TooManyError):
        withdraw(context, shop, order, email=known, mark="x" * 22)
    withdraw(context, shop, order, email=MARA, mark="x" * 22)


def test_a_whole_network_is_counted_however_many_addresses_it_has(
    context: Context, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(declaring, "_MOST_OF_NETWORK", 3)
    for number in range(3):
        net, email = f"2001:db8:0:{number:x}::/64", f"p{number}@post.example"
        withdraw(context, shop, None, email=email, net=net)
    with pytest.raises(TooManyError):
        withdraw(context, shop, None, email="q@post.example", net="2001:db8:0:ffff::/64")


def test_whose_order_it_is_learns_what_somebody_else_declares_about_it(
    context: Context, shop: Shop, kept_mail: KeptMail
) -> None:
    withdraw(context, shop, take(context, shop), email="other@post.example")
    work(context)
    told = [to for _, to in kept_mail.sent]
    assert sorted(told) == sorted([MARA, "other@post.example", shop.email])


def test_the_receipt_names_the_address_of_an_order_to_nobody_who_did_not_enter_it(
    context: Context, shop: Shop
) -> None:
    order = take(context, shop)
    _, alone = receipts.read(context, withdraw(context, shop, order))
    _, typed = receipts.read(context, withdraw(context, shop, order, email=MARA))
    assert (alone.email, typed.email) == ("", MARA)
    lines = handling.listed(context, shop, handled=False)
    assert [line.email for line in lines] == [MARA, MARA]  # that it is the same one tells nobody


def test_an_order_that_is_sent_in_part_has_no_period_yet(context: Context, shop: Shop) -> None:
    inside = (ShippedLine(LINES[0].id, 1),)
    parcel = replace(ARRIVED, lines=inside)
    order = take(context, shop, lines=LINES, shipments=(parcel,))
    case = cases.case_of(context, shop, found(context, shop, order))
    assert case.period is not None
    assert (case.period.received, case.period.ends) == (None, None)


def test_a_name_with_an_address_of_the_net_in_it_is_no_name(context: Context, shop: Shop) -> None:
    case = cases.open_case(context, shop)
    entry = Entry(name="Win now www.bad.example", order="1\x00007", email="no", what="see http://x")
    faults = entries.faults_of(entries.cleaned(entry, case), case)
    assert faults == {"name": "fault.link", "email": "fault.email", "what": "fault.link"}
    assert entries.cleaned(entry, case).order == "1 007"


def test_nothing_that_a_mail_program_makes_a_link_of_goes_to_a_stranger(
    context: Context, shop: Shop
) -> None:
    case = cases.open_case(context, shop)
    for name in ("Prize at bad-shop.com", "WIN.SHOP", "a@bad.example", "bad。top", "x.bad.de?y"):
        given = Entry(name=name, order=name, email=MARA, what=name)
        faults = entries.faults_of(entries.cleaned(given, case), case)
        assert set(faults) == {"name", "order", "what"}, name
    for name in ("Dr.Meier", "H.-J. von der Au", "Mara Lind jr.", "J.Dean"):
        given = Entry(name=name, order="1.007", email=MARA, what="Hemd Gr.38")
        assert entries.faults_of(entries.cleaned(given, case), case) == {}, name


def test_a_flood_of_declarations_is_in_the_list_and_not_in_the_merchants_mailbox(
    context: Context, shop: Shop, kept_mail: KeptMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "_MOST_UNKNOWN", 2)
    order = take(context, shop)
    for number in range(4):
        withdraw(context, shop, None, email=f"p{number}@post.example")
    withdraw(context, shop, order)
    work(context)
    assert [to for _, to in kept_mail.sent].count(shop.email) == 3
    assert len(handling.listed(context, shop, handled=False)) == 5


def test_the_page_of_an_order_offers_it_in_every_stage(context: Context, shop: Shop) -> None:
    for values in ({"paid": False}, {}, {"shipments": (a_parcel(),)}, {"shipments": (ARRIVED,)}):
        block = section(context, shop, take(context, shop, **values))
        assert block is not None
        assert block.button == ("Vertrag widerrufen", "https://b.example/s/t/withdrawal")
        delivered = "shipments" in values and values["shipments"] == (ARRIVED,)
        told = block.lines[0].replace("\u00a0", " ")
        assert ("also bis 7. Dezember" in told) == delivered
    assert section(context, shop, take(context, shop, cancelled_at=START)) is None


def test_the_page_says_what_is_declared_and_ends_with_the_period(
    context: Context, shop: Shop, moving_clock: MovingClock
) -> None:
    order = take(context, shop, shipments=(ARRIVED,))
    withdraw(context, shop, order)
    block = section(context, shop, order)
    assert block is not None
    assert "um 10:00:00 Uhr, Vorgang W\u20111007\u20111." in block.lines[0]
    moving_clock.move(days=40)
    late = section(context, shop, order)
    assert late is not None
    assert late.button is None


def test_what_the_law_leaves_out_is_a_notice_and_stops_nobody(context: Context, shop: Shop) -> None:
    seen = rules.get(context, shop)
    wanted = Withdrawal(excluded=("gid://shopify/Product/1",))
    rules.save(context, shop, wanted, seen=seen)
    order = take(context, shop)
    with context.db.write() as connection:
        catalogue.put_products(connection, shop.id, [a_product(1)])
    case = cases.case_of(context, shop, found(context, shop, order))
    assert case.excluded == ("Teeschale 1",)
    assert withdraw(context, shop, order)


def test_erasing_keeps_the_declaration_locked_and_the_table_takes_it_out(
    context: Context, shop: Shop
) -> None:
    order = take(context, shop)
    withdraw(context, shop, order, name="=Mara")
    exported = privacy.export_person(context, shop, MARA)["data"]["withdrawals"]
    assert "=Mara" in exported[0]["declaration"]
    receipt = privacy.erase_person(context, shop, MARA)
    assert receipt["kept_locked"]["withdrawals"] == 1
    (row,) = rows(context, table)
    assert row.order_id.startswith("erased:")
    cells = list(csv.reader(io.StringIO(handling.file_of(context, shop, "de")[1:]), delimiter=";"))
    assert cells[0][0] == "Vorgang"
    assert cells[1][6] == "'=Mara"
