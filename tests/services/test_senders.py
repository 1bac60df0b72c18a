from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import dkim
import pytest

from plugin.contracts.mail import wire_form
from plugin.dns_out import DnsLookup
from plugin.errors import InvalidFieldError, UnavailableError
from plugin.model import Shop
from plugin.services import dkim_keys, mailing, senders
from plugin.services.context import Context
from plugin.services.rounds import ROUNDS
from plugin.services.steps import Step
from plugin.smtp import SmtpTransport
from plugin.store.senders import senders as table
from tests.conftest import KeptMail, make_config
from tests.dns_server import NameServer, name_server
from tests.mail_server import mail_server
from tests.services.sign_up_stage import MAIL, Stage

OWN = "hallo@uferhaus.example"
VALUES = {"order": "#1007", "link": "https://bleib.example/s/abc", "items": []}


@pytest.fixture
def db_url(sqlite_template: Path, tmp_path: Path) -> str:
    """One database is enough here: what is stored of it is tested on both in test_bounces.py."""
    path = tmp_path / "bleib.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture(scope="module")
def names() -> Any:
    with name_server() as server:
        yield server


@pytest.fixture
def stage(context: Context, shop: Shop, names: NameServer) -> Stage:
    names.texts.clear()
    names.broken.clear()
    names.texts["localhost.localdomain"] = ["v=spf1 ip4:192.0.2.1 -all"]
    lookup = DnsLookup(make_config(dns_server=names.address))
    return Stage(replace(context, dns=lookup), shop)


def _own(stage: Stage, names: NameServer) -> None:
    """Set an own address and add every record that the check asks for."""
    senders.save(stage.context, stage.shop, name="Uferhaus & Söhne", address=OWN, reply_to="")
    senders.check(stage.context, stage.shop)
    for finding in senders.setting(stage.context, stage.shop).findings:
        if finding.record is not None:
            names.texts[finding.record.name] = [finding.record.value]
    senders.check(stage.context, stage.shop)


def _send(stage: Stage, kept_mail: KeptMail) -> Any:
    with stage.context.db.write() as connection:
        key = f"on_its_way:{len(kept_mail.sent)}"
        mailing.queue(connection, stage.context, stage.shop, "on_its_way", key, MAIL, "de", VALUES)
    stage.work()
    return kept_mail.sent[-1][0]


def test_until_anything_is_set_mails_come_from_the_operator_in_the_shops_name(
    stage: Stage, kept_mail: KeptMail
) -> None:
    mail = _send(stage, kept_mail)
    assert str(mail["From"]) == "Uferhaus <bleib@localhost.localdomain>"
    assert str(mail["Reply-To"]) == "hallo@uferhaus.example"
    assert mail["DKIM-Signature"] is None


def test_an_address_that_is_not_allowed_yet_is_where_answers_go(
    stage: Stage, kept_mail: KeptMail
) -> None:
    senders.save(stage.context, stage.shop, name="", address="neu@uferhaus.example", reply_to="")
    mail = _send(stage, kept_mail)
    assert str(mail["From"]) == "Uferhaus <bleib@localhost.localdomain>"
    assert str(mail["Reply-To"]) == "neu@uferhaus.example"


def test_with_the_records_added_mails_come_from_the_shop_and_are_signed(
    stage: Stage, names: NameServer
) -> None:
    _own(stage, names)
    assert senders.setting(stage.context, stage.shop).passed
    with mail_server() as server:
        config = make_config(smtp_host="127.0.0.1", smtp_port=server.port)
        sending = Stage.__new__(Stage)
        sending.context = replace(stage.context, mail=SmtpTransport(config))
        sending.shop, sending.campaign = stage.shop, stage.campaign
        with stage.context.db.write() as connection:
            mailing.queue(
                connection, stage.context, stage.shop, "on_its_way", "k", MAIL, "de", VALUES
            )
        sending.work()
    (received,) = server.received
    assert received.message["From"] == "Uferhaus & Söhne <hallo@uferhaus.example>"
    assert received.sender == "bleib@localhost.localdomain"
    raw = received.raw

    def record(name: bytes, timeout: int = 5) -> bytes:
        return names.texts[name.decode().rstrip(".")][0].encode()

    assert dkim.verify(raw, dnsfunc=record)
    assert not dkim.verify(raw.replace(b"unterwegs", b"verloren."), dnsfunc=record)


def test_the_signature_covers_the_way_out(stage: Stage, kept_mail: KeptMail) -> None:
    private, public = dkim_keys.new_key()
    stage.confirmed(kept_mail)
    stage.work()
    mail = kept_mail.sent[-1][0]
    assert mail["List-Unsubscribe"]
    dkim_keys.signer("uferhaus.example", "s", private)(mail)
    raw = wire_form(mail)
    covered = str(mail["DKIM-Signature"]).lower()
    assert "list-unsubscribe : list-unsubscribe-post" in covered.replace("\r\n", "")

    def record(name: bytes, timeout: int = 5) -> bytes:
        assert name == b"s._domainkey.uferhaus.example."
        return dkim_keys.record_of(public).encode()

    assert dkim.verify(raw, dnsfunc=record)
    assert not dkim.verify(raw.replace(b"One-Click", b"Two-Click"), dnsfunc=record)


def test_a_record_that_vanishes_brings_the_operators_address_back(
    stage: Stage, names: NameServer, kept_mail: KeptMail
) -> None:
    _own(stage, names)
    assert OWN in str(_send(stage, kept_mail)["From"])
    del names.texts["_dmarc.uferhaus.example"]
    senders.check_step(stage.context, Step(1, stage.shop.id, "sender.check", "k", {}, 1))
    assert "bleib@localhost" in str(_send(stage, kept_mail)["From"])


def test_a_dns_that_does_not_answer_changes_nothing(stage: Stage, names: NameServer) -> None:
    _own(stage, names)
    names.broken.add("_dmarc.uferhaus.example")
    with pytest.raises(UnavailableError):
        senders.check(stage.context, stage.shop)
    assert senders.setting(stage.context, stage.shop).passed


def test_another_address_has_to_be_proven_anew(stage: Stage, names: NameServer) -> None:
    _own(stage, names)
    senders.save(stage.context, stage.shop, name="", address="x@anders.example", reply_to="")
    setting = senders.setting(stage.context, stage.shop)
    assert (setting.passed, setting.findings) == (False, ())
    senders.save(stage.context, stage.shop, name="Neu", address="x@anders.example", reply_to=OWN)
    setting = senders.setting(stage.context, stage.shop)
    assert (setting.used.name, setting.used.reply_to) == ("Neu", OWN)


def test_two_shops_on_one_domain_have_their_own_keys(
    stage: Stage, make_shop: Any, names: NameServer
) -> None:
    other = make_shop("anders.myshopify.com")
    for shop in (stage.shop, other):
        senders.save(stage.context, shop, name="", address=OWN, reply_to="")
    rows = stage.rows(table)
    assert len({row.selector for row in rows}) == 2
    assert len({row.key_public for row in rows}) == 2
    _own(stage, names)
    senders.check(stage.context, other)
    assert not senders.setting(stage.context, other).passed


def test_the_key_lies_sealed_in_the_database(stage: Stage) -> None:
    senders.save(stage.context, stage.shop, name="", address=OWN, reply_to="")
    (row,) = stage.rows(table)
    assert "PRIVATE KEY" not in str(row)
    assert "PRIVATE KEY" in stage.context.keys.unseal(stage.shop.id, "dkim", row.key_sealed)


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"address": "nobody"}, "address", "email_invalid"),
        ({"address": "jürgen@uferhaus.example"}, "address", "email_invalid"),
        ({"address": "laden@gmail.com"}, "address", "mail_domain_shared"),
        ({"reply_to": "a@b.example\r\nBcc: x@y.example"}, "reply_to", "email_invalid"),
    ],
)
def test_what_is_no_sender_is_refused_by_field(
    stage: Stage, values: dict[str, str], field: str, code: str
) -> None:
    given = {"name": "", "address": "", "reply_to": "", **values}
    with pytest.raises(InvalidFieldError) as caught:
        senders.save(stage.context, stage.shop, **given)
    assert (caught.value.field, caught.value.code) == (field, code)
    assert stage.rows(table) == []


def test_a_name_cannot_add_a_header(stage: Stage, kept_mail: KeptMail) -> None:
    hostile = 'Laden\r\nBcc: x@y.example =?utf-8?q?=0d=0aBcc:_z?= "<'
    senders.save(stage.context, stage.shop, name=hostile, address="", reply_to="")
    mail = _send(stage, kept_mail)
    assert mail["Bcc"] is None
    assert str(mail["From"].addresses[0].addr_spec) == "bleib@localhost.localdomain"


def test_the_check_is_made_every_day() -> None:
    assert "sender.check" in {kind for kind, _ in ROUNDS}
