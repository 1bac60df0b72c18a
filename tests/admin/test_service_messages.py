"""A merchant answers messages, and says what is promised."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING

import pytest

from plugin.contracts.service import Opening
from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.service_promise import messages, settings
from tests.services.parcels.test_shipments import take
from tests.services.service_promise.test_messages import found, write

if TYPE_CHECKING:
    from tests.admin.conftest import Browser

LIST = "/admin/parcels/messages"
PROMISE = "/admin/parcels/messages/promise"
WEEK = {f"open_{day}": "09:00" for day in range(5)} | {f"close_{day}": "17:00" for day in range(5)}


@pytest.fixture
def message(context: Context, fresh: Shop) -> int:
    take(context, fresh)
    write(context, fresh, found(context, fresh), "Wo ist <i>mein</i> Paket?")
    return messages.waiting(context, fresh)[0].message.id


def test_a_message_is_read_and_answered(
    browser: Browser, context: Context, fresh: Shop, message: int
) -> None:
    page = browser.get(LIST).text
    assert "Wo ist &lt;i&gt;mein&lt;/i&gt; Paket?" in page
    empty = browser.post(f"{LIST}/{message}/answer", LIST, text=" ")
    assert empty.status_code == 422
    assert "Eine leere Antwort geht nicht hinaus." in empty.text
    done = browser.post(f"{LIST}/{message}/answer", LIST, text="Morgen kommt es.")
    assert done.headers["Location"].endswith("said=answer")
    again = browser.post(f"{LIST}/{message}/settle", PROMISE, do="closed")
    assert again.headers["Location"].endswith("said=settled")
    assert messages.settled(context, fresh)[0].message.state == "answered"


def test_what_needs_no_answer_is_set_aside(
    browser: Browser, context: Context, fresh: Shop, message: int
) -> None:
    browser.post(f"{LIST}/{message}/settle", LIST, do="closed")
    assert messages.settled(context, fresh)[0].message.state == "closed"
    assert browser.post(f"{LIST}/{message}/settle", PROMISE, do="x").status_code == 400


def test_hours_delivery_and_review_are_saved_together(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    done = browser.post(
        PROMISE,
        PROMISE,
        **WEEK,
        hours="4",
        region="DE-BY",
        until_hour="14",
        first_DE="2",
        last_DE="3",
        first_other="5",
        pause_start_0="2026-12-24",
        pause_end_0="2027-01-06",
        asks="1",
        review="https://reviews.example/x",
        thanks_on="1",
        thanks_value="7,50",
        thanks_minimum="40",
        thanks_days="30",
    )
    assert done.status_code == 303
    service, delivery = settings.both(context, fresh)
    assert service.week[4] == Opening(start=time(9), end=time(17))
    assert service.week[5] is None
    assert (service.hours, len(service.pauses), str(service.thanks.value)) == (4, 1, "7.50")
    assert (delivery.country, delivery.region, delivery.until_hour) == ("DE", "BY", 14)
    assert delivery.days == {"DE": (2, 3), "*": (5, 5)}
    shown = browser.get(PROMISE).text
    assert 'value="7,50"' in shown
    assert '<option value="DE-BY" selected>Bayern</option>' in shown


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"open_0": "17:00", "close_0": "09:00"}, "die spätere rechts"),
        ({"hours": "viele"}, "Zahl"),
        ({"hours": "41"}, "Zwischen 1 und 40"),
        ({"review": "javascript:alert(1)"}, "mit https:// davor"),
        ({"first_DE": "5", "last_DE": "2"}, "höher als die zweite"),
        ({"pause_start_0": "2026-12-24", "pause_end_0": "0001-01-01"}, "den späteren rechts"),
        ({"thanks_on": "1", "thanks_kind": "percent", "thanks_value": "60"}, "Zwischen 0"),
    ],
)
def test_what_does_not_fit_is_named_and_nothing_is_lost(
    browser: Browser, context: Context, fresh: Shop, wrong: dict[str, str], said: str
) -> None:
    before = settings.both(context, fresh)
    typed = {"hours": "2", "until_hour": "12", "review": "", **wrong}
    answer = browser.post(PROMISE, PROMISE, **typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert settings.both(context, fresh) == before


def test_of_two_who_save_at_once_the_second_is_told(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    seen = settings.both(context, fresh)
    settings.save(context, fresh, (seen[0].model_copy(update={"hours": 8}), seen[1]), seen=seen)
    stale = '[{"hours": 2}, {}]'
    answer = browser.post(PROMISE, PROMISE, hours="3", until_hour="12", seen=stale)
    assert answer.status_code == 409
    assert settings.get(context, fresh).hours == 8
