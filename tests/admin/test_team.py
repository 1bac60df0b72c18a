"""People of a shop of its own: invited, held to their role, with a second factor, and removed."""

from __future__ import annotations

import re
from typing import Any

import pyotp
import pytest
from flask.testing import FlaskClient

from plugin.app import handlers
from plugin.services import team
from plugin.services.context import Context
from plugin.services.steps import Runner
from plugin.store.shops import shop_by_id
from plugin.store.steps import steps
from tests.conftest import KeptMail, MovingClock
from tests.own_shop import OwnShop, with_script_tag
from tests.services.sign_up_stage import plain

OWNER = "chefin@teehaus.example"
ANNA = {"name": "Anna Lind", "email": "Anna@teehaus.example", "role": "staff"}


@pytest.fixture
def own(context: Context) -> OwnShop:
    return OwnShop(with_script_tag(context))


def work(own: OwnShop) -> None:
    runner = Runner(own.context, handlers(), "test")
    while runner.run_due():
        pass


def link_in(kept_mail: KeptMail, recipient: str) -> str:
    """Return the link in the last mail to somebody."""
    message = next(one for one, to in reversed(kept_mail.sent) if to.lower() == recipient.lower())
    found = re.search(r"(/install/script_tag/\S+)", plain(message))
    assert found
    return found[1]


def ask(own: OwnShop, email: str = "") -> None:
    """Ask at the door for a link."""
    form = {"do": "sign_in", "known": own.shop.domain, "known_email": email}
    assert own.client.post("/install/script_tag", data=form).status_code == 303
    work(own)


def come_in(own: OwnShop, kept_mail: KeptMail, email: str = OWNER) -> FlaskClient:
    """Sign somebody in with the link of a mail, in a browser of their own."""
    ask(own, "" if email == OWNER else email)
    browser = own.client.application.test_client()
    assert browser.post(link_in(kept_mail, email)).headers["Location"] == "/admin/"
    return browser


def press(browser: FlaskClient, page: str, path: str, **entries: str) -> Any:
    """Send a form of a page, with what the page itself put into it."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(page).text)
    assert token
    return browser.post(path, data={"csrf_token": token[1], **entries})


def member_id(own: OwnShop, name: str) -> int:
    everybody = team.people(own.context, own.shop)
    return next(one.member.id for one in everybody if one.member.name == name)


def invited(own: OwnShop, kept_mail: KeptMail) -> tuple[FlaskClient, FlaskClient]:
    """Return the browsers of the owner and of Anna, who accepted."""
    owner = come_in(own, kept_mail)
    assert press(owner, "/admin/team", "/admin/team", **ANNA).status_code == 303
    work(own)
    anna = own.client.application.test_client()
    link = link_in(kept_mail, ANNA["email"])
    assert "Einladung annehmen" in anna.get(link).text
    assert anna.post(link).headers["Location"] == "/admin/"
    return owner, anna


def with_factor(own: OwnShop, browser: FlaskClient) -> tuple[pyotp.TOTP, list[str]]:
    """Switch the second factor of whoever sits there on; returns the app and the spare codes."""
    shown = press(browser, "/admin/account", "/admin/account/factor").text
    sealed = re.search(r'name="sealed" value="([^"]+)"', shown)
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", shown)
    assert sealed
    assert secret
    app = pyotp.TOTP(secret[1].replace(" ", ""))
    entries = {"sealed": sealed[1], "code": app.at(own.context.now())}
    page = press(browser, "/admin/account", "/admin/account/factor/on", **entries)
    codes = re.findall(r"<li><code>([\w-]+)</code></li>", page.text)
    assert len(codes) == 10
    return app, codes


def half_way(own: OwnShop, kept_mail: KeptMail, email: str) -> tuple[FlaskClient, str]:
    """Press the link of a mail where a code is still missing."""
    ask(own, email)
    browser = own.client.application.test_client()
    page = browser.post(link_in(kept_mail, email))
    half = re.search(r'name="half" value="([^"]+)"', page.text)
    assert half
    assert "Set-Cookie" not in page.headers
    return browser, half[1]


def test_who_is_invited_comes_in_as_what_they_are(own: OwnShop, kept_mail: KeptMail) -> None:
    owner, anna = invited(own, kept_mail)
    assert anna.get("/admin/look").status_code == 200
    refused = anna.get("/admin/team")
    assert (refused.status_code, "Recht" in refused.text) == (403, True)
    assert 'href="/admin/connections"' not in anna.get("/admin/").text
    someone = member_id(own, "Anna Lind")
    press(owner, "/admin/team", f"/admin/team/{someone}/role", role="reader")
    assert anna.get("/admin/look").status_code == 200
    assert anna.post("/admin/look", data={"save": "1"}).status_code in (400, 403)


def test_who_saved_meanwhile_is_named_with_both_values(own: OwnShop, kept_mail: KeptMail) -> None:
    owner, anna = invited(own, kept_mail)
    assert press(anna, "/admin/guard", "/admin/guard", budget="500", seen="0").status_code == 303
    asked = press(owner, "/admin/guard", "/admin/guard", budget="600", seen="0")
    assert asked.status_code == 409
    assert "Anna Lind hat auch gerade gespeichert" in asked.text
    assert re.search(r"auf 500\s€ gesetzt \(\d\d:\d\d\sUhr\)", asked.text)
    assert re.search(r"600\s€ speichern.+500\s€ behalten", asked.text, re.DOTALL)


def test_who_is_removed_is_out_at_once_and_cannot_ask_for_a_link(
    own: OwnShop, kept_mail: KeptMail
) -> None:
    owner, anna = invited(own, kept_mail)
    someone = member_id(own, "Anna Lind")
    ask(own, ANNA["email"])
    waiting = link_in(kept_mail, ANNA["email"])
    page = f"/admin/team/{someone}/remove"
    assert press(owner, page, page).status_code == 303
    assert anna.get("/admin/").status_code == 401
    assert anna.post(waiting).status_code == 401
    sent = len(kept_mail.sent)
    ask(own, ANNA["email"])
    assert len(kept_mail.sent) == sent
    assert "Anna" not in owner.get("/admin/team").text


def test_a_shop_keeps_its_last_owner(own: OwnShop, kept_mail: KeptMail) -> None:
    owner = come_in(own, kept_mail)
    me = member_id(own, OWNER)
    for path, entries in ((f"{me}/role", {"role": "staff"}), (f"{me}/remove", {})):
        refused = press(owner, "/admin/team", f"/admin/team/{path}", **entries)
        assert (refused.status_code, "niemand mehr Inhaber" in refused.text) == (403, True)
    assert owner.get("/admin/team").status_code == 200


def test_an_invitation_names_what_is_wrong_and_keeps_what_was_typed(
    own: OwnShop, kept_mail: KeptMail
) -> None:
    owner = come_in(own, kept_mail)
    for entries, said in (
        ({**ANNA, "email": "anna"}, "keine Mail-Adresse"),
        ({**ANNA, "name": " "}, "Bitte ein Name"),
        ({**ANNA, "role": "admin"}, "Bitte wählen Sie eine Rolle"),
        ({**ANNA, "email": OWNER.upper()}, "gehört schon zum Team"),
    ):
        page = press(owner, "/admin/team", "/admin/team", **entries)
        assert (page.status_code, said in page.text) == (422, True), entries
        assert f'value="{entries["email"]}"' in page.text


def test_with_a_second_factor_the_link_alone_lets_nobody_in(
    own: OwnShop, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    owner = come_in(own, kept_mail)
    app, codes = with_factor(own, owner)
    assert owner.get("/admin/").status_code == 200
    moving_clock.move(minutes=1)
    browser, half = half_way(own, kept_mail, OWNER)
    right = app.at(own.context.now())
    wrong = browser.post("/install/script_tag/code", data={"half": half, "code": "000000"})
    assert (wrong.status_code, "stimmt nicht" in wrong.text) == (422, True)
    entries = {"half": half, "code": right}
    assert browser.post("/install/script_tag/code", data=entries).status_code == 303
    assert browser.get("/admin/").status_code == 200
    again = browser.post("/install/script_tag/code", data=entries)
    assert again.status_code == 422
    spare = {"half": half, "code": codes[3].upper().replace("-", " ")}
    assert browser.post("/install/script_tag/code", data=spare).status_code == 303
    assert browser.post("/install/script_tag/code", data=spare).status_code == 422


def test_codes_cannot_be_guessed(
    own: OwnShop, kept_mail: KeptMail, moving_clock: MovingClock
) -> None:
    app, _ = with_factor(own, come_in(own, kept_mail))
    moving_clock.move(minutes=20)
    browser, half = half_way(own, kept_mail, OWNER)
    for number in range(5):
        entries = {"half": half, "code": f"00000{number}"}
        assert browser.post("/install/script_tag/code", data=entries).status_code == 422
    right = {"half": half, "code": app.at(own.context.now())}
    held = browser.post("/install/script_tag/code", data=right)
    assert (held.status_code, "Retry-After" in held.headers) == (429, True)


def test_an_owner_helps_who_lost_the_phone(own: OwnShop, kept_mail: KeptMail) -> None:
    owner, anna = invited(own, kept_mail)
    with_factor(own, anna)
    someone = member_id(own, "Anna Lind")
    press(owner, "/admin/team", f"/admin/team/{someone}/factor")
    assert anna.get("/admin/").status_code == 401
    assert come_in(own, kept_mail, ANNA["email"]).get("/admin/").status_code == 200


def test_each_owner_switches_their_own_daily_mail_and_staff_has_none(
    own: OwnShop, kept_mail: KeptMail
) -> None:
    owner, anna = invited(own, kept_mail)
    assert f"an {OWNER}:" in owner.get("/admin/account").text
    press(owner, "/admin/account", "/admin/account/mail", on="0")
    assert "Tagesmail einschalten" in owner.get("/admin/account").text
    press(owner, "/admin/account", "/admin/account/mail", on="1")
    assert "Tagesmail ausschalten" in owner.get("/admin/account").text
    assert "Tagesmail" not in anna.get("/admin/account").text
    assert press(anna, "/admin/account", "/admin/account/mail", on="0").status_code == 404


def test_signing_out_everywhere_ends_every_session(own: OwnShop, kept_mail: KeptMail) -> None:
    here, there = come_in(own, kept_mail), come_in(own, kept_mail)
    press(here, "/admin/account", "/admin/sign-out", do="here")
    assert (here.get("/admin/").status_code, there.get("/admin/").status_code) == (401, 200)
    here = come_in(own, kept_mail)
    press(here, "/admin/account", "/admin/sign-out", do="everywhere")
    assert there.get("/admin/").status_code == 401


def test_signing_out_everywhere_ends_links_that_wait(own: OwnShop, kept_mail: KeptMail) -> None:
    here = come_in(own, kept_mail)
    ask(own)
    waiting = link_in(kept_mail, OWNER)
    press(here, "/admin/account", "/admin/sign-out", do="everywhere")
    assert own.client.application.test_client().post(waiting).status_code in (401, 403)


def test_nobody_drops_their_own_second_factor_without_a_code(
    own: OwnShop, kept_mail: KeptMail
) -> None:
    owner = come_in(own, kept_mail)
    with_factor(own, owner)
    me = member_id(own, OWNER)
    press(owner, "/admin/account", f"/admin/team/{me}/factor")
    assert owner.get("/admin/account").status_code == 200
    half_way(own, kept_mail, OWNER)


def test_who_was_removed_cannot_bring_the_shop_back_but_an_owner_can(
    own: OwnShop, kept_mail: KeptMail
) -> None:
    """The registered address was an agency's; the shop parted with it, and later left."""
    agency, anna = invited(own, kept_mail)
    someone, first = member_id(own, "Anna Lind"), member_id(own, OWNER)
    press(agency, "/admin/team", f"/admin/team/{someone}/role", role="owner")
    page = f"/admin/team/{first}/remove"
    assert press(anna, page, page).status_code == 303
    press(anna, "/admin/leave", "/admin/leave")
    came = {}
    for address in (OWNER, ANNA["email"]):
        form = {"do": "register", "domain": own.shop.domain, "name": "T", "country": "de"}
        own.client.post("/install/script_tag", data={**form, "email": address})
        browser = own.client.application.test_client()
        browser.post(link_in(kept_mail, address))
        came[address] = browser.get("/admin/").status_code
    assert came == {OWNER: 401, ANNA["email"]: 200}
    assert {one.member.name for one in team.people(own.context, own.shop)} == {"Anna Lind"}


def test_a_shop_leaves_by_a_button_and_is_erased_after_a_month(
    own: OwnShop, kept_mail: KeptMail
) -> None:
    owner = come_in(own, kept_mail)
    assert press(owner, "/admin/leave", "/admin/leave").status_code == 303
    assert owner.get("/admin/").status_code == 401
    with own.context.db.read() as connection:
        shop = shop_by_id(connection, own.shop.id)
        planned = connection.execute(
            steps.select().where(steps.c.kind == "privacy.erase_shop")
        ).one()
    assert shop is not None
    assert shop.state == "uninstalled"
    assert (planned.due_at - own.context.now()).days == 30
