from __future__ import annotations

import random
import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from plugin.model import Shop
from plugin.services import preflight
from plugin.services.context import Context
from plugin.store.shops import shops
from plugin.store.subscribers import subscribers
from plugin.store.vouchers import vouchers
from tests.conftest import KeptMail, MovingClock
from tests.services.sign_up_stage import MAIL, Stage

SCANNERS = (
    "Mozilla/5.0 (compatible; Barracuda Sentinel (EE))",
    "Mimecast URL Protect",
    "Microsoft Office/16.0 (SafeLinks)",
    "Googlebot/2.1",
    "Slackbot-LinkExpanding 1.0",
    "",
)


@pytest.fixture
def stage(context: Context, shop: Shop) -> Stage:
    return Stage(context, shop)


@pytest.fixture
def token(stage: Stage, kept_mail: KeptMail) -> str:
    """The token of a confirmation link that nobody has used yet."""
    stage.ask()
    stage.work()
    return stage.link_in(kept_mail.sent[0][0])


def _state(stage: Stage) -> str:
    return str(stage.rows(subscribers)[0].state)


def _unsubscribe_address(kept_mail: KeptMail) -> str:
    header = kept_mail.sent[-1][0]["List-Unsubscribe"]
    return re.sub(r"^<https?://[^/]+|>$", "", header)


def test_scanners_that_open_the_link_confirm_nothing(
    client: FlaskClient, stage: Stage, token: str
) -> None:
    for agent in SCANNERS:
        for method in ("GET", "HEAD"):
            client.open(f"/c/{token}", method=method, headers={"User-Agent": agent})
    assert client.open(f"/c/{token}", method="OPTIONS").status_code == 200
    assert _state(stage) == "pending"


def test_what_is_fetched_ahead_confirms_nothing(
    client: FlaskClient, stage: Stage, token: str
) -> None:
    for headers in (
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"X-Moz": "prefetch"},
        {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-User": "?1"},
    ):
        assert client.get(f"/c/{token}?confirm=1", headers=headers).status_code == 200
    for method in ("PUT", "PATCH", "DELETE"):
        assert client.open(f"/c/{token}", method=method).status_code == 405
    assert _state(stage) == "pending"


def test_a_link_that_is_over_leads_to_the_form_and_says_nothing_of_anybody(
    client: FlaskClient, stage: Stage, token: str, moving_clock: MovingClock
) -> None:
    moving_clock.move(days=7, seconds=1)
    before = client.get(f"/c/{token}")
    stage.work()
    gone = client.get(f"/c/{token}")
    assert before.status_code == gone.status_code == 410
    assert before.text == gone.text
    assert MAIL not in gone.text
    assert f'/n/{stage.shop.key}"' in gone.text
    assert "gelten 7 Tage" in gone.text


def test_the_page_asks_with_one_button_and_the_press_confirms(
    client: FlaskClient, stage: Stage, token: str
) -> None:
    page = client.get(f"/c/{token}")
    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert "Newsletter bestätigen?" in text
    assert f"<strong>{MAIL}</strong>" in text
    assert text.count("<button") == 1
    done = client.post(f"/c/{token}")
    assert done.status_code == 200
    assert "Bestätigt. Ihr Gutschein kommt per E‑Mail." in done.get_data(as_text=True)
    assert _state(stage) == "confirmed"


def test_no_code_is_shown_before_or_right_after_confirming(
    client: FlaskClient, stage: Stage, token: str
) -> None:
    before = client.get(f"/c/{token}").get_data(as_text=True)
    after = client.post(f"/c/{token}").get_data(as_text=True)
    code = stage.rows(vouchers)[0].code
    assert code not in before + after


def test_the_voucher_button_waits_for_the_shop_and_then_leads_to_the_cart(
    client: FlaskClient, stage: Stage, token: str
) -> None:
    assert "Newsletter bestätigen?" in client.get(f"/c/{token}/use").get_data(as_text=True)
    client.post(f"/c/{token}")
    waiting = client.get(f"/c/{token}/use")
    assert waiting.status_code == 200
    assert "Einen Moment noch" in waiting.get_data(as_text=True)
    stage.work()
    ready = client.get(f"/c/{token}/use")
    code = stage.rows(vouchers)[0].code
    assert ready.status_code == 303
    link, _, mark = ready.headers["Location"].partition("#")
    assert link == f"https://uferhaus.myshopify.com/discount/{code}?redirect=/cart"
    assert f"#{mark}".startswith(preflight.MARK)


def test_pages_are_kept_by_nobody_and_tell_nobody_where_one_came_from(
    client: FlaskClient, token: str
) -> None:
    for answer in (client.get(f"/c/{token}"), client.post(f"/c/{token}"), client.get("/c/x")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "Set-Cookie" not in answer.headers
        assert "style=" not in answer.get_data(as_text=True)
        assert "<script" not in answer.get_data(as_text=True)


def test_an_expired_link_says_so(
    client: FlaskClient, token: str, moving_clock: MovingClock
) -> None:
    moving_clock.move(days=8)
    for answer in (client.get(f"/c/{token}"), client.post(f"/c/{token}")):
        assert answer.status_code == 410
        text = answer.get_data(as_text=True)
        assert "Dieser Link ist abgelaufen" in text
        assert MAIL not in text


def test_three_hundred_altered_tokens_open_nothing(
    client: FlaskClient, stage: Stage, token: str
) -> None:
    chance = random.Random(11)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.="
    altered = {token[:-2], token + "A", token.swapcase(), token[::-1], ".." + token, token * 3}
    altered |= {token.replace(".", ""), token.split(".")[0], "é" + token, token + "%00", "null"}
    # The last sign of base64 carries unused bits: changing those changes nothing.
    while len(altered) < 300:
        place = chance.randrange(len(token) - 1)
        altered.add(token[:place] + chance.choice(letters) + token[place + 1 :])
    altered.discard(token)
    for text in sorted(altered):
        for address in (f"/c/{text}", f"/u/{text}"):
            assert client.post(address).status_code in (404, 405), address
    assert _state(stage) == "pending"


def test_unsubscribing_by_page_asks_first(
    client: FlaskClient, stage: Stage, token: str, kept_mail: KeptMail
) -> None:
    client.post(f"/c/{token}")
    stage.work()
    address = _unsubscribe_address(kept_mail)
    question = client.get(address)
    assert "Newsletter abbestellen?" in question.get_data(as_text=True)
    assert _state(stage) == "confirmed"
    assert "Sie sind abgemeldet" in client.post(address).get_data(as_text=True)
    assert _state(stage) == "unsubscribed"


def test_one_click_from_the_mail_program_works_without_cookies_and_any_number_of_times(
    client: FlaskClient, stage: Stage, token: str, kept_mail: KeptMail
) -> None:
    client.post(f"/c/{token}")
    stage.work()
    mail = kept_mail.sent[-1][0]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for _ in range(3):
        answer = client.post(
            _unsubscribe_address(kept_mail), data={"List-Unsubscribe": "One-Click"}
        )
        assert answer.status_code == 200
    assert _state(stage) == "unsubscribed"


def test_unsubscribing_works_after_uninstalling_but_confirming_does_not(
    client: FlaskClient, stage: Stage, token: str, kept_mail: KeptMail, context: Context
) -> None:
    client.post(f"/c/{token}")
    stage.work()
    address = _unsubscribe_address(kept_mail)
    with context.db.write() as connection:
        connection.execute(sa.update(shops).values(state="uninstalled"))
    assert client.get(f"/c/{token}").status_code == 410
    assert client.post(address).status_code == 200
    assert _state(stage) == "unsubscribed"


def test_names_with_markup_are_shown_as_they_are_written(
    client: FlaskClient, context: Context, make_shop: Callable[..., Shop], kept_mail: KeptMail
) -> None:
    hostile = '<img src=x onerror=alert(1)>{{911*977}}{shop}{email.__class__}"'
    shop = make_shop(name=hostile, imprint=hostile)
    stage = Stage(context, shop, newsletter_name={"de": "<b>{email}</b>", "en": ""})
    stage.ask()
    stage.work()
    token = stage.link_in(kept_mail.sent[0][0])
    for text in (
        client.get(f"/c/{token}").get_data(as_text=True),
        client.post(f"/c/{token}").get_data(as_text=True),
    ):
        assert "<img" not in text
        assert "<b>" not in text
        assert "{{911*977}}{shop}{email.__class__}" in text
        assert "890047" not in text


def test_a_shop_that_says_du_does_so_on_its_pages(
    client: FlaskClient, context: Context, make_shop: Callable[..., Shop], kept_mail: KeptMail
) -> None:
    shop = make_shop(address="du", name="steigwohl")
    stage = Stage(context, shop, newsletter_name={"de": "Tourenbrief", "en": ""})
    stage.ask()
    stage.work()
    token = stage.link_in(kept_mail.sent[0][0])
    asked = client.get(f"/c/{token}").get_data(as_text=True)
    assert "Tourenbrief bestätigen?" in asked
    assert "Warst du das?" in asked
    assert "Dein Gutschein" in client.post(f"/c/{token}").get_data(as_text=True)


def test_who_signed_up_in_english_gets_english_pages(
    client: FlaskClient, stage: Stage, kept_mail: KeptMail
) -> None:
    stage.ask(language="en")
    stage.work()
    page = client.get(f"/c/{stage.link_in(kept_mail.sent[0][0])}").get_data(as_text=True)
    assert '<html lang="en">' in page
    assert "Confirm newsletter?" in page


def test_a_broken_link_answers_in_the_language_of_the_browser(client: FlaskClient) -> None:
    german = client.get("/c/x", headers={"Accept-Language": "de-AT,de;q=0.9"})
    english = client.get("/c/x", headers={"Accept-Language": "en-US"})
    assert "Dieser Link ist unvollständig" in german.get_data(as_text=True)
    assert "This link is incomplete" in english.get_data(as_text=True)


def test_the_style_sheet_is_served_by_us(client: FlaskClient) -> None:
    answer = client.get("/pages/pages.css")
    assert answer.status_code == 200
    assert answer.mimetype == "text/css"
    answer.close()
