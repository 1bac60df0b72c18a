"""The daily mail: only what is new, at most one a day, to whoever wants it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask

from plugin.admin.overview_needs import PAGES
from plugin.app import handlers
from plugin.model import Shop
from plugin.services import daily_mail, needs, rounds, team
from plugin.services.context import Context
from plugin.services.needs import MOST, Need
from plugin.services.steps import Runner, Step
from plugin.store import steps as step_rows
from plugin.store import team as team_rows
from plugin.store import told_needs
from plugin.texts import LANGUAGES, area_texts
from tests.conftest import KeptMail, MovingClock
from tests.services.on_sqlite import db_url  # noqa: F401 - a fixture
from tests.services.sign_up_stage import plain

DEAD = Need("dead", "/admin/work", 2, {"n": 2})
SETUP = Need("setup", "/admin/setup", 3, {"n": 3})


class Waiting:
    """What needs the merchant, as a test wants it."""

    def __init__(self) -> None:
        self.needs: list[Need] = []

    def __call__(self, _context: Context, _shop: Shop) -> list[Need]:
        return self.needs


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> Waiting:
    found = Waiting()
    monkeypatch.setattr(daily_mail, "all_needs", found)
    return found


def look(context: Context, shop: Shop) -> None:
    """Let the morning's step run, and send what it queued."""
    daily_mail.tell(context, _step(shop))
    work(context)


def _step(shop: Shop) -> Step:
    return Step(id=1, shop_id=shop.id, kind="needs.tell", key="needs.tell", payload={}, attempts=1)


def work(context: Context) -> None:
    runner = Runner(context, handlers(), "test")
    while runner.run_due():
        pass


def owner(context: Context, shop: Shop, email: str, role: str = "owner") -> team.Member:
    with context.db.write() as connection:
        return team_rows.add(
            connection,
            shop.id,
            name="Anna",
            role=role,
            email_check=email,
            email_sealed=context.keys.seal(shop.id, "team", email),
            at=context.now(),
            joined=True,
        )


def test_nothing_new_is_no_mail(
    context: Context, shop: Shop, kept_mail: KeptMail, waiting: Waiting
) -> None:
    look(context, shop)
    assert kept_mail.sent == []


def test_a_second_run_on_the_same_day_sends_no_second_mail(
    context: Context, shop: Shop, kept_mail: KeptMail, waiting: Waiting
) -> None:
    waiting.needs = [DEAD]
    look(context, shop)
    waiting.needs = [DEAD, SETUP]
    look(context, shop)
    assert [to for _, to in kept_mail.sent] == [shop.email]


def test_what_came_later_is_told_the_next_day_alone(
    context: Context, shop: Shop, kept_mail: KeptMail, waiting: Waiting, moving_clock: MovingClock
) -> None:
    waiting.needs = [DEAD]
    look(context, shop)
    waiting.needs = [DEAD, SETUP]
    moving_clock.move(days=1)
    look(context, shop)
    text = plain(kept_mail.sent[-1][0])
    assert len(kept_mail.sent) == 2
    assert "Die Einrichtung ist noch nicht fertig" in text
    assert "Aufgaben blieben liegen" not in text


@pytest.mark.parametrize(
    ("days", "size", "mails"), [(1, 2, 1), (1, 1, 1), (1, 3, 2), (6, 2, 1), (7, 2, 2)]
)
def test_a_need_is_told_again_only_when_it_grew_or_after_a_week(
    context: Context,
    shop: Shop,
    kept_mail: KeptMail,
    waiting: Waiting,
    moving_clock: MovingClock,
    days: int,
    size: int,
    mails: int,
) -> None:
    waiting.needs = [DEAD]
    look(context, shop)
    waiting.needs = [Need("dead", "/admin/work", size)]
    moving_clock.move(days=days)
    look(context, shop)
    assert len(kept_mail.sent) == mails


def test_a_need_that_was_settled_is_new_when_it_comes_again(
    context: Context, shop: Shop, kept_mail: KeptMail, waiting: Waiting, moving_clock: MovingClock
) -> None:
    for found in ([DEAD], [], [DEAD]):
        waiting.needs = list(found)
        look(context, shop)
        moving_clock.move(days=1)
    assert len(kept_mail.sent) == 2


def test_what_does_not_fit_comes_with_the_next_mail(
    context: Context, shop: Shop, kept_mail: KeptMail, waiting: Waiting, moving_clock: MovingClock
) -> None:
    names = ("dead", "mail_service", "parcels", "sign_ups", "mail", "alarm", "setup")
    waiting.needs = [Need(name, f"/admin/{name}") for name in names]
    assert len(names) > MOST
    for _ in range(2):
        look(context, shop)
        moving_clock.move(days=1)
    first, second = (plain(message) for message, _ in kept_mail.sent)
    assert [name for name in names if f"/admin/{name}\n" in first] == list(names[:MOST])
    assert [name for name in names if f"/admin/{name}\n" in second] == list(names[MOST:])


def test_mails_that_cannot_leave_are_not_told_by_mail(
    context: Context, shop: Shop, kept_mail: KeptMail, waiting: Waiting
) -> None:
    waiting.needs = [Need("waiting", "/admin/mail")]
    look(context, shop)
    assert kept_mail.sent == []


def test_every_owner_is_written_to_and_staff_is_not(
    context: Context, shop: Shop, kept_mail: KeptMail, waiting: Waiting
) -> None:
    owner(context, shop, "anna@team.example")
    owner(context, shop, "kim@team.example", role="staff")
    waiting.needs = [DEAD]
    look(context, shop)
    assert sorted(to for _, to in kept_mail.sent) == sorted(["anna@team.example", shop.email])


def test_a_shop_of_its_own_belongs_to_its_team(
    context: Context, make_shop: Callable[..., Shop], kept_mail: KeptMail, waiting: Waiting
) -> None:
    shop = make_shop("teehaus.example", platform="script_tag")
    waiting.needs = [DEAD]
    look(context, shop)
    owner(context, shop, "anna@team.example")
    waiting.needs = [SETUP]
    with context.db.write() as connection:
        told_needs.keep(connection, shop.id, [])
    look(context, shop)
    assert [to for _, to in kept_mail.sent] == [shop.email, "anna@team.example"]


def test_who_switched_it_off_gets_none_and_the_others_do(
    context: Context, shop: Shop, kept_mail: KeptMail, waiting: Waiting
) -> None:
    anna = owner(context, shop, "anna@team.example")
    # The shop's contact is the same mailbox as an owner's: her own switch decides.
    jo = owner(context, shop, shop.email.upper())
    daily_mail.switch(context, shop, jo, on=False)
    waiting.needs = [DEAD]
    look(context, shop)
    assert [to for _, to in kept_mail.sent] == ["anna@team.example"]
    assert daily_mail.setting(context, shop, anna) == daily_mail.Setting("anna@team.example", True)
    assert daily_mail.setting(context, shop, jo) == daily_mail.Setting(shop.email.upper(), False)


def test_with_everybody_switched_off_nothing_counts_as_told(
    context: Context, shop: Shop, kept_mail: KeptMail, waiting: Waiting
) -> None:
    waiting.needs = [DEAD]
    daily_mail.switch(context, shop, None, on=False)
    look(context, shop)
    assert kept_mail.sent == []
    daily_mail.switch(context, shop, None, on=True)
    look(context, shop)
    assert len(kept_mail.sent) == 1


@pytest.mark.parametrize(
    ("locale", "says"),
    [
        ("de-DE", ["Das braucht Sie", "Aufgaben blieben liegen", "Tagesmail ausschalten"]),
        ("en-GB", ["This needs you", "Tasks were left undone", "Switch the daily mail off"]),
    ],
)
def test_it_speaks_the_shops_language_and_every_line_has_its_link_in_both_forms(
    context: Context,
    make_shop: Callable[..., Shop],
    kept_mail: KeptMail,
    waiting: Waiting,
    locale: str,
    says: list[str],
) -> None:
    shop = make_shop(locale=locale, address="du")
    waiting.needs = [DEAD, SETUP]
    look(context, shop)
    message = kept_mail.sent[0][0]
    text = plain(message)
    drawn = message.get_body(("html",))
    assert drawn is not None
    html = str(drawn.get_content())
    for said in says:
        assert said in text
        assert said in html
    for path in ("/admin/work", "/admin/setup", "/admin/", "/admin/account#daily-mail"):
        address = context.url(path)
        assert address in text
        assert f'href="{address}"' in html
    assert message["X-Bleib-Class"] == "service"


def test_every_need_has_its_line_in_both_languages_and_a_page_of_ours(
    context: Context, shop: Shop, app: Flask
) -> None:
    texts = area_texts("mail")
    told = set(PAGES) - {"waiting"}
    for language in LANGUAGES:
        lines = {key for key in texts.keys(language) if key.startswith("needs.line.")}
        assert lines == {f"needs.line.{name}" for name in told} | {"needs.line.draft_named"}
    pages = app.url_map.bind("")
    with context.db.write() as connection:
        connection.execute(
            step_rows.steps.insert().values(
                shop_id=shop.id, kind="order.take", key="1", payload={}, state="dead",
                due_at=context.now(), attempts=12, created_at=context.now(), error="unknown",
            )
        )  # fmt: skip
    found = needs.all_needs(context, shop)
    assert [one.name for one in found if one.name == "dead"] == ["dead"]
    for one in found:
        if not one.outside:
            endpoint, _ = pages.match(one.href.partition("?")[0].partition("#")[0])
            assert endpoint == PAGES[one.name][1]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Tokyo", "America/Los_Angeles"])
def test_the_look_is_put_to_seven_in_the_morning_of_the_shop_once_a_day(
    context: Context, make_shop: Callable[..., Shop], zone: str
) -> None:
    shop = make_shop(zone=zone)
    for _ in range(2):
        daily_mail.plan(context, _step(shop))
    with context.db.read() as connection:
        due = connection.execute(sa.select(step_rows.steps.c.due_at)).scalars().all()
    assert len(due) == 1
    here = due[0].astimezone(ZoneInfo(zone))
    assert (here.hour, here.minute) == (7, 0)
    assert timedelta(0) <= due[0] - context.now() <= timedelta(days=1)


def test_the_morning_is_planned_by_the_regular_rounds(context: Context, shop: Shop) -> None:
    assert ("needs.plan", timedelta(days=1)) in rounds.ROUNDS
    assert {"needs.plan", "needs.tell"} <= set(handlers())


def test_a_step_that_died_after_its_work_does_nothing_when_it_runs_again(
    context: Context, shop: Shop, kept_mail: KeptMail, waiting: Waiting
) -> None:
    waiting.needs = [DEAD]
    daily_mail.tell(context, _step(shop))  # its worker died before it could say so
    daily_mail.tell(context, _step(shop))
    work(context)
    assert len(kept_mail.sent) == 1
