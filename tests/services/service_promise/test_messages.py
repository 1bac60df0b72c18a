"""A message reaches the merchant, is answered and timed; nobody can write as somebody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from email.message import EmailMessage

import pytest
import sqlalchemy as sa

from plugin.contracts.service import Opening, Service
from plugin.errors import ConflictError, InvalidFieldError, NotFoundError, TooManyError
from plugin.model import Shop
from plugin.services import mailing, privacy
from plugin.services.context import Context
from plugin.services.parcels.beginning import begun
from plugin.services.parcels.finding import Found
from plugin.services.service_promise import block, messages, settings
from plugin.services.service_promise.messages import Wanted
from plugin.services.steps import Runner
from plugin.store import parcels
from plugin.store.outbox import outbox
from plugin.store.parcels import FoundOrder
from plugin.store.service_messages import reasons_between, service_messages
from tests.conftest import START, KeptMail, MovingClock
from tests.fakes.things import a_parcel, an_order
from tests.services.on_sqlite import db_url  # noqa: F401 - a fixture
from tests.services.parcels.test_shipments import status, take
from tests.services.sign_up_stage import plain

ORDER = "gid://shopify/Order/1007"
WEEK = (Opening(start=time(9), end=time(17)),) * 5 + (None, None)
PAGE = "https://bleib.example/s/x"


@pytest.fixture
def order(context: Context, shop: Shop) -> FoundOrder:
    take(context, shop)
    return found(context, shop)


def found(context: Context, shop: Shop, order_id: str = ORDER) -> FoundOrder:
    with context.db.read() as connection:
        order = parcels.order_by_id(connection, shop.id, order_id)
    assert order is not None
    return order


def write(context: Context, shop: Shop, order: FoundOrder, text: str, email: str = "") -> None:
    wanted = Wanted("where", text, email)
    messages.take(context, shop, order, wanted, "192.0.2.1", "de")


def open_nine_to_five(context: Context, shop: Shop) -> None:
    seen = settings.both(context, shop)
    settings.save(context, shop, (Service(week=WEEK), seen[1]), seen=seen)


def post(context: Context) -> None:
    runner = Runner(context, mailing.HANDLERS, "test")
    while runner.run_due():
        pass


def by_kind(kept: KeptMail, recipient: str) -> list[EmailMessage]:
    return [mail for mail, to in kept.sent if to == recipient]


def test_the_merchant_gets_it_and_answers_the_shopper_by_answering_the_mail(
    context: Context, shop: Shop, order: FoundOrder, kept_mail: KeptMail
) -> None:
    write(context, shop, order, "Wo bleibt es?\n\n<b>Danke</b>")
    post(context)
    mail = by_kind(kept_mail, shop.email)[0]
    assert mail["Reply-To"] == "mara@post.example"
    assert "Wo ist mein Paket?" in mail["Subject"]
    assert "Wo bleibt es?" in plain(mail)
    html = mail.get_body(("html",))
    assert html is not None
    assert "<b>Danke</b>" not in html.get_content()
    receipt = by_kind(kept_mail, "mara@post.example")[0]
    assert "Wo bleibt es?" not in plain(receipt)
    assert receipt["X-Bleib-Class"] == "service"


def test_once_it_is_out_the_outbox_holds_nothing_of_the_mail_to_the_merchant(
    context: Context, shop: Shop, order: FoundOrder
) -> None:
    write(context, shop, order, "Wo bleibt es?")
    post(context)
    with context.db.read() as connection:
        query = sa.select(outbox.c.values_sealed).where(outbox.c.kind == "shopper_message")
        assert connection.execute(query).scalars().all() == [None]


def test_the_same_words_twice_are_one_message(
    context: Context, shop: Shop, order: FoundOrder, kept_mail: KeptMail
) -> None:
    write(context, shop, order, "Wo bleibt es?")
    write(context, shop, order, "Wo bleibt es?")
    post(context)
    assert len(messages.waiting(context, shop)) == 1
    assert len(kept_mail.sent) == 2


def test_an_answer_never_goes_elsewhere_than_to_whoever_ordered(
    context: Context, shop: Shop, order: FoundOrder, kept_mail: KeptMail
) -> None:
    write(context, shop, order, "Schickt mir alles", email="eva@elsewhere.example")
    post(context)
    assert {to for _, to in kept_mail.sent} == {shop.email, "mara@post.example"}


def test_an_order_without_address_asks_for_one(context: Context, shop: Shop) -> None:
    take(context, shop, email=None)
    order = found(context, shop)
    with pytest.raises(InvalidFieldError, match="email_invalid"):
        write(context, shop, order, "Hallo")
    write(context, shop, order, "Hallo", email="eva@post.example")
    assert messages.waiting(context, shop)[0].email == "eva@post.example"


@pytest.mark.parametrize(("text", "code"), [(" \n", "message_empty"), ("a" * 2001, "message_long")])
def test_what_says_nothing_or_too_much_is_refused(
    context: Context, shop: Shop, order: FoundOrder, text: str, code: str
) -> None:
    with pytest.raises(InvalidFieldError, match=code):
        write(context, shop, order, text)


def test_five_messages_a_day_for_one_order(context: Context, shop: Shop, order: FoundOrder) -> None:
    for number in range(5):
        write(context, shop, order, f"Frage {number}")
    with pytest.raises(TooManyError):
        write(context, shop, order, "Noch eine")
    assert len(messages.waiting(context, shop)) == 5


def test_an_answer_reaches_the_shopper_once_and_settles_the_message(
    context: Context, shop: Shop, order: FoundOrder, kept_mail: KeptMail
) -> None:
    write(context, shop, order, "Wo bleibt es?")
    number = messages.waiting(context, shop)[0].message.id
    messages.answer(context, shop, number, "Morgen ist es da.")
    with pytest.raises(ConflictError, match="message_settled"):
        messages.answer(context, shop, number, "Noch einmal")
    post(context)
    said = [plain(mail) for mail in by_kind(kept_mail, "mara@post.example")]
    assert len(said) == 2
    assert any("Morgen ist es da." in text and "Wo bleibt es?" in text for text in said)
    assert messages.waiting(context, shop) == []
    assert messages.settled(context, shop)[0].message.state == "answered"


def test_a_message_of_another_shop_is_not_found(
    context: Context, shop: Shop, order: FoundOrder
) -> None:
    write(context, shop, order, "Wo bleibt es?")
    number = messages.waiting(context, shop)[0].message.id
    with pytest.raises(NotFoundError):
        messages.settle(context, replace(shop, id=shop.id + 1), number, "closed")


def test_an_erased_person_leaves_no_message(
    context: Context, shop: Shop, order: FoundOrder
) -> None:
    write(context, shop, order, "Wo bleibt es?")
    exported = privacy.export_person(context, shop, "mara@post.example")
    assert exported["data"]["service_messages"][0]["text"] == "Wo bleibt es?"
    privacy.erase_person(context, shop, "mara@post.example")
    with context.db.read() as connection:
        assert connection.execute(sa.select(service_messages)).all() == []


def test_reasons_are_counted(context: Context, shop: Shop, order: FoundOrder) -> None:
    write(context, shop, order, "Wo bleibt es?")
    day = timedelta(days=1)
    with context.db.read() as connection:
        assert reasons_between(connection, shop.id, START, START + day) == {"where": 1}
        assert reasons_between(connection, shop.id, START - day, START) == {}


def test_the_page_promises_only_what_the_last_answers_kept(
    context: Context, shop: Shop, moving_clock: MovingClock
) -> None:
    moving_clock.time = START + timedelta(days=2, hours=-1)  # Monday, 9 o'clock in Berlin
    shown = status(context, shop, shipments=(a_parcel(),))
    order = found(context, shop)

    def said(language: str = "de") -> tuple[str, tuple[str, ...]]:
        now = replace(shown, at=moving_clock.time)
        with begun(context, Found(shop, order, now, PAGE), language) as drawing:
            section = block(drawing)
        assert section.button == (
            "Nachricht schreiben" if language == "de" else "Write a message",
            f"{PAGE}/message",
        )
        return section.lead, section.lines

    assert said() == ("", ())
    open_nine_to_five(context, shop)
    assert said() == ("Wir antworten Montag bis Freitag, 9–17\u00a0Uhr.", ())
    for number in range(10):
        other = an_order(2000 + number)
        take(context, shop, id=other.id, number=other.number)
        write(context, shop, found(context, shop, other.id), "Wo bleibt es?")
        moving_clock.move(minutes=107 if number == 0 else 5)
        messages.settle(context, shop, messages.waiting(context, shop)[0].message.id, "answered")
    assert said() == (
        "Montag bis Freitag, 9–17\u00a0Uhr: Antwort in 2\u00a0Stunden.",
        ("In den letzten 14 Tagen kamen 9 von 10 Antworten binnen 5\u00a0Minuten.",),
    )
    moving_clock.time = START + timedelta(days=7)  # Saturday
    lead, lines = said("en")
    assert lead == "Monday to Friday, 9\u00a0am to 5\u00a0pm: answer within 2\u00a0hours."
    assert lines[0].endswith("Today is Saturday: answer on Monday by 11\u00a0am.")
    write(context, shop, order, "Und nun?")
    write(context, shop, order, "Immer noch nichts")
    moving_clock.move(days=2, hours=4)  # two of twelve have waited longer than promised
    assert said()[0] == "Wir antworten Montag bis Freitag, 9–17\u00a0Uhr."
