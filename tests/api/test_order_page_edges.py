"""The page of an order holds against odd pictures and titles, and forgets a person at once."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from plugin.model import Shop
from plugin.services import privacy
from plugin.services.context import Context
from plugin.services.parcels.links import page_link
from plugin.store import catalogue
from tests.fakes.things import a_line, a_parcel, a_product
from tests.services.on_sqlite import db_url  # noqa: F401 - a fixture
from tests.services.parcels.test_shipments import take

HTML = {"Accept": "text/html", "Accept-Language": "de"}


def page_of(context: Context, shop: Shop, title: str = "Teeschale") -> str:
    order = take(context, shop, shipments=(a_parcel(),), lines=(a_line(title=title),))
    return page_link(context, shop, order.id).removeprefix(context.config.public_url)


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("bücher.example", "https://xn--bcher-kva.example"),
        ("bilder.example:8443", "https://bilder.example:8443"),
        ("me:secret@bilder.example", "https://bilder.example"),
        ("*", ""),
        ("a.example'", ""),
        (f"{'ü' * 70}.example", ""),
    ],
)
def test_an_odd_picture_neither_breaks_the_page_nor_opens_its_policy(
    client: FlaskClient, context: Context, shop: Shop, host: str, allowed: str
) -> None:
    with context.db.write() as connection:
        catalogue.put_products(connection, shop.id, [a_product(image_url=f"https://{host}/a.png")])
    answer = client.get(page_of(context, shop), headers=HTML)
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    pictures = policy.split("img-src", 1)[1].split(";", 1)[0].split()
    assert pictures[2:] == ([allowed] if allowed else [])


def test_who_was_erased_is_not_shown_from_memory(
    client: FlaskClient, context: Context, shop: Shop
) -> None:
    page = page_of(context, shop, title="x\u202eyz" * 25_000)
    first = client.get(page, headers=HTML)
    assert (first.status_code, "\u202e" in first.text) == (200, False)
    assert len(first.data) < 25_000
    foreign = HTML | {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    assert client.get(page, headers=foreign).data == first.data
    assert client.head(page, headers=HTML).data == b""
    assert 'lang="en"' in client.get(page, headers=HTML | {"Accept-Language": "en"}).text
    privacy.erase_person(context, shop, "mara@post.example")
    assert client.get(page, headers=HTML).status_code == 404
