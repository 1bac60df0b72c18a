"""The style sheet of the merchant's pages is made of its rooms, all of them, and asked for once."""

from __future__ import annotations

from flask.testing import FlaskClient

from plugin.admin.styles import FOLDER, ORDER

SHEET = "/admin/static/admin.css"


def test_every_room_stands_in_the_sheet_in_its_order(client: FlaskClient) -> None:
    assert sorted(ORDER) == sorted(path.stem for path in FOLDER.glob("*.css"))
    sheet = client.get(SHEET)
    assert sheet.mimetype == "text/css"
    places = [sheet.text.index((FOLDER / f"{name}.css").read_text("utf-8")) for name in ORDER]
    assert places == sorted(places)


def test_a_browser_that_has_it_gets_nothing_again(client: FlaskClient) -> None:
    tag = client.get(SHEET).headers["ETag"]
    again = client.get(SHEET, headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert not again.data
