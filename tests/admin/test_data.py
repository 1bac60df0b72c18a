"""The page for the data of a shop of its own, used as a merchant uses it."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from plugin.services import access_log, csv_import, voucher_pool
from plugin.services.context import Context
from plugin.store.subscribers import subscribers
from tests.conftest import START
from tests.own_shop import OwnShop, with_script_tag
from tests.security.world import sign_in
from tests.services.csv_files import ORDERS


@pytest.fixture
def own(context: Context) -> OwnShop:
    own = OwnShop(with_script_tag(context))
    session = own.context.keys.sign("session", [own.shop.id, own.shop.generation])
    sign_in(own.client, session)
    return own


def token(own: OwnShop) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', own.client.get("/admin/data").text)
    assert found
    return found[1]


def upload(own: OwnShop, kind: str, raw: bytes) -> Any:
    given = FileStorage(io.BytesIO(raw), "datei.csv")
    boundary, body = encode_multipart({"csrf_token": token(own), "kind": kind, "file": given})
    form = f"multipart/form-data; boundary={boundary}"
    return own.client.post("/admin/data/files", data=body, content_type=form)


def test_a_file_is_checked_shown_and_then_taken_in(own: OwnShop) -> None:
    sent = upload(own, "orders", (ORDERS + "9;gestern;1;A;1;1;;;;\n").encode())
    assert sent.status_code == 303
    shown = own.client.get(sent.headers["Location"])
    assert "2 übernehmen" in shown.text
    assert "Noch ist nichts übernommen" in shown.text
    own.client.post(sent.headers["Location"], data={"csrf_token": token(own), "do": "start"})
    own.work()
    assert "2 von 2 sind neu oder geändert" in own.client.get(sent.headers["Location"]).text


def test_a_file_may_be_larger_than_any_other_form_but_not_without_end(own: OwnShop) -> None:
    rows = b"".join(b"CODE-%d;5,00\n" % number for number in range(90_000))
    assert len(rows) < csv_import.MAX_BYTES
    big = b"Code;Wert;Notiz\n" + b"A-1;5,00;" + b"x" * (3 * 1024 * 1024) + b"\n"
    assert upload(own, "voucher_codes", big).status_code == 422  # one cell of 3 MB is no table
    assert upload(own, "voucher_codes", b"Code;Wert\n" + rows + b"\n" * 2_000_000).status_code in (
        303,
        422,
    )
    far = upload(own, "voucher_codes", b"x" * (11 * 1024 * 1024))
    assert far.status_code == 413
    other = {"csrf_token": token(own), "budget": "x" * (3 * 1024 * 1024)}
    assert own.client.post("/admin/guard", data=other).status_code == 413


def test_a_wrong_file_is_refused_in_words(own: OwnShop) -> None:
    page = upload(own, "orders", b"Spalte\n1\n")
    assert page.status_code == 422
    assert "Es fehlen Spalten: Bestellnummer" in page.text


def test_a_form_without_its_token_does_nothing(own: OwnShop) -> None:
    for path in ("files", "secret", "codes/drop"):
        assert own.client.post(f"/admin/data/{path}").status_code == 400


def test_the_secret_is_shown_once(own: OwnShop) -> None:
    page = own.client.post("/admin/data/secret", data={"csrf_token": token(own)})
    found = re.search(r"bleib_[\w-]{43}", page.text)
    assert found
    assert page.headers["Cache-Control"] == "no-store"
    assert found[0] not in own.client.get("/admin/data").text
    own.secret = found[0]
    assert own.call("GET", "").status_code == 200


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_template_can_be_downloaded_and_handed_in(own: OwnShop, language: str) -> None:
    own.client.get(f"/admin/data?lang={language}")
    for kind in csv_import.KINDS:
        found = own.client.get(f"/admin/data/templates/{kind}")
        assert found.headers["Content-Disposition"].startswith("attachment; filename=")
        shown = own.client.get(upload(own, kind, found.data).headers["Location"])
        assert ("Was nicht passt" in shown.text, "What does not fit" in shown.text) == (False,) * 2


def test_the_stock_of_codes_is_shown_and_can_be_emptied(own: OwnShop) -> None:
    told = {"codes": ["A-1", "A-2"], "kind": "percent", "value": "10", "minimum": "40.00"}
    own.call("POST", "/voucher-codes", told)
    text = own.client.get("/admin/data").text
    assert "2 von 2" in text
    assert "A-1" not in text
    own.client.post("/admin/data/codes/drop", data={"csrf_token": token(own)})
    assert voucher_pool.stock(own.context, own.shop).free == 0


def confirmed(own: OwnShop, number: int, email: str, state: str = "confirmed") -> None:
    with own.context.db.write() as connection:
        connection.execute(
            subscribers.insert().values(
                shop_id=own.shop.id,
                identity=f"{number:064}",
                email_sealed=own.context.keys.seal(own.shop.id, "email", email),
                state=state,
                language="de",
                purposes=["newsletter"],
                campaign_id=1,
                campaign_version=1,
                widget="newsletter",
                requested_at=START,
                confirmed_at=None if state == "pending" else START,
                unsubscribed_at=START if state == "unsubscribed" else None,
                mails_sent=1,
            )
        )


def test_who_confirmed_is_handed_out_as_a_file_without_formulas(own: OwnShop) -> None:
    confirmed(own, 1, "anna@post.example")
    confirmed(own, 2, "+1@post.example")
    confirmed(own, 3, "weg@post.example", "unsubscribed")
    confirmed(own, 4, "offen@post.example", "pending")
    text = own.client.get("/admin/data/subscribers.csv").text
    assert "anna@post.example;de;2026-11-21" in text
    assert "'+1@post.example" in text
    assert "weg@" not in text
    assert "offen@" not in text


def test_who_confirmed_and_who_left_is_told_page_by_page(own: OwnShop) -> None:
    for number in range(101):
        confirmed(own, number, f"p{number}@post.example")
    confirmed(own, 200, "weg@post.example", "unsubscribed")
    first: Any = own.call("GET", "/subscribers").json
    assert len(first["subscribers"]) == 100
    rest: Any = own.call("GET", f"/subscribers?after={first['after']}").json
    assert [(one["email"], one["state"]) for one in rest["subscribers"]] == [
        ("p100@post.example", "confirmed"),
        ("weg@post.example", "unsubscribed"),
    ]
    assert rest["after"] is None
    assert own.call("GET", "/subscribers?after=x").status_code == 400
    noted, _ = access_log.page(own.context, own.shop)
    assert [(one.actor, one.act, one.what) for one in noted] == [("api", "exported", "people")]


def test_the_menu_of_other_shops_has_no_such_page(own: OwnShop, make_shop: Any) -> None:
    assert 'href="/admin/data"' in own.client.get("/admin/law").text
    other = make_shop()
    sign_in(own.client, own.context.keys.sign("session", [other.id, other.generation]))
    assert 'href="/admin/data"' not in own.client.get("/admin/law").text
    assert own.client.get("/admin/data").status_code == 404
