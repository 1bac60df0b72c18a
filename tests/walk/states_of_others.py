"""Shops with something of their own: signed-in people, files, services, carriers, webhooks."""

from __future__ import annotations

import re
from html import unescape

from plugin.services import front_door
from tests.fakes.mail_services.brevo import FakeBrevo
from tests.own_shop import WISH
from tests.security.test_roles import session_of
from tests.security.world import settle
from tests.services.csv_files import ORDERS
from tests.walk.house import House, Visit, pages
from tests.walk.states import state

PEOPLE = "E-Mail;Bestätigt am\neva@post.example;20.11.2026\nkein;20.11.2026\n"


def hidden(html: str, action: str) -> dict[str, str]:
    """Return the hidden fields of a form."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', html, re.DOTALL)
    assert form, action
    found = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form[0])
    return {name: unescape(value) for name, value in found}


@state
def shop_of_its_own(house: House, name: str) -> None:
    """A shop without a platform, looked at by one of its team."""
    shop = front_door.add(house.context, WISH).shop
    tenant = settle(house.context, shop, "OWNMARK")
    owner = session_of(house.context, tenant, "owner")
    client = house.client(owner)
    where = "/admin/data/files"
    files = [("orders", (ORDERS + "9;gestern;1;A;1;1;;;;\n").encode()), ("orders", b"Spalte\n1\n")]
    sent = [house.ask(client, Visit(where, {"kind": kind, "file": raw})) for kind, raw in files]
    house.look(name, owner, [Visit(where, {"kind": "orders", "file": files[1][1]}, status=422)])
    house.look(name, owner, [*pages(tenant), Visit(sent[0].location, shows='value="start"')])
    house.ask(client, Visit(sent[0].location, {"do": "start"}))
    house.look(name, owner, [Visit(sent[0].location, shows="hx-get")])
    house.look(name, owner, [Visit("/admin/data/secret", {}), Visit("/admin/account/factor", {})])
    house.look(name, owner, [Visit("/admin/account/factor/on", {"code": "1"})])


@state
def connected(house: House, name: str) -> None:
    """A shop with an e-mail service, a tracking API, a webhook and a file of people."""
    tenant = house.filled("connected")
    session, client = tenant.session, house.client(tenant.session)
    at = "/admin/connections"
    given = {"source": "Formular der alten Shopseite, bestätigt", "file": PEOPLE.encode()}
    people = house.ask(client, Visit(f"{at}/files", given)).location
    key = {"api_key": FakeBrevo.secrets["api_key"]}
    house.look(name, session, [
        Visit(people, shows='value="start"'), Visit(f"{at}/mail/brevo"),
        Visit(f"{at}/mail/brevo", {"api_key": "falsch"}, status=422),
        Visit(f"{at}/mail/brevo", key), Visit(f"{at}/list"), Visit(at),
        Visit(f"{at}/list", {"list": "99"}, status=422), Visit(f"{at}/list", {"list": "11"}),
        Visit("/admin/parcels/carriers/dhl"),
        Visit("/admin/parcels/carriers/dhl", {"api_key": "wrong", "per_day": "viele"}, status=422),
        Visit("/admin/parcels/carriers/dhl", {"api_key": "dhl-key", "per_day": "500"}),
        Visit("/admin/parcels/carriers/dhl"),
        Visit(f"{at}/webhooks/{tenant.hook}", {"do": "secret"}, shows="whsec_"),
        Visit(f"{at}/webhooks/{tenant.hook}", {"do": "ping"}, shows="hx-get"),
    ])  # fmt: skip
    house.ask(client, Visit(people, {"do": "start"}))
    house.look(name, session, [Visit(people, shows="hx-get")])


@state
def asked_once(house: House, name: str) -> None:
    """What cannot be taken back is asked about first."""
    tenant = house.filled("asked")
    client, person = house.client(tenant.session), "/admin/law/person"
    found = house.ask(client, Visit(person, {"wanted": tenant.email})).text
    erase = hidden(found, f"{person}/erase")
    house.look(name, tenant.session, [
        Visit(person, {"wanted": tenant.email}), Visit(f"{person}/erase", erase),
        Visit(person, {"wanted": "nobody@post.example"}),
        Visit(f"/admin/people/{tenant.subscriber}/block"),
        Visit(f"/admin/team/{tenant.member}/remove"),
        Visit(f"/admin/widgets/{tenant.campaign}/delete"),
    ])  # fmt: skip
