from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from plugin.errors import NotAllowedError
from plugin.model import Shop
from plugin.services import mail_counting, mail_figures, mailing
from plugin.services.context import Context
from plugin.services.machine_opens import Fetch, is_machine
from plugin.store.outbox import outbox
from plugin.store.subscribers import subscribers
from tests.beacons import BROWSER
from tests.conftest import KeptMail, MovingClock
from tests.services.sign_up_stage import MAIL, Stage, html, plain

PERSON = Fetch(BROWSER)
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"


@pytest.fixture
def db_url(sqlite_template: Path, tmp_path: Path) -> str:
    """One database is enough here: what is stored of it is tested on both in test_bounces.py."""
    path = tmp_path / "bleib.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def stage(context: Context, shop: Shop) -> Stage:
    return Stage(context, shop, personalised=True)


def _advertise(stage: Stage, kept_mail: KeptMail, *purposes: str) -> Any:
    """Let somebody with these purposes get an advertising mail; returns it a minute later."""
    stage.confirmed(kept_mail, purposes=("newsletter", *purposes))
    values = {
        "newsletter": "", "confirmed_at": stage.context.now().isoformat(), "unsubscribe": "",
    }  # fmt: skip
    with stage.context.db.write() as connection:
        mailing.queue(connection, stage.context, stage.shop, "welcome_1", "w", MAIL, "de", values)
    stage.work()
    stage.context.clock.move(minutes=1)  # type: ignore[attr-defined]
    return next(mail for mail, _ in kept_mail.sent if mail["X-Bleib-Class"] == "marketing")


def _tokens(stage: Stage, mail: Any) -> tuple[str, list[str]]:
    ours = re.escape(stage.context.url("/m/"))
    (pixel,) = re.findall(ours + r'([\w.-]+)\.gif"', html(mail))
    return pixel, re.findall(f'href="{ours}([\\w.-]+)"', html(mail))


def _seen(stage: Stage) -> str | None:
    (row,) = [row for row in stage.rows(outbox) if row.kind == "welcome_1"]
    return row.seen


def test_without_the_consent_nothing_is_changed_and_nothing_counted(
    stage: Stage, kept_mail: KeptMail
) -> None:
    mail = _advertise(stage, kept_mail)
    assert "/m/" not in html(mail)
    forged = stage.context.keys.sign("mail_open", [stage.shop.id, stage.rows(outbox)[-1].id])
    mail_counting.opened(stage.context, forged, PERSON)
    assert _seen(stage) is None


def test_with_the_consent_openings_and_clicks_count_and_lead_where_they_should(
    stage: Stage, kept_mail: KeptMail
) -> None:
    pixel, links = _tokens(stage, _advertise(stage, kept_mail, "personalised"))
    mail_counting.opened(stage.context, pixel, PERSON)
    assert _seen(stage) == "opened"
    assert mail_counting.clicked(stage.context, links[0], PERSON) == stage.shop.storefront_url
    assert _seen(stage) == "clicked"
    mail_counting.opened(stage.context, pixel, PERSON)
    figures = mail_figures.figures(stage.context, stage.shop)
    assert (figures.followed, figures.opened, figures.clicked, figures.machines) == (1, 1, 1, 0)


def test_the_ways_out_and_the_plain_text_are_never_counted(
    stage: Stage, kept_mail: KeptMail
) -> None:
    mail = _advertise(stage, kept_mail, "personalised")
    assert "/u/" in html(mail)
    assert stage.shop.privacy_url in html(mail)
    assert "/m/" not in plain(mail)
    assert "/m/" not in mail["List-Unsubscribe"]


def test_service_mails_are_never_followed(stage: Stage, kept_mail: KeptMail) -> None:
    _advertise(stage, kept_mail, "personalised")
    for mail, _ in kept_mail.sent:
        if mail["X-Bleib-Class"] != "marketing":
            assert "/m/" not in html(mail)


def test_a_consent_taken_back_ends_the_counting_but_not_the_link(
    stage: Stage, kept_mail: KeptMail
) -> None:
    pixel, links = _tokens(stage, _advertise(stage, kept_mail, "personalised"))
    with stage.context.db.write() as connection:
        connection.execute(sa.update(subscribers).values(purposes=["newsletter"]))
    mail_counting.opened(stage.context, pixel, PERSON)
    assert mail_counting.clicked(stage.context, links[0], PERSON) == stage.shop.storefront_url
    with stage.context.db.write() as connection:
        connection.execute(sa.delete(subscribers))
    assert mail_counting.clicked(stage.context, links[0], PERSON) == stage.shop.storefront_url
    assert _seen(stage) is None


def test_a_scanner_is_counted_as_a_machine_until_a_person_comes(
    stage: Stage, kept_mail: KeptMail
) -> None:
    pixel, links = _tokens(stage, _advertise(stage, kept_mail, "personalised"))
    for scanner in (Fetch("Mimecast URL Protect"), Fetch(BROWSER, head=True)):
        mail_counting.clicked(stage.context, links[0], scanner)
    assert _seen(stage) == "machine"
    mail_counting.opened(stage.context, pixel, Fetch(GMAIL))
    assert _seen(stage) == "opened"


@pytest.mark.parametrize(
    ("fetch", "seconds", "machine"),
    [
        (PERSON, 60, False),
        (PERSON, 3, True),
        (Fetch(GMAIL), 60, False),
        (Fetch("Mozilla/5.0"), 60, True),
        (Fetch(""), 60, True),
        (Fetch("YahooMailProxy; https://help.yahoo.com"), 60, True),
        (Fetch(BROWSER + " Barracuda Sentinel"), 60, True),
        (Fetch("Googlebot/2.1"), 60, True),
        (Fetch(BROWSER, purpose="prefetch;prerender"), 60, True),
        (Fetch(BROWSER, head=True), 60, True),
    ],
)
def test_machines_are_told_from_readers(fetch: Fetch, seconds: int, machine: bool) -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    assert is_machine(fetch, now - timedelta(seconds=seconds), now) is machine
    assert is_machine(fetch, None, now)


def test_no_link_leads_anywhere_that_we_did_not_sign(
    stage: Stage, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    pixel, links = _tokens(stage, _advertise(stage, kept_mail, "personalised"))
    other = stage.context.keys.sign("mail_open", [stage.shop.id, 1, "https://evil.example"])
    for forged in (links[0][:-2] + "xx", pixel, other, "", "x", links[0].swapcase()):
        with pytest.raises(NotAllowedError):
            mail_counting.clicked(stage.context, forged, PERSON)
        mail_counting.opened(stage.context, forged + "x", PERSON)
    assert _seen(stage) is None
    moving_clock.move(days=400)
    assert mail_counting.clicked(stage.context, links[0], PERSON)
