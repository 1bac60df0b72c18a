"""Shops in the middle of it: published and changed again, people confirmed, work that waits."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pyotp
import sqlalchemy as sa

from plugin.app import handlers
from plugin.contracts.inserts import Surprise
from plugin.contracts.shopwide import Notices
from plugin.model import ParcelEvent
from plugin.services import campaigns, front_door, privacy
from plugin.services.inserts import settings as inserts
from plugin.services.parcels import notice_settings, taking
from plugin.services.steps import Runner
from plugin.store import catalogue
from plugin.store.campaigns import campaigns as campaign_rows
from plugin.store.shop_switches import save_embed
from plugin.store.subscribers import subscribers
from tests.admin.test_guard_pages import october
from tests.admin.test_protection import trip
from tests.conftest import START
from tests.fakes.things import a_parcel, a_product
from tests.own_shop import WISH
from tests.security.test_roles import session_of
from tests.security.world import Tenant, settle
from tests.services.parcels.notice_stage import Stage as NoticeStage
from tests.walk.house import House, Visit
from tests.walk.states import of_widget, state


def worked(house: House) -> None:
    """Run everything that is due."""
    runner = Runner(house.context, handlers(), "walk")
    while runner.run_due():
        pass


def shown(house: House, tenant: Tenant, path: str) -> str:
    """Return a page as the platform's merchant sees it."""
    return house.ask(house.client(tenant.session), Visit(path)).text


def value_of(html: str, name: str) -> str:
    """Return what a hidden field of a page holds."""
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, name
    return unescape(found[1])


@state
def published_twice(house: House, name: str) -> None:
    """A campaign with two versions and a draft; a mail with a text of the shop's own."""
    tenant = house.filled("twice")
    one = of_widget(house, tenant, "cross_sell")
    for title in ("Dazu passt", "Passt dazu"):
        one = of_widget(house, tenant, "cross_sell")
        draft = {**one.draft, "title": {"de": title, "en": title}}
        campaigns.save_draft(house.context, tenant.shop, one.id, draft, revision=one.revision)
        campaigns.publish(house.context, tenant.shop, one.id)
    mail, client = "/admin/mails/voucher", house.client(tenant.session)
    for heading in ("Bitte sehr", "Gern geschehen", "Danke"):
        seen = value_of(shown(house, tenant, mail), "seen")
        house.ask(client, Visit(mail, {"seen": seen, "show": "de", "heading": heading}))
        seen = value_of(shown(house, tenant, mail), "seen")
        if heading != "Danke":
            house.ask(client, Visit(f"{mail}/publish", {"seen": seen}))
    path = f"/admin/widgets/{one.id}"
    house.look(name, tenant.session, [
        Visit(f"{path}/versions", shows='class="panel version"'), Visit(path),
        Visit(f"{mail}?show=de", shows="/reuse"), Visit("/admin/mails"), Visit("/admin/widgets"),
    ])  # fmt: skip


@state
def people_and_parcels(house: House, name: str) -> None:
    """Somebody confirmed, articles without a cost, sign-ups held back, a late parcel."""
    tenant = house.filled("people")
    product = a_product(7)
    bare = tuple(replace(one, id=f"bare{one.id}", unit_cost=None) for one in product.variants)
    with house.context.db.write() as connection:
        mine = subscribers.c.shop_id == tenant.shop.id
        confirmed = {"state": "confirmed", "confirmed_at": house.context.now()}
        connection.execute(sa.update(subscribers).where(mine).values(confirmed))
        several = [replace(product, id="bare", variants=bare)]
        catalogue.put_products(connection, tenant.shop.id, several)
    trip(house.context, tenant.shop)
    stage = NoticeStage(house.context, tenant.shop)
    seen = notice_settings.get(house.context, tenant.shop)
    notice_settings.save(house.context, tenant.shop, Notices(answered=True), seen=seen)
    parcel = a_parcel(77, id="late", expected_on=None)
    stage.order(id="late", number="#77", email="late@post.example", shipments=(parcel,))
    held = ParcelEvent("held", house.context.now(), "carrier")
    with house.context.db.write() as connection:
        taking.add_events(connection, house.context, tenant.shop, "late", [held])
    wanted = Surprise(gift="Leinentuch", cost=Decimal(2), budget=Decimal(50), first=True)
    before = inserts.get(house.context, tenant.shop)
    gifts = before.model_copy(update={"surprise": wanted})
    inserts.save(house.context, tenant.shop, gifts, seen=before)
    stage.order(id="new", number="#78", email="new@post.example", created_at=START)
    notices = "/admin/parcels/notices"
    house.look(name, tenant.session, [
        Visit(f"/admin/people/{tenant.subscriber}", shows="/unsubscribe"), Visit("/admin/people"),
        Visit("/admin/guard/costs", shows='name="cost_0"'), Visit(notices, shows="toggle"),
        Visit(f"{notices}/late", shows="<form"), Visit("/admin/protection", shows="/release"),
        Visit("/admin/parcels/inserts", shows="/packed"), Visit("/admin/"), Visit("/admin/parcels"),
    ])  # fmt: skip


@state
def measured(house: House, name: str) -> None:
    """Months of orders with codes, to try limits on."""
    tenant = house.filled("measured")
    october(house.context, tenant.shop)
    house.look(name, tenant.session, [Visit("/admin/guard", shows="/guard/trial")])


@state
def seen_long_ago(house: House, name: str) -> None:
    """The storefront was looked at days ago: the open page looks anew."""
    tenant, at = house.filled("ago"), house.context.now() - timedelta(days=2)
    with house.context.db.write() as connection:
        every = ("home", "product")
        save_embed(connection, tenant.shop.id, at=at, checked=every, found=every)
    house.look(name, tenant.session, [Visit("/admin/more", shows='id="state-line" hx-get')])


@state
def records_missing(house: House, name: str) -> None:
    """An address of the shop's own whose records the DNS does not have yet."""
    session = house.session(house.empty("records"))
    own = {"name": "", "address": "hallo@uferhaus.example", "reply_to": ""}
    waits = Visit("/admin/setup?step=2", shows='id="sender-checks" hx-get')
    house.look(name, session, [Visit("/admin/mail", own), Visit("/admin/mail"), waits])


@state
def erased_person(house: House, name: str) -> None:
    """Of a person who was erased the locked proof is left."""
    tenant = house.filled("erased")
    privacy.erase_person(house.context, tenant.shop, email=tenant.email)
    asked = Visit("/admin/people", {"wanted": tenant.email}, shows="/people/proof")
    house.look(name, tenant.session, [asked])


@state
def no_widget(house: House, name: str) -> None:
    """A shop whose last widget was deleted."""
    shop = house.empty("bare")
    with house.context.db.write() as connection:
        connection.execute(sa.delete(campaign_rows).where(campaign_rows.c.shop_id == shop.id))
    none = Visit("/admin/widgets", shows="/widgets/first")
    house.look(name, house.session(shop), [none, Visit("/admin/"), Visit("/admin/setup")])


@state
def second_factor(house: House, name: str) -> None:
    """Somebody with a second factor, a stock of codes, and the owner's look at both."""
    registration = replace(WISH, domain="zweite.example", email="chef@zweite.example")
    shop = front_door.add(house.context, registration).shop
    tenant = settle(house.context, shop, "SECOND")
    staff, owner = (session_of(house.context, tenant, role) for role in ("staff", "owner"))
    client = house.client(staff)
    begun = house.ask(client, Visit("/admin/account/factor", {})).text
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", begun)
    assert secret
    code = pyotp.TOTP(secret[1].replace(" ", "")).at(house.context.now())
    wrong = {"sealed": value_of(begun, "sealed"), "code": "000000"}
    codes = {"kind": "voucher_codes", "file": b"Code;Wert\nA-1;5,00\nA-2;5,00\n"}
    sent = house.ask(client, Visit("/admin/data/files", codes)).location
    house.ask(client, Visit(sent, {"do": "start"}))
    worked(house)
    house.look(name, staff, [
        Visit("/admin/account/factor", {}), Visit("/admin/account/factor/on", wrong, status=422),
        Visit(sent),
    ])  # fmt: skip
    on = house.ask(client, Visit("/admin/account/factor/on", wrong | {"code": code}))
    assert on.status_code == 200
    # Whoever was signed in as the same person elsewhere is not any more.
    cookie = client.get_cookie("bleib")
    assert cookie is not None
    staff = cookie.value
    house.look(name, staff, [Visit("/admin/account", shows="/factor/off"), Visit("/admin/team")])
    data = Visit("/admin/data", shows="/codes/drop")
    house.look(name, owner, [Visit("/admin/team", shows="/factor"), data])
