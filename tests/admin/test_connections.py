"""The page "Connections", used as a merchant uses it."""

from __future__ import annotations

import io
import re

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from plugin.app import create_app
from plugin.model import Shop
from plugin.services.context import Context
from plugin.store.mail_connections import mail_connections
from plugin.store.webhook_targets import webhook_targets
from tests.admin.conftest import Browser
from tests.conftest import KeptMail
from tests.fakes.mail_services.brevo import FakeBrevo
from tests.security.world import sign_in
from tests.services.sign_up_stage import MAIL
from tests.services.sync_stage import SyncStage

PAGE = "/admin/connections"
KEY = FakeBrevo.secrets["api_key"]
ADDRESS = "https://entwickler.example/bleib"


@pytest.fixture
def stage(context: Context, fresh: Shop) -> SyncStage:
    return SyncStage(context, fresh)


@pytest.fixture
def page(stage: SyncStage) -> Browser:
    client = create_app(context=stage.context).test_client()
    sign_in(client, stage.context.keys.sign("session", [stage.shop.id, stage.shop.generation]))
    return Browser(client)


def post(page: Browser, path: str, **fields: str) -> TestResponse:
    return page.post(PAGE + path, **fields)


def connect(page: Browser) -> None:
    post(page, "/mail/brevo", api_key=KEY)
    post(page, "/list", list="11", everybody="no")


def shown(page: Browser, path: str = "") -> str:
    return page.get(PAGE + path).text


def test_a_service_is_connected_in_two_steps(page: Browser, stage: SyncStage) -> None:
    assert 'href="/admin/connections/mail/brevo"' in shown(page)
    assert "alle Listen" in shown(page, "/mail/brevo")  # what the service cannot do
    checked = post(page, "/mail/brevo", api_key=KEY)
    assert checked.location == "/admin/connections/list"
    assert '<option value="12">Presse</option>' in shown(page, "/list")
    assert "Liste fehlt noch" in shown(page)
    taken = post(page, "/list", list="11", everybody="no")
    assert taken.location == "/admin/connections?done=saved"
    assert "Uferhaus GmbH" in shown(page)
    assert stage.rows(mail_connections)[0].list_name == "Newsletter"


def test_credentials_are_never_shown_and_lie_sealed(page: Browser, stage: SyncStage) -> None:
    connect(page)
    row = stage.rows(mail_connections)[0]
    assert KEY not in str(tuple(row))
    for path in ("", "/mail/brevo", "/list"):
        assert KEY not in shown(page, path)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Diese Angabe fehlt."),
        ("falsch", "Der Dienst nimmt diese Zugangsdaten nicht an."),
        ("schlüssel", "Der Dienst nimmt diese Zugangsdaten nicht an."),
    ],
)
def test_wrong_credentials_are_named_at_once(
    page: Browser, stage: SyncStage, typed: str, said: str
) -> None:
    answer = post(page, "/mail/brevo", api_key=typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert stage.rows(mail_connections) == []


def test_a_service_that_nobody_knows_is_not_there(page: Browser) -> None:
    assert page.get(PAGE + "/mail/unbekannt").status_code == 404


def test_a_service_that_is_away_is_said_and_the_choice_can_be_made_later(
    page: Browser, stage: SyncStage
) -> None:
    post(page, "/mail/brevo", api_key=KEY)
    stage.fake.next_says(502)
    assert "antwortet gerade nicht" in shown(page, "/list")
    assert post(page, "/list", list="99").status_code == 422
    assert post(page, "/list", list="12").status_code == 303


def test_revoked_credentials_stand_on_the_page_and_in_the_navigation(
    page: Browser, stage: SyncStage, kept_mail: KeptMail
) -> None:
    connect(page)
    stage.fake.secrets = {"api_key": "xkeysib-neu"}
    stage.confirmed(kept_mail)
    stage.work()
    text = shown(page)
    assert "Brevo nimmt Ihre Zugangsdaten nicht mehr an." in text
    assert re.search(r'href="/admin/connections"[^>]*>.*?<b class="badge">1<', text, re.S)
    assert post(page, "/mail/brevo", api_key="xkeysib-neu").location == f"{PAGE}?done=saved"
    stage.work()
    assert stage.fake.gets_mail(MAIL)
    assert "nicht mehr an" not in shown(page)


def test_a_service_is_let_go(page: Browser, stage: SyncStage) -> None:
    connect(page)
    post(page, "/disconnect")
    assert stage.rows(mail_connections) == []
    assert page.get(PAGE + "/list").location == PAGE


def upload(page: Browser, text: str, source: str) -> TestResponse:
    file = FileStorage(io.BytesIO(text.encode()), "leute.csv")
    fields = {"csrf_token": page.token("/admin/stop"), "source": source, "file": file}
    return page.client.post(PAGE + "/files", data=fields)


def test_people_of_a_file_are_shown_before_they_are_taken(page: Browser, stage: SyncStage) -> None:
    rows = "E-Mail;Bestätigt am\neva@post.example;20.11.2026\nkein;20.11.2026\n"
    sent = upload(page, rows, "Formular der alten Shopseite, bestätigt")
    assert sent.status_code == 303
    checked = page.get(sent.location).text
    assert "1 übernehmen" in checked
    assert "eva@post.example" not in shown(page, "/subscribers.csv")
    page.post(sent.location, do="start")
    stage.work()
    assert "1 von 1 sind neu" in page.get(sent.location).text
    assert "eva@post.example" in shown(page, "/subscribers.csv")


def test_a_file_without_a_source_of_consent_is_not_read(page: Browser) -> None:
    answer = upload(page, "E-Mail;Bestätigt am\neva@post.example;20.11.2026\n", "ja")
    assert answer.status_code == 422
    assert "woher die Einwilligung stammt" in answer.text


def test_a_file_is_forgotten_again(page: Browser) -> None:
    rows = "E-Mail;Bestätigt am\neva@post.example;20.11.2026\n"
    sent = upload(page, rows, "Formular der alten Shopseite, bestätigt")
    assert page.post(sent.location, do="drop").location == PAGE
    assert page.post(sent.location, do="start").status_code == 409


def test_a_secret_is_shown_once(page: Browser) -> None:
    made = post(page, "/webhooks", url=ADDRESS, topics="voucher.issued")
    secret = re.search(r"whsec_[\w-]{43}", made.text)
    assert secret
    for path in ("", "/webhooks/1"):
        assert ADDRESS in shown(page, path)
        assert "whsec_" not in shown(page, path)
    renewed = re.search(r"whsec_[\w-]{43}", post(page, "/webhooks/1", do="secret").text)
    assert renewed
    assert renewed[0] != secret[0]


@pytest.mark.parametrize(
    ("url", "topics", "said"),
    [
        ("http://entwickler.example/", "voucher.issued", "die mit https:// beginnt"),
        ("https://entwickler.example:8443/", "voucher.issued", "die mit https:// beginnt"),
        ("https://a:b@entwickler.example/", "voucher.issued", "die mit https:// beginnt"),
        ("https://[::1", "voucher.issued", "die mit https:// beginnt"),
        ("", "voucher.issued", "die mit https:// beginnt"),
        (ADDRESS, "shop.sold", "wenigstens eine Meldung"),
    ],
)
def test_an_address_that_cannot_be_told_anything_is_refused(
    page: Browser, stage: SyncStage, url: str, topics: str, said: str
) -> None:
    answer = post(page, "/webhooks", url=url, topics=topics)
    assert answer.status_code == 422
    assert said in answer.text
    assert stage.rows(webhook_targets) == []


def test_an_address_is_tried_watched_and_tried_again(page: Browser, stage: SyncStage) -> None:
    post(page, "/webhooks", url=ADDRESS, topics="voucher.issued")
    stage.posts.answers = [410]
    post(page, "/webhooks/1", do="ping")
    assert "wartet" in shown(page, "/webhooks/1")
    stage.work()
    assert "Antwort 410" in shown(page, "/webhooks/1")
    assert "bis Sie sie wieder einschalten" in shown(page, "/webhooks/1")
    post(page, "/webhooks/1", do="on")
    post(page, "/webhooks/1", do="again", delivery="1")
    stage.work()
    assert "angenommen" in shown(page, "/webhooks/1")
    assert len({one.headers["Bleib-Event"] for one in stage.posts.posted}) == 1
    assert post(page, "/webhooks/1", do="again", delivery="x").status_code == 404
    assert post(page, "/webhooks/1", do="fly").status_code == 404


def test_an_address_that_takes_nothing_is_said_on_the_page(page: Browser, stage: SyncStage) -> None:
    post(page, "/webhooks", url=ADDRESS, topics="voucher.issued")
    stage.posts.always = 500
    post(page, "/webhooks/1", do="ping")
    stage.work()
    assert "Nimmt seit" in shown(page)
    post(page, "/webhooks/1", do="off")
    assert "angehalten" in shown(page)
    post(page, "/webhooks/1", do="remove")
    assert ADDRESS not in shown(page)


def test_nothing_is_changed_without_the_form_token(page: Browser, stage: SyncStage) -> None:
    for path in ("/mail/brevo", "/list", "/disconnect", "/files", "/webhooks"):
        assert page.client.post(PAGE + path, data={"api_key": KEY}).status_code == 400
    assert stage.rows(mail_connections) == []


def test_the_page_speaks_english_too(page: Browser) -> None:
    page.client.set_cookie("bleib-language", "en", path="/admin")
    connect(page)
    assert "Connections" in shown(page)
    assert "Brevo" in shown(page)
